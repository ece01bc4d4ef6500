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

static void add_note(struct table *t, const struct ms_json *run)
{
	const char *category = ms_json_string(ms_json_get(run, "category"));
	struct ms_text note;

	ms_text_init(&note, 0);
	if (!ms_json_is_null(ms_json_get(run, "hold")))
		ms_text_addf(&note,
			     "hold %lld: ", (long long)ms_json_int(ms_json_get(run, "hold"), 0));
	else if (category)
		ms_text_addf(&note, "%s: ", category);
	if (note.len) /* of a good run the counts say it all */
		ms_text_add(&note, ms_json_text(ms_json_get(run, "message")));
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

bool command_history(struct cli *cli, struct ms_error *err)
{
	struct ms_json *runs;
	int64_t limit = 20;

	if (!args_number(cli, ARG_LIMIT, 1, 1000000, &limit, err))
		return false;
	if (!session_open(cli, err) || !ms_db_history(cli->db, (int)limit, &runs, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(runs);
	else
		print_table(runs);
	ms_json_free(runs);
	return true;
}
