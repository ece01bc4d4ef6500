/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <stdio.h>

#include "modelsync/memory.h"

bool ms_audit_list(struct ms_db *db, const struct ms_audit_query *query, struct ms_json **out,
		   struct ms_error *err)
{
	static const char sql[] =
		"SELECT coalesce(jsonb_agg(a), '[]') FROM modelsync.audit_list($1::int,"
		" to_timestamp(nullif($2::bigint, 0)), CASE WHEN $3::jsonb IS NOT NULL THEN"
		" ARRAY(SELECT jsonb_array_elements_text($3::jsonb)) END,"
		" nullif($4::bigint, 0)) a";
	char limit[16], since[24], before[24];
	char *models = query->models ? ms_json_print(query->models) : NULL;
	const char *params[] = {limit, since, models, before};
	bool ok;

	snprintf(limit, sizeof(limit), "%d", query->limit);
	snprintf(since, sizeof(since), "%lld", (long long)query->since);
	snprintf(before, sizeof(before), "%lld", (long long)query->before);
	ok = db_query_json(db, sql, 4, params, out, err);
	ms_free(models);
	return ok;
}

bool ms_audit_verify(struct ms_db *db, const char *head, struct ms_json **out, struct ms_error *err)
{
	/* the whole log is read, however long it has become */
	return db_execute(db, "SET statement_timeout = 0", err) &&
	       db_query_json(db, "SELECT modelsync.audit_verify($1)", 1, &head, out, err);
}

bool ms_db_quality(struct ms_db *db, struct ms_json **out, struct ms_error *err)
{
	return db_query_json(db, "SELECT modelsync.quality_json()", 0, NULL, out, err);
}

bool ms_db_why(struct ms_db *db, const char *model, const char *who, struct ms_json **out,
	       struct ms_error *err)
{
	const char *params[] = {model, who};

	return db_call(db, "SELECT modelsync.why($1, $2)", 2, params, out, err);
}
