/* SPDX-License-Identifier: MIT */
/* What actions mean on the screens that list a feed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "browse.h"
#include "entry_text.h"
#include "modelsync/complete.h"
#include "modelsync/memory.h"
#include "ui.h"

/* --- the filter ----------------------------------------------------------------------------- */

static void set_filter(struct ms_ui *ui, const char *text)
{
	ms_list_set_filter(&ms_browse_now(ui)->list, text);
	ms_browse_move(ui, 0);
}

static bool filter_accepted(struct ms_ui *ui, const char *text)
{
	set_filter(ui, text);
	return true;
}

static void filter_cancelled(struct ms_ui *ui)
{
	set_filter(ui, ui->filter_before ? ui->filter_before : "");
}

/* The names of the columns. */
static void complete_column(const struct ms_ui *ui, const char *text, size_t at,
			    struct ms_completion *out)
{
	const struct ms_list_class *class = &ms_screen_now(ui)->browse->list;
	size_t from = at;

	while (from > 0 && text[from - 1] != ' ')
		from--;
	from += from < at && text[from] == '-';
	*out = (struct ms_completion){.from = from, .to = at};
	for (size_t i = 0; i < class->column_count; i++) {
		char *name = ms_format("%s:", class->columns[i].name);

		if (strncasecmp(name, text + from, at - from) == 0)
			(void)ms_completion_add(out, name);
		ms_free(name);
	}
}

static void edit_filter(struct ms_ui *ui)
{
	static const struct ms_input_class class = {
		.prompt = "/ ",
		.in_filter_line = true,
		.changed = set_filter,
		.accept = filter_accepted,
		.cancelled = filter_cancelled,
		.complete = complete_column,
	};
	const char *now = ms_browse_now(ui)->list.filter;

	(void)ms_screen_leave_pane(ui);
	ms_free(ui->filter_before);
	ui->filter_before = ms_strdup(now);
	ms_input_open(ui, &class, now, &ui->list_filters);
}

static void drop_term(struct ms_ui *ui)
{
	char *text = ms_strdup(ms_browse_now(ui)->list.filter);

	ms_filter_drop_term(text);
	set_filter(ui, text);
	ms_free(text);
}

/* --- copying -------------------------------------------------------------------------------- */

static void add_marked(const struct ms_list *l, struct ms_text *out)
{
	for (size_t i = 0; i < l->count; i++) {
		if (!l->rows[i].is_marked)
			continue;
		ms_text_add(out, out->len ? "\n" : "");
		ms_list_row_text(l, &l->rows[i], out);
	}
}

static void copy_chosen(struct ms_ui *ui, int64_t what)
{
	const struct ms_list *l = &ms_browse_now(ui)->list;
	const struct ms_list_row *row = ms_list_current(l);
	const struct ms_json *head = ms_json_get(ui->status, "audit_head");
	struct ms_text text;

	ms_text_init(&text, 0);
	if (what == 'h')
		ms_text_add(&text, ms_entry_text(head, "hash"));
	else if (what == 'a')
		add_marked(l, &text);
	else if (row && what == 'm')
		ms_text_add(&text, ms_entry_text(row->json, "model_id"));
	else if (row && what == 'i')
		ms_text_addf(&text, "%" PRId64, row->id);
	else if (row)
		ms_list_row_text(l, row, &text);
	ms_ui_copy(ui, &text);
}

static void copy(struct ms_ui *ui, const struct ms_json *row)
{
	struct ms_choice choices[5] = {{'r', "row", 'r'}, {'i', "number", 'i'}};
	size_t n = 2;

	if (ms_browse_now(ui)->list.marked)
		choices[n++] = (struct ms_choice){'a', "all marked rows", 'a'};
	if (*ms_entry_text(row, "model_id"))
		choices[n++] = (struct ms_choice){'m', "model", 'm'};
	if (ui->screen == MS_SCREEN_AUDIT)
		choices[n++] = (struct ms_choice){'h', "hash of the log's head", 'h'};
	ms_menu_open(ui, "copy:", choices, n, copy_chosen);
}

/* --- the row's model and changeset ---------------------------------------------------------- */

static bool show_model(struct ms_ui *ui, const char *id)
{
	if (!*id) {
		ms_ui_note(ui, MS_NOTE_HINT, "this row is about no single model");
		return false;
	}
	if (!ms_ui_go_to_model(ui, id)) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s is not in the list of models", id);
		return false;
	}
	return true;
}

static const char *model_of_row(const struct ms_ui *ui)
{
	return ms_entry_text(ms_browse_row(ui), "model_id");
}

void ms_do_show_model(struct ms_ui *ui)
{
	(void)show_model(ui, model_of_row(ui));
}

static void show_history(struct ms_ui *ui)
{
	if (show_model(ui, model_of_row(ui)))
		ms_do_history(ui);
}

static void undo(struct ms_ui *ui, const struct ms_json *row)
{
	int64_t changeset = ms_entry_int(row, "changeset");
	int64_t undone_by = ms_entry_int(row, "undone_by");

	if (!changeset)
		ms_ui_note(ui, MS_NOTE_HINT, "this entry changed no model: nothing to undo");
	else if (undone_by)
		ms_ui_note(ui, MS_NOTE_HINT,
			   "changeset #%" PRId64 " was undone by #%" PRId64 " already", changeset,
			   undone_by);
	else
		ms_undo_ask(ui, changeset);
}

/* --- which action does what ----------------------------------------------------------------- */

static void mark(struct ms_ui *ui, enum ms_action action)
{
	struct ms_list *l = &ms_browse_now(ui)->list;

	if (action == MS_ACTION_mark_invert)
		ms_list_mark_invert(l);
	else if (action == MS_ACTION_mark_clear)
		ms_list_mark_clear(l);
	else
		ms_list_mark(l, action == MS_ACTION_mark);
	if (action == MS_ACTION_mark)
		ms_browse_move(ui, 1);
}

static bool needs_row(enum ms_action action)
{
	return action == MS_ACTION_detail || action == MS_ACTION_copy || action == MS_ACTION_undo ||
	       action == MS_ACTION_mark;
}

bool ms_browse_act(struct ms_ui *ui, enum ms_action action)
{
	const struct ms_json *row = ms_browse_row(ui);

	if (!row && needs_row(action)) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s: no row under the cursor",
			   ms_action_info(action)->name);
		return true;
	}
	switch ((int)action) {
	case MS_ACTION_filter:
		edit_filter(ui);
		return true;
	case MS_ACTION_drop_term:
		drop_term(ui);
		return true;
	case MS_ACTION_mark:
	case MS_ACTION_mark_all:
	case MS_ACTION_mark_invert:
	case MS_ACTION_mark_clear:
		mark(ui, action);
		return true;
	case MS_ACTION_copy:
		copy(ui, row);
		return true;
	case MS_ACTION_history:
		show_history(ui);
		return true;
	case MS_ACTION_undo:
		undo(ui, row);
		return true;
	default:
		return false;
	}
}
