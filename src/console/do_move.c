/* SPDX-License-Identifier: MIT */
/* Actions that move: the cursor over rows and columns, or the text of a focused detail pane. */
#include "columns.h"
#include "layout.h"
#include "modelsync/memory.h"
#include "ui.h"

static struct ms_layout layout_of(const struct ms_ui *ui)
{
	struct ms_layout l;

	ms_layout_get(ui, &l);
	return l;
}

static bool scroll_detail(struct ms_ui *ui, enum ms_action action)
{
	struct ms_layout l = layout_of(ui);
	struct ms_page page = {.top = ui->detail.top};

	if (l.pane != MS_PANE_FULL && !(l.pane == MS_PANE_RIGHT && ui->detail.has_focus))
		return false;
	ms_detail_lines(ui, l.detail.w, &page);
	ms_page_scroll(&page, action, l.detail.h);
	ui->detail.top = page.top;
	ms_page_clear(&page);
	return true;
}

static void move(struct ms_ui *ui, enum ms_action action, long delta)
{
	if (scroll_detail(ui, action))
		return;
	ms_rows_move_by(&ui->rows, delta);
	ms_ui_cursor_moved(ui);
}

static long page_of(const struct ms_ui *ui)
{
	int h = layout_of(ui).table.h;

	return h > 1 ? h - 1 : 1;
}

void ms_do_down(struct ms_ui *ui)
{
	move(ui, MS_ACTION_down, 1);
}

void ms_do_up(struct ms_ui *ui)
{
	move(ui, MS_ACTION_up, -1);
}

void ms_do_page_down(struct ms_ui *ui)
{
	move(ui, MS_ACTION_page_down, page_of(ui));
}

void ms_do_page_up(struct ms_ui *ui)
{
	move(ui, MS_ACTION_page_up, -page_of(ui));
}

void ms_do_half_down(struct ms_ui *ui)
{
	move(ui, MS_ACTION_half_down, (page_of(ui) + 1) / 2);
}

void ms_do_half_up(struct ms_ui *ui)
{
	move(ui, MS_ACTION_half_up, -(page_of(ui) + 1) / 2);
}

void ms_do_top(struct ms_ui *ui)
{
	move(ui, MS_ACTION_top, -(long)ui->rows.shown);
}

void ms_do_bottom(struct ms_ui *ui)
{
	move(ui, MS_ACTION_bottom, (long)ui->rows.shown);
}

static void move_column(struct ms_ui *ui, int delta)
{
	struct ms_columns columns;
	size_t at;

	ms_columns_layout(&columns, layout_of(ui).table.w);
	at = ui->has_column && ui->column < columns.count ? ui->column : columns.model;
	if (delta < 0 && at > 0)
		at--;
	else if (delta > 0 && at + 1 < columns.count)
		at++;
	ui->column = at;
	ui->has_column = true;
}

void ms_do_column_left(struct ms_ui *ui)
{
	move_column(ui, -1);
}

void ms_do_column_right(struct ms_ui *ui)
{
	move_column(ui, 1);
}

void ms_do_pane(struct ms_ui *ui)
{
	enum ms_pane pane = layout_of(ui).pane;

	ui->detail.has_focus = !ui->detail.has_focus && pane == MS_PANE_RIGHT;
	if (pane == MS_PANE_BELOW)
		ms_do_detail(ui);
}

void ms_do_detail(struct ms_ui *ui)
{
	ui->detail.is_full = true;
	ui->detail.history_only = false;
	ui->detail.top = 0;
	ms_detail_follow(ui);
}

void ms_do_history(struct ms_ui *ui)
{
	bool was_history = ui->detail.is_full && ui->detail.history_only;

	ms_do_detail(ui);
	ui->detail.history_only = !was_history;
}

void ms_do_zoom(struct ms_ui *ui)
{
	if (ui->detail.is_full) {
		ms_do_screen_models(ui);
	} else if (ui->detail.has_focus) {
		ms_do_detail(ui);
	} else {
		ui->detail.is_hidden = !ui->detail.is_hidden;
		ms_ui_cursor_moved(ui);
	}
}

void ms_do_screen_models(struct ms_ui *ui)
{
	ui->detail.is_full = ui->detail.history_only = ui->detail.has_focus = false;
	ui->detail.top = 0;
	ms_ui_cursor_moved(ui);
}

/* --- order ---------------------------------------------------------------------------------- */

static void sort_by(struct ms_ui *ui, const struct ms_field *field, bool descending)
{
	ms_rows_set_sort(&ui->rows, (struct ms_sort_key){field, descending}, ui->now);
	ms_ui_cursor_moved(ui);
}

static void sort_chosen(struct ms_ui *ui, int64_t field)
{
	const struct ms_field *f = ms_field_at((size_t)field);

	sort_by(ui, f, f == ui->rows.sort.field ? !ui->rows.sort.descending : false);
}

void ms_do_sort(struct ms_ui *ui)
{
	struct ms_pick picks[64];
	size_t n = 0;
	const struct ms_field *f;

	for (size_t i = 0; n < 64 && (f = ms_field_at(i)); i++) {
		bool is_current = f == ui->rows.sort.field;

		if (f->type == MS_FIELD_FLAGS)
			continue;
		picks[n++] = (struct ms_pick){f->name, f->help,
					      is_current ? "now; again inverts" : "", (int64_t)i};
	}
	ms_picker_open(ui, "Order by", picks, n, false, sort_chosen);
}

static void sort_beside(struct ms_ui *ui, int delta)
{
	struct ms_columns c;
	size_t at = 0;

	ms_columns_layout(&c, layout_of(ui).table.w);
	while (at < c.count && c.items[at].field != ui->rows.sort.field)
		at++;
	if (at == c.count)
		at = c.model;
	do /* the three tier columns are one order */
		at = delta > 0 ? (at + 1) % c.count : (at + c.count - 1) % c.count;
	while (c.items[at].field == ui->rows.sort.field);
	sort_by(ui, c.items[at].field, c.items[at].shows_age);
}

void ms_do_sort_previous(struct ms_ui *ui)
{
	sort_beside(ui, -1);
}

void ms_do_sort_next(struct ms_ui *ui)
{
	sort_beside(ui, 1);
}

void ms_do_sort_invert(struct ms_ui *ui)
{
	sort_by(ui, ui->rows.sort.field, !ui->rows.sort.descending);
}
