/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

/* The part of the claim that is about the slot; docs/database.md. */
static struct ms_json *slot_json(const struct ms_slot *slot, const struct ms_config *config)
{
	struct ms_json *o = ms_json_new_object();
	char at[24];

	ms_json_add_string(o, "schedule", "sync");
	ms_json_add_string(o, "at", ms_time_format(at, sizeof(at), slot->at));
	ms_json_add_bool(o, "missed", slot->is_missed);
	ms_json_add_bool(o, "catch_up", ms_config_bool(config, MS_OPT_SYNC_CATCH_UP));
	ms_json_add_int(o, "retries", ms_config_int(config, MS_OPT_SYNC_RETRY_ATTEMPTS));
	ms_json_add_int(o, "retry_base_s", ms_config_int(config, MS_OPT_SYNC_RETRY_BASE));
	ms_json_add_int(o, "retry_max_s", ms_config_int(config, MS_OPT_SYNC_RETRY_MAX));
	return o;
}

static char *begin_text(const struct ms_db *db, const struct ms_run_request *request,
			const char *source, const struct ms_config *config)
{
	struct ms_json *o = ms_json_new_object(), *settings = db_settings(config);
	char owner[96], *text;

	db_owner(owner, sizeof(owner));
	if (request->lease_s)
		ms_json_add_int(settings, "lease_seconds", request->lease_s);
	ms_json_add_string(o, "trigger", request->from ? "file" : request->trigger);
	ms_json_add(o, "ctx", db_context(db, NULL));
	ms_json_add_string(o, "owner", owner);
	ms_json_add_string(o, "url", source);
	ms_json_add_bool(o, "force", request->force);
	ms_json_add(o, "settings", settings);
	if (request->slot)
		ms_json_add(o, "slot", slot_json(request->slot, config));
	text = ms_json_print(o);
	ms_json_free(o);
	return text;
}

/* One that does not fit is none: half of it would stand for something else. */
static void take_etag(struct ms_claim *claim, const char *etag)
{
	if (strlen(etag) < sizeof(claim->etag))
		strcpy(claim->etag, etag);
}

static int64_t milliseconds_of(const struct ms_json *reply, const char *name)
{
	return (int64_t)(ms_json_number(ms_json_get(reply, name), 0) * 1000);
}

/* What the database says of the slot, as a claim or as the reason why there is none. */
static void read_slot(const struct ms_json *reply, struct ms_slot *slot)
{
	const struct ms_json *taken = ms_json_get(reply, "slot");
	const char *code = ms_json_text(ms_json_get(reply, "code"));

	slot->state = MS_SLOT_UNKNOWN;
	if (ms_json_is_object(taken)) {
		slot->state = MS_SLOT_TAKEN;
		slot->attempt = (int)ms_json_int(ms_json_get(taken, "attempt"), 0);
		if (!ms_time_parse(ms_json_text(ms_json_get(taken, "at")), &slot->taken_at))
			slot->taken_at = slot->at;
	} else if (strcmp(code, "busy") == 0) {
		slot->state = MS_SLOT_BUSY;
		slot->wait_ms = milliseconds_of(reply, "claim_ends_s");
	} else if (strcmp(code, "slot_waits") == 0) {
		slot->state = MS_SLOT_WAITS;
		slot->wait_ms = milliseconds_of(reply, "retry_after_s");
	} else if (strcmp(code, "slot_done") == 0) {
		slot->state = MS_SLOT_DONE;
	}
}

bool ms_run_claim(struct ms_db *db, const struct ms_run_request *request, const char *source,
		  const struct ms_config *config, struct ms_claim *out, struct ms_error *err)
{
	char *begin = begin_text(db, request, source, config);
	const char *param = begin;
	struct ms_json *reply = NULL;
	bool ok = db_query_json(db, "SELECT modelsync.sync_begin($1::jsonb)", 1, &param, &reply, err) &&
		  db_check_reply(reply, err);

	if (request->slot)
		read_slot(reply, request->slot);
	if (ok) {
		out->run = ms_json_int(ms_json_get(reply, "run"), 0);
		out->fence = ms_json_int(ms_json_get(reply, "fence"), 0);
		out->interrupted_run = ms_json_int(ms_json_get(reply, "interrupted_run"), 0);
		take_etag(out, ms_json_text(ms_json_get(reply, "etag")));
	}
	ms_json_free(reply);
	ms_free(begin);
	return ok;
}

struct claim_params {
	char run[24], fence[24];
};

static struct claim_params format_claim(const struct ms_claim *claim)
{
	struct claim_params p;

	snprintf(p.run, sizeof(p.run), "%lld", (long long)claim->run);
	snprintf(p.fence, sizeof(p.fence), "%lld", (long long)claim->fence);
	return p;
}

bool ms_run_renew(struct ms_db *db, const struct ms_claim *claim,
		  const struct ms_run_progress *progress, struct ms_error *err)
{
	struct claim_params c = format_claim(claim);
	char done[24], total[24];
	bool is_known = progress->phase <= MS_PHASE_FETCH;
	const char *params[] = {c.run, c.fence, ms_run_phase_name(progress->phase),
				is_known ? done : NULL, total};
	PGresult *r;
	char answer[16];

	snprintf(done, sizeof(done), "%lld", (long long)progress->done);
	snprintf(total, sizeof(total), "%lld", (long long)progress->total);
	if (!db_query(db,
		      "SELECT modelsync.sync_progress($1::bigint, $2::bigint, $3, $4::bigint, $5::bigint,"
		      " CASE WHEN $3 = 'fetch' THEN $4::bigint END)",
		      5, params, &r, err))
		return false;
	snprintf(answer, sizeof(answer), "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	if (strcmp(answer, "lost") == 0)
		return ms_fail(err, MS_ERR_INTERRUPTED,
			       "run %s lost its claim: it was silent for too long and another may have begun",
			       c.run);
	if (strcmp(answer, "cancel") == 0)
		return ms_fail(err, MS_ERR_CANCELLED, "run %s was cancelled from elsewhere", c.run);
	return true;
}

/*
 * Pages go as parameters of their own, so nothing needs quoting; as text, because what PostgreSQL
 * needs to read a document it then gives back before it reads the next.
 */
static void add_pages(struct ms_text *sql, const char **params, int *n,
		      const struct ms_fetched_pages *pages)
{
	ms_text_add(sql, "ARRAY(SELECT unnest(ARRAY[");
	for (size_t i = 0; i < pages->count; i++) {
		params[(*n)++] = pages->pages[i];
		ms_text_addf(sql, "%s$%d::text", i ? "," : "", *n);
	}
	ms_text_add(sql, "]::text[])::jsonb)");
}

static char *meta_text(const struct ms_fetched_pages *pages, const struct ms_config *config)
{
	struct ms_json *o = ms_json_new_object();
	const struct ms_rule_text *rules;
	char *text;

	ms_json_add_number(o, "fetch_ms", pages->fetch_ms);
	ms_json_add_int(o, "bytes", pages->bytes);
	if (pages->total_count >= 0)
		ms_json_add_int(o, "total_count", pages->total_count);
	if (pages->etag) {
		ms_json_add_string(o, "etag", pages->etag);
		ms_json_add_bool(o, "one_answer", true);
	}
	if (pages->is_not_modified)
		ms_json_add_bool(o, "not_modified", true);
	if (pages->hashes)
		ms_json_add_string(o, "hashes", pages->hashes);
	if (pages->is_stripped)
		ms_json_add_bool(o, "sent_ahead", true);
	if (ms_config_rules(config, &rules) == 0)
		ms_json_add_bool(o, "no_rules", true);
	text = ms_json_print(o);
	ms_json_free(o);
	return text;
}

static bool take_report(struct ms_json *reply, struct ms_run_report **out, struct ms_error *err)
{
	char *text;

	*out = NULL;
	if (strcmp(ms_json_text(ms_json_get(reply, "code")), "send_all") == 0) {
		ms_json_free(reply);
		return true;
	}
	if (!db_check_reply(reply, err)) {
		ms_json_free(reply);
		return false;
	}
	text = ms_json_print(reply);
	ms_json_free(reply);
	*out = ms_run_report_parse(text, err);
	ms_free(text);
	return *out != NULL;
}

/* function(head parameters…, pages, meta, settings), ready to be asked for. */
struct page_call {
	struct ms_text sql;
	const char **params;
	int n;
	char *meta, *settings;
};

static void page_call_init(struct page_call *c, const char *function, const char *const *head,
			   int head_count, const struct ms_fetched_pages *pages,
			   const struct ms_config *config)
{
	c->params = ms_alloc_array(pages->count + 8, sizeof(*c->params));
	c->meta = meta_text(pages, config);
	c->settings = db_settings_text(config);
	ms_text_init(&c->sql, 0);
	ms_text_addf(&c->sql, "modelsync.%s(", function);
	for (c->n = 0; c->n < head_count;) {
		c->params[c->n] = head[c->n];
		c->n++;
		ms_text_addf(&c->sql, "$%d::bigint,", c->n);
	}
	add_pages(&c->sql, c->params, &c->n, pages);
	c->params[c->n++] = c->meta;
	c->params[c->n++] = c->settings;
	ms_text_addf(&c->sql, ", $%d::jsonb, $%d::jsonb)", c->n - 1, c->n);
}

static void page_call_clear(struct page_call *c)
{
	ms_text_clear(&c->sql);
	ms_free(c->meta);
	ms_free(c->settings);
	ms_free(c->params);
}

static bool hand_over(struct ms_db *db, const char *function, const char *const *head, int head_count,
		      const struct ms_fetched_pages *pages, const struct ms_config *config,
		      struct ms_run_report **out, struct ms_error *err)
{
	struct ms_json *reply = NULL;
	struct page_call call;
	char *sql;
	bool ok;

	page_call_init(&call, function, head, head_count, pages, config);
	sql = ms_format("SELECT %s", ms_text_str(&call.sql));
	ok = db_query_json(db, sql, call.n, call.params, &reply, err) && take_report(reply, out, err);
	ms_free(sql);
	page_call_clear(&call);
	return ok;
}

/* The numbers of unknown entries count from 1. */
static bool take_known(const struct ms_json *unknown, bool *is_known, size_t count, size_t *known,
		       struct ms_error *err)
{
	for (size_t i = 0; i < count; i++)
		is_known[i] = true;
	*known = count;
	for (const struct ms_json *n = ms_json_first(unknown); n; n = ms_json_next(n)) {
		int64_t at = ms_json_int(n, 0);

		if (at < 1 || (uint64_t)at > count || !is_known[at - 1])
			return ms_fail(err, MS_ERR_INTERNAL,
				       "the database asks for entry %lld of %zu", (long long)at,
				       count);
		is_known[at - 1] = false;
		--*known;
	}
	return true;
}

bool ms_run_known(struct ms_db *db, const char *hashes, bool *is_known, size_t count, size_t *known,
		  struct ms_error *err)
{
	struct ms_json *unknown = NULL;
	bool good = db_query_json(db, "SELECT modelsync.sync_unknown($1::uuid[])", 1, &hashes,
				  &unknown, err) &&
		    take_known(unknown, is_known, count, known, err);

	ms_json_free(unknown);
	return good;
}

bool ms_run_apply(struct ms_db *db, const struct ms_claim *claim, const struct ms_fetched_pages *pages,
		  const struct ms_config *config, struct ms_run_report **out, struct ms_error *err)
{
	struct claim_params c = format_claim(claim);
	const char *head[] = {c.run, c.fence};

	return hand_over(db, "sync_apply", head, 2, pages, config, out, err);
}

bool ms_run_preview(struct ms_db *db, const struct ms_fetched_pages *pages,
		    const struct ms_config *config, struct ms_run_report **out, struct ms_error *err)
{
	return hand_over(db, "sync_preview", NULL, 0, pages, config, out, err);
}

bool ms_run_preview_new(struct ms_db *db, const struct ms_fetched_pages *pages,
			  const struct ms_config *config, struct ms_catalog **out, struct ms_error *err)
{
	struct page_call call;
	bool ok;

	page_call_init(&call, "sync_preview_new", NULL, 0, pages, config);
	ok = db_load_models(db, ms_text_str(&call.sql), call.n, call.params, out, err);
	page_call_clear(&call);
	return ok;
}

bool ms_run_close_failed(struct ms_db *db, const struct ms_claim *claim, const struct ms_error *why,
			 struct ms_error *err)
{
	struct claim_params c = format_claim(claim);
	struct ms_json *details = ms_json_new_object(), *reply = NULL;
	const char *params[5] = {c.run, c.fence, ms_category_name(why->category), why->message, NULL};
	char *text;
	bool ok;

	ms_json_add_string(details, "hint", ms_category_hint(why->category));
	if (why->http_status)
		ms_json_add_int(details, "http_status", why->http_status);
	if (*why->sqlstate)
		ms_json_add_string(details, "sqlstate", why->sqlstate);
	text = ms_json_print(details);
	params[4] = text;
	ok = db_query_json(db, "SELECT modelsync.sync_fail($1::bigint, $2::bigint, $3, $4, $5::jsonb)", 5,
			   params, &reply, err) &&
	     db_check_reply(reply, err);
	ms_json_free(reply);
	ms_json_free(details);
	ms_free(text);
	return ok;
}

/* function(number, ctx) → {ok} */
static bool call_without_result(struct ms_db *db, const char *sql, int64_t id, struct ms_error *err)
{
	char number[24], *ctx = db_context_text(db, NULL);
	const char *params[] = {number, ctx};
	struct ms_json *reply = NULL;
	bool ok;

	snprintf(number, sizeof(number), "%lld", (long long)id);
	ok = db_query_json(db, sql, 2, params, &reply, err) && db_check_reply(reply, err);
	ms_json_free(reply);
	ms_free(ctx);
	return ok;
}

bool ms_run_request_cancel(struct ms_db *db, int64_t run, struct ms_error *err)
{
	return call_without_result(db, "SELECT modelsync.sync_cancel($1::bigint, $2::jsonb)", run, err);
}

bool ms_hold_discard(struct ms_db *db, int64_t hold, struct ms_error *err)
{
	return call_without_result(db, "SELECT modelsync.hold_discard($1::bigint, $2::jsonb)", hold, err);
}

bool ms_hold_apply(struct ms_db *db, int64_t hold, int64_t seen_run, const struct ms_config *config,
		   struct ms_run_report **out, struct ms_error *err)
{
	char number[24], run[24], *ctx = db_context_text(db, NULL), *settings = db_settings_text(config);
	const char *params[] = {number, ctx, settings, seen_run ? run : NULL};
	struct ms_json *reply = NULL;
	bool ok;

	snprintf(number, sizeof(number), "%lld", (long long)hold);
	snprintf(run, sizeof(run), "%lld", (long long)seen_run);
	ok = db_query_json(db,
			   "SELECT modelsync.hold_apply($1::bigint, $2::jsonb, $3::jsonb, $4::bigint)", 4,
			   params, &reply, err);
	ms_free(settings);
	ms_free(ctx);
	return ok && take_report(reply, out, err);
}

bool ms_hold_preview(struct ms_db *db, int64_t hold, const struct ms_config *config,
		     struct ms_run_report **out, struct ms_error *err)
{
	char number[24], *settings = db_settings_text(config);
	const char *params[] = {number, settings};
	struct ms_json *reply = NULL;
	bool ok;

	snprintf(number, sizeof(number), "%lld", (long long)hold);
	ok = db_query_json(db, "SELECT modelsync.hold_preview($1::bigint, $2::jsonb)", 2, params, &reply,
			   err);
	ms_free(settings);
	return ok && take_report(reply, out, err);
}

bool ms_hold_preview_new(struct ms_db *db, int64_t hold, const struct ms_config *config,
			   struct ms_catalog **out, struct ms_error *err)
{
	char number[24], *settings = db_settings_text(config);
	const char *params[] = {number, settings};
	bool ok;

	snprintf(number, sizeof(number), "%lld", (long long)hold);
	ok = db_load_models(db, "modelsync.hold_preview_new($1::bigint, $2::jsonb)", 2, params, out,
			    err);
	ms_free(settings);
	return ok;
}
