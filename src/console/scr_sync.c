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
#include "ui.h"

/* --- the table ------------------------------------------------------------------------------ */

static void add_run(struct ms_text *out, const struct ms_json *row)
{
	ms_text_addf(out, "%" PRId64, ms_entry_int(row, "run"));
}

static void add_time(struct ms_text *out, const struct ms_json *row)
{
	char when[32];

	ms_text_add(out, ms_entry_when(when, sizeof(when), row, "started_at") + 5);
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

static void add_duration(struct ms_text *out, const struct ms_json *row)
{
	if (*ms_entry_text(row, "completed_at"))
		ms_text_addf(out, "%.1f s",
			     ms_json_number(ms_json_get(row, "duration_ms"), 0) / 1000);
}

/* Of a good run the counts say it all. */
static void add_note(struct ms_text *out, const struct ms_json *row)
{
	const char *state = ms_entry_text(row, "state");

	if (strcmp(state, ms_run_state_name(MS_RUN_HELD)) == 0)
		ms_text_addf(out, "hold #%" PRId64 ": ", ms_entry_int(row, "hold"));
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

	if (report)
		ms_report_lines(report, width, out);
	ms_page_add(out, MS_STYLE_NORMAL, "");
	add_head(row, width, out);
	add_timing(row, width, out);
	add_quality(row, width, out);
	if (changeset)
		ms_page_add(out, MS_STYLE_NORMAL, "");
	ms_changeset_lines(ui, changeset, width, out);
	ms_run_report_free(report);
}

/* --- above the table ------------------------------------------------------------------------ */

/* The run that goes on, here or elsewhere. */
struct running {
	int64_t run, done, total;
	const char *phase;
	int64_t since; /* epoch s; 0 = not known */
	char who[80];
	bool is_here;
};

static bool find_running(const struct ms_ui *ui, struct running *out)
{
	const struct ms_json *there = ms_json_get(ui->status, "running");
	const struct ms_sync_state *s = &ui->sync;

	*out = (struct running){.is_here = s->is_running};
	if (s->is_running) {
		out->run = s->progress.run;
		out->done = s->progress.done;
		out->total = s->progress.total;
		out->phase = ms_run_phase_name(s->progress.phase);
		out->since = s->started_at;
		return true;
	}
	if (!s->remote_run)
		return false;
	out->run = s->remote_run;
	out->phase = s->remote_phase;
	if (ms_entry_int(there, "run") != out->run)
		return true; /* its figures are under way */
	out->done = ms_entry_int(there, "done");
	out->total = ms_entry_int(there, "total");
	if (!ms_time_parse(ms_entry_text(there, "started_at"), &out->since))
		out->since = 0;
	(void)snprintf(out->who, sizeof(out->who), " by %.60s", ms_entry_text(there, "actor"));
	return true;
}

static void draw_running(const struct ms_ui *ui, const struct running *r, struct ms_rect at,
			 struct ms_canvas *c)
{
	bool in_bytes = strcmp(r->phase, ms_run_phase_name(MS_PHASE_CLAIM)) == 0 ||
			strcmp(r->phase, ms_run_phase_name(MS_PHASE_FETCH)) == 0;
	int64_t unit = in_bytes ? 1000 : 1;
	int bar = at.w >= 100 ? 30 : at.w >= 60 ? 12 : 0;
	char age[16] = "", run[32] = "", amount[64] = "";
	int x = at.x + 1;

	if (r->run)
		(void)snprintf(run, sizeof(run), " #%" PRId64, r->run);
	x += ms_canvas_textf(c, x, at.y, at.w - 1, MS_STYLE_HEADING, "running%s%s: %s ", run,
			     r->who, r->phase);
	if (bar && x + bar < at.x + at.w) {
		ms_canvas_bar(c, x, at.y, bar, r->done, r->total);
		x += bar + 1;
	}
	if (r->total > 0)
		(void)snprintf(amount, sizeof(amount), "%" PRId64 " of %" PRId64 " %s",
			       r->done / unit, r->total / unit, in_bytes ? "kB" : "models");
	else if (r->done > 0)
		(void)snprintf(amount, sizeof(amount), "%" PRId64 " %s", r->done / unit,
			       in_bytes ? "kB" : "models");
	if (r->since)
		(void)snprintf(age, sizeof(age), "  %" PRId64 " s", ui->now - r->since);
	ms_canvas_textf(c, x, at.y, at.x + at.w - x, MS_STYLE_NORMAL, "%s%s", amount, age);
}

static void add_age(struct ms_text *out, const struct ms_ui *ui)
{
	char age[16];

	if (ui->health.last_ok_at)
		ms_text_addf(out, "last completed %s ago",
			     ms_time_format_age(age, sizeof(age), ui->now - ui->health.last_ok_at));
	else
		ms_text_add(out, "no run has completed yet");
}

/* What the daemons that are alive are going to do. */
static void add_next(struct ms_text *out, const struct ms_ui *ui)
{
	char when[32], age[16];
	int64_t at;

	if (!ms_time_parse(ms_entry_text(ui->status, "next_slot"), &at))
		return;
	if (at > ui->now)
		ms_text_addf(out, "   next %.5s UTC, in %s",
			     ms_time_format(when, sizeof(when), at) + 11,
			     ms_time_format_age(age, sizeof(age), at - ui->now));
	else
		ms_text_add(out, "   next now");
}

/* Most important first: what does not fit is cut. */
static void draw_figures(const struct ms_ui *ui, struct ms_rect at, struct ms_canvas *c)
{
	const struct ms_json *figures = ms_json_get(ui->status, "figures");
	const struct ms_json *rate = ms_json_get(figures, "success_rate");
	int64_t cooldown = ms_entry_int(ui->status, "cooldown_s") - (ui->now - ui->status_at);
	struct ms_text line;

	if (!ui->status)
		return;
	ms_text_init(&line, 0);
	add_age(&line, ui);
	add_next(&line, ui);
	if (cooldown > 0)
		ms_text_addf(&line, "   cooldown %" PRId64 " s left", cooldown);
	if (ms_json_is_number(rate))
		ms_text_addf(&line, "   success %.1f %% of 30 days", ms_json_number(rate, 0));
	ms_text_addf(&line, "   %.1f runs a day",
		     ms_json_number(ms_json_get(figures, "runs_per_day"), 0));
	ms_canvas_text(c, at.x + 1, at.y, at.w - 2, MS_STYLE_NORMAL, ms_text_str(&line));
	ms_text_clear(&line);
}

static int summary_height(const struct ms_ui *ui)
{
	struct running running;

	return 1 + find_running(ui, &running) + (ui->health.hold != 0);
}

static void draw_summary(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	struct ms_rect line = {r.x, r.y, r.w, 1};
	char name[MS_KEY_NAME_MAX];
	struct running running;

	if (find_running(ui, &running)) {
		draw_running(ui, &running, line, c);
		line.y++;
	}
	if (ui->health.hold && line.y < r.y + r.h) {
		ms_canvas_textf(c, line.x + 1, line.y, line.w - 1, MS_STYLE_WARNING,
				"catalogue #%" PRId64
				" is HELD: %s shows it, to apply or discard it",
				ui->health.hold, ms_ui_key(ui, MS_ACTION_hold, name));
		line.y++;
	}
	if (line.y < r.y + r.h)
		draw_figures(ui, line, c);
}

static const struct ms_browse_class browse = {
	.feed = MS_FEED_RUNS,
	.list = {columns, sizeof(columns) / sizeof(columns[0]), id_of, style_of},
	.empty = "No sync has run yet: {sync} starts one, {sync-dry-run} shows what it would do.",
	.wants_status = true,
	.summary_height = summary_height,
	.draw_summary = draw_summary,
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
