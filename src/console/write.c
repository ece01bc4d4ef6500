/* SPDX-License-Identifier: MIT */
/* Writing what is staged, and taking back what was written. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "change_text.h"
#include "modelsync/memory.h"
#include "ui.h"

void ms_write_start(struct ms_ui *ui, const char *reason)
{
	struct ms_edit_batch *batch = ms_stage_batch(&ui->stage, ui->catalog);

	if (*reason)
		ms_edit_batch_set_reason(batch, reason);
	ui->is_writing = true;
	ms_effects_push(&ui->effects, (struct ms_effect){.kind = MS_EFFECT_WRITE, .batch = batch});
}

static void remember(struct ms_ui *ui, int64_t changeset)
{
	if (ui->written_count == MS_UNDO_DEPTH) {
		memmove(&ui->written[0], &ui->written[1],
			(MS_UNDO_DEPTH - 1) * sizeof(ui->written[0]));
		ui->written_count--;
	}
	ui->written[ui->written_count++] = changeset;
}

static void list_problems(const struct ms_write_result *r, struct ms_page *page)
{
	for (size_t i = 0; i < r->row_count; i++) {
		const struct ms_write_row *row = &r->rows[i];
		const char *note = row->note ? row->note : "";

		if (row->outcome == MS_WRITE_CONFLICT)
			ms_page_addf(page, MS_STYLE_WARNING, "%s  changed since: %s", row->model_id,
				     note);
		else if (row->outcome == MS_WRITE_UNKNOWN)
			ms_page_addf(page, MS_STYLE_WARNING, "%s  is not in the catalogue %s",
				     row->model_id, note);
	}
}

static void show_problems(struct ms_ui *ui, const struct ms_write_result *r, bool is_undo)
{
	struct ms_page page = {0};

	if (r->conflicts + r->unknown == 0)
		return;
	ms_page_addf(&page, MS_STYLE_NORMAL, "%zu written, %zu skipped:", r->applied,
		     r->conflicts + r->unknown);
	list_problems(r, &page);
	ms_page_add(&page, MS_STYLE_NORMAL, "");
	ms_page_add_wrapped(
		&page, MS_STYLE_NORMAL, ms_page_width(ui), "",
		is_undo ? "Rows changed since were left as they are."
			: "Skipped rows stay staged, marked with !. Edit them again to base the "
			  "edit on what is there now, or u drops them.");
	ms_page_open(ui, "Not everything was written", &page, NULL, NULL, 0);
}

static void tell_written(struct ms_ui *ui, const struct ms_write_result *r)
{
	enum ms_note_kind kind = r->conflicts + r->unknown ? MS_NOTE_WARNING : MS_NOTE_INFO;

	if (!r->changeset) {
		ms_ui_note(ui, kind, "nothing was written: %zu unchanged, %zu conflicts",
			   r->unchanged, r->conflicts);
		return;
	}
	ms_ui_note(ui, kind, "changeset #%" PRId64 ": %zu %s written%s; u proposes to undo it",
		   r->changeset, r->applied, r->applied == 1 ? "row" : "rows",
		   r->conflicts ? ", some were skipped" : "");
}

static void undo_done(struct ms_ui *ui, const struct ms_write_result *r)
{
	int64_t undone = ui->undo_pending;

	ui->undo_pending = 0;
	if (ui->written_count > 0 && ui->written[ui->written_count - 1] == undone)
		ui->written_count--;
	ms_ui_note(ui, MS_NOTE_INFO, "changeset #%" PRId64 " undone by #%" PRId64 " (%zu %s)",
		   undone, r->changeset, r->applied, r->applied == 1 ? "value" : "values");
}

static void edits_written(struct ms_ui *ui, const struct ms_write_result *r)
{
	if (ui->catalog)
		ms_stage_settle(&ui->stage, ui->catalog, r);
	if (r->changeset)
		remember(ui, r->changeset);
	ms_rows_mark_clear(&ui->rows);
	tell_written(ui, r);
}

void ms_write_done(struct ms_ui *ui, struct ms_write_result *result, const struct ms_error *err)
{
	bool is_undo = ui->undo_pending != 0;

	ui->is_writing = false;
	if (!result) {
		ui->undo_pending = 0;
		ms_ui_error(ui, is_undo ? "not undone" : "not written, the edits stay staged", err);
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

static void undo_confirmed(struct ms_ui *ui, int64_t changeset)
{
	ui->is_writing = true;
	ui->undo_pending = changeset;
	ms_effects_push(&ui->effects,
			(struct ms_effect){.kind = MS_EFFECT_UNDO, .number = changeset});
}

/* All changes of the model that `change` is the first one of; returns the first one after them. */
static const struct ms_json *add_model_changes(struct ms_page *page, const struct ms_json *change)
{
	const char *id = ms_json_text(ms_json_get(change, "model_id"));
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "  %s  ", id);
	for (const char *comma = ""; change; change = ms_json_next(change), comma = ", ") {
		char *what;

		if (strcmp(ms_json_text(ms_json_get(change, "model_id")), id) != 0)
			break;
		what = ms_change_text(change);
		ms_text_addf(&line, "%s%s", comma, what);
		ms_free(what);
	}
	ms_page_add(page, MS_STYLE_NORMAL, ms_text_str(&line));
	ms_text_clear(&line);
	return change;
}

static void undo_page(const struct ms_write_result *r, int64_t changeset, struct ms_page *page)
{
	struct ms_error err;
	struct ms_json *json = r->json ? ms_json_parse(r->json, strlen(r->json), &err) : NULL;
	const struct ms_json *c = ms_json_first(ms_json_get(json, "changes"));

	ms_page_addf(page, MS_STYLE_HEADING,
		     "Undoing changeset #%" PRId64 " would put back %zu %s:", changeset, r->applied,
		     r->applied == 1 ? "value" : "values");
	while (c)
		c = add_model_changes(page, c);
	if (r->conflicts) {
		ms_page_add(page, MS_STYLE_NORMAL, "");
		ms_page_addf(page, MS_STYLE_WARNING,
			     "%zu changed since and would stay as they are:", r->conflicts);
		list_problems(r, page);
	}
	ms_json_free(json);
}

void ms_undo_shown(struct ms_ui *ui, int64_t changeset, struct ms_write_result *result,
		   const struct ms_error *err)
{
	struct ms_page page = {0};
	char question[80];

	if (!result) {
		ms_ui_error(ui, "undo", err);
		return;
	}
	undo_page(result, changeset, &page);
	(void)snprintf(question, sizeof(question), "Undo changeset #%" PRId64 "?", changeset);
	if (result->applied > 0)
		ms_page_open(ui, "Undo", &page, question, undo_confirmed, changeset);
	else
		ms_page_open(ui, "Nothing to undo", &page, NULL, NULL, 0);
	ms_write_result_free(result);
}
