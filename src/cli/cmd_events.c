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

bool command_events(struct cli *cli, struct ms_error *err)
{
	struct ms_event_query query = {0};
	struct reader reader = {.as_json = args_has(cli, ARG_JSON)};
	struct selection selection = {0};
	char *filter;
	bool ok;

	if (!args_since(cli, &query.since, err) ||
	    !args_number(cli, ARG_RUN, 1, INT64_MAX, &query.run, err))
		return false;
	filter = args_join(cli, 0);
	if (*filter) {
		ok = selection_load(cli, filter, NULL, &selection, err);
		reader.selection = &selection;
	} else {
		ok = session_open(cli, err);
	}
	ok = ok && ms_db_events(cli->db, &query, on_event, &reader, err);
	ms_free(filter);
	selection_clear(&selection);
	return ok;
}
