/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <stdio.h>

#include "modelsync/memory.h"

bool ms_db_status(struct ms_db *db, const struct ms_config *config, struct ms_json **out,
		  struct ms_error *err)
{
	char *settings = db_settings_text(config);
	const char *param = settings;
	bool ok = db_query_json(db, "SELECT modelsync.status($1::jsonb)", 1, &param, out, err);

	ms_free(settings);
	return ok;
}

bool ms_db_history(struct ms_db *db, int limit, struct ms_json **out, struct ms_error *err)
{
	char number[16];
	const char *param = number;

	snprintf(number, sizeof(number), "%d", limit);
	return db_query_json(db, "SELECT coalesce(jsonb_agg(h), '[]') FROM modelsync.history($1::int) h",
			     1, &param, out, err);
}

struct event_reader {
	ms_event_fn fn;
	void *arg;
};

static bool read_event(void *arg, const PGresult *row)
{
	const struct event_reader *reader = arg;

	return reader->fn(reader->arg, PQgetvalue(row, 0, 0), PQgetvalue(row, 0, 1));
}

bool ms_db_events(struct ms_db *db, const struct ms_event_query *query, ms_event_fn fn, void *arg,
		  struct ms_error *err)
{
	static const char sql[] =
		"SELECT (jsonb_build_object('type', type, 'model_id', model_id, 'run', run,"
		"  'changeset', changeset, 'at', at, 'origin', origin, 'os_user', os_user,"
		"  'actor', actor)"
		"  || CASE WHEN reason IS NULL THEN '{}' ELSE jsonb_build_object('reason', reason) END"
		"  || coalesce(detail, '{}'))::text, model_id"
		" FROM (SELECT * FROM modelsync.event"
		"  WHERE ($1::bigint = 0 OR run = $1::bigint) AND ($2::bigint = 0 OR changeset = $2::bigint)"
		"   AND ($3::bigint = 0 OR at >= to_timestamp($3::bigint))"
		"  ORDER BY event_id DESC LIMIT nullif($4::bigint, 0)) e ORDER BY event_id";
	char run[24], changeset[24], since[24], limit[24];
	const char *params[] = {run, changeset, since, limit};
	struct event_reader reader = {fn, arg};

	snprintf(run, sizeof(run), "%lld", (long long)query->run);
	snprintf(changeset, sizeof(changeset), "%lld", (long long)query->changeset);
	snprintf(since, sizeof(since), "%lld", (long long)query->since);
	snprintf(limit, sizeof(limit), "%d", query->limit);
	return db_each_row(db, sql, 4, params, read_event, &reader, err);
}
