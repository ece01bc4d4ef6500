/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <stdio.h>
#include <string.h>

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

bool ms_db_metrics(struct ms_db *db, struct ms_json **out, struct ms_error *err)
{
	return db_query_json(db, "SELECT modelsync.metrics()", 0, NULL, out, err);
}

static void number_text(char *buf, size_t size, int64_t n)
{
	(void)snprintf(buf, size, "%lld", (long long)n);
}

bool ms_db_history(struct ms_db *db, const struct ms_run_query *query, struct ms_json **out,
		   struct ms_error *err)
{
	static const char sql[] =
		"SELECT coalesce(jsonb_agg(h), '[]') FROM modelsync.history($1::int, $2,"
		" to_timestamp(nullif($3::bigint, 0)), nullif($4::bigint, 0)) h";
	char limit[16], since[24], before[24];
	const char *params[] = {limit, query->state, since, before};

	number_text(limit, sizeof(limit), query->limit);
	number_text(since, sizeof(since), query->since);
	number_text(before, sizeof(before), query->before);
	return db_query_json(db, sql, 4, params, out, err);
}

/* An empty object is no run. */
static bool require_run(struct ms_json **run, const char *id, struct ms_error *err)
{
	if (ms_json_get(*run, "run"))
		return true;
	ms_json_free(*run);
	*run = NULL;
	return ms_fail(err, MS_ERR_VALIDATION, "there is no run %s", id);
}

bool ms_db_run(struct ms_db *db, int64_t run, struct ms_json **out, struct ms_error *err)
{
	char number[24];
	const char *param = number;

	number_text(number, sizeof(number), run);
	return db_query_json(db, "SELECT coalesce(modelsync.run_detail($1::bigint), '{}')", 1,
			     &param, out, err) &&
	       require_run(out, number, err);
}

bool ms_db_sync_log(struct ms_db *db, const char *id, struct ms_json **out, struct ms_error *err)
{
	char limit[16];
	const char *params[] = {id, limit};

	number_text(limit, sizeof(limit), MS_CHANGES_MAX);
	return db_query_json(db, "SELECT coalesce(modelsync.sync_log($1, $2::int), '{}')", 2,
			     params, out, err) &&
	       require_run(out, id, err);
}

bool ms_db_figures(struct ms_db *db, int days, struct ms_json **out, struct ms_error *err)
{
	char number[16];
	const char *param = number;

	number_text(number, sizeof(number), days);
	return db_query_json(db, "SELECT modelsync.run_figures($1::int)", 1, &param, out, err);
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
		"SELECT (jsonb_build_object('event_id', event_id, 'type', type, 'model_id', model_id, 'run', run,"
		"  'changeset', changeset, 'at', at, 'origin', origin, 'os_user', os_user,"
		"  'actor', actor)"
		"  || jsonb_strip_nulls(jsonb_build_object('reason', reason, 'rule', rule))"
		"  || coalesce(detail, '{}'))::text, model_id"
		" FROM (SELECT * FROM modelsync.event"
		"  WHERE ($1::bigint = 0 OR run = $1::bigint) AND ($2::bigint = 0 OR changeset = $2::bigint)"
		"   AND ($3::bigint = 0 OR at >= to_timestamp($3::bigint))"
		"   AND ($5::bigint = 0 OR at < to_timestamp($5::bigint))"
		"   AND ($6::text IS NULL OR model_id = $6::text)"
		"   AND ($7::text IS NULL OR type = ANY (string_to_array($7::text, ',')))"
		"   AND ($8::bigint = 0 OR event_id < $8::bigint)"
		"  ORDER BY event_id DESC LIMIT nullif($4::bigint, 0)) e"
		" ORDER BY CASE WHEN $9::boolean THEN -event_id ELSE event_id END";
	char run[24], changeset[24], since[24], until[24], limit[24], before[24];
	const char *params[] = {run,	      changeset, since,
				limit,	      until,	 query->model,
				query->types, before,	 query->newest_first ? "true" : "false"};
	struct event_reader reader = {fn, arg};

	number_text(run, sizeof(run), query->run);
	number_text(changeset, sizeof(changeset), query->changeset);
	number_text(since, sizeof(since), query->since);
	number_text(until, sizeof(until), query->until);
	number_text(limit, sizeof(limit), query->limit);
	number_text(before, sizeof(before), query->before);
	return db_each_row(db, sql, 9, params, read_event, &reader, err);
}

/* One of a list of words that is not in another; NULL when there is none. */
static const char *unknown_type(const struct ms_json *wanted, const char *const *known)
{
	for (const struct ms_json *w = ms_json_first(wanted); w; w = ms_json_next(w)) {
		const char *const *k = known;

		while (*k && strcmp(*k, ms_json_text(w)) != 0)
			k++;
		if (!*k)
			return ms_json_text(w);
	}
	return NULL;
}

bool ms_db_check_event_types(struct ms_db *db, const char *types, struct ms_error *err)
{
	const char *known[64] = {NULL}, *word, *nearest;
	const struct ms_json *type;
	struct ms_json *lists;
	size_t n = 0;

	if (!types)
		return true;
	if (!db_query_json(db,
			   "SELECT jsonb_build_object('known', modelsync.event_types(),"
			   " 'wanted', string_to_array($1, ','))",
			   1, &types, &lists, err))
		return false;
	for (type = ms_json_first(ms_json_get(lists, "known")); type && n < 63;
	     type = ms_json_next(type))
		known[n++] = ms_json_text(type);
	word = unknown_type(ms_json_get(lists, "wanted"), known);
	nearest = word ? ms_text_nearest(word, known) : NULL;
	if (word)
		ms_fail(err, MS_ERR_USAGE,
			"there is no event type '%s'%s%s%s; docs/database.md has the list", word,
			nearest ? "; did you mean " : "", nearest ? nearest : "",
			nearest ? "?" : "");
	ms_json_free(lists);
	return !word;
}

bool ms_db_event_counts(struct ms_db *db, const struct ms_event_query *query, struct ms_json **out,
			struct ms_error *err)
{
	static const char sql[] =
		"SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM modelsync.event_counts("
		" to_timestamp(nullif($1::bigint, 0)), to_timestamp(nullif($2::bigint, 0)), $3) c";
	char since[24], until[24];
	const char *params[] = {since, until, query->model};

	number_text(since, sizeof(since), query->since);
	number_text(until, sizeof(until), query->until);
	return db_query_json(db, sql, 3, params, out, err);
}

bool ms_db_prices(struct ms_db *db, const char *model, int64_t since, struct ms_json **out,
		  struct ms_error *err)
{
	static const char sql[] =
		"SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.event_id, p.key), '[]')"
		" FROM modelsync.model_prices($1) p"
		" WHERE $2::bigint = 0 OR p.is_current OR p.valid_until > to_timestamp($2::bigint)";
	char number[24];
	const char *params[] = {model, number};

	number_text(number, sizeof(number), since);
	if (!db_query_json(db, sql, 2, params, out, err))
		return false;
	if (ms_json_count(*out))
		return true;
	ms_json_free(*out);
	*out = NULL;
	return ms_fail(err, MS_ERR_VALIDATION,
		       "no prices are known of %s; modelsync-tui models finds ids", model);
}
