/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "layout.h"
#include "modelsync/memory.h"
#include "modelsync/utf8.h"
#include "scroll.h"
#include "ui.h"

#define PICKER_WIDTH 76

struct scored {
	size_t item;
	int score;
};

struct picker {
	struct ms_dialog dialog;
	char title[80];
	struct ms_pick *items; /* owned */
	struct scored *found;  /* owned; those that match, best first */
	size_t count, found_count, cursor, top;
	bool keep_order;
	ms_choice_fn chosen;
	struct ms_line line;
};

int ms_fuzzy_score(const char *pattern, const char *text)
{
	int score = 1;
	bool was_hit = false;
	char before = ' ';

	for (; *text && *pattern; before = *text++) {
		bool is_hit = tolower((unsigned char)*text) == tolower((unsigned char)*pattern);

		if (is_hit) {
			score += 1 + (was_hit ? 4 : 0) + (isalnum((unsigned char)before) ? 0 : 3);
			pattern++;
		}
		was_hit = is_hit;
	}
	return *pattern ? 0 : score;
}

/* A hit in the name counts more than one in the explanation, and there it must be in one piece. */
static int score(const struct picker *p, const struct ms_pick *item)
{
	const char *pattern = p->line.text;
	int in_left = ms_fuzzy_score(pattern, item->left);
	int in_middle = ms_fuzzy_score(pattern, item->middle);
	int best = in_left * 2 > in_middle ? in_left * 2 : in_middle;

	if (!*pattern)
		return 1;
	if (strcasestr(item->left, pattern) || strcasestr(item->middle, pattern) ||
	    strcasestr(item->right, pattern))
		return best + 100;
	return p->keep_order ? 0 : in_left * 2;
}

static int by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->item < y->item ? -1 : 1;
}

static void narrow(struct picker *p)
{
	p->found_count = p->cursor = p->top = 0;
	for (size_t i = 0; i < p->count; i++) {
		int s = score(p, &p->items[i]);

		if (s > 0)
			p->found[p->found_count++] = (struct scored){i, s};
	}
	if (!p->keep_order && p->line.len > 0)
		qsort(p->found, p->found_count, sizeof(*p->found), by_score);
}

static struct ms_rect place(const struct ms_ui *ui, const struct picker *p)
{
	return ms_dialog_place(ui, PICKER_WIDTH, (int)p->count + 4);
}

static void move(struct ms_ui *ui, struct picker *p, long delta)
{
	p->cursor = ms_scroll_by(p->cursor, p->found_count, delta);
	p->top = ms_scroll_top(p->top, p->cursor, p->found_count, place(ui, p).h - 4);
}

static void pick(struct ms_ui *ui, struct picker *p)
{
	ms_choice_fn chosen = p->chosen;
	int64_t value;

	if (p->found_count == 0)
		return;
	value = p->items[p->found[p->cursor].item].value;
	ms_dialog_close(ui, &p->dialog);
	chosen(ui, value);
}

static void picker_key(struct ms_ui *ui, struct ms_dialog *d, uint32_t key, enum ms_action action,
		       bool is_pasted)
{
	struct picker *p = (struct picker *)d;
	long page = place(ui, p).h - 4;
	bool is_changed;

	(void)is_pasted;
	switch ((int)action) {
	case MS_ACTION_cancel:
	case MS_ACTION_interrupt:
		ms_dialog_close(ui, d);
		return;
	case MS_ACTION_accept:
		pick(ui, p);
		return;
	case MS_ACTION_list_down:
	case MS_ACTION_list_up:
		move(ui, p, action == MS_ACTION_list_down ? 1 : -1);
		return;
	case MS_ACTION_list_page_down:
	case MS_ACTION_list_page_up:
		move(ui, p, action == MS_ACTION_list_page_down ? page : -page);
		return;
	default:
		break;
	}
	is_changed = action != MS_ACTION_NONE ? ms_line_action(&p->line, action)
					      : ms_line_type(&p->line, key);
	if (is_changed)
		narrow(p);
}

static void draw_item(const struct ms_pick *item, struct ms_canvas *c, struct ms_rect r, int left,
		      bool is_current)
{
	int right = (int)ms_utf8_columns(item->right);
	enum ms_style style = is_current ? MS_STYLE_CURSOR : MS_STYLE_NORMAL;

	ms_canvas_fill(c, r, style);
	ms_canvas_text(c, r.x, r.y, left, is_current ? style : MS_STYLE_KEY, item->left);
	ms_canvas_text(c, r.x + left + 1, r.y, r.w - left - right - 2, style, item->middle);
	ms_canvas_right(c, r.x + r.w - right, r.y, right, style, item->right);
	if (is_current)
		ms_canvas_cursor(c, r.x, r.y);
}

static void picker_draw(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c)
{
	const struct picker *p = (const struct picker *)d;
	struct ms_rect in = ms_canvas_box(c, place(ui, p), p->title);
	int left = in.w / 4;
	char place_of[48];

	(void)snprintf(place_of, sizeof(place_of), " %zu of %zu ",
		       p->found_count ? p->cursor + 1 : 0, p->found_count);
	ms_canvas_right(c, in.x, in.y + in.h, in.w, MS_STYLE_BORDER, place_of);
	ms_line_draw(&p->line, c, in.x, in.y, in.w);
	ms_canvas_hline(c, in.x, in.y + 1, in.w, MS_STYLE_BORDER);
	if (p->found_count == 0)
		ms_canvas_text(c, in.x, in.y + 2, in.w, MS_STYLE_NORMAL, "nothing by that name");
	for (int y = 0; y < in.h - 2 && p->top + (size_t)y < p->found_count; y++) {
		size_t at = p->top + (size_t)y;

		draw_item(&p->items[p->found[at].item], c,
			  (struct ms_rect){in.x, in.y + 2 + y, in.w, 1}, left, at == p->cursor);
	}
}

static void picker_free(struct ms_dialog *d)
{
	struct picker *p = (struct picker *)d;

	ms_free(p->items);
	ms_free(p->found);
	ms_free(p);
}

void ms_picker_open(struct ms_ui *ui, const char *title, const struct ms_pick *items, size_t n,
		    bool keep_order, ms_choice_fn chosen)
{
	static const struct ms_dialog_class class = {.scope = MS_SCOPE_PICKER,
						     .key = picker_key,
						     .draw = picker_draw,
						     .free = picker_free};
	struct picker *p = ms_alloc(sizeof(*p));

	p->dialog.class = &class;
	p->items = ms_alloc_array(n + 1, sizeof(*p->items));
	p->found = ms_alloc_array(n + 1, sizeof(*p->found));
	p->count = n;
	p->keep_order = keep_order;
	p->chosen = chosen;
	memcpy(p->items, items, n * sizeof(*items));
	strncpy(p->title, title, sizeof(p->title) - 1);
	ms_line_init(&p->line, "", NULL);
	narrow(p);
	ms_dialog_open(ui, &p->dialog);
}
