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
