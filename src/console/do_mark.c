/* SPDX-License-Identifier: MIT */
/* Actions that mark rows. */
#include "modelsync/memory.h"
#include "ui.h"

/* "all 18 in /status:new price<1/" */
static void marked_all(struct ms_ui *ui, const char *what, size_t n)
{
	const char *filter = ui->rows.filter_text;
	char *how = *filter ? ms_format("%s %zu of filter %s", what, n, filter)
			    : ms_format("%s %zu, no filter", what, n);

	ms_rows_marked_by(&ui->rows, how);
	ms_free(how);
}

void ms_do_mark(struct ms_ui *ui)
{
	ms_rows_mark_one(&ui->rows, ms_rows_current_index(&ui->rows), MS_MARK_FLIP);
	ms_rows_move_by(&ui->rows, 1);
	ms_ui_cursor_moved(ui);
}

void ms_do_range(struct ms_ui *ui)
{
	ms_rows_range_begin(&ui->rows);
	ms_ui_note(ui, MS_NOTE_HINT, "range: move, then {range} marks it, {cancel} drops it");
}

void ms_do_mark_all(struct ms_ui *ui)
{
	if (ms_rows_mark_shown(&ui->rows, MS_MARK_SET, NULL, ui->now) == 0)
		return;
	marked_all(ui, "all", ui->rows.shown);
}

void ms_do_mark_invert(struct ms_ui *ui)
{
	ms_rows_mark_shown(&ui->rows, MS_MARK_FLIP, NULL, ui->now);
	if (ui->rows.marked)
		marked_all(ui, "inverted", ui->rows.shown);
}

void ms_do_mark_clear(struct ms_ui *ui)
{
	ms_rows_mark_clear(&ui->rows);
}

void ms_do_mark_restore(struct ms_ui *ui)
{
	ms_rows_mark_restore(&ui->rows);
	if (ui->rows.marked)
		ms_rows_marked_by(&ui->rows, "restored marks");
}

static bool mark_matching(struct ms_ui *ui, const char *text, enum ms_mark_op op)
{
	struct ms_filter_error err;
	struct ms_filter *what = ms_filter_parse_with(text, &ui->views, &err);
	size_t n;

	if (!what) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s", err.message);
		ms_input_point(ui, err.at);
		return false;
	}
	if (ms_filter_is_empty(what)) {
		ms_filter_free(what);
		return true;
	}
	n = ms_rows_mark_shown(&ui->rows, op, what, ui->now);
	ms_filter_free(what);
	if (op == MS_MARK_SET && n > 0) {
		char *how = ms_format("by expression %s", text);

		ms_rows_marked_by(&ui->rows, how);
		ms_free(how);
	}
	ms_ui_note(ui, MS_NOTE_HINT, "%zu %s %s", n, n == 1 ? "row" : "rows",
		   op == MS_MARK_SET ? "marked" : "unmarked");
	return true;
}

static bool mark_accepted(struct ms_ui *ui, const char *text)
{
	return mark_matching(ui, text, MS_MARK_SET);
}

static bool unmark_accepted(struct ms_ui *ui, const char *text)
{
	return mark_matching(ui, text, MS_MARK_UNSET);
}

void ms_do_mark_by(struct ms_ui *ui)
{
	static const struct ms_input_class class = {.prompt = "mark shown rows that match ",
						    .accept = mark_accepted,
						    .complete = ms_ui_complete_filter};

	ms_input_open(ui, &class, "", &ui->marks);
}

void ms_do_unmark_by(struct ms_ui *ui)
{
	static const struct ms_input_class class = {.prompt = "unmark shown rows that match ",
						    .accept = unmark_accepted,
						    .complete = ms_ui_complete_filter};

	ms_input_open(ui, &class, "", &ui->marks);
}
