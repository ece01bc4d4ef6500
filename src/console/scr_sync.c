/* SPDX-License-Identifier: MIT */
/* The Sync screen: the run that is going on, wherever it is, how runs went, and each of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "browse.h"
#include "entry_text.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "report_page.h"
#include "sync_summary.h"
#include "ui.h"

/* --- the table ------------------------------------------------------------------------------ */

static void add_run(struct ms_text *out, const struct ms_json *row)
{
	ms_text_addf(out, "%" PRId64, ms_entry_int(row, "run"));
}

static void add_time(struct ms_text *out, const struct ms_json *row)
{
	ms_entry_add_when(out, row, "started_at");
}

static bool was_cancelled(const struct ms_json *row)
{
	return strcmp(ms_entry_text(row, "category"), ms_category_name(MS_ERR_CANCELLED)) == 0;
}

static void add_state(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, was_cancelled(row) ? "cancelled" : ms_entry_text(row, "state"));
}

static void add_trigger(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, ms_entry_text(row, "trigger"));
}

static void add_count(struct ms_text *out, const struct ms_json *row, const char *name)
{
	const struct ms_json *n = ms_json_get(ms_json_get(row, "counts"), name);

	if (ms_json_is_number(n))
		ms_text_addf(out, "%" PRId64, ms_json_int(n, 0));
}

static void add_added(struct ms_text *out, const struct ms_json *row)
{
	add_count(out, row, "added");
}

static void add_updated(struct ms_text *out, const struct ms_json *row)
{
	add_count(out, row, "updated");
}

static void add_gone(struct ms_text *out, const struct ms_json *row)
{
	add_count(out, row, "marked_inactive");
}

static void add_back(struct ms_text *out, const struct ms_json *row)
{
	add_count(out, row, "returned");
}

static void add_size(struct ms_text *out, const struct ms_json *row)
{
	add_count(out, row, "total");
}

static void add_duration(struct ms_text *out, const struct ms_json *row)
{
	if (*ms_entry_text(row, "completed_at"))
		ms_text_addf(out, "%.1f s",
			     ms_json_number(ms_json_get(row, "duration_ms"), 0) / 1000);
}

static bool is_decided(const char *hold_state)
{
	return *hold_state && strcmp(hold_state, "open") != 0;
}

/* Of a good run the counts say it all. */
static void add_note(struct ms_text *out, const struct ms_json *row)
{
	const char *state = ms_entry_text(row, "state"), *hold = ms_entry_text(row, "hold_state");

	if (strcmp(state, ms_run_state_name(MS_RUN_HELD)) == 0)
		ms_text_addf(out, "hold #%" PRId64 "%s%s: ", ms_entry_int(row, "hold"),
			     is_decided(hold) ? " " : "", is_decided(hold) ? hold : "");
	else if (*ms_entry_text(row, "category") && !was_cancelled(row))
		ms_text_addf(out, "%s: ", ms_entry_text(row, "category"));
	else
		return;
	ms_text_add(out, ms_entry_text(row, "message"));
}

static const struct ms_list_column columns[] = {
	{"run", "RUN", 5, 0, true, add_run},
	{"time", "STARTED UTC", 11, 1, false, add_time},
	{"state", "STATE", 9, 0, false, add_state},
	{"trigger", "TRIGGER", 9, 7, false, add_trigger},
	{"who", "BY", 18, 5, false, ms_entry_actor},
	{"added", "NEW", 4, 2, true, add_added},
	{"updated", "UPD", 4, 3, true, add_updated},
	{"gone", "GONE", 4, 4, true, add_gone},
	{"back", "BACK", 4, 8, true, add_back},
	{"models", "MODELS", 6, 9, true, add_size},
	{"took", "TOOK", 7, 6, true, add_duration},
	{"note", "NOTE", 0, 0, false, add_note},
};

static int64_t id_of(const struct ms_json *row)
{
	return ms_entry_int(row, "run");
}

static enum ms_style style_of(const struct ms_json *row)
{
	const char *state = ms_entry_text(row, "state");

	if (was_cancelled(row))
		return MS_STYLE_DIM;
	return strcmp(state, ms_run_state_name(MS_RUN_FAILED)) == 0 ||
			       strcmp(state, ms_run_state_name(MS_RUN_HELD)) == 0
		       ? MS_STYLE_WARNING
		       : MS_STYLE_NORMAL;
}

/* --- the pane ------------------------------------------------------------------------------- */

static char *subject(const struct ms_json *row)
{
	return ms_format("run #%" PRId64, ms_entry_int(row, "run"));
}

static void add_head(const struct ms_json *row, int width, struct ms_page *out)
{
	const char *url = ms_entry_text(row, "url"),
		   *by = ms_entry_text(row, "cancel_requested_by");
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s, by ", ms_entry_text(row, "trigger"));
	ms_entry_actor(&line, row);
	ms_text_addf(&line, " (%s, %s)", ms_entry_text(row, "origin"), ms_entry_text(row, "owner"));
	if (*by)
		ms_text_addf(&line, ", cancelled by %s", by);
	ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "", ms_text_str(&line));
	ms_text_clear(&line);
	if (*url)
		ms_page_add_wrapped(out, MS_STYLE_DIM, width, "from ", url);
}

static void add_timing(const struct ms_json *row, int width, struct ms_page *out)
{
	const struct ms_json *times = ms_json_get(row, "timing_ms");
	struct ms_text line;

	ms_text_init(&line, 0);
	for (const struct ms_json *t = ms_json_first(times); t; t = ms_json_next(t))
		ms_text_addf(&line, "%s%s %.1f", line.len ? ", " : "", ms_json_name(t),
			     ms_json_number(t, 0));
	if (line.len)
		ms_page_add_wrapped(out, MS_STYLE_DIM, width, "ms: ", ms_text_str(&line));
	ms_text_clear(&line);
}

static void add_quality(const struct ms_json *row, int width, struct ms_page *out)
{
	const struct ms_json *counts = ms_json_get(row, "quality");
	struct ms_text line;

	ms_text_init(&line, 0);
	for (const struct ms_json *n = ms_json_first(counts); n; n = ms_json_next(n))
		if (ms_json_int(n, 0) > 0)
			ms_text_addf(&line, "%s%s %" PRId64, line.len ? ", " : "", ms_json_name(n),
				     ms_json_int(n, 0));
	if (line.len) {
		ms_page_add(out, MS_STYLE_NORMAL, "");
		ms_page_add_wrapped(out, MS_STYLE_NORMAL, width,
				    "Quality afterwards: ", ms_text_str(&line));
		ms_page_add_wrapped(out, MS_STYLE_DIM, width, "",
				    "modelsync-tui db quality lists the models, and what to do.");
	}
	ms_text_clear(&line);
}

/* A run's row says what its report said, but for the single models. */
static struct ms_run_report *report_of(const struct ms_json *row)
{
	struct ms_json *copy = ms_json_copy(row);
	struct ms_run_report *report;
	struct ms_error err;
	char *text;

	ms_json_add_bool(copy, "ok", true);
	text = ms_json_print(copy);
	report = ms_run_report_parse(text, &err);
	ms_free(text);
	ms_json_free(copy);
	return report;
}

static void lines(const struct ms_ui *ui, const struct ms_json *row, int width, struct ms_page *out)
{
	struct ms_run_report *report = report_of(row);
	int64_t changeset = ms_entry_int(row, "changeset");
	char hint[100];

	if (report)
		ms_report_lines(report, width, out);
	if (ui->health.hold && ms_entry_int(row, "hold") == ui->health.hold)
		ms_page_add_wrapped(
			out, MS_STYLE_WARNING, width, "",
			ms_ui_keyed(ui, hint, sizeof(hint),
				    "{hold} shows what it would change, to apply or discard it."));
	ms_page_add(out, MS_STYLE_NORMAL, "");
	add_head(row, width, out);
	add_timing(row, width, out);
	add_quality(row, width, out);
	if (changeset)
		ms_page_add(out, MS_STYLE_NORMAL, "");
	ms_changeset_lines(ui, changeset, width, out);
	ms_run_report_free(report);
}

static const struct ms_browse_class browse = {
	.feed = MS_FEED_RUNS,
	.list = {columns, sizeof(columns) / sizeof(columns[0]), id_of, style_of},
	.empty = "No sync has run yet: {sync} starts one, {sync-dry-run} shows what it would do.",
	.wants_status = true,
	.renewed = ms_run_chart_renew,
	.summary_height = ms_sync_summary_height,
	.draw_summary = ms_sync_summary_draw,
	.subject = subject,
	.lines = lines,
};

const struct ms_screen_class ms_screen_sync = {
	.name = "Sync",
	.scope = MS_SCOPE_RUNS,
	.full_scope = MS_SCOPE_RUNS,
	.browse = &browse,
	.shown = ms_browse_load,
	MS_BROWSE_SCREEN,
};
