/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modelsync/memory.h"
#include "private.h"

static void point_at(const struct ms_rule_fault *fault)
{
	if (fault->text)
		print_caret(fault->text, fault->where.at, fault->where.len);
}

/* What is said of one rule is complete when the next one is wrong, too. */
static void explain_rule(void *arg, const struct ms_error *why, const struct ms_rule_fault *fault)
{
	struct ms_error *last = arg;

	if (last->category != MS_OK)
		print_mistake(last->message);
	point_at(fault);
	*last = *why;
}

bool session_read_rules(const struct ms_config *config, struct ms_rules **out,
			struct ms_error *err)
{
	const struct ms_rule_text *texts;
	size_t count = ms_config_rules(config, &texts);
	struct ms_rule_fault fault;

	*out = ms_rules_new(texts, count, &fault, err);
	if (!*out)
		point_at(&fault);
	return *out != NULL;
}

bool session_check_rules(const struct ms_config *config, struct ms_rules **out,
			 struct ms_error *err)
{
	const struct ms_rule_text *texts;
	size_t count = ms_config_rules(config, &texts);

	*out = ms_rules_new(texts, count, NULL, err);
	if (*out)
		return true;
	err->category = MS_OK;
	ms_rules_explain(texts, count, explain_rule, err);
	return false;
}

static bool is_check(const struct cli *cli)
{
	return cli->command->run == command_config_check;
}

/* Says all that is wrong but for the last, with which err is left. */
static void explain_config(struct ms_config_source source, struct ms_error *err)
{
	struct ms_config *config;
	struct ms_text problems;
	char *line, *end;

	ms_text_init(&problems, 0);
	source.problems = &problems;
	if (ms_config_load(&config, &source, err))
		ms_config_free(config);
	for (line = problems.data; line && (end = strchr(line, '\n')) && end[1]; line = end + 1) {
		*end = '\0';
		print_mistake(line);
	}
	ms_text_clear(&problems);
}

bool session_load(const struct cli *cli, bool is_strict, struct ms_config **out, struct ms_error *err)
{
	static const struct {
		enum arg arg;
		enum ms_option option;
	} map[] = {{ARG_DB, MS_OPT_DB_CONNINFO}, {ARG_THEME, MS_OPT_CONSOLE_THEME}};
	struct ms_config_source source = {
		.file = cli->values[ARG_CONFIG],
		.environ = (const char *const *)environ,
		.is_strict = is_strict,
	};
	bool ok = ms_config_load(out, &source, err);

	if (!ok && is_check(cli))
		explain_config(source, err);
	for (size_t i = 0; ok && i < sizeof(map) / sizeof(map[0]); i++)
		if (args_has(cli, map[i].arg))
			ok = ms_config_set(*out, map[i].option, cli->values[map[i].arg], err);
	if (ok && args_has(cli, ARG_READ_ONLY))
		ok = ms_config_set(*out, MS_OPT_CONSOLE_READ_ONLY, "true", err);
	if (ok)
		return true;
	ms_config_free(*out);
	*out = NULL;
	return false;
}

bool session_configure(struct cli *cli, struct ms_error *err)
{
	if (!session_load(cli, false, &cli->config, err))
		return false;
	ms_config_apply_log(cli->config, MS_LOG_WARN);
	/* the command itself says of the rules all that is wrong */
	return is_check(cli) || session_read_rules(cli->config, &cli->rules, err);
}

/* What libpq itself would take from the environment. */
static bool libpq_knows_a_database(void)
{
	static const char *const names[] = {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return true;
	}
	return false;
}

bool session_require_database(struct cli *cli, struct ms_error *err)
{
	char *conninfo;
	bool ok;

	if (args_has(cli, ARG_LOCAL)) {
		if (!local_start(&conninfo, err))
			return false;
		ok = ms_config_set(cli->config, MS_OPT_DB_CONNINFO, conninfo, err);
		ms_free(conninfo);
		return ok;
	}
	if (*ms_config_string(cli->config, MS_OPT_DB_CONNINFO) || libpq_knows_a_database())
		return true;
	return ms_fail(
		err, MS_ERR_USAGE,
		"no database is configured; there are two ways: --local uses a private PostgreSQL of "
		"your own; --db CONNINFO, DATABASE_URL or database.conninfo names an existing one");
}

bool session_connect(struct cli *cli, struct ms_error *err)
{
	struct ms_db_options options;

	if (!session_require_database(cli, err))
		return false;
	ms_db_options_init(&options, cli->config, "cli");
	options.read_only = args_has(cli, ARG_READ_ONLY);
	cli->db = ms_db_new(&options);
	return ms_db_connect(cli->db, err);
}

/* Nobody but this program uses the private database, so nobody needs to be asked. */
static bool migrate_private(struct cli *cli, struct ms_error *err)
{
	int applied;

	if (!ms_schema_migrate(cli->db, &applied, err))
		return false;
	fputs("private database: schema brought up to date\n", stderr);
	return true;
}

/* Said before the command asks questions, and not after them by the database. */
static bool refuse_viewer(struct cli *cli, struct ms_error *err)
{
	struct ms_json *me;
	const char *login;
	bool ok;

	if (!ms_db_whoami(cli->db, &me, err))
		return false;
	login = ms_json_text(ms_json_get(me, "acts_as"));
	ok = strcmp(ms_json_text(ms_json_get(me, "role")), "viewer") != 0 ||
	     ms_fail(err, MS_ERR_REFUSED,
		     "you are a viewer (%s), and %s writes; %s can make you an admin: "
		     "modelsync-tui db grant %s admin",
		     login, cli->command->name, ms_json_text(ms_json_get(me, "owner")), login);
	ms_json_free(me);
	return ok;
}

bool session_open(struct cli *cli, struct ms_error *err)
{
	if (!session_connect(cli, err))
		return false;
	if (ms_schema_require(cli->db, err))
		return !cli->is_writing || refuse_viewer(cli, err);
	return err->category == MS_ERR_MIGRATE && args_has(cli, ARG_LOCAL) &&
	       !args_has(cli, ARG_READ_ONLY) && migrate_private(cli, err);
}

bool session_know_database(struct cli *cli, struct ms_error *err)
{
	if (!args_has(cli, ARG_LOCAL))
		return session_require_database(cli, err);
	if (!session_open(cli, err))
		return false;
	ms_db_disconnect(cli->db);
	return true;
}

const char *session_program(const struct cli *cli)
{
	return args_has(cli, ARG_LOCAL) ? "modelsync-tui --local" : "modelsync-tui";
}

bool session_require_write(struct cli *cli, struct ms_error *err)
{
	cli->is_writing = true;
	return !args_has(cli, ARG_READ_ONLY) ||
	       ms_fail(err, MS_ERR_REFUSED, "%s writes to the database, which --read-only forbids",
		       cli->command->name);
}
