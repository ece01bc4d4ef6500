/* SPDX-License-Identifier: MIT */
/* Actions that move: the cursor over rows and columns, or the text of a focused pane. */
#include "detail.h"
#include "layout.h"
#include "modelsync/memory.h"
#include "scroll.h"
#include "ui.h"

static struct ms_layout layout_of(const struct ms_ui *ui)
{
	struct ms_layout l;

	ms_layout_get(ui, &l);
	return l;
}

/* The text of a pane that fills the screen or has the focus moves instead of the cursor. */
static bool scroll_pane(struct ms_ui *ui, enum ms_action action)
{
	struct ms_pane_state *pane = &ui->panes[ui->screen];
	struct ms_layout l = layout_of(ui);
	struct ms_page page = {.top = pane->top};

	if (l.pane != MS_PANE_FULL && !(l.pane == MS_PANE_RIGHT && pane->has_focus))
		return false;
	ms_screen_now(ui)->lines(ui, l.detail.w, &page);
	ms_page_scroll(&page, action, l.detail.h);
	pane->top = page.top;
	ms_page_clear(&page);
	return true;
}

static void move(struct ms_ui *ui, enum ms_action action)
{
	if (!scroll_pane(ui, action))
		ms_screen_now(ui)->move(ui, ms_scroll_step(action, layout_of(ui).table.h - 1));
}

void ms_do_down(struct ms_ui *ui)
{
	move(ui, MS_ACTION_down);
}

void ms_do_up(struct ms_ui *ui)
{
	move(ui, MS_ACTION_up);
}

void ms_do_page_down(struct ms_ui *ui)
{
	move(ui, MS_ACTION_page_down);
}

void ms_do_page_up(struct ms_ui *ui)
{
	move(ui, MS_ACTION_page_up);
}

void ms_do_half_down(struct ms_ui *ui)
{
	move(ui, MS_ACTION_half_down);
}

void ms_do_half_up(struct ms_ui *ui)
{
	move(ui, MS_ACTION_half_up);
}

void ms_do_top(struct ms_ui *ui)
{
	move(ui, MS_ACTION_top);
}

void ms_do_bottom(struct ms_ui *ui)
{
	move(ui, MS_ACTION_bottom);
}

static void move_column(struct ms_ui *ui, int delta)
{
	struct ms_columns columns;
	size_t at = (size_t)(ms_ui_columns(ui, &columns) - columns.items);

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
	struct ms_pane_state *state = &ui->panes[ui->screen];
	enum ms_pane pane = layout_of(ui).pane;

	state->has_focus = !state->has_focus && pane == MS_PANE_RIGHT;
	if (pane == MS_PANE_BELOW)
		ms_do_detail(ui);
}

void ms_do_detail(struct ms_ui *ui)
{
	struct ms_pane_state *pane = &ui->panes[ui->screen];

	pane->is_full = true;
	pane->top = 0;
	ui->detail.history_only = false;
	ms_screen_now(ui)->follow(ui);
}

void ms_do_history(struct ms_ui *ui)
{
	bool was_history = ms_detail_is_history(ui);

	ms_do_detail(ui);
	ui->detail.history_only = !was_history;
}

void ms_do_zoom(struct ms_ui *ui)
{
	struct ms_pane_state *pane = &ui->panes[ui->screen];

	if (pane->is_full) {
		(void)ms_screen_leave_pane(ui);
	} else if (pane->has_focus) {
		ms_do_detail(ui);
	} else {
		pane->is_hidden = !pane->is_hidden;
		ms_screen_now(ui)->move(ui, 0);
	}
}

/* --- order ---------------------------------------------------------------------------------- */

static void sort_by(struct ms_ui *ui, const struct ms_field *field, bool descending)
{
	struct ms_sort_key keys[MS_SORT_KEYS_MAX];

	ms_rows_set_sort(&ui->rows, (struct ms_sort_key){field, descending}, ui->now);
	if (ui->rows.filter && ms_filter_sort(ui->rows.filter, keys) > 0)
		ms_ui_note(ui, MS_NOTE_HINT, "the filter's own order (sort: or a view) goes first");
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

	(void)ms_ui_columns(ui, &c);
	while (at < c.count && c.items[at].field != ui->rows.sort.field)
		at++;
	if (at == c.count)
		at = c.model;
	do /* the three tier columns are one order, flags are none */
		at = delta > 0 ? (at + 1) % c.count : (at + c.count - 1) % c.count;
	while (c.items[at].field == ui->rows.sort.field ||
	       c.items[at].field->type == MS_FIELD_FLAGS);
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
