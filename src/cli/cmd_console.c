/* SPDX-License-Identifier: MIT */
#include "modelsync/console.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "private.h"

bool command_console(struct cli *cli, struct ms_error *err)
{
	char *text = args_join(cli, 0);
	struct ms_console_options options = {.filter = text};
	struct ms_filter *filter = NULL;
	bool ok = filter_compile(text, &filter, err) && session_know_database(cli, err) && ms_upstream_init(err);

	ms_filter_free(filter);
	if (ok) {
		options.config = cli->config;
		options.read_only = ms_config_bool(cli->config, MS_OPT_CONSOLE_READ_ONLY);
		ok = ms_console_run(&options, err);
		ms_upstream_exit();
	}
	ms_free(text);
	return ok;
}
