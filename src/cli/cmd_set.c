/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/edit.h"
#include "modelsync/memory.h"
#include "private.h"

static bool parse_assignments(const struct cli *cli, struct ms_edit *edit, struct ms_error *err)
{
	for (int i = 1; i < cli->word_count; i++)
		if (!ms_edit_parse(edit, cli->words[i], err))
			return false;
	return true;
}

static struct ms_edit_batch *build_batch(const struct selection *s, const struct ms_edit *edit,
					 const char *reason)
{
	struct ms_edit_batch *batch = ms_edit_batch_new();

	ms_edit_batch_set_reason(batch, reason);
	for (size_t i = 0; i < s->count; i++) {
		struct ms_edit e = *edit;

		if (ms_edit_reduce(&e, s->models[i]))
			ms_edit_batch_add(batch, s->models[i], &e);
	}
	return batch;
}

bool command_set(struct cli *cli, struct ms_error *err)
{
	struct ms_edit edit = {0};
	struct ms_edit_batch *batch;
	struct selection s;
	bool ok;

	if (!parse_assignments(cli, &edit, err))
		return false;
	if (!args_has(cli, ARG_DRY_RUN) && !session_require_write(cli, err))
		return false;
	if (!selection_load(cli, cli->words[0], NULL, &s, err))
		return false;
	batch = build_batch(&s, &edit, cli->values[ARG_REASON]);
	ok = edit_review_and_write(cli, &s, batch, s.count, err);
	ms_edit_batch_free(batch);
	selection_clear(&s);
	return ok;
}
