/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "key.h"
#include "layout.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "modelsync/utf8.h"
#include "ui.h"

#define CHOICES_MAX 6

struct menu {
	struct ms_dialog dialog;
	char title[200];
	struct ms_choice choices[CHOICES_MAX];
	size_t count;
	ms_choice_fn chosen;
};

/* Appends to the line, or begins a new one where that is full. */
static void add_piece(struct ms_page *page, struct ms_text *line, size_t width, const char *piece)
{
	if (line->len && ms_utf8_columns(ms_text_str(line)) + 2 + strlen(piece) > width) {
		ms_page_add(page, MS_STYLE_QUESTION, ms_text_str(line));
		ms_text_reset(line);
	}
	ms_text_addf(line, "%s%s", line->len ? "  " : "", piece);
}

static void add_question(const struct ms_ui *ui, struct ms_page *page, size_t width,
			 const char *title, const struct ms_choice *choices, size_t n)
{
	char cancel[40];
	struct ms_text line;

	ms_text_init(&line, 0);
	if (ms_utf8_columns(title) < width) /* and a blank */
		ms_text_addf(&line, "%s ", title);
	else
		ms_page_add_wrapped(page, MS_STYLE_QUESTION, (int)width, "", title);
	for (size_t i = 0; i < n; i++) {
		char name[12], piece[64];

		if (i > 0 && choices[i].value == choices[i - 1].value)
			continue; /* another key for the same */
		(void)snprintf(piece, sizeof(piece), "%s %s",
			       ms_key_name(name, sizeof(name), choices[i].key), choices[i].label);
		add_piece(page, &line, width, piece);
	}
	add_piece(page, &line, width, ms_ui_keyed(ui, cancel, sizeof(cancel), "{cancel} cancel"));
	ms_page_add(page, MS_STYLE_QUESTION, ms_text_str(&line));
	ms_text_clear(&line);
}

void ms_question_draw(const struct ms_ui *ui, struct ms_canvas *c, const char *title,
		      const struct ms_choice *choices, size_t n)
{
	struct ms_page page = {0};
	struct ms_layout l;
	struct ms_rect r;
	int end_of_title = (int)ms_utf8_columns(title) + 2;

	ms_layout_get(ui, &l);
	add_question(ui, &page, (size_t)(l.pending.w - 2), title, choices, n);
	r = l.pending;
	r.h = (int)page.count;
	r.y -= r.h - 1;
	ms_canvas_fill(c, r, MS_STYLE_QUESTION);
	ms_page_draw(&page, c, (struct ms_rect){1, r.y, r.w - 2, r.h});
	ms_canvas_cursor(c, r.h == 1 ? end_of_title : 1, l.pending.y);
	ms_page_clear(&page);
}

static void menu_key(struct ms_ui *ui, struct ms_dialog *d, uint32_t key, enum ms_action action,
		     bool is_pasted)
{
	struct menu *m = (struct menu *)d;

	if (action == MS_ACTION_cancel || action == MS_ACTION_interrupt) {
		ms_dialog_close(ui, d);
		return;
	}
	for (size_t i = 0; i < m->count && !is_pasted; i++) {
		if (m->choices[i].key == key) {
			ms_choice_fn chosen = m->chosen;
			int64_t value = m->choices[i].value;

			ms_dialog_close(ui, d);
			if (chosen)
				chosen(ui, value);
			return;
		}
	}
}

static void menu_draw(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c)
{
	const struct menu *m = (const struct menu *)d;

	ms_question_draw(ui, c, m->title, m->choices, m->count);
}

static void menu_free(struct ms_dialog *d)
{
	ms_free(d);
}

void ms_menu_open(struct ms_ui *ui, const char *title, const struct ms_choice *choices, size_t n,
		  ms_choice_fn chosen)
{
	static const struct ms_dialog_class class = {
		.scope = MS_SCOPE_MENU, .key = menu_key, .draw = menu_draw, .free = menu_free};
	struct menu *m = ms_alloc(sizeof(*m));

	m->dialog.class = &class;
	m->count = n < CHOICES_MAX ? n : CHOICES_MAX;
	m->chosen = chosen;
	(void)snprintf(m->title, sizeof(m->title), "%s", title);
	memcpy(m->choices, choices, m->count * sizeof(*choices));
	ms_dialog_open(ui, &m->dialog);
}

void ms_confirm(struct ms_ui *ui, const char *question, ms_choice_fn yes, int64_t value)
{
	const struct ms_choice choices[] = {{'y', "yes", value}};

	ms_menu_open(ui, question, choices, 1, yes);
}
