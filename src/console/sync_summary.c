/* SPDX-License-Identifier: MIT */
/* The lines above the runs: what goes on, how it goes, and who looks after it. */
#include "sync_summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "entry_text.h"
#include "modelsync/clock.h"
#include "ui.h"

#define LINES_MAX  7
#define LINES_TALL 36 /* lines of a screen that has room for all of them */
#define LINES_FEW  3

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
	if (!in_bytes && r->total > 0)
		(void)snprintf(amount, sizeof(amount), "%" PRId64 " models", r->total);
	else if (r->total > 0)
		(void)snprintf(amount, sizeof(amount), "%" PRId64 " of %" PRId64 " kB",
			       r->done / 1000, r->total / 1000);
	else if (r->done > 0)
		(void)snprintf(amount, sizeof(amount), "%" PRId64 " kB", r->done / 1000);
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
static void figures_text(struct ms_text *out, const struct ms_ui *ui)
{
	const struct ms_json *figures = ms_json_get(ui->status, "figures");
	const struct ms_json *rate = ms_json_get(figures, "success_rate");
	int64_t cooldown = ms_entry_int(ui->status, "cooldown_s") - (ui->now - ui->status_at);

	if (!ui->status)
		return;
	add_age(out, ui);
	add_next(out, ui);
	if (cooldown > 0)
		ms_text_addf(out, "   cooldown %" PRId64 " s left", cooldown);
	if (ms_json_is_number(rate))
		ms_text_addf(out, "   success %.1f %% of 30 days", ms_json_number(rate, 0));
	ms_text_addf(out, "   %.1f runs a day",
		     ms_json_number(ms_json_get(figures, "runs_per_day"), 0));
}

/* --- who looks after it --------------------------------------------------------------------- */

static void add_ago(struct ms_text *out, const struct ms_ui *ui, const struct ms_json *entry,
		    const char *name)
{
	char age[16];
	int64_t at;

	if (ms_time_parse(ms_entry_text(entry, name), &at))
		ms_text_addf(out, " %s ago", ms_time_format_age(age, sizeof(age), ui->now - at));
}

/* This one or the next one that is alive, or NULL. */
static const struct ms_json *alive_from(const struct ms_json *d)
{
	while (d && !ms_json_bool(ms_json_get(d, "alive")))
		d = ms_json_next(d);
	return d;
}

/* "daemon host:1 alive (0 2 * * *, UTC)", "no daemon is alive, host:1 was 3h ago" */
static void add_daemons(struct ms_text *out, const struct ms_ui *ui)
{
	const struct ms_json *daemons = ms_json_get(ui->status, "daemons");
	const struct ms_json *last = ms_json_first(daemons), *alive = alive_from(last);

	if (!alive) {
		ms_text_add(out, "no daemon is alive: nothing is synced by itself");
		if (last)
			ms_text_addf(out, "; %s was", ms_entry_text(last, "owner"));
		add_ago(out, ui, last, "seen_at");
		return;
	}
	ms_text_add(out, "daemon ");
	for (const struct ms_json *d = alive; d; d = alive_from(ms_json_next(d)))
		ms_text_addf(out, "%s%s", d == alive ? "" : ", ", ms_entry_text(d, "owner"));
	ms_text_add(out, " alive");
	if (ms_json_bool(ms_json_get(alive, "enabled")))
		ms_text_addf(out, " (%s, %s)", ms_entry_text(alive, "schedule"),
			     ms_entry_text(alive, "timezone"));
	else
		ms_text_add(out, " (its schedule is off)");
}

/* "last slot 09-22 06:00 failed, run #881 by host:1, attempt 3" */
static void add_slot(struct ms_text *out, const struct ms_ui *ui)
{
	const struct ms_json *slot = ms_json_get(ui->status, "last_slot");
	char age[16];
	int64_t at;

	if (!*ms_entry_text(slot, "state"))
		return;
	ms_text_add(out, "   last slot ");
	ms_entry_add_when(out, slot, "at");
	ms_text_addf(out, " %s", ms_entry_text(slot, "state"));
	if (ms_entry_int(slot, "run"))
		ms_text_addf(out, ", #%" PRId64 " by %s", ms_entry_int(slot, "run"),
			     ms_entry_text(slot, "owner"));
	if (ms_entry_int(slot, "attempts") > 1)
		ms_text_addf(out, ", attempt %" PRId64, ms_entry_int(slot, "attempts"));
	if (ms_time_parse(ms_entry_text(slot, "retry_at"), &at))
		ms_text_addf(out, ", again in %s",
			     ms_time_format_age(age, sizeof(age), at > ui->now ? at - ui->now : 0));
}

/* --- lines ---------------------------------------------------------------------------------- */

/* What a line says; nothing where it has nothing to say. */
struct line {
	void (*text)(struct ms_text *out, const struct ms_ui *ui);
	enum ms_style style;
};

static void hold_text(struct ms_text *out, const struct ms_ui *ui)
{
	char name[MS_KEY_NAME_MAX];

	if (ui->health.hold)
		ms_text_addf(out,
			     "catalogue #%" PRId64 " is HELD: %s shows it, to apply or discard it",
			     ui->health.hold, ms_ui_key(ui, MS_ACTION_hold, name));
}

static void daemons_text(struct ms_text *out, const struct ms_ui *ui)
{
	if (!ms_json_get(ui->status, "daemons"))
		return;
	add_daemons(out, ui);
	add_slot(out, ui);
}

static void add_counts(struct ms_text *out, const struct ms_json *notifications)
{
	static const char *const names[] = {"waiting", "sending", "failed"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ms_entry_int(notifications, names[i]))
			ms_text_addf(out, ", %" PRId64 " %s", ms_entry_int(notifications, names[i]),
				     names[i]);
}

/* "notifications by email, slack, 2 waiting, last sent 3h ago; open: failing", of what people are
 * told about syncs. */
static void notifications_text(struct ms_text *out, const struct ms_ui *ui)
{
	const struct ms_json *n = ms_json_get(ui->status, "notifications");
	const struct ms_json *channels = ms_json_get(n, "channels"), *open = ms_json_get(n, "open");
	const struct ms_json *error = ms_json_get(n, "last_error");

	if (ms_json_count(channels) == 0 && ms_json_count(open) == 0)
		return;
	ms_text_add(out, ms_json_count(channels) ? "notifications by"
						 : "nobody is notified: no channel is set");
	for (const struct ms_json *c = ms_json_first(channels); c; c = ms_json_next(c))
		ms_text_addf(out, "%s %s", c == ms_json_first(channels) ? "" : ",",
			     ms_json_text(c));
	add_counts(out, n);
	if (*ms_entry_text(n, "last_sent_at")) {
		ms_text_add(out, ", last sent");
		add_ago(out, ui, n, "last_sent_at");
	}
	for (const struct ms_json *m = ms_json_first(open); m; m = ms_json_next(m))
		ms_text_addf(out, "%s %s", m == ms_json_first(open) ? "; open:" : ",",
			     ms_entry_text(m, "kind"));
	if (*ms_entry_text(error, "category"))
		ms_text_addf(out, "; %s failed: %s", ms_entry_text(error, "channel"),
			     ms_entry_text(error, "error"));
}

/* A short screen has room for it while it is news: no sync has completed since. */
static void error_text(struct ms_text *out, const struct ms_ui *ui)
{
	const struct ms_json *e = ms_json_get(ui->status, "last_error");
	int64_t run = ms_entry_int(e, "run");

	if (!run || (ui->height < LINES_TALL &&
		     run < ms_entry_int(ms_json_get(ui->status, "last_completed"), "run")))
		return;
	ms_text_add(out, "last error");
	add_ago(out, ui, e, "at");
	ms_text_addf(out, ": #%" PRId64 " %s: %s", run, ms_entry_text(e, "category"),
		     ms_entry_text(e, "message"));
}

static const struct line lines[] = {
	{hold_text, MS_STYLE_WARNING},	       {figures_text, MS_STYLE_NORMAL},
	{daemons_text, MS_STYLE_NORMAL},       {error_text, MS_STYLE_WARNING},
	{notifications_text, MS_STYLE_NORMAL},
};
#define LINE_COUNT (sizeof(lines) / sizeof(lines[0]))

int ms_sync_summary_height(const struct ms_ui *ui)
{
	int most = ui->height >= LINES_TALL ? LINES_MAX : LINES_FEW;
	struct running running;
	struct ms_text text;
	int n = find_running(ui, &running);

	ms_text_init(&text, 0);
	for (size_t i = 0; i < LINE_COUNT; i++) {
		ms_text_reset(&text);
		lines[i].text(&text, ui);
		n += text.len > 0;
	}
	ms_text_clear(&text);
	return n < 1 ? 1 : n < most ? n : most;
}

void ms_sync_summary_draw(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	struct ms_rect at = {r.x, r.y, r.w, 1};
	struct running running;
	struct ms_text text;

	if (find_running(ui, &running)) {
		draw_running(ui, &running, at, c);
		at.y++;
	}
	ms_text_init(&text, 0);
	for (size_t i = 0; i < LINE_COUNT && at.y < r.y + r.h; i++) {
		ms_text_reset(&text);
		lines[i].text(&text, ui);
		if (text.len == 0)
			continue;
		ms_canvas_text(c, at.x + 1, at.y++, at.w - 2, lines[i].style, ms_text_str(&text));
	}
	ms_text_clear(&text);
}
