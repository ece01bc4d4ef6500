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

	if (!session_connect(cli, err) || !ms_schema_status(cli->db, &s, err))
		return false;
	print_target(cli, stdout);
	print_table(&s);
	if (*s.unknown)
		printf("unknown to this program: %s\n", s.unknown);
	puts(verdicts[s.state]);
	if (s.state != MS_SCHEMA_CURRENT)
		cli->exit_code = ms_category_exit_code(MS_ERR_MIGRATE);
	ms_schema_status_clear(&s);
	return true;
}

/* A database behind a Unix socket is this machine's; one behind an address may be production. */
static bool is_on_this_machine(const struct cli *cli)
{
	return args_has(cli, ARG_LOCAL) || strncmp(ms_db_label(cli->db), "local/", 6) == 0;
}

static bool confirm_first(struct cli *cli, struct ms_error *err)
{
	fputs("first migration of this database\n", stderr);
	print_target(cli, stderr);
	return args_has(cli, ARG_YES) || is_on_this_machine(cli) ||
	       terminal_confirm(cli, "Create tables there?", err);
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

bool command_db_migrate(struct cli *cli, struct ms_error *err)
{
	struct ms_schema_status s;
	bool ok = true;

	if (!args_has(cli, ARG_DRY_RUN) && !session_require_write(cli, err))
		return false;
	if (!session_connect(cli, err) || !ms_schema_status(cli->db, &s, err))
		return false;
	if (args_has(cli, ARG_DRY_RUN)) {
		print_target(cli, stdout);
		print_table(&s);
		printf("dry run: %d would be applied, nothing was written\n", s.pending);
	} else {
		ok = (s.state != MS_SCHEMA_EMPTY || confirm_first(cli, err)) && migrate(cli, err);
	}
	ms_schema_status_clear(&s);
	return ok;
}
