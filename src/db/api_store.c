/* SPDX-License-Identifier: MIT */
/* What the HTTP API asks: who calls, and what each tier is shown. */
#include "conn.h"

#include <stdlib.h>
#include <string.h>

#include "modelsync/memory.h"

bool ms_api_caller(struct ms_db *db, const char *sub, struct ms_api_caller *out,
		   struct ms_error *err)
{
	struct ms_json *v;
	const char *profile, *tier;

	*out = (struct ms_api_caller){.tier = MS_TIER_FREE};
	if (!db_query_json(db, "SELECT modelsync.api_caller($1)", 1, &sub, &v, err))
		return false;
	profile = ms_json_text(ms_json_get(v, "profile"));
	tier = ms_json_text(ms_json_get(v, "tier"));
	if (strlen(profile) < sizeof(out->profile))
		memcpy(out->profile, profile, strlen(profile) + 1);
	out->is_banned = strcmp(tier, "banned") == 0;
	out->is_admin = strcmp(tier, "admin") == 0;
	for (int t = MS_TIER_FREE; t <= MS_TIER_ENTERPRISE; t <<= 1)
		if (strcmp(tier, ms_tier_name((enum ms_tier)t)) == 0)
			out->tier = (enum ms_tier)t;
	ms_json_free(v);
	return true;
}

struct served_reader {
	ms_served_fn fn;
	void *arg;
};

static bool read_served(void *arg, const PGresult *row)
{
	const struct served_reader *reader = arg;
	const struct ms_served_model m = {
		.id = PQgetvalue(row, 0, 0),
		.shown_to = (unsigned)atoi(PQgetvalue(row, 0, 1)),
		.entry = PQgetvalue(row, 0, 2),
		.entry_len = (size_t)PQgetlength(row, 0, 2),
	};

	reader->fn(reader->arg, &m);
	return true;
}

bool ms_api_served(struct ms_db *db, ms_served_fn fn, void *arg, struct ms_error *err)
{
	struct served_reader reader = {fn, arg};

	return db_each_row(db, "SELECT model_id, shown_to, entry FROM modelsync.served_models()", 0,
			   NULL, read_served, &reader, err);
}

bool ms_api_explain(struct ms_db *db, const char *who, struct ms_json **out, struct ms_error *err)
{
	return db_call(db, "SELECT modelsync.explain_models($1)", 1, &who, out, err);
}

/* A function of two arguments, then who asks. */
static bool tell(struct ms_db *db, const char *sql, int n, const char *a, const char *b,
		 struct ms_error *err)
{
	char *ctx = db_context_text(db, NULL);
	const char *params[] = {ctx, a, b};
	struct ms_json *reply = NULL;
	bool ok = db_call(db, sql, n, params, &reply, err);

	ms_json_free(reply);
	ms_free(ctx);
	return ok;
}

bool ms_api_tell_fallback(struct ms_db *db, const char *source, const char *reason,
			  struct ms_error *err)
{
	return tell(db, "SELECT modelsync.api_fallback($2, $3, $1::jsonb)", 3, source, reason, err);
}

bool ms_api_tell_refused(struct ms_db *db, const char *request, struct ms_error *err)
{
	return tell(db, "SELECT modelsync.api_refused($2, $1::jsonb)", 2, request, NULL, err);
}
