/* SPDX-License-Identifier: MIT */
/* What admins keep in order: alerts, settings, retention. */
#include "conn.h"

#include <stdio.h>

#include "modelsync/memory.h"

bool ms_alerts_list(struct ms_db *db, const struct ms_alert_query *query, struct ms_json **out,
		    struct ms_error *err)
{
	char limit[16], before[24];
	const char *params[] = {limit, query->all ? "true" : "false", query->model, before};

	(void)snprintf(limit, sizeof(limit), "%d", query->limit);
	(void)snprintf(before, sizeof(before), "%lld", (long long)query->before);
	return db_query_json(db,
			     "SELECT coalesce(jsonb_agg(a), '[]')"
			     " FROM modelsync.alert_list($1::int, $2::boolean, $3,"
			     " nullif($4::bigint, 0)) a",
			     4, params, out, err);
}

bool ms_alerts_acknowledge(struct ms_db *db, const int64_t *alerts, size_t count,
			   const char *reason, int64_t *done, struct ms_error *err)
{
	struct ms_json *list = ms_json_new_array(), *reply = NULL;
	char *ids, *ctx = db_context_text(db, reason);
	const char *params[2];
	bool ok;

	for (size_t i = 0; i < count; i++)
		ms_json_add_int(list, NULL, alerts[i]);
	ids = ms_json_print(list);
	params[0] = ids;
	params[1] = ctx;
	ok = db_call(db,
		     "SELECT modelsync.acknowledge_alerts(ARRAY(SELECT value::bigint"
		     " FROM jsonb_array_elements_text($1::jsonb)), $2::jsonb)",
		     2, params, &reply, err);
	*done = ms_json_int(ms_json_get(reply, "acknowledged"), 0);
	ms_json_free(reply);
	ms_json_free(list);
	ms_free(ids);
	ms_free(ctx);
	return ok;
}

bool ms_settings_list(struct ms_db *db, struct ms_json **out, struct ms_error *err)
{
	return db_query_json(db,
			     "SELECT coalesce(jsonb_agg(s), '[]') FROM modelsync.setting_list() s",
			     0, NULL, out, err);
}

bool ms_settings_change(struct ms_db *db, const struct ms_json *values, const char *reason,
			struct ms_json **out, struct ms_error *err)
{
	char *text = ms_json_print(values), *ctx = db_context_text(db, reason);
	const char *params[] = {text, ctx};
	bool ok = db_call(db, "SELECT modelsync.change_settings($1::jsonb, $2::jsonb)", 2, params, out,
		       err);

	ms_free(text);
	ms_free(ctx);
	return ok;
}

bool ms_db_retire(struct ms_db *db, bool dry_run, const char *reason, struct ms_json **out,
		  struct ms_error *err)
{
	char *ctx = db_context_text(db, reason);
	const char *params[] = {ctx, dry_run ? "true" : "false"};
	/* a look at everything takes its time when the log is long */
	bool ok = db_execute(db, "SET statement_timeout = 0", err) &&
		  db_call(db, "SELECT modelsync.retire($1::jsonb, $2::boolean)", 2, params, out, err);

	ms_free(ctx);
	return ok;
}
