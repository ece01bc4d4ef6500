/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "private.h"

struct totals {
	int64_t changes, changesets, runs, holds, messages;
	bool has_limit; /* some setting says how long to keep what */
};

static void add(struct totals *t, const struct ms_json *step)
{
	t->changes += ms_json_int(ms_json_get(step, "changes"), 0);
	t->changesets += ms_json_int(ms_json_get(step, "changesets"), 0);
	t->runs += ms_json_int(ms_json_get(step, "runs"), 0);
	t->holds += ms_json_int(ms_json_get(step, "holds"), 0);
	t->messages += ms_json_int(ms_json_get(step, "messages"), 0);
	t->has_limit = !ms_json_is_null(ms_json_get(step, "changes_before")) ||
		       !ms_json_is_null(ms_json_get(step, "runs_before"));
}

/* Step by step, so that nobody else waits long; what is done stays done when one fails. */
static bool run_steps(struct cli *cli, bool dry_run, struct totals *totals, struct ms_error *err)
{
	struct ms_json *step;
	bool more;

	do {
		if (!ms_db_retire(cli->db, dry_run, cli->values[ARG_REASON], &step, err))
			return false;
		add(totals, step);
		more = ms_json_bool(ms_json_get(step, "more"));
		ms_json_free(step);
	} while (more);
	return true;
}

static void print_totals(const struct cli *cli, const struct totals *t, bool dry_run)
{
	if (args_has(cli, ARG_JSON))
		printf("{\"ok\":true,\"dry_run\":%s,\"changes\":%" PRId64 ",\"changesets\":%" PRId64
		       ",\"runs\":%" PRId64 ",\"holds\":%" PRId64 ",\"messages\":%" PRId64 "}\n",
		       dry_run ? "true" : "false", t->changes, t->changesets, t->runs, t->holds,
		       t->messages);
	else if (!t->has_limit)
		puts("everything is kept: keep_changes_days and keep_runs_days are none; set one with"
		     " modelsync-tui db settings keep_changes_days=365");
	else
		printf("%s%" PRId64 " changes of %" PRId64 " changesets, %" PRId64 " runs, %" PRId64
		       " holds, %" PRId64 " messages\n",
		       dry_run ? "dry run; would retire " : "retired ", t->changes, t->changesets,
		       t->runs, t->holds, t->messages);
}

bool command_db_retire(struct cli *cli, struct ms_error *err)
{
	bool dry_run = args_has(cli, ARG_DRY_RUN);
	struct totals totals = {0};

	if (!dry_run && !session_require_write(cli, err))
		return false;
	if (!session_open(cli, err))
		return false;
	if (!dry_run && !args_has(cli, ARG_YES)) {
		if (!run_steps(cli, true, &totals, err))
			return false;
		if (totals.changes + totals.runs + totals.holds + totals.messages > 0) {
			fprintf(stderr,
				"would retire %" PRId64 " changes, %" PRId64 " runs, %" PRId64
				" holds, %" PRId64 " messages; they cannot be brought back\n",
				totals.changes, totals.runs, totals.holds, totals.messages);
			if (!terminal_confirm(cli, "Retire them?", err))
				return false;
		}
		totals = (struct totals){0};
	}
	if (!run_steps(cli, dry_run, &totals, err))
		return false;
	print_totals(cli, &totals, dry_run);
	return true;
}
