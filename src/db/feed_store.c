/* SPDX-License-Identifier: MIT */
/* Lists a page at a time, and what their rows are about. */
#include "conn.h"

#include <stdio.h>

#include "modelsync/memory.h"

bool ms_db_feed(struct ms_db *db, enum ms_feed feed, int64_t before, struct ms_json **out,
		struct ms_error *err)
{
	static const char *const names[MS_FEED_COUNT] = {
		[MS_FEED_RUNS] = "runs",
		[MS_FEED_EVENTS] = "events",
		[MS_FEED_AUDIT] = "audit",
		[MS_FEED_ALERTS] = "alerts",
	};
	char number[24], limit[16];
	const char *params[] = {names[feed], number, limit};

	(void)snprintf(number, sizeof(number), "%lld", (long long)before);
	(void)snprintf(limit, sizeof(limit), "%d", MS_FEED_PAGE);
	return db_query_json(db, "SELECT modelsync.feed($1, nullif($2::bigint, 0), $3::int)", 3,
			     params, out, err);
}

bool ms_changeset_detail(struct ms_db *db, int64_t changeset, struct ms_json **out,
			 struct ms_error *err)
{
	char number[24], limit[16];
	const char *params[] = {number, limit};

	(void)snprintf(number, sizeof(number), "%lld", (long long)changeset);
	(void)snprintf(limit, sizeof(limit), "%d", MS_CHANGES_MAX);
	if (!db_query_json(db,
			   "SELECT coalesce(modelsync.changeset_detail($1::bigint, $2::int), '{}')",
			   2, params, out, err))
		return false;
	if (ms_json_get(*out, "changeset"))
		return true;
	ms_json_free(*out);
	*out = NULL;
	return ms_fail(err, MS_ERR_VALIDATION, "there is no changeset %s", number);
}

bool ms_alerts_acknowledge(struct ms_db *db, const int64_t *alerts, size_t count, int64_t *done,
			   struct ms_error *err)
{
	struct ms_json *list = ms_json_new_array(), *reply = NULL;
	char *ids, *ctx = db_context_text(db, NULL);
	const char *params[2];
	bool ok;

	for (size_t i = 0; i < count; i++)
		ms_json_add_int(list, NULL, alerts[i]);
	ids = ms_json_print(list);
	params[0] = ids;
	params[1] = ctx;
	ok = db_query_json(db,
			   "SELECT modelsync.acknowledge_alerts(ARRAY(SELECT value::bigint"
			   " FROM jsonb_array_elements_text($1::jsonb)), $2::jsonb)",
			   2, params, &reply, err) &&
	     db_check_reply(reply, err);
	*done = ms_json_int(ms_json_get(reply, "acknowledged"), 0);
	ms_json_free(reply);
	ms_json_free(list);
	ms_free(ids);
	ms_free(ctx);
	return ok;
}
