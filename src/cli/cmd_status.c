/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "private.h"

#define STALE_HOURS   26
#define UNDELIVERED_S 3600

static int64_t int_of(const struct ms_json *v, const char *name)
{
	return ms_json_int(ms_json_get(v, name), 0);
}

static bool completed_at(const struct ms_json *status, int64_t *epoch_s)
{
	const struct ms_json *run = ms_json_get(status, "last_completed");

	return ms_time_parse(ms_json_text(ms_json_get(run, "completed_at")), epoch_s);
}

static void add_problem(struct ms_json *problems, char *text)
{
	ms_json_add_string(problems, NULL, text);
	ms_free(text);
}

/* A run whose process died stays open until the next claim; no statement lasts longer than this. */
static void add_silent_run(struct ms_json *problems, const struct cli *cli,
			   const struct ms_json *run)
{
	if (int_of(run, "silent_s") > ms_config_int(cli->config, MS_OPT_DB_STATEMENT_TIMEOUT))
		add_problem(problems,
			    ms_format("run %" PRId64 " went silent; the next sync closes it",
				      int_of(run, "run")));
}

/* What a monitor should wake somebody for. */
static void add_hold(struct ms_json *problems, const struct cli *cli, const struct ms_json *hold)
{
	const struct ms_json *reason = ms_json_first(ms_json_get(hold, "guard"));
	const char *program = session_program(cli);
	int64_t id = int_of(hold, "hold");

	add_problem(problems, ms_format("hold %" PRId64
					" waits for a decision (%s): %s sync --apply-held %" PRId64
					" or %s sync --discard-held %" PRId64,
					id, ms_json_text(ms_json_get(reason, "message")), program,
					id, program, id));
}

/* Daemons that end take themselves off the list. */
static void add_dead_daemons(struct ms_json *problems, const struct ms_json *daemons, int64_t now)
{
	const struct ms_json *last = ms_json_first(daemons);
	char age[16];
	int64_t at;

	if (!last || ms_json_bool(ms_json_get(last, "alive")) ||
	    !ms_time_parse(ms_json_text(ms_json_get(last, "seen_at")), &at))
		return;
	add_problem(problems, ms_format("no daemon is alive; the last one, %s, went silent %s ago",
					ms_json_text(ms_json_get(last, "owner")),
					ms_time_format_age(age, sizeof(age), now - at)));
}

/* People who should hear of problems do not. */
static void add_undelivered(struct ms_json *problems, const struct ms_json *n, int64_t now)
{
	const struct ms_json *last = ms_json_get(n, "last_error");
	char age[16];
	int64_t at;

	if (int_of(n, "failed"))
		add_problem(problems,
			    ms_format("%" PRId64
				      " notification%s could not be delivered (%s: %s: %s);"
				      " see notify list",
				      int_of(n, "failed"), int_of(n, "failed") == 1 ? "" : "s",
				      ms_json_text(ms_json_get(last, "channel")),
				      ms_json_text(ms_json_get(last, "category")),
				      ms_json_text(ms_json_get(last, "error"))));
	else if (ms_time_parse(ms_json_text(ms_json_get(n, "oldest_at")), &at) &&
		 now - at > UNDELIVERED_S)
		add_problem(
			problems,
			ms_format(
				"notifications have waited for %s to be delivered; see notify list",
				ms_time_format_age(age, sizeof(age), now - at)));
}

static struct ms_json *find_problems(const struct cli *cli, const struct ms_json *status,
				     int64_t now)
{
	const struct ms_json *last = ms_json_get(status, "last_run");
	const struct ms_json *hold = ms_json_get(status, "open_hold");
	const char *category = ms_json_text(ms_json_get(last, "category"));
	struct ms_json *problems = ms_json_new_array();
	int64_t at;

	if (!completed_at(status, &at))
		add_problem(problems, ms_strdup("no sync has completed yet"));
	else if (now - at > STALE_HOURS * 3600)
		add_problem(problems, ms_format("no sync has completed for %d hours",
						(int)((now - at) / 3600)));
	if (strcmp(ms_json_text(ms_json_get(last, "state")), "failed") == 0 &&
	    strcmp(category, ms_category_name(MS_ERR_CANCELLED)) != 0)
		add_problem(problems,
			    ms_format("run %" PRId64 " failed: %s: %s", int_of(last, "run"),
				      category, ms_json_text(ms_json_get(last, "message"))));
	add_silent_run(problems, cli, ms_json_get(status, "running"));
	add_dead_daemons(problems, ms_json_get(status, "daemons"), now);
	if (!ms_json_is_null(hold))
		add_hold(problems, cli, hold);
	add_undelivered(problems, ms_json_get(status, "notifications"), now);
	return problems;
}

static void print_counts(const struct ms_json *counts)
{
	const struct ms_json *status = ms_json_get(counts, "by_status");
	const struct ms_json *tiers = ms_json_get(counts, "tiers");

	printf("models      %" PRId64 ":", int_of(counts, "total"));
	for (int i = 0; i < MS_STATUS_COUNT; i++) {
		const char *name = ms_status_name((enum ms_status)i);

		printf("%s %" PRId64 " %s", i ? "," : "", int_of(status, name), name);
	}
	printf("; %" PRId64 " missing upstream\ntiers       ", int_of(counts, "missing"));
	for (unsigned bit = MS_TIER_FREE; bit <= MS_TIER_ENTERPRISE; bit <<= 1) {
		const char *name = ms_tier_name((enum ms_tier)bit);

		printf("%s%s %" PRId64, bit > MS_TIER_FREE ? ", " : "", name, int_of(tiers, name));
	}
	putchar('\n');
}

/* "2026-06-07 18:23:05 UTC (3h ago)" */
static void add_time(struct ms_text *line, const struct ms_json *v, int64_t now)
{
	char at[32], age[16];
	int64_t epoch_s;

	ms_text_addf(line, "%s UTC", json_time_text(at, sizeof(at), v));
	if (!ms_time_parse(ms_json_text(v), &epoch_s))
		return;
	if (epoch_s > now)
		ms_text_addf(line, " (in %s)", ms_time_format_age(age, sizeof(age), epoch_s - now));
	else
		ms_text_addf(line, " (%s ago)",
			     ms_time_format_age(age, sizeof(age), now - epoch_s));
}

/* ": fetch, 3.20 MB" */
static void add_progress(struct ms_text *line, const struct ms_json *run)
{
	const char *phase = ms_json_text(ms_json_get(run, "phase"));
	bool fetches = strcmp(phase, ms_run_phase_name(MS_PHASE_FETCH)) == 0;
	struct ms_run_progress at = {.phase = fetches ? MS_PHASE_FETCH : MS_PHASE_APPLY,
				     .done = int_of(run, "done"),
				     .total = int_of(run, "total")};
	char amount[60];

	ms_text_addf(line, ": %s%s%s", phase,
		     *progress_amount(amount, sizeof(amount), &at) ? ", " : "", amount);
	if (ms_json_bool(ms_json_get(run, "cancel_requested")))
		ms_text_add(line, "; is to be cancelled");
}

static void print_run(const char *label, const struct ms_json *run, const char *time, int64_t now)
{
	const char *state = ms_json_text(ms_json_get(run, "state"));
	const char *how = *state ? state : "since"; /* the running one has none */
	struct ms_text line;

	if (ms_json_is_null(run)) {
		printf("%-12snone\n", label);
		return;
	}
	ms_text_init(&line, 0);
	ms_text_addf(&line, "run %" PRId64 " %s ", int_of(run, "run"), how);
	add_time(&line, ms_json_get(run, time), now);
	ms_text_add(&line, " by ");
	json_actor_text(&line, run);
	if (ms_json_get(run, "phase"))
		add_progress(&line, run);
	printf("%-12s", label);
	print_clean("", ms_text_str(&line));
	ms_text_clear(&line);
}

static void print_last_slot(const struct ms_json *slot, int64_t now)
{
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_add(&line, "last slot   ");
	add_time(&line, ms_json_get(slot, "at"), now);
	ms_text_addf(&line, " %s", ms_json_text(ms_json_get(slot, "state")));
	if (int_of(slot, "run"))
		ms_text_addf(&line, ", run %" PRId64 " by %s, attempt %" PRId64,
			     int_of(slot, "run"), ms_json_text(ms_json_get(slot, "owner")),
			     int_of(slot, "attempts"));
	if (!ms_json_is_null(ms_json_get(slot, "retry_at"))) {
		ms_text_add(&line, "; again ");
		add_time(&line, ms_json_get(slot, "retry_at"), now);
	}
	print_clean("", ms_text_str(&line));
	ms_text_clear(&line);
}

static void print_daemons(const struct ms_json *daemons, int64_t now)
{
	struct ms_text line;

	ms_text_init(&line, 0);
	for (const struct ms_json *d = ms_json_first(daemons); d; d = ms_json_next(d)) {
		bool is_alive = ms_json_bool(ms_json_get(d, "alive"));

		ms_text_reset(&line);
		ms_text_addf(&line, "daemon      %s %s, %s %s, %s ",
			     ms_json_text(ms_json_get(d, "owner")), is_alive ? "alive" : "silent",
			     ms_json_text(ms_json_get(d, "schedule")),
			     ms_json_text(ms_json_get(d, "timezone")),
			     ms_json_bool(ms_json_get(d, "enabled")) ? "heard"
								     : "switched off, heard");
		add_time(&line, ms_json_get(d, "seen_at"), now);
		print_clean("", ms_text_str(&line));
	}
	ms_text_clear(&line);
}

/* Only where there is, or was, a daemon. */
static void print_schedule(const struct ms_json *status, int64_t now)
{
	const struct ms_json *next = ms_json_get(status, "next_slot");
	const struct ms_json *slot = ms_json_get(status, "last_slot");
	struct ms_text line;

	ms_text_init(&line, 0);
	if (!ms_json_is_null(next)) {
		ms_text_add(&line, "next slot   ");
		add_time(&line, next, now);
		print_clean("", ms_text_str(&line));
	}
	ms_text_clear(&line);
	if (!ms_json_is_null(slot))
		print_last_slot(slot, now);
	print_daemons(ms_json_get(status, "daemons"), now);
}

static void print_last_error(const struct ms_json *error, int64_t now)
{
	struct ms_text line;

	if (ms_json_is_null(error))
		return;
	ms_text_init(&line, 0);
	ms_text_addf(&line, "last error  run %" PRId64 " ", int_of(error, "run"));
	add_time(&line, ms_json_get(error, "at"), now);
	ms_text_addf(&line, ": %s: %s", ms_json_text(ms_json_get(error, "category")),
		     ms_json_text(ms_json_get(error, "message")));
	print_clean("", ms_text_str(&line));
	ms_text_clear(&line);
}

static void print_runs(const struct ms_json *figures)
{
	const struct ms_json *rate = ms_json_get(figures, "success_rate");

	if (ms_json_is_number(rate))
		printf("success     %.1f %% of the runs of 30 days (target %.1f %%)\n",
		       ms_json_number(rate, 0),
		       ms_json_number(ms_json_get(figures, "target_success_rate"), 0));
	printf("runs        %" PRId64 " completed, %" PRId64 " failed, %" PRId64 " held, %" PRId64
	       " cancelled in 30 days; %.1f a day\n",
	       int_of(figures, "completed"), int_of(figures, "failed"), int_of(figures, "held"),
	       int_of(figures, "cancelled"),
	       ms_json_number(ms_json_get(figures, "runs_per_day"), 0));
}

static void print_visibility(const struct ms_json *v)
{
	if (int_of(v, "added") > 0)
		printf("new models  %" PRId64 " of %" PRId64 " here within %" PRId64
		       " hours, the slowest within %.1f\n",
		       int_of(v, "within_target"), int_of(v, "added"), int_of(v, "target_hours"),
		       ms_json_number(ms_json_get(v, "worst_hours"), 0));
}

/* What the last completed run counted. */
static void print_quality(const struct ms_json *run)
{
	char *found = ms_run_quality_text(ms_json_get(run, "quality"));

	if (found)
		printf("quality     %s as of run %" PRId64 "; see db quality\n", found,
		       int_of(run, "run"));
	ms_free(found);
}

/* What the last completed run met that upstream did not send before. */
static void print_drift(const struct ms_json *run)
{
	const struct ms_json *drift = ms_json_get(run, "drift");
	size_t flapping = ms_json_count(ms_json_get(run, "flapping"));

	if (ms_json_count(drift))
		printf("drift       upstream's format changed in %zu place%s; see history %" PRId64
		       "\n",
		       ms_json_count(drift), ms_json_count(drift) == 1 ? "" : "s",
		       int_of(run, "run"));
	if (flapping)
		printf("flapping    %zu model%s with a price back where it was; see history %" PRId64
		       "\n",
		       flapping, flapping == 1 ? "" : "s", int_of(run, "run"));
}

static void print_figures(const struct ms_json *status)
{
	const struct ms_json *head = ms_json_get(status, "audit_head");

	if (int_of(status, "cooldown_s") > 0)
		printf("cooldown    %" PRId64 " s left\n", int_of(status, "cooldown_s"));
	print_runs(ms_json_get(status, "figures"));
	print_visibility(ms_json_get(ms_json_get(status, "figures"), "visibility"));
	print_quality(ms_json_get(status, "last_completed"));
	print_drift(ms_json_get(status, "last_completed"));
	printf("alerts      %" PRId64 " not acknowledged\n",
	       int_of(status, "unacknowledged_alerts"));
	if (int_of(head, "audit_id") > 0)
		printf("audit head  %s (entry %" PRId64 ")\n",
		       ms_json_text(ms_json_get(head, "hash")), int_of(head, "audit_id"));
}

/* "notify      email, slack; 2 waiting, 1 failed, 12 sent, the last at … UTC (3h ago)" */
static void print_notifications(const struct ms_json *n, int64_t now)
{
	const struct ms_json *channels = ms_json_get(n, "channels"),
			     *at = ms_json_get(n, "last_sent_at");
	struct ms_text line;

	ms_text_init(&line, 0);
	for (const struct ms_json *c = ms_json_first(channels); c; c = ms_json_next(c))
		ms_text_addf(&line, "%s%s", line.len ? ", " : "", ms_json_text(c));
	if (!line.len)
		ms_text_add(&line, "no daemon tells anybody");
	ms_text_addf(&line, "; %" PRId64 " waiting, %" PRId64 " failed, %" PRId64 " sent",
		     int_of(n, "waiting") + int_of(n, "sending"), int_of(n, "failed"),
		     int_of(n, "sent"));
	if (!ms_json_is_null(at)) {
		ms_text_add(&line, ", the last at ");
		add_time(&line, at, now);
	}
	print_clean("notify      ", ms_text_str(&line));
	ms_text_clear(&line);
}

static void print_status(const struct ms_json *status, const struct ms_json *problems,
			 const struct ms_text *database, int64_t now)
{
	print_clean("database    ", ms_text_str(database));
	print_whoami("you         ", ms_json_get(status, "you"));
	print_counts(ms_json_get(status, "counts"));
	print_run("last run", ms_json_get(status, "last_run"), "started_at", now);
	print_run("completed", ms_json_get(status, "last_completed"), "completed_at", now);
	print_run("running", ms_json_get(status, "running"), "started_at", now);
	print_schedule(status, now);
	print_last_error(ms_json_get(status, "last_error"), now);
	print_notifications(ms_json_get(status, "notifications"), now);
	print_figures(status);
	for (const struct ms_json *p = ms_json_first(problems); p; p = ms_json_next(p))
		print_clean("problem     ", ms_json_text(p));
	if (!ms_json_count(problems))
		puts("health      ok");
}

bool command_status(struct cli *cli, struct ms_error *err)
{
	struct ms_json *status, *problems;
	struct ms_text database;
	int64_t now = ms_clock_now();

	if (!session_open(cli, err) || !ms_db_status(cli->db, cli->config, &status, err))
		return false;
	ms_text_init(&database, 0);
	ms_db_describe(cli->db, &database);
	problems = find_problems(cli, status, now);
	if (ms_json_count(problems))
		cli->exit_code = 1;
	if (args_has(cli, ARG_JSON)) {
		ms_json_add_bool(status, "ok", !ms_json_count(problems));
		ms_json_add_string(status, "database", ms_text_str(&database));
		ms_json_add(status, "problems", ms_json_copy(problems));
		print_json(status);
	} else {
		print_status(status, problems, &database, now);
	}
	ms_json_free(problems);
	ms_json_free(status);
	ms_text_clear(&database);
	return true;
}
