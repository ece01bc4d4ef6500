/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "private.h"

#define STALE_HOURS 26

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

/* What a monitor should wake somebody for. */
static struct ms_json *find_problems(const struct ms_json *status, int64_t now)
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
	if (!ms_json_is_null(hold))
		add_problem(problems, ms_format("hold %" PRId64
						" waits for a decision: sync --apply-held %" PRId64
						" or sync --discard-held %" PRId64,
						int_of(hold, "hold"), int_of(hold, "hold"),
						int_of(hold, "hold")));
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

static void print_run(const char *label, const struct ms_json *run, const char *time, int64_t now)
{
	struct ms_text line;
	char at[32], age[16];
	int64_t epoch_s;

	if (ms_json_is_null(run)) {
		printf("%-12snone\n", label);
		return;
	}
	ms_text_init(&line, 0);
	ms_text_addf(&line, "run %" PRId64 " %s ", int_of(run, "run"),
		     ms_json_text(ms_json_get(run, "state")));
	ms_text_add(&line, json_time_text(at, sizeof(at), ms_json_get(run, time)));
	if (ms_time_parse(ms_json_text(ms_json_get(run, time)), &epoch_s))
		ms_text_addf(&line, " UTC (%s ago)",
			     ms_time_format_age(age, sizeof(age), now - epoch_s));
	ms_text_add(&line, " by ");
	json_actor_text(&line, run);
	printf("%-12s", label);
	print_clean("", ms_text_str(&line));
	ms_text_clear(&line);
}

static void print_figures(const struct ms_json *status)
{
	const struct ms_json *rate = ms_json_get(status, "success_rate_30d");

	if (int_of(status, "cooldown_s") > 0)
		printf("cooldown    %" PRId64 " s left\n", int_of(status, "cooldown_s"));
	if (ms_json_is_number(rate))
		printf("success     %.1f %% of the runs of 30 days\n", ms_json_number(rate, 0));
	printf("alerts      %" PRId64 " not acknowledged\n",
	       int_of(status, "unacknowledged_alerts"));
}

static void print_status(const struct ms_json *status, const struct ms_json *problems,
			 const struct ms_text *database, int64_t now)
{
	print_clean("database    ", ms_text_str(database));
	print_counts(ms_json_get(status, "counts"));
	print_run("last run", ms_json_get(status, "last_run"), "started_at", now);
	print_run("completed", ms_json_get(status, "last_completed"), "completed_at", now);
	print_run("running", ms_json_get(status, "running"), "started_at", now);
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

	if (!session_open(cli, err) ||
	    !ms_db_status(cli->db, cli->config, &status, err))
		return false;
	ms_text_init(&database, 0);
	ms_db_describe(cli->db, &database);
	problems = find_problems(status, now);
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
