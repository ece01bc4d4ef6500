/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/memory.h"
#include "private.h"

struct reader {
	const struct selection *selection;
	bool as_json;
};

static void add_changes(struct ms_text *line, const struct ms_json *event)
{
	const struct ms_json *list = ms_json_get(event, "changes");

	for (const struct ms_json *c = ms_json_first(list); c; c = ms_json_next(c)) {
		ms_text_add(line, c == ms_json_first(list) ? "  " : ", ");
		json_change_text(line, c);
	}
	/* The change behind "added" and "removed" is the presence itself. */
	if (list || strcmp(ms_json_text(ms_json_get(event, "field")), "presence") == 0)
		return;
	ms_text_add(line, "  ");
	json_change_text(line, event);
}

static void print_event(const char *json)
{
	struct ms_error err;
	struct ms_json *event = ms_json_parse(json, strlen(json), &err);
	struct ms_text line;
	char at[32];

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s  %-22s  %s",
		     json_time_text(at, sizeof(at), ms_json_get(event, "at")),
		     ms_json_text(ms_json_get(event, "type")),
		     ms_json_text(ms_json_get(event, "model_id")));
	add_changes(&line, event);
	ms_text_add(&line, "  [");
	json_actor_text(&line, event);
	ms_text_addf(&line, ", changeset %lld]",
		     (long long)ms_json_int(ms_json_get(event, "changeset"), 0));
	if (*ms_json_text(ms_json_get(event, "rule")))
		ms_text_addf(&line, "  rule: %s", ms_json_text(ms_json_get(event, "rule")));
	if (*ms_json_text(ms_json_get(event, "reason")))
		ms_text_addf(&line, "  reason: %s", ms_json_text(ms_json_get(event, "reason")));
	print_clean("", ms_text_str(&line));
	ms_text_clear(&line);
	ms_json_free(event);
}

static bool on_event(void *arg, const char *json, const char *model_id)
{
	const struct reader *r = arg;

	if (r->selection && !selection_has(r->selection, model_id))
		return true;
	if (r->as_json)
		puts(json);
	else
		print_event(json);
	return !ferror(stdout);
}

static bool list(struct cli *cli, const struct ms_event_query *query, struct ms_error *err)
{
	struct reader reader = {.as_json = args_has(cli, ARG_JSON)};
	struct selection selection = {0};
	char *filter = args_join(cli, 0);
	bool ok;

	if (*filter) {
		ok = selection_load(cli, filter, NULL, &selection, err);
		reader.selection = &selection;
	} else {
		ok = session_open(cli, err);
	}
	ok = ok && ms_db_check_event_types(cli->db, query->types, err) &&
	     ms_db_events(cli->db, query, on_event, &reader, err);
	ms_free(filter);
	selection_clear(&selection);
	return ok;
}

static void print_counts(const struct ms_json *counts)
{
	static const char *const titles[] = {"DAY (UTC)", "TYPE", "EVENTS", "MODELS"};
	struct table *t = table_new(4);

	for (size_t i = 0; i < 4; i++)
		table_head(t, i, titles[i], i > 1);
	for (const struct ms_json *c = ms_json_first(counts); c; c = ms_json_next(c)) {
		table_add(t, ms_json_text(ms_json_get(c, "day")));
		table_add(t, ms_json_text(ms_json_get(c, "type")));
		table_add_int(t, ms_json_int(ms_json_get(c, "events"), 0));
		table_add_int(t, ms_json_int(ms_json_get(c, "models"), 0));
	}
	table_print(t, stdout);
	table_free(t);
}

static bool count(struct cli *cli, const struct ms_event_query *query, struct ms_error *err)
{
	struct ms_json *counts;

	if (cli->word_count || query->types || query->run || query->limit)
		return ms_fail(err, MS_ERR_USAGE,
			       "--by-day goes with --model, --since and --until only");
	if (!session_open(cli, err) || !ms_db_event_counts(cli->db, query, &counts, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(counts);
	else
		print_counts(counts);
	ms_json_free(counts);
	return true;
}

bool command_events(struct cli *cli, struct ms_error *err)
{
	struct ms_event_query query = {.model = cli->values[ARG_MODEL],
				       .types = cli->values[ARG_TYPE]};
	int64_t limit = 0;

	if (!args_time(cli, ARG_SINCE, &query.since, err) ||
	    !args_time(cli, ARG_UNTIL, &query.until, err) ||
	    !args_number(cli, ARG_RUN, 1, INT64_MAX, &query.run, err) ||
	    !args_number(cli, ARG_LIMIT, 1, 100000000, &limit, err))
		return false;
	query.limit = (int)limit;
	return args_has(cli, ARG_BY_DAY) ? count(cli, &query, err) : list(cli, &query, err);
}
