/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_H
#define MODELSYNC_CONSOLE_H

#include "modelsync/config.h"
#include "modelsync/error.h"
#include "modelsync/text.h"

struct ms_console_options {
	const struct ms_config *config;
	const char *filter; /* initial filter, or NULL */
	bool read_only;
};

/* Runs the console until the user quits. `terminal` when there is none it can use. */
bool ms_console_run(const struct ms_console_options *options, struct ms_error *err) MS_MUST_CHECK;

/*
 * Checks the user's key file. Appends the whole key map, as the console would have it, and keys that
 * the terminal, tmux (its prefix named as tmux does, "C-b", or NULL) or screen take for themselves;
 * fails with category `config` when a line of the file is wrong: then the default keys are shown, and
 * `problems` has a line for each.
 */
bool ms_console_check_keys(const char *tmux_prefix, struct ms_text *out, struct ms_text *problems,
			   struct ms_error *err) MS_MUST_CHECK;

/* The key section of manual and README, one action a line, from the action table. */
void ms_console_print_keys(struct ms_text *out);

#endif
