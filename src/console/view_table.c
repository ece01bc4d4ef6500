/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "modelsync/utf8.h"
#include "view.h"

/* What drawing one row needs. */
struct row {
	const struct ms_ui *ui;
	const struct ms_model *model;
	const struct ms_staged *staged; /* with an effect, or NULL */
	struct ms_edit effect;
	bool is_current, is_marked;
};

/* --- head ------------------------------------------------------------------------------------- */

static const char *arrow(const struct ms_ui *ui, const struct ms_column *col)
{
	const struct ms_sort_key *key = &ui->rows.sorted_by[0];
	bool is_first_tier = col->kind != MS_COLUMN_TIER || col->tier == MS_TIER_FREE;

	if (ui->rows.sorted_keys == 0 || key->field != col->field || !is_first_tier)
		return "";
	return key->descending != col->shows_age ? "v" : "^";
}

static void draw_head(const struct ms_ui *ui, const struct ms_layout *l,
		      const struct ms_columns *columns, size_t current, struct ms_canvas *c)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct ms_column *col = &columns->items[i];
		enum ms_style style = i == current ? MS_STYLE_HEAD_CELL : MS_STYLE_TABLE_HEAD;
		int x = l->head.x + col->x;
		int skip = 0;

		if (col->is_right_aligned && (int)strlen(col->title) < col->width)
			skip = col->width - (int)strlen(col->title);
		ms_canvas_text(c, x + skip, l->head.y, col->width - skip, style, col->title);
		skip += (int)strlen(col->title);
		ms_canvas_text(c, x + (skip < col->width ? skip : col->width), l->head.y, 1,
			       MS_STYLE_WARNING, arrow(ui, col));
	}
}

/* --- cells ------------------------------------------------------------------------------------ */

static void status_text(const struct row *row, char *buf, size_t size)
{
	const struct ms_model *m = row->model;
	bool is_odd = (m->attention && *m->attention) ||
		      (row->staged && ms_staged_is_in_conflict(row->staged, m));
	bool is_edited = row->staged && (row->effect.set & MS_EDIT_STATUS);
	enum ms_status status = (enum ms_status)m->status;

	if (is_edited)
		(void)snprintf(buf, size, "%s>%s%s", ms_status_short(ms_edit_current_status(m)),
			       ms_status_short(row->effect.status), is_odd ? "!" : "");
	else if (is_odd)
		(void)snprintf(buf, size, "%s !",
			       strlen(ms_status_name(status)) > 6 ? ms_status_short(status)
								  : ms_status_name(status));
	else
		(void)snprintf(buf, size, "%s", ms_status_name(status));
}

/* '+' and '-' are staged, 'x' and '.' are so already. */
static char tier_sign(const struct row *row, enum ms_tier tier)
{
	static const unsigned fields[] = {[MS_TIER_FREE] = MS_EDIT_FREE,
					  [MS_TIER_PRO] = MS_EDIT_PRO,
					  [MS_TIER_ENTERPRISE] = MS_EDIT_ENTERPRISE};

	if (row->staged && (row->effect.set & fields[tier]))
		return row->effect.tiers & (unsigned)tier ? '+' : '-';
	return row->model->tiers & (unsigned)tier ? 'x' : '.';
}

static int32_t staged_limit(const struct row *row, const struct ms_field *field, bool *is_staged)
{
	bool is_daily = strcmp(field->name, "daily") == 0;
	unsigned bit = is_daily ? MS_EDIT_DAILY : MS_EDIT_MONTHLY;

	*is_staged = row->staged && (row->effect.set & bit) &&
		     (is_daily || strcmp(field->name, "monthly") == 0);
	return is_daily ? row->effect.daily_limit : row->effect.monthly_limit;
}

static bool cell_text(const struct row *row, const struct ms_column *col, char *buf, size_t size)
{
	bool is_staged = false;
	int32_t limit;

	switch (col->kind) {
	case MS_COLUMN_STATUS:
		status_text(row, buf, size);
		return row->staged && (row->effect.set & MS_EDIT_STATUS);
	case MS_COLUMN_TIER:
		buf[0] = tier_sign(row, col->tier);
		buf[1] = '\0';
		return buf[0] == '+' || buf[0] == '-';
	case MS_COLUMN_MODEL:
		(void)snprintf(buf, size, "%s", row->model->id);
		return false;
	case MS_COLUMN_FIELD:
		break;
	}
	limit = staged_limit(row, col->field, &is_staged);
	if (is_staged && limit < 0)
		(void)snprintf(buf, size, ">none");
	else if (is_staged)
		(void)snprintf(buf, size, ">%d", (int)limit);
	else
		ms_field_format(buf, size, col->field, row->model, row->ui->shown_at);
	return is_staged;
}

static enum ms_style row_style(const struct row *row)
{
	if (row->is_current && !row->ui->low_bandwidth)
		return MS_STYLE_CURSOR;
	if (row->is_marked)
		return MS_STYLE_MARKED;
	return row->model->status == MS_STATUS_DISABLED || ms_model_is_missing(row->model)
		       ? MS_STYLE_DIM
		       : MS_STYLE_NORMAL;
}

static void draw_cell(const struct row *row, const struct ms_column *col, int x, int y,
		      struct ms_canvas *c)
{
	char text[400];
	enum ms_style style = row_style(row);
	bool is_pending = cell_text(row, col, text, sizeof(text));

	if (is_pending && style != MS_STYLE_CURSOR)
		style = MS_STYLE_PENDING;
	if (col->is_right_aligned)
		ms_canvas_right(c, x + col->x, y, col->width, style, text);
	else
		ms_canvas_text(c, x + col->x, y, col->width, style, text);
}

static void draw_row(const struct row *row, const struct ms_columns *columns, struct ms_rect r,
		     size_t column, struct ms_canvas *c)
{
	enum ms_style style = row_style(row);

	if (style != MS_STYLE_NORMAL)
		ms_canvas_fill(c, r, style);
	if (row->is_current) {
		ms_canvas_text(c, r.x, r.y, 1, style, ">");
		ms_canvas_cursor(c, r.x + columns->items[column].x, r.y);
	}
	if (row->is_marked)
		ms_canvas_text(c, r.x + 1, r.y, 1, style, "*");
	for (size_t i = 0; i < columns->count; i++)
		draw_cell(row, &columns->items[i], r.x, r.y, c);
}

/* --- instead of rows -------------------------------------------------------------------------- */

void ms_view_nothing(const struct ms_ui *ui, struct ms_rect r, const char *first,
		     const char *second, struct ms_canvas *c)
{
	struct ms_page page = {0};
	char text[300];

	ms_page_add_wrapped(&page, MS_STYLE_HEADING, r.w - 4, "",
			    ms_ui_keyed(ui, text, sizeof(text), first));
	if (*second)
		ms_page_add_wrapped(&page, MS_STYLE_NORMAL, r.w - 4, "",
				    ms_ui_keyed(ui, text, sizeof(text), second));
	ms_page_draw(&page, c, (struct ms_rect){r.x + 3, r.y + 1, r.w - 4, r.h - 1});
	ms_page_clear(&page);
	ms_canvas_cursor(c, r.x + 3, r.y + 1);
}

static void draw_nothing(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	const char *first = "", *second = "";

	if (!ui->catalog && ui->lost.category != MS_OK) {
		first = "The models could not be loaded yet:";
		second = ui->lost.message;
	} else if (!ui->catalog) {
		first = ui->is_connected || !*ui->database ? "loading..." : "";
	} else if (ui->catalog->count == 0) {
		first = "The catalogue is empty.";
		second =
			ui->read_only
				? ""
				: "{sync} syncs it now, {sync-dry-run} shows first what that would bring.";
	} else {
		first = "No model matches the filter.";
		second = "{filter} edits it, {drop-term} drops its last term.";
	}
	ms_view_nothing(ui, l->table, first, second, c);
}

void ms_view_table(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	const struct ms_rows *rows = &ui->rows;
	struct ms_columns columns;
	size_t from = 1, to = 0, column;

	column = (size_t)(ms_ui_columns(ui, &columns) - columns.items);
	draw_head(ui, l, &columns, column, c);
	if (rows->shown == 0 && !ui->has_filter_error)
		draw_nothing(ui, l, c);
	(void)ms_rows_range(rows, &from, &to);
	for (int y = 0; y < l->table.h && rows->top + (size_t)y < rows->shown; y++) {
		size_t at = rows->top + (size_t)y;
		uint32_t index = rows->visible[at];
		struct row row = {
			.ui = ui,
			.model = &ui->catalog->models[index],
			.staged = ms_stage_at(&ui->stage, index),
			.is_current = at == rows->cursor,
			.is_marked = ms_rows_is_marked(rows, index) || (at >= from && at <= to),
		};

		if (row.staged && !ms_stage_effect(row.staged, row.model, &row.effect))
			row.staged = NULL;
		draw_row(&row, &columns,
			 (struct ms_rect){l->table.x, l->table.y + y, l->table.w, 1}, column, c);
	}
}
