/* SPDX-License-Identifier: MIT */
#include "modelsync/memory.h"
#include "private.h"

/* "2026-06-07 18:23:05 by alice/cli, edit, changeset 7, rule cheap: because" */
static void add_decision(struct ms_text *line, const struct ms_json *decision)
{
	const char *reason = ms_json_string(ms_json_get(decision, "reason"));
	const char *rule = ms_json_string(ms_json_get(decision, "rule"));
	char at[32];

	ms_text_addf(line, "%s by ", json_time_text(at, sizeof(at), ms_json_get(decision, "at")));
	json_actor_text(line, decision);
	ms_text_addf(line, ", %s, changeset %lld", ms_json_text(ms_json_get(decision, "kind")),
		     (long long)ms_json_int(ms_json_get(decision, "changeset"), 0));
	if (rule)
		ms_text_addf(line, ", rule %s", rule);
	if (reason)
		ms_text_addf(line, ": %s", reason);
}

static void print_chain(const struct ms_json *answer)
{
	const struct ms_json *chain = ms_json_get(answer, "chain");
	struct table *t = table_new(4);
	struct ms_text line;

	table_head(t, 0, "", false);
	table_head(t, 1, "STEP", false);
	table_head(t, 2, "WHAT", false);
	table_head(t, 3, "SINCE (UTC)", false);
	ms_text_init(&line, 0);
	for (const struct ms_json *s = ms_json_first(chain); s; s = ms_json_next(s)) {
		const struct ms_json *passes = ms_json_get(s, "passes");
		const struct ms_json *decision = ms_json_get(s, "decision");

		ms_text_reset(&line);
		if (!ms_json_is_null(decision))
			add_decision(&line, decision);
		table_add(t, ms_json_is_null(passes) ? "" : ms_json_bool(passes) ? "yes" : "no");
		table_add(t, ms_json_text(ms_json_get(s, "step")));
		table_add(t, ms_json_text(ms_json_get(s, "text")));
		table_add(t, ms_text_str(&line));
	}
	table_print(t, stdout);
	ms_text_clear(&line);
	table_free(t);
}

static void print_answer(const struct cli *cli, const struct ms_json *answer)
{
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s is %svisible to %s", ms_json_text(ms_json_get(answer, "model_id")),
		     ms_json_bool(ms_json_get(answer, "visible")) ? "" : "not ", cli->words[1]);
	print_clean("", ms_text_str(&line));
	print_chain(answer);
	ms_text_clear(&line);
}

bool command_why(struct cli *cli, struct ms_error *err)
{
	struct ms_json *answer;

	if (!session_open(cli, err) ||
	    !ms_db_why(cli->db, cli->words[0], cli->words[1], &answer, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(answer);
	else
		print_answer(cli, answer);
	ms_json_free(answer);
	return true;
}
