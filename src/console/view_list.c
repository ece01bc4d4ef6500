/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "fit.h"
#include "list.h"
#include "modelsync/utf8.h"

#define LEFT 3 /* cursor sign, mark sign, blank */

static void fit(const struct ms_list_class *class, int width, struct ms_fit *out)
{
	static const struct ms_fit_rule rule = {.least = 16, .comfort = 28, .easy = 2};

	for (size_t i = 0; i < class->column_count; i++)
		out[i] = (struct ms_fit){class->columns[i].width, class->columns[i].rank, 0};
	ms_fit_columns(out, class->column_count, LEFT, width, &rule);
}

static void draw_cell(const struct ms_list_column *column, const struct ms_fit *at,
		      struct ms_canvas *c, struct ms_rect r, enum ms_style style, const char *text)
{
	if (column->is_right_aligned && (int)ms_utf8_columns(text) <= at->width)
		ms_canvas_right(c, r.x + at->x, r.y, at->width, style, text);
	else
		ms_canvas_text(c, r.x + at->x, r.y, at->width, style, text);
}

static void draw_row(const struct ms_list *l, const struct ms_list_row *row,
		     const struct ms_fit *at, struct ms_rect r, bool is_current, bool with_bar,
		     struct ms_canvas *c)
{
	enum ms_style style = is_current && with_bar ? MS_STYLE_CURSOR
			      : row->is_marked	     ? MS_STYLE_MARKED
			      : l->class->style	     ? l->class->style(row->json)
						     : MS_STYLE_NORMAL;
	struct ms_text cell;

	if (style != MS_STYLE_NORMAL)
		ms_canvas_fill(c, r, style);
	ms_canvas_text(c, r.x, r.y, 1, style, is_current ? ">" : "");
	ms_canvas_text(c, r.x + 1, r.y, 1, style, row->is_marked ? "*" : "");
	ms_text_init(&cell, 0);
	for (size_t i = 0; i < l->class->column_count; i++) {
		if (at[i].x < 0)
			continue;
		ms_text_reset(&cell);
		l->class->columns[i].text(&cell, row->json);
		draw_cell(&l->class->columns[i], &at[i], c, r, style, ms_text_str(&cell));
	}
	ms_text_clear(&cell);
	if (is_current)
		ms_canvas_cursor(c, r.x, r.y);
}

void ms_list_draw(const struct ms_list *l, struct ms_rect head, struct ms_rect table, bool with_bar,
		  struct ms_canvas *c)
{
	struct ms_fit at[MS_LIST_COLUMNS_MAX];

	fit(l->class, table.w, at);
	for (size_t i = 0; i < l->class->column_count; i++)
		if (at[i].x >= 0)
			draw_cell(&l->class->columns[i], &at[i], c, head, MS_STYLE_TABLE_HEAD,
				  l->class->columns[i].title);
	for (int y = 0; y < table.h && l->top + (size_t)y < l->shown; y++) {
		size_t row = l->top + (size_t)y;

		draw_row(l, &l->rows[l->visible[row]], at,
			 (struct ms_rect){table.x, table.y + y, table.w, 1}, row == l->cursor,
			 with_bar, c);
	}
}

void ms_list_row_text(const struct ms_list *l, const struct ms_list_row *row, struct ms_text *out)
{
	for (size_t i = 0; i < l->class->column_count; i++) {
		ms_text_add(out, i ? "\t" : "");
		l->class->columns[i].text(out, row->json);
	}
}
