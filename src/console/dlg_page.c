/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "layout.h"
#include "modelsync/memory.h"
#include "ui.h"

#define PAGE_WIDTH 100

struct page_dialog {
	struct ms_dialog dialog;
	struct ms_page page;
	char title[80], question[160];
	ms_choice_fn yes;
	int64_t value;
};

int ms_page_width(const struct ms_ui *ui)
{
	return ms_dialog_place(ui, PAGE_WIDTH, 3).w - 6; /* border, blanks, scroll sign */
}

static struct ms_rect place(const struct ms_ui *ui, const struct page_dialog *p)
{
	return ms_dialog_place(ui, PAGE_WIDTH, (int)p->page.count + 2);
}

static void page_key(struct ms_ui *ui, struct ms_dialog *d, uint32_t key, enum ms_action action,
		     bool is_pasted)
{
	struct page_dialog *p = (struct page_dialog *)d;

	if (p->yes && key == 'y' && !is_pasted) {
		ms_choice_fn yes = p->yes;
		int64_t value = p->value;

		ms_dialog_close(ui, d);
		yes(ui, value);
		return;
	}
	if (ms_page_scroll(&p->page, action, place(ui, p).h - 2))
		return;
	if (action == MS_ACTION_help)
		ms_help_open(ui);
	else if (action == MS_ACTION_cancel || action == MS_ACTION_back ||
		 action == MS_ACTION_interrupt || (action == MS_ACTION_accept && !p->yes))
		ms_dialog_close(ui, d);
}

static void page_draw(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c)
{
	static const struct ms_choice yes = {'y', "yes", 0};
	const struct page_dialog *p = (const struct page_dialog *)d;
	struct ms_rect in = ms_canvas_box(c, place(ui, p), p->title);

	ms_page_draw(&p->page, c, in);
	ms_canvas_cursor(c, in.x, in.y);
	if (p->yes)
		ms_question_draw(ui, c, p->question, &yes, 1);
}

static void page_free(struct ms_dialog *d)
{
	struct page_dialog *p = (struct page_dialog *)d;

	ms_page_clear(&p->page);
	ms_free(p);
}

void ms_page_open(struct ms_ui *ui, const char *title, struct ms_page *page, const char *question,
		  ms_choice_fn yes, int64_t value)
{
	static const struct ms_dialog_class class = {
		.scope = MS_SCOPE_TEXT, .key = page_key, .draw = page_draw, .free = page_free};
	struct page_dialog *p = ms_alloc(sizeof(*p));

	p->dialog.class = &class;
	p->page = *page;
	*page = (struct ms_page){0};
	p->yes = yes;
	p->value = value;
	(void)snprintf(p->title, sizeof(p->title), "%s", title);
	(void)snprintf(p->question, sizeof(p->question), "%s", question ? question : "");
	ms_dialog_open(ui, &p->dialog);
}
