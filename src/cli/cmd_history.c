/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/memory.h"
#include "private.h"

static const struct column {
	const char *title;
	const char *count; /* name within "counts", or NULL */
} columns[] = {
	{"RUN", NULL},		{"STARTED (UTC)", NULL},
	{"STATE", NULL},	{"TRIGGER", NULL},
	{"BY", NULL},		{"ADDED", "added"},
	{"UPDATED", "updated"}, {"GONE", "marked_inactive"},
	{"BACK", "returned"},	{"INVALID", "invalid"},
	{"MS", NULL},		{"CHANGESET", NULL},
	{"NOTE", NULL},
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static bool is_right_aligned(size_t i)
{
	return columns[i].count || strcmp(columns[i].title, "RUN") == 0 ||
	       strcmp(columns[i].title, "MS") == 0 || strcmp(columns[i].title, "CHANGESET") == 0;
}

static void add_number(struct table *t, const struct ms_json *v)
{
	if (ms_json_is_number(v))
		table_add_int(t, (int64_t)ms_json_number(v, 0));
	else
		table_add(t, "");
}

/* " (discarded)", or nothing while it waits for a decision. */
static void add_hold_state(struct ms_text *out, const struct ms_json *run)
{
	const char *state = ms_json_text(ms_json_get(run, "hold_state"));

	if (*state && strcmp(state, "open") != 0)
		ms_text_addf(out, " (%s)", state);
}

static void add_note(struct table *t, const struct ms_json *run)
{
	const struct ms_json *hold = ms_json_get(run, "hold");
	const char *category = ms_json_string(ms_json_get(run, "category"));
	struct ms_text note;

	ms_text_init(&note, 0);
	if (!ms_json_is_null(hold)) {
		ms_text_addf(&note, "hold %lld", (long long)ms_json_int(hold, 0));
		add_hold_state(&note, run);
		ms_text_add(&note, ": ");
	} else if (category)
		ms_text_addf(&note, "%s: ", category);
	if (note.len) /* of a good run the counts say it all */
		ms_text_add(&note, ms_json_text(ms_json_get(run, "message")));
	else if (ms_json_count(ms_json_get(run, "drift")))
		ms_text_addf(&note, "drift: %zu, see history %lld",
			     ms_json_count(ms_json_get(run, "drift")),
			     (long long)ms_json_int(ms_json_get(run, "run"), 0));
	table_add(t, ms_text_str(&note));
	ms_text_clear(&note);
}

static void add_run(struct table *t, const struct ms_json *run)
{
	const struct ms_json *counts = ms_json_get(run, "counts");
	struct ms_text actor;
	char at[32];

	ms_text_init(&actor, 0);
	json_actor_text(&actor, run);
	add_number(t, ms_json_get(run, "run"));
	table_add(t, json_time_text(at, sizeof(at), ms_json_get(run, "started_at")));
	table_add(t, ms_json_text(ms_json_get(run, "state")));
	table_add(t, ms_json_text(ms_json_get(run, "trigger")));
	table_add(t, ms_text_str(&actor));
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (columns[i].count)
			add_number(t, ms_json_get(counts, columns[i].count));
	add_number(t, ms_json_get(run, "duration_ms"));
	add_number(t, ms_json_get(run, "changeset"));
	add_note(t, run);
	ms_text_clear(&actor);
}

static void print_table(const struct ms_json *runs)
{
	struct table *t = table_new(COLUMN_COUNT);

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		table_head(t, i, columns[i].title, is_right_aligned(i));
	for (const struct ms_json *run = ms_json_first(runs); run; run = ms_json_next(run))
		add_run(t, run);
	table_print(t, stdout);
	table_free(t);
}

static void print_outcome(const struct ms_json *run)
{
	const char *category = ms_json_string(ms_json_get(run, "category"));
	const struct ms_json *hold = ms_json_get(run, "hold");
	const char *hint = category ? ms_category_hint(ms_category_from_name(category)) : "";
	struct ms_text state;

	if (!category)
		return;
	print_clean(category, "");
	print_clean("  ", ms_json_text(ms_json_get(run, "message")));
	if (!ms_json_is_null(hold)) {
		ms_text_init(&state, 0);
		add_hold_state(&state, run);
		printf("  kept as hold %lld%s\n", (long long)ms_json_int(hold, 0),
		       ms_text_str(&state));
		ms_text_clear(&state);
	} else if (*hint)
		print_clean("  what to do: ", hint);
}

/* "run 7 completed 2026-06-07 18:23:05 UTC by alice/console, manual, changeset 9" */
static void print_run_headline(const struct ms_json *run)
{
	const struct ms_json *changeset = ms_json_get(run, "changeset");
	struct ms_text line;
	char at[32];

	ms_text_init(&line, 0);
	ms_text_addf(&line, "run %lld %s, began %s UTC by ",
		     (long long)ms_json_int(ms_json_get(run, "run"), 0),
		     ms_json_text(ms_json_get(run, "state")),
		     json_time_text(at, sizeof(at), ms_json_get(run, "started_at")));
	json_actor_text(&line, run);
	ms_text_addf(&line, ", %s", ms_json_text(ms_json_get(run, "trigger")));
	if (!ms_json_is_null(changeset))
		ms_text_addf(&line, ", changeset %lld", (long long)ms_json_int(changeset, 0));
	print_clean("", ms_text_str(&line));
	ms_text_clear(&line);
}

static bool print_run(struct cli *cli, struct ms_json *run, struct ms_error *err)
{
	struct ms_run_report *report;
	char *text;

	if (args_has(cli, ARG_JSON)) {
		print_json(run);
		return true;
	}
	ms_json_add_bool(run, "ok", true);
	text = ms_json_print(run);
	report = ms_run_report_parse(text, err);
	ms_free(text);
	if (!report)
		return false;
	print_run_headline(run);
	print_outcome(run);
	report_print_body(report);
	ms_run_report_free(report);
	return true;
}

static bool show_run(struct cli *cli, struct ms_error *err)
{
	struct ms_json *run;
	int64_t id;
	bool ok;

	if (!ms_text_integer(cli->words[0], 1, INT64_MAX, &id))
		return ms_fail(err, MS_ERR_USAGE, "%s: not the number of a run", cli->words[0]);
	if (!session_open(cli, err) || !ms_db_run(cli->db, id, &run, err))
		return false;
	ok = print_run(cli, run, err);
	ms_json_free(run);
	return ok;
}

bool command_history(struct cli *cli, struct ms_error *err)
{
	struct ms_run_query query = {0};
	struct ms_json *runs;
	int64_t limit = 20;

	if (cli->word_count)
		return show_run(cli, err);
	if (!args_number(cli, ARG_LIMIT, 1, 1000000, &limit, err))
		return false;
	query.limit = (int)limit;
	if (!session_open(cli, err) || !ms_db_history(cli->db, &query, &runs, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(runs);
	else
		print_table(runs);
	ms_json_free(runs);
	return true;
}
