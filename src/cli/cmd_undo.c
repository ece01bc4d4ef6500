/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "modelsync/memory.h"
#include "private.h"

#define LISTED_MAX 20

static void print_changes(FILE *to, const struct ms_json *changes)
{
	const struct ms_json *change = ms_json_first(changes);
	size_t shown = 0, total = ms_json_count(changes);
	struct ms_text line, clean;

	ms_text_init(&line, 0);
	ms_text_init(&clean, 0);
	for (; change && shown < LISTED_MAX; change = ms_json_next(change), shown++) {
		ms_text_reset(&line);
		ms_text_reset(&clean);
		ms_text_addf(&line, "%s  ", ms_json_text(ms_json_get(change, "model_id")));
		json_change_text(&line, change);
		terminal_clean(&clean, ms_text_str(&line), to);
		fprintf(to, "  %s\n", ms_text_str(&clean));
	}
	if (total > shown)
		fprintf(to, "  and %zu more\n", total - shown);
	ms_text_clear(&line);
	ms_text_clear(&clean);
}

/* The preview goes to stdout when it is the result, otherwise to stderr. */
static bool preview(struct cli *cli, int64_t changeset, FILE *to, struct ms_error *err)
{
	struct ms_write_result *result;
	struct ms_json *report;

	if (!ms_changeset_undo(cli->db, changeset, true, NULL, &result, err))
		return false;
	if (to == stdout && args_has(cli, ARG_JSON)) {
		puts(result->json);
	} else {
		report = ms_json_parse(result->json, strlen(result->json), err);
		fprintf(to, "undoing changeset %" PRId64 " reverses %zu changes, %zu conflicts\n",
			changeset, result->applied, result->conflicts);
		print_changes(to, ms_json_get(report, "changes"));
		ms_json_free(report);
	}
	ms_write_result_free(result);
	return true;
}

static bool confirm(struct cli *cli, int64_t changeset, struct ms_error *err)
{
	if (args_has(cli, ARG_YES))
		return true;
	return preview(cli, changeset, stderr, err) && terminal_confirm(cli, "Undo it?", err);
}

bool command_undo(struct cli *cli, struct ms_error *err)
{
	struct ms_write_result *result;
	int64_t changeset;

	if (!ms_text_integer(cli->words[0], 1, INT64_MAX, &changeset))
		return ms_fail(err, MS_ERR_USAGE,
			       "undo %s: not the number of a changeset; history and events "
			       "show them",
			       cli->words[0]);
	if (!args_has(cli, ARG_DRY_RUN) && !session_require_write(cli, err))
		return false;
	if (!session_open(cli, err))
		return false;
	if (args_has(cli, ARG_DRY_RUN))
		return preview(cli, changeset, stdout, err);
	if (!confirm(cli, changeset, err) ||
	    !ms_changeset_undo(cli->db, changeset, false, cli->values[ARG_REASON], &result, err))
		return false;
	if (args_has(cli, ARG_JSON))
		puts(result->json);
	else
		write_result_print(result, "change", "reversed");
	if (result->conflicts)
		cli->exit_code = ms_category_exit_code(MS_ERR_CONFLICT);
	ms_write_result_free(result);
	return true;
}
