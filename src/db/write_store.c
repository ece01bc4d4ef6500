/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"

static void add_limit(struct ms_json *o, const char *name, int32_t limit)
{
	if (limit < 0)
		ms_json_add_null(o, name);
	else
		ms_json_add_int(o, name, limit);
}

void db_add_decisions(struct ms_json *o, const struct ms_edit *e)
{
	if (e->set & MS_EDIT_STATUS)
		ms_json_add_string(o, "status", ms_status_name(e->status));
	if (e->set & MS_EDIT_FREE)
		ms_json_add_bool(o, "is_free", e->tiers & MS_TIER_FREE);
	if (e->set & MS_EDIT_PRO)
		ms_json_add_bool(o, "is_pro", e->tiers & MS_TIER_PRO);
	if (e->set & MS_EDIT_ENTERPRISE)
		ms_json_add_bool(o, "is_enterprise", e->tiers & MS_TIER_ENTERPRISE);
	if (e->set & MS_EDIT_DAILY)
		add_limit(o, "daily_limit", e->daily_limit);
	if (e->set & MS_EDIT_MONTHLY)
		add_limit(o, "monthly_limit", e->monthly_limit);
}

static struct ms_json *item_json(const struct ms_edit_item *item)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, "model_id", item->model_id);
	ms_json_add_int(o, "version", item->version);
	if (item->rule)
		ms_json_add_string(o, "rule", item->rule);
	db_add_decisions(o, &item->edit);
	return o;
}

static char *batch_text(const struct ms_edit_batch *batch)
{
	struct ms_json *list = ms_json_new_array();
	char *text;

	for (size_t i = 0; i < batch->count; i++)
		ms_json_add(list, NULL, item_json(&batch->items[i]));
	text = ms_json_print(list);
	ms_json_free(list);
	return text;
}

static size_t count_of(const struct ms_json *v, const char *name)
{
	const struct ms_json *member = ms_json_get(v, name);

	if (ms_json_is_array(member))
		return ms_json_count(member);
	return (size_t)ms_json_int(member, 0);
}

static enum ms_write_outcome outcome_of(const char *name)
{
	if (strcmp(name, "conflict") == 0)
		return MS_WRITE_CONFLICT;
	if (strcmp(name, "unknown") == 0)
		return MS_WRITE_UNKNOWN;
	return strcmp(name, "unchanged") == 0 ? MS_WRITE_UNCHANGED : MS_WRITE_APPLIED;
}

/* "status inactive, is_pro true": what is there now instead of what was expected */
static char *describe_current(const struct ms_json *row)
{
	const struct ms_json *current = ms_json_get(row, "current");
	struct ms_text t;

	if (ms_json_is_null(current))
		return NULL;
	ms_text_init(&t, 500);
	if (!ms_json_is_object(current)) {
		char *text = ms_json_print(current);

		ms_text_addf(&t, "%s is %s", ms_json_text(ms_json_get(row, "field")), text);
		ms_free(text);
		return ms_text_take(&t);
	}
	for (const struct ms_json *m = ms_json_first(current); m; m = ms_json_next(m)) {
		char *text = ms_json_is_string(m) ? ms_strdup(ms_json_text(m)) : ms_json_print(m);

		ms_text_addf(&t, "%s%s %s", t.len ? ", " : "", ms_json_name(m), text);
		ms_free(text);
	}
	return ms_text_take(&t);
}

static void read_rows(struct ms_write_result *result, const struct ms_json *rows,
		      enum ms_write_outcome otherwise)
{
	result->rows = ms_alloc_array(ms_json_count(rows), sizeof(*result->rows));
	for (const struct ms_json *row = ms_json_first(rows); row; row = ms_json_next(row)) {
		const char *outcome = ms_json_string(ms_json_get(row, "result"));
		struct ms_write_row *to = &result->rows[result->row_count];

		to->outcome = outcome ? outcome_of(outcome) : otherwise;
		if (to->outcome == MS_WRITE_APPLIED)
			continue;
		to->model_id = ms_strdup(ms_json_text(ms_json_get(row, "model_id")));
		to->note = describe_current(row);
		result->row_count++;
	}
}

/* Takes the reply: an error when the engine refused, a result otherwise. */
static bool take_reply(struct ms_json *reply, const char *rows, const char *applied,
		       struct ms_write_result **out, struct ms_error *err)
{
	struct ms_write_result *result;

	if (!db_check_reply(reply, err)) {
		ms_json_free(reply);
		return false;
	}
	result = ms_alloc(sizeof(*result));
	result->changeset = ms_json_int(ms_json_get(reply, "changeset"), 0);
	result->applied = count_of(reply, applied);
	result->unchanged = count_of(reply, "unchanged");
	result->conflicts = count_of(reply, "conflicts");
	result->unknown = count_of(reply, "unknown");
	read_rows(result, ms_json_get(reply, rows), MS_WRITE_CONFLICT);
	result->json = ms_json_print(reply);
	ms_json_free(reply);
	*out = result;
	return true;
}

bool ms_models_edit(struct ms_db *db, const struct ms_edit_batch *batch,
		    struct ms_write_result **out, struct ms_error *err)
{
	char *edits = batch_text(batch), *ctx = db_context_text(db, batch->reason);
	const char *params[] = {edits, ctx};
	struct ms_json *reply = NULL;
	bool ok = db_query_json(db, "SELECT modelsync.edit_models($1::jsonb, $2::jsonb)", 2, params,
				&reply, err);

	ms_free(edits);
	ms_free(ctx);
	return ok && take_reply(reply, "results", "applied", out, err);
}

bool ms_models_edit_given(struct ms_db *db, const struct ms_json *edits, bool allow_paid_free,
			  const char *reason, struct ms_json **reply, struct ms_error *err)
{
	char *text = ms_json_print(edits), *ctx = db_context_text(db, reason);
	const char *params[] = {text, ctx, allow_paid_free ? "true" : "false"}, *code;
	bool ok =
		db_query_json(db, "SELECT modelsync.edit_models($1::jsonb, $2::jsonb, $3::boolean)",
			      3, params, reply, err);

	ms_free(text);
	ms_free(ctx);
	if (!ok)
		return false;
	code = ms_json_text(ms_json_get(*reply, "code"));
	if (strcmp(code, "invalid") == 0 || strcmp(code, "paid_free") == 0 ||
	    db_check_reply(*reply, err))
		return true;
	ms_json_free(*reply);
	*reply = NULL;
	return false;
}

bool ms_changeset_undo(struct ms_db *db, int64_t changeset, bool dry_run, const char *reason,
		       struct ms_write_result **out, struct ms_error *err)
{
	char number[24], *ctx = db_context_text(db, reason);
	const char *params[] = {number, ctx, dry_run ? "true" : "false"};
	struct ms_json *reply = NULL;
	bool ok;

	snprintf(number, sizeof(number), "%lld", (long long)changeset);
	ok = db_query_json(db, "SELECT modelsync.undo($1::bigint, $2::jsonb, $3::boolean)", 3,
			   params, &reply, err);
	ms_free(ctx);
	return ok && take_reply(reply, "conflicts", "reversed", out, err);
}
