/* SPDX-License-Identifier: MIT */
/* Writing rows to a file: which ones, in which form, where; what is there is replaced after a
 * question only. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "browse.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "ui.h"

static size_t marked_count(struct ms_ui *ui)
{
	const struct ms_browse *b = ms_browse_now(ui);

	return b ? b->list.marked : ui->rows.marked;
}

static size_t shown_count(struct ms_ui *ui)
{
	const struct ms_browse *b = ms_browse_now(ui);

	return b ? b->list.shown : ui->rows.shown;
}

/* --- the order ------------------------------------------------------------------------------- */

/* Marked rows are taken wherever the filter is, in the order of the table. */
static void take_models(struct ms_ui *ui, bool all_shown, struct ms_export *e)
{
	const struct ms_rows *r = &ui->rows;
	size_t n = all_shown ? r->shown : ui->catalog->count;

	e->catalog = ms_catalog_share(ui->catalog);
	e->models = ms_alloc_array(n + 1, sizeof(*e->models));
	for (size_t i = 0; i < n; i++) {
		uint32_t row = all_shown ? r->visible[i] : r->order[i];

		if (all_shown || ms_rows_is_marked(r, row))
			e->models[e->count++] = &ui->catalog->models[row];
	}
	for (size_t i = 0; i < ui->columns.count && i < MS_EXPORT_FIELDS_MAX; i++)
		e->fields[e->field_count++] = ui->columns.items[i].field;
}

static void take_rows(const struct ms_list *l, bool all_shown, struct ms_export *e)
{
	size_t n = all_shown ? l->shown : l->count;

	e->rows = ms_json_new_array();
	for (size_t i = 0; i < n; i++) {
		const struct ms_list_row *row = &l->rows[all_shown ? l->visible[i] : i];

		if (!all_shown && !row->is_marked)
			continue;
		ms_json_add(e->rows, NULL, ms_json_copy(row->json));
		e->count++;
	}
}

static void start(struct ms_ui *ui, bool may_replace)
{
	struct ms_export_state *s = &ui->export;
	const struct ms_browse *b = ms_browse_now(ui);
	struct ms_export *e = ms_alloc(sizeof(*e));
	bool all_shown = s->all_shown || marked_count(ui) == 0;

	*e = (struct ms_export){.path = ms_strdup(s->path),
				.may_replace = may_replace,
				.format = s->format,
				.now = ui->now};
	if (b)
		take_rows(&b->list, all_shown, e);
	else
		take_models(ui, all_shown, e);
	if (e->count == 0) { /* they went while the question stood there */
		ms_ui_note(ui, MS_NOTE_HINT, "there are no rows to export");
		ms_export_free(e);
		return;
	}
	s->is_running = true;
	s->screen = ui->screen;
	ms_effects_push(&ui->effects, (struct ms_effect){.kind = MS_EFFECT_EXPORT, .order = e});
	ms_ui_note(ui, MS_NOTE_HINT, "writing %zu %s to %s", e->count,
		   e->count == 1 ? "row" : "rows", e->path);
}

/* --- the questions --------------------------------------------------------------------------- */

static bool path_accepted(struct ms_ui *ui, const char *path)
{
	if (!*path) {
		ms_ui_note(ui, MS_NOTE_HINT, "a file needs a name; {cancel} cancels");
		return false;
	}
	ms_free(ui->export.path);
	ui->export.path = ms_strdup(path);
	start(ui, false);
	return true;
}

/* "models-2026-09-22.csv" */
static void ask_path(struct ms_ui *ui, enum ms_export_format format)
{
	static const struct ms_input_class class = {.prompt = "to file ", .accept = path_accepted};
	const char *name = ms_screen_now(ui)->name;
	char day[32];
	char *path = ms_format("%s-%s.%s", name, ms_time_format_date(day, sizeof(day), ui->now),
			       format == MS_EXPORT_CSV ? "csv" : "json");

	path[0] = (char)(path[0] - 'A' + 'a');
	ui->export.format = format;
	ms_input_open(ui, &class, path, &ui->files);
	ms_free(path);
}

static void ask_format(struct ms_ui *ui);

static void chosen(struct ms_ui *ui, int64_t what)
{
	if (what == 'a') {
		ui->export.all_shown = true;
		ask_format(ui);
	} else {
		ask_path(ui, what == 'c' ? MS_EXPORT_CSV : MS_EXPORT_JSON);
	}
}

static void ask_format(struct ms_ui *ui)
{
	static const struct ms_choice choices[] = {
		{'c', "CSV", 'c'}, {'j', "JSON", 'j'}, {'a', "all in the filter instead", 'a'}};
	size_t marked = ui->export.all_shown ? 0 : marked_count(ui);
	size_t n = marked ? marked : shown_count(ui);
	char title[80];

	(void)snprintf(title, sizeof(title), "export %zu %s %s as:", n, marked ? "marked" : "shown",
		       n == 1 ? "row" : "rows");
	ms_menu_open(ui, title, choices, marked ? 3 : 2, chosen);
}

void ms_do_export(struct ms_ui *ui)
{
	ui->export.all_shown = false;
	if (ui->export.is_running)
		ms_ui_note(ui, MS_NOTE_HINT, "wait until %s is written", ui->export.path);
	else if (marked_count(ui) == 0 && shown_count(ui) == 0)
		ms_ui_note(ui, MS_NOTE_HINT, "there are no rows to export");
	else
		ask_format(ui);
}

/* --- the answer ------------------------------------------------------------------------------ */

static void replace(struct ms_ui *ui, int64_t unused)
{
	(void)unused;
	start(ui, true);
}

void ms_exported(struct ms_ui *ui, int64_t count, const char *path, const struct ms_error *err)
{
	char *question;

	ui->export.is_running = false;
	if (!err) {
		ms_ui_note(ui, MS_NOTE_INFO, "%" PRId64 " %s written to %s", count,
			   count == 1 ? "row" : "rows", path);
	} else if (err->category == MS_ERR_CONFLICT && ui->screen == ui->export.screen &&
		   !ui->dialog) {
		question = ms_format("%s. Replace it?", err->message);
		ms_confirm(ui, question, replace, 0);
		ms_free(question);
	} else {
		ms_ui_note(ui, MS_NOTE_ERROR, "not exported: %s", err->message);
	}
}
