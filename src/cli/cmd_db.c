/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/memory.h"
#include "private.h"

static const char *state_name(const struct ms_migration_info *m)
{
	if (!m->is_applied)
		return "pending";
	if (m->is_changed)
		return m->version == 0 ? "to be replaced" : "DIFFERS";
	return "applied";
}

static void print_table(const struct ms_schema_status *s)
{
	static const char *const titles[] = {"VERSION", "NAME", "STATE", "APPLIED (UTC)"};
	struct table *t = table_new(4);
	char version[16];

	for (size_t i = 0; i < 4; i++)
		table_head(t, i, titles[i], false);
	/* item 0, the functions, is applied last */
	for (size_t n = 1; n <= s->count; n++) {
		const struct ms_migration_info *m = &s->items[n % s->count];

		snprintf(version, sizeof(version), "%04d", m->version);
		table_add(t, m->version ? version : "-");
		table_add(t, m->name);
		table_add(t, state_name(m));
		table_add(t, m->applied_at);
	}
	table_print(t, stdout);
	table_free(t);
}

static void print_target(const struct cli *cli, FILE *to)
{
	struct ms_text database;

	ms_text_init(&database, 0);
	ms_db_describe(cli->db, &database);
	fprintf(to, "database: %s\n", ms_text_str(&database));
	ms_text_clear(&database);
}

/* The functions that tell are there with the current schema only. */
static bool print_role(const struct cli *cli, struct ms_error *err)
{
	struct ms_json *me;

	if (!ms_db_whoami(cli->db, &me, err))
		return false;
	print_whoami("you:      ", me);
	ms_json_free(me);
	return true;
}

bool command_db_status(struct cli *cli, struct ms_error *err)
{
	static const char *const verdicts[] = {
		[MS_SCHEMA_EMPTY] = "no schema yet: run modelsync-tui db migrate",
		[MS_SCHEMA_CURRENT] = "the schema is current",
		[MS_SCHEMA_OUTDATED] =
			"the schema is older than this program: run modelsync-tui db migrate",
		[MS_SCHEMA_NEWER] =
			"a newer program has migrated this database: install that version",
		[MS_SCHEMA_DRIFTED] =
			"an applied migration differs from this program's: another build applied it",
	};
	struct ms_schema_status s;
	bool ok;

	if (!session_connect(cli, err) || !ms_schema_status(cli->db, &s, err))
		return false;
	print_target(cli, stdout);
	ok = s.state != MS_SCHEMA_CURRENT || print_role(cli, err);
	print_table(&s);
	if (*s.unknown)
		printf("unknown to this program: %s\n", s.unknown);
	puts(verdicts[s.state]);
	if (s.state != MS_SCHEMA_CURRENT)
		cli->exit_code = ms_category_exit_code(MS_ERR_MIGRATE);
	ms_schema_status_clear(&s);
	return ok;
}

/* Each with the statement that helps, to be copied. */
static void print_findings(const char *kind, const struct ms_json *findings, FILE *to)
{
	for (const struct ms_json *f = ms_json_first(findings); f; f = ms_json_next(f))
		fprintf(to, "%s: %s\n    %s\n    to be run by: %s\n", kind,
			ms_json_text(ms_json_get(f, "problem")), ms_json_text(ms_json_get(f, "fix")),
			ms_json_text(ms_json_get(f, "who")));
}

static bool fail_on_problems(const struct ms_json *survey, struct ms_error *err)
{
	const struct ms_json *problems = ms_json_get(survey, "problems");

	if (!ms_json_count(problems))
		return true;
	print_findings("problem", problems, stderr);
	return ms_fail(err, MS_ERR_MIGRATE, "%zu %s in the way of a migration; nothing was changed",
		       ms_json_count(problems), ms_json_count(problems) == 1 ? "problem stands" : "problems stand");
}

/* What becomes of tables, functions and views of other programs. */
static void print_objects(const struct ms_json *survey, FILE *to)
{
	static const char *const titles[] = {"ACTION", "OBJECT", "ROWS", "DETAIL"};
	struct table *t = table_new(4);

	for (size_t i = 0; i < 4; i++)
		table_head(t, i, titles[i], i == 2);
	for (const struct ms_json *o = ms_json_first(ms_json_get(survey, "objects")); o; o = ms_json_next(o)) {
		const struct ms_json *rows = ms_json_get(o, "rows");

		table_add(t, ms_json_text(ms_json_get(o, "action")));
		table_add(t, ms_json_text(ms_json_get(o, "object")));
		if (ms_json_is_null(rows))
			table_add(t, "");
		else
			table_add_int(t, ms_json_int(rows, 0));
		table_add(t, ms_json_text(ms_json_get(o, "detail")));
	}
	table_print(t, to);
	table_free(t);
}

static bool has_objects(const struct ms_json *survey)
{
	for (const struct ms_json *o = ms_json_first(ms_json_get(survey, "objects")); o; o = ms_json_next(o))
		if (strcmp(ms_json_text(ms_json_get(o, "action")), "create") != 0)
			return true;
	return false;
}

static void print_survey(const struct cli *cli, const struct ms_json *survey, FILE *to)
{
	print_target(cli, to);
	fprintf(to, "size: %s\n", ms_json_text(ms_json_get(ms_json_get(survey, "target"), "size")));
	if (has_objects(survey))
		print_objects(survey, to);
	print_findings("note", ms_json_get(survey, "notes"), to);
}

/* A database behind a Unix socket is this machine's; one behind an address may be production. */
static bool is_on_this_machine(const struct cli *cli)
{
	return args_has(cli, ARG_LOCAL) || strncmp(ms_db_label(cli->db), "local/", 6) == 0;
}

static bool confirm_first(struct cli *cli, const struct ms_json *survey, struct ms_error *err)
{
	fputs("first migration of this database\n", stderr);
	print_survey(cli, survey, stderr);
	return args_has(cli, ARG_YES) || is_on_this_machine(cli) ||
	       terminal_confirm(cli, "Migrate it?", err);
}

static bool migrate(struct cli *cli, struct ms_error *err)
{
	int applied;

	if (!ms_schema_migrate(cli->db, &applied, err))
		return false;
	if (applied)
		printf("%d applied; the schema is current\n", applied);
	else
		puts("nothing to do; the schema is current");
	return true;
}

static bool plan(struct cli *cli, const struct ms_schema_status *s, struct ms_error *err)
{
	struct ms_json *survey;
	bool ok;

	if (!ms_schema_survey(cli->db, &survey, err))
		return false;
	print_survey(cli, survey, stdout);
	print_table(s);
	ok = s->pending == 0 || fail_on_problems(survey, err);
	if (ok)
		printf("dry run: %d would be applied, nothing was written\n", s->pending);
	ms_json_free(survey);
	return ok;
}

static bool check_and_migrate(struct cli *cli, const struct ms_schema_status *s, struct ms_error *err)
{
	struct ms_json *survey;
	bool ok;

	if (s->state != MS_SCHEMA_EMPTY && s->state != MS_SCHEMA_OUTDATED)
		return migrate(cli, err);
	if (!ms_schema_survey(cli->db, &survey, err))
		return false;
	if (ms_json_count(ms_json_get(survey, "problems")))
		print_target(cli, stderr);
	ok = fail_on_problems(survey, err) &&
	     (s->state != MS_SCHEMA_EMPTY || confirm_first(cli, survey, err)) && migrate(cli, err);
	ms_json_free(survey);
	return ok;
}

bool command_db_migrate(struct cli *cli, struct ms_error *err)
{
	bool dry_run = args_has(cli, ARG_DRY_RUN), ok;
	struct ms_schema_status s;

	if (!dry_run && !session_require_write(cli, err))
		return false;
	if (!session_connect(cli, err) || (!dry_run && !ms_schema_require_owner(cli->db, err)) ||
	    !ms_schema_status(cli->db, &s, err))
		return false;
	ok = dry_run ? plan(cli, &s, err) : check_and_migrate(cli, &s, err);
	ms_schema_status_clear(&s);
	return ok;
}
