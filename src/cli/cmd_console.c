/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/console.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "private.h"

/* What `tmux` around us takes for itself, as it names it; "" when there is none. */
static void ask_tmux(char *prefix, size_t size)
{
	FILE *answer = getenv("TMUX") ? popen("tmux show-options -gqv prefix 2>/dev/null", "re") : NULL;

	*prefix = '\0';
	if (!answer)
		return;
	if (fgets(prefix, (int)size, answer))
		prefix[strcspn(prefix, "\n")] = '\0';
	(void)pclose(answer);
}

static void print_lines(FILE *to, const char *text)
{
	struct ms_text clean;

	ms_text_init(&clean, 0);
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		char *line = ms_strndup(text, len = strcspn(text, "\n"));

		terminal_clean(&clean, line, to);
		ms_text_add(&clean, "\n");
		ms_free(line);
	}
	fputs(ms_text_str(&clean), to);
	ms_text_clear(&clean);
}

static bool check_keys(struct ms_error *err)
{
	struct ms_text keys, problems;
	char prefix[16];
	bool ok;

	ask_tmux(prefix, sizeof(prefix));
	ms_text_init(&keys, 0);
	ms_text_init(&problems, 0);
	ok = ms_console_check_keys(prefix, &keys, &problems, err);
	print_lines(stdout, ms_text_str(&keys));
	(void)fflush(stdout);
	print_lines(stderr, ms_text_str(&problems));
	ms_text_clear(&keys);
	ms_text_clear(&problems);
	return ok;
}

bool command_console(struct cli *cli, struct ms_error *err)
{
	char *text;
	struct ms_console_options options = {0};
	struct ms_filter *filter = NULL;
	bool ok;

	if (args_has(cli, ARG_CHECK_KEYS))
		return check_keys(err);
	options.filter = text = args_join(cli, 0);
	ok = filter_compile(text, &filter, err) && session_know_database(cli, err) &&
	     ms_upstream_init(err);
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
