/* SPDX-License-Identifier: MIT */
#include "config.h"
#include "modelsync/daemon.h"
#include "modelsync/upstream.h"
#include "private.h"

static bool are_rules_good(const struct ms_config *config, struct ms_error *err)
{
	struct ms_rules *rules;

	if (!session_read_rules(config, &rules, err))
		return false;
	ms_rules_free(rules);
	return true;
}

/* A private database was found once, when it was started. */
static bool load(void *arg, struct ms_config **out, struct ms_error *err)
{
	const struct cli *cli = arg;

	if (!session_load(cli, true, out, err))
		return false;
	if (are_rules_good(*out, err) &&
	    (!args_has(cli, ARG_LOCAL) ||
	     ms_config_set(*out, MS_OPT_DB_CONNINFO,
			   ms_config_string(cli->config, MS_OPT_DB_CONNINFO), err)))
		return true;
	ms_config_free(*out);
	*out = NULL;
	return false;
}

bool command_daemon(struct cli *cli, struct ms_error *err)
{
	struct ms_daemon_options options = {.load = load, .arg = cli, .version = PACKAGE_VERSION};
	bool ok;

	if (!session_require_write(cli, err) || !session_know_database(cli, err) ||
	    !ms_upstream_init(err))
		return false;
	ok = ms_daemon_run(&options, err);
	ms_upstream_exit();
	return ok;
}
