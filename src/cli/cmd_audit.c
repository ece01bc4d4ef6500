/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "modelsync/memory.h"
#include "private.h"

#define LIMIT_DEFAULT 50
#define HASH_DIGITS   64

static void add_entry(struct table *t, const struct ms_json *entry)
{
	const struct ms_json *changeset = ms_json_get(entry, "changeset");
	const struct ms_json *run = ms_json_get(entry, "run");
	const char *message = ms_json_string(ms_json_get(ms_json_get(entry, "detail"), "message"));
	struct ms_text actor;
	char at[32];

	ms_text_init(&actor, 0);
	json_actor_text(&actor, entry);
	table_add_int(t, ms_json_int(ms_json_get(entry, "audit_id"), 0));
	table_add(t, json_time_text(at, sizeof(at), ms_json_get(entry, "at")));
	table_add(t, ms_json_text(ms_json_get(entry, "action")));
	table_add(t, ms_json_text(ms_json_get(entry, "outcome")));
	table_add(t, ms_text_str(&actor));
	table_add(t, ms_json_text(ms_json_get(entry, "source")));
	if (ms_json_is_null(changeset))
		table_add(t, "");
	else
		table_add_int(t, ms_json_int(changeset, 0));
	if (ms_json_is_null(run))
		table_add(t, "");
	else
		table_add_int(t, ms_json_int(run, 0));
	table_add(t, message ? message : ms_json_text(ms_json_get(entry, "reason")));
	ms_text_clear(&actor);
}

static void print_entries(const struct ms_json *entries)
{
	static const struct {
		const char *title;
		bool right_aligned;
	} columns[] = {
		{"ENTRY", true},     {"TIME (UTC)", false}, {"ACTION", false},
		{"OUTCOME", false},  {"BY", false},	    {"FROM", false},
		{"CHANGESET", true}, {"RUN", true},	    {"REASON", false},
	};
	size_t count = sizeof(columns) / sizeof(columns[0]);
	struct table *t = table_new(count);

	for (size_t i = 0; i < count; i++)
		table_head(t, i, columns[i].title, columns[i].right_aligned);
	for (const struct ms_json *e = ms_json_first(entries); e; e = ms_json_next(e))
		add_entry(t, e);
	table_print(t, stdout);
	table_free(t);
}

static struct ms_json *ids_of(const struct selection *s)
{
	struct ms_json *ids = ms_json_new_array();

	for (size_t i = 0; i < s->count; i++)
		ms_json_add_string(ids, NULL, s->models[i]->id);
	return ids;
}

static bool load(struct cli *cli, struct ms_audit_query *query, struct ms_json **entries,
		 struct ms_error *err)
{
	char *filter = args_join(cli, 0);
	struct selection selection = {0};
	struct ms_json *ids = NULL;
	bool ok;

	if (*filter)
		ok = selection_load(cli, filter, NULL, &selection, err);
	else
		ok = session_open(cli, err);
	if (ok && *filter)
		query->models = ids = ids_of(&selection);
	ok = ok && ms_audit_list(cli->db, query, entries, err);
	ms_json_free(ids);
	selection_clear(&selection);
	ms_free(filter);
	return ok;
}

bool command_audit(struct cli *cli, struct ms_error *err)
{
	struct ms_audit_query query = {0};
	struct ms_json *entries;
	int64_t limit = LIMIT_DEFAULT;

	if (!args_time(cli, ARG_SINCE, &query.since, err) ||
	    !args_number(cli, ARG_LIMIT, 1, 1000000, &limit, err))
		return false;
	query.limit = (int)limit;
	if (!load(cli, &query, &entries, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(entries);
	else
		print_entries(entries);
	ms_json_free(entries);
	return true;
}

static void print_problem(const struct ms_json *problem)
{
	const struct ms_json *id = ms_json_get(problem, "audit_id");
	struct ms_text line;
	char at[32];

	ms_text_init(&line, 0);
	if (!ms_json_is_null(id))
		ms_text_addf(&line, "entry %" PRId64 " ", ms_json_int(id, 0));
	if (!ms_json_is_null(ms_json_get(problem, "at")))
		ms_text_addf(&line, "(%s UTC) ",
			     json_time_text(at, sizeof(at), ms_json_get(problem, "at")));
	ms_text_addf(&line, "%s: %s", ms_json_text(ms_json_get(problem, "kind")),
		     ms_json_text(ms_json_get(problem, "message")));
	print_clean("", ms_text_str(&line));
	ms_text_clear(&line);
}

static void print_verdict(const struct ms_json *verdict)
{
	const struct ms_json *head = ms_json_get(verdict, "head");
	const struct ms_json *noted = ms_json_get(verdict, "noted_head");
	const struct ms_json *retired = ms_json_get(verdict, "retired");
	const struct ms_json *problems = ms_json_get(verdict, "problems");
	int64_t total = ms_json_int(ms_json_get(verdict, "problems_total"), 0);

	for (const struct ms_json *p = ms_json_first(problems); p; p = ms_json_next(p))
		print_problem(p);
	if (total > (int64_t)ms_json_count(problems))
		printf("and %" PRId64 " more\n", total - (int64_t)ms_json_count(problems));
	printf("%" PRId64 " entries, ", ms_json_int(ms_json_get(verdict, "entries"), 0));
	if (total)
		printf("%" PRId64 " problems\n", total);
	else
		puts("all as they were written");
	if (ms_json_int(ms_json_get(retired, "changes"), 0))
		printf("%" PRId64 " changes of %" PRId64 " changesets were retired by db retire\n",
		       ms_json_int(ms_json_get(retired, "changes"), 0),
		       ms_json_int(ms_json_get(retired, "changesets"), 0));
	if (!ms_json_is_null(noted))
		printf("the given hash is that of entry %" PRId64 "\n", ms_json_int(noted, 0));
	if (*ms_json_text(ms_json_get(head, "hash")))
		printf("head %s\n", ms_json_text(ms_json_get(head, "hash")));
}

static bool is_hash(const char *s)
{
	return strlen(s) == HASH_DIGITS && strspn(s, "0123456789abcdefABCDEF") == HASH_DIGITS;
}

bool command_audit_verify(struct cli *cli, struct ms_error *err)
{
	const char *head = cli->values[ARG_HEAD];
	struct ms_json *verdict;

	if (head && !is_hash(head))
		return ms_fail(
			err, MS_ERR_USAGE,
			"--head %s: not a hash of %d hexadecimal digits, as status prints it", head,
			HASH_DIGITS);
	if (!session_open(cli, err) || !ms_audit_verify(cli->db, head, &verdict, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(verdict);
	else
		print_verdict(verdict);
	if (!ms_json_bool(ms_json_get(verdict, "ok")))
		cli->exit_code = 1;
	ms_json_free(verdict);
	return true;
}
