/* SPDX-License-Identifier: MIT */
/* Writing what is staged, and taking back what was written. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry_text.h"
#include "modelsync/memory.h"
#include "ui.h"

static void begin(struct ms_ui *ui, size_t rows)
{
	ui->writing = (struct ms_writing){.is_running = true, .started_at = ui->now, .rows = rows};
}

void ms_write_cancel(struct ms_ui *ui)
{
	ui->writing.was_cancelled = true;
	ms_ui_effect(ui, MS_EFFECT_WRITE_CANCEL);
}

void ms_write_start(struct ms_ui *ui, const char *reason)
{
	struct ms_edit_batch *batch = ms_stage_batch(&ui->stage, ui->catalog);

	if (*reason)
		ms_edit_batch_set_reason(batch, reason);
	begin(ui, batch->count);
	ms_effects_push(&ui->effects, (struct ms_effect){.kind = MS_EFFECT_WRITE, .batch = batch});
}

void ms_write_remember(struct ms_ui *ui, int64_t changeset)
{
	if (ui->written_count == MS_UNDO_DEPTH) {
		memmove(&ui->written[0], &ui->written[1],
			(MS_UNDO_DEPTH - 1) * sizeof(ui->written[0]));
		ui->written_count--;
	}
	ui->written[ui->written_count++] = changeset;
}

/* It was undone, or cannot be: the next undo is about the one before. */
static void forget(struct ms_ui *ui, int64_t changeset)
{
	if (ui->written_count > 0 && ui->written[ui->written_count - 1] == changeset)
		ui->written_count--;
}

static void list_problems(const struct ms_write_result *r, int width, struct ms_page *page)
{
	for (size_t i = 0; i < r->row_count; i++) {
		const struct ms_write_row *row = &r->rows[i];
		const char *note = row->note ? row->note : "";
		char *line;

		if (row->outcome == MS_WRITE_CONFLICT)
			line = ms_format("%s  changed since: %s", row->model_id, note);
		else if (row->outcome == MS_WRITE_UNKNOWN)
			line = ms_format("%s  is not in the catalogue %s", row->model_id, note);
		else
			continue;
		ms_page_add_wrapped(page, MS_STYLE_WARNING, width, "", line);
		ms_free(line);
	}
}

static void show_problems(struct ms_ui *ui, const struct ms_write_result *r, bool is_undo)
{
	struct ms_page page = {0};
	char advice[300];

	if (r->conflicts + r->unknown == 0)
		return;
	ms_page_addf(&page, MS_STYLE_NORMAL, "%zu written, %zu skipped:", r->applied,
		     r->conflicts + r->unknown);
	list_problems(r, ms_page_width(ui), &page);
	ms_page_add(&page, MS_STYLE_NORMAL, "");
	ms_page_add_wrapped(
		&page, MS_STYLE_NORMAL, ms_page_width(ui), "",
		ms_ui_keyed(
			ui, advice, sizeof(advice),
			is_undo ? "Rows changed since were left as they are."
				: "Skipped rows stay staged, marked with !. Edit them again to "
				  "base the edit on what is there now; {undo} drops them one by "
				  "one, {drop-all} all."));
	ms_page_open(ui, "Not everything was written", &page, NULL, NULL, 0);
}

static void tell_written(struct ms_ui *ui, const struct ms_write_result *r)
{
	enum ms_note_kind kind = r->conflicts + r->unknown ? MS_NOTE_WARNING : MS_NOTE_INFO;

	if (!r->changeset) {
		if (r->conflicts + r->unknown)
			ms_ui_note(ui, kind, "nothing was written: %zu %s changed meanwhile",
				   r->conflicts + r->unknown,
				   r->conflicts + r->unknown == 1 ? "row was" : "rows were");
		else
			ms_ui_note(ui, kind, "nothing was written: all is so already");
		return;
	}
	ms_ui_note(ui, kind, "changeset #%" PRId64 ": %zu %s written%s; u proposes to undo it",
		   r->changeset, r->applied, r->applied == 1 ? "row" : "rows",
		   r->conflicts ? ", some were skipped" : "");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "36 values of 18 models" */
static char *undo_amount(const struct ms_json *changes)
{
	const char **ids = ms_alloc_array(ms_json_count(changes) + 1, sizeof(*ids));
	size_t n = 0, models = 0;

	for (const struct ms_json *c = ms_json_first(changes); c; c = ms_json_next(c))
		ids[n++] = ms_entry_text(c, "model_id");
	qsort(ids, n, sizeof(*ids), by_text);
	for (size_t i = 0; i < n; i++)
		models += i == 0 || strcmp(ids[i], ids[i - 1]) != 0;
	ms_free(ids);
	return ms_format("%zu %s of %zu %s", n, n == 1 ? "value" : "values", models,
			 models == 1 ? "model" : "models");
}

static struct ms_json *result_json(const struct ms_write_result *r)
{
	struct ms_error err;

	return r->json ? ms_json_parse(r->json, strlen(r->json), &err) : NULL;
}

static void undo_done(struct ms_ui *ui, const struct ms_write_result *r)
{
	int64_t undone = ui->undo_pending;
	struct ms_json *json = result_json(r);
	char *amount = undo_amount(ms_json_get(json, "changes"));

	ui->undo_pending = 0;
	forget(ui, undone);
	if (r->changeset)
		ms_ui_note(ui, MS_NOTE_INFO, "changeset #%" PRId64 " undone by #%" PRId64 " (%s)",
			   undone, r->changeset, amount);
	else
		ms_ui_note(ui, MS_NOTE_WARNING,
			   "changeset #%" PRId64 " was not undone: all of it changed since",
			   undone);
	ms_free(amount);
	ms_json_free(json);
}

static void edits_written(struct ms_ui *ui, const struct ms_write_result *r)
{
	if (ui->catalog)
		ms_stage_settle(&ui->stage, ui->catalog, r);
	if (r->changeset)
		ms_write_remember(ui, r->changeset);
	ms_rows_mark_clear(&ui->rows);
	tell_written(ui, r);
}

void ms_write_done(struct ms_ui *ui, struct ms_write_result *result, const struct ms_error *err)
{
	bool is_undo = ui->undo_pending != 0;

	ui->writing.is_running = false;
	if (!result) {
		ui->undo_pending = 0;
		if (err->category == MS_ERR_CANCELLED)
			ms_ui_note(ui, MS_NOTE_INFO,
				   is_undo ? "cancelled: nothing was undone"
					   : "cancelled: nothing was written, "
					     "the edits stay staged");
		else
			ms_ui_error(ui,
				    is_undo ? "not undone" : "not written, the edits stay staged",
				    err);
		return;
	}
	if (is_undo)
		undo_done(ui, result);
	else
		edits_written(ui, result);
	show_problems(ui, result, is_undo);
	ms_write_result_free(result);
	ms_ui_load_models(ui);
}

/* --- undo --------------------------------------------------------------------------------------
 */

void ms_undo_ask(struct ms_ui *ui, int64_t changeset)
{
	if (!ui->is_connected) {
		ms_ui_note(ui, MS_NOTE_HINT, "undo needs the database: not connected");
		return;
	}
	ms_effects_push(
		&ui->effects,
		(struct ms_effect){.kind = MS_EFFECT_UNDO, .flag = true, .number = changeset});
}

static void undo_confirmed(struct ms_ui *ui, int64_t changeset)
{
	begin(ui, 0);
	ui->undo_pending = changeset;
	ms_effects_push(&ui->effects,
			(struct ms_effect){.kind = MS_EFFECT_UNDO, .number = changeset});
}

static void undo_page(const struct ms_write_result *r, int64_t changeset, int width,
		      struct ms_page *page)
{
	struct ms_json *json = result_json(r);
	const struct ms_json *changes = ms_json_get(json, "changes");
	char *amount = undo_amount(changes);
	char *title =
		ms_json_first(changes)
			? ms_format("Undoing changeset #%" PRId64 " would put back %s:", changeset,
				    amount)
			: ms_format("Nothing of changeset #%" PRId64 " can be put back.",
				    changeset);

	ms_page_add_wrapped(page, MS_STYLE_HEADING, width, "", title);
	ms_changes_lines(changes, width, page);
	if (r->conflicts) {
		ms_page_add(page, MS_STYLE_NORMAL, "");
		ms_page_addf(page, MS_STYLE_WARNING, "%zu %s changed since and %s:", r->conflicts,
			     r->conflicts == 1 ? "value was" : "values were",
			     r->conflicts == 1 ? "would stay as it is" : "would stay as they are");
		list_problems(r, width, page);
	}
	ms_free(title);
	ms_free(amount);
	ms_json_free(json);
}

void ms_undo_shown(struct ms_ui *ui, int64_t changeset, struct ms_write_result *result,
		   const struct ms_error *err)
{
	struct ms_page page = {0};
	char question[80];

	if (!result) {
		ms_ui_error(ui, "undo", err);
		if (err->category == MS_ERR_CONFLICT)
			forget(ui, changeset);
		return;
	}
	undo_page(result, changeset, ms_page_width(ui), &page);
	(void)snprintf(question, sizeof(question), "Undo changeset #%" PRId64 "?", changeset);
	if (result->applied > 0) {
		ms_page_open(ui, "Undo", &page, question, undo_confirmed, changeset);
	} else {
		ms_page_open(ui, "Nothing to undo", &page, NULL, NULL, 0);
		forget(ui, changeset);
	}
	ms_write_result_free(result);
}
