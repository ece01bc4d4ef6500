/* SPDX-License-Identifier: MIT */
/* GET /api/models and what is below it: picks from the snapshot, and adds what is the caller's. */
#include <stdio.h>
#include <string.h>

#include "handlers.h"
#include "http.h"
#include "modelsync/memory.h"
#include "negotiate.h"
#include "shelf.h"

#define JSON_TYPE "application/json; charset=utf-8"

static enum snapshot_audience audience_of(const struct http_caller *caller)
{
	if (caller->is_admin)
		return SNAPSHOT_ADMIN;
	return caller->tier == MS_TIER_ENTERPRISE ? SNAPSHOT_ENTERPRISE
	       : caller->tier == MS_TIER_PRO	  ? SNAPSHOT_PRO
						  : SNAPSHOT_FREE;
}

static const char *source_name(const struct shelf_view *view)
{
	static const char *const names[] = {
		[SNAPSHOT_DATABASE] = "database",
		[SNAPSHOT_ENVIRONMENT] = "environment",
		[SNAPSHOT_OPENROUTER] = "openrouter",
	};

	return view->stale_s >= 0 ? "cache" : names[snapshot_source(view->snapshot)];
}

static void release_snapshot(void *arg)
{
	snapshot_release(arg);
}

/* --- what goes with every answer ---------------------------------------------------------- */

/* Only what nobody's token decided may be kept for others. */
static void add_headers(struct http_call *call, const struct shelf_view *view, const char *etag)
{
	char age[24];

	http_answer_header(call, "ETag", etag);
	http_answer_header(call, "Cache-Control",
			   call->caller.is_anonymous ? "public, s-maxage=60" : "private");
	http_answer_header(call, "Vary", "Authorization, Accept-Encoding");
	http_answer_header(call, "X-Models-Source", source_name(view));
	if (call->answer.status == 200)
		http_answer_header(call, "X-User-Tier",
				   snapshot_audience_name(audience_of(&call->caller)));
	if (view->stale_s < 0)
		return;
	snprintf(age, sizeof(age), "%lld", (long long)view->stale_s);
	http_answer_header(call, "Age", age);
	http_answer_header(call, "Warning", "110 - \"Response is Stale\"");
}

/* Takes the view's share. */
static void answer_slice(struct http_call *call, const struct shelf_view *view, const char *etag,
			 const char *text, size_t len)
{
	if (negotiate_has_tag(http_header(call, HTTP_IF_NONE_MATCH), etag)) {
		snapshot_release(view->snapshot);
		http_answer_shared(call, 304, NULL, NULL, 0, NULL, NULL);
	} else {
		http_answer_shared(call, 200, JSON_TYPE, text, len, release_snapshot,
				   view->snapshot);
	}
	add_headers(call, view, etag);
}

static bool look(struct http_call *call, struct shelf_view *view)
{
	shelf_look(call->http->shelf, view);
	if (view->stale_s >= 0)
		traffic_count(call->http->traffic, HTTP_COUNT_STALE_LISTS);
	if (view->snapshot)
		return true;
	http_answer_error(call, 503, NULL, "there is no list of models yet", NULL);
	http_answer_header(call, "Retry-After", "5");
	return false;
}

/* --- the list ----------------------------------------------------------------------------- */

static bool is_true(const char *value)
{
	return value && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

static void answer_list(struct http_call *call, const struct shelf_view *view, bool is_enhanced)
{
	enum snapshot_audience audience = audience_of(&call->caller);
	const struct snapshot_body *body = snapshot_body(
		view->snapshot, audience, is_enhanced ? SNAPSHOT_ENHANCED : SNAPSHOT_LEGACY);
	bool is_packed = negotiate_takes_gzip(http_header(call, HTTP_ACCEPT_ENCODING));
	size_t models = snapshot_count(view->snapshot, audience);
	char count[24];

	answer_slice(call, view, is_packed ? body->packed_etag : body->etag,
		     is_packed ? body->packed : body->text,
		     is_packed ? body->packed_len : body->len);
	if (call->answer.status != 200) /* what describes the body goes with it */
		return;
	snprintf(count, sizeof(count), "%zu", models);
	http_answer_header(call, "X-Models-Count", count);
	http_answer_header(call, "X-Enhanced-Mode", is_enhanced ? "true" : "false");
	if (is_packed)
		http_answer_header(call, "Content-Encoding", "gzip");
}

/* For admins: everything that is there, and who sees it. */
static void explain(struct http_call *call)
{
	const char *who = http_query(call, "for");
	struct ms_error err;
	struct ms_json *json;

	if (!call->caller.is_admin)
		http_answer_error(call, 403, NULL, "Admin access required", NULL);
	else if (!call->db)
		http_ask_worker(call);
	else if (ms_api_explain(call->db, who ? who : call->caller.profile, &json, &err))
		http_answer_json(call, 200, json);
	else
		http_answer_failure(call, &err);
}

void models_list(struct http_call *call)
{
	struct shelf_view view;

	if (is_true(http_query(call, "explain")))
		explain(call);
	else if (look(call, &view))
		answer_list(call, &view, is_true(http_query(call, "enhanced")));
}

/* --- one ---------------------------------------------------------------------------------- */

void models_one(struct http_call *call)
{
	char etag[SNAPSHOT_ETAG_SIZE];
	struct shelf_view view;
	const char *entry;
	size_t len;

	if (!look(call, &view))
		return;
	entry = snapshot_find(view.snapshot, audience_of(&call->caller), call->param[0], &len);
	if (entry) {
		snapshot_tag(entry, len, etag);
		answer_slice(call, &view, etag, entry, len);
	} else {
		snapshot_release(view.snapshot);
		http_answer_error(call, 404, NULL, "there is no such model for your tier", NULL);
		http_answer_header(call, "Vary", "Authorization");
	}
}
