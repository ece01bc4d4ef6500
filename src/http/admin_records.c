/* SPDX-License-Identifier: MIT */
/* What was changed, by whom, and taking it back; alerts. */
#include <string.h>

#include "admin.h"
#include "catalogue.h"
#include "handlers.h"
#include "http.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "param.h"

#define ALERTS_MAX 1000 /* acknowledged in one request */

/* --- changes -------------------------------------------------------------------------------- */

static bool take_event(void *arg, const char *json, const char *model_id)
{
	struct ms_error err;

	(void)model_id;
	ms_json_add(arg, NULL, ms_json_parse(json, strlen(json), &err));
	return true;
}

static const char *given(const struct http_call *call, const char *name)
{
	const char *text = http_query(call, name);

	return text && *text ? text : NULL;
}

void admin_changes_list(struct http_call *call)
{
	struct ms_event_query query = {
		.model = given(call, "model"), .types = given(call, "type"), .newest_first = true};
	struct ms_json *events;
	struct ms_error err;
	struct page page;

	if (!param_time(call, "since", &query.since) || !param_time(call, "until", &query.until) ||
	    !param_number(call, "run", 1, INT64_MAX, &query.run) ||
	    !param_number(call, "changeset", 1, INT64_MAX, &query.changeset) ||
	    !param_page(call, &page))
		return;
	query.before = page.before;
	query.limit = (int)page.limit;
	events = ms_json_new_array();
	if (ms_db_check_event_types(call->db, query.types, &err) &&
	    ms_db_events(call->db, &query, take_event, events, &err)) {
		page_answer(call, &page, events, "event_id");
		return;
	}
	ms_json_free(events);
	http_answer_failure(call, &err);
}

void admin_changeset_one(struct http_call *call)
{
	struct ms_json *changeset, *o;
	struct ms_error err;
	int64_t id;

	if (!param_in_path(call, "changeset", &id))
		return;
	if (!ms_changeset_detail(call->db, id, &changeset, &err)) {
		answer_lookup_failure(call, &err);
		return;
	}
	o = success_json();
	ms_json_add(o, "changeset", changeset);
	http_answer_json(call, 200, o);
}

/* 200 all, 207 some, 409 none: the same as of edits. */
static void answer_undone(struct http_call *call, const struct ms_write_result *result, bool is_dry)
{
	int status = !result->conflicts ? 200 : result->applied ? 207 : 409;
	struct ms_error err;
	struct ms_json *reply = ms_json_parse(result->json, strlen(result->json), &err);
	struct ms_json *o =
		status == 409 ? http_error_json(call, status, NULL,
						"everything it changed has changed since", NULL)
			      : ms_json_new_object();

	ms_json_add_bool(o, "success", status == 200);
	ms_json_add_bool(o, "dryRun", is_dry);
	for (const struct ms_json *m = ms_json_first(reply); m; m = ms_json_next(m))
		if (strcmp(ms_json_name(m), "ok") != 0)
			ms_json_add(o, ms_json_name(m), ms_json_copy(m));
	ms_json_free(reply);
	http_answer_json(call, status, o);
}

void admin_changeset_undo(struct http_call *call)
{
	struct ms_write_result *result;
	struct ms_error err;
	const char *reason;
	bool is_dry = false;
	int64_t id;

	if (!param_in_path(call, "changeset", &id) || !param_flag(call, "dry_run", &is_dry) ||
	    !admin_read_reason(call, "", &reason))
		return;
	if (!ms_changeset_undo(call->db, id, is_dry, reason, &result, &err)) {
		answer_lookup_failure(call, &err);
		return;
	}
	catalogue_forget(call->http->catalogue);
	answer_undone(call, result, is_dry);
	ms_write_result_free(result);
}

/* --- audit ---------------------------------------------------------------------------------- */

/* The ids of the models that the filter finds now; NULL: the call is answered. */
static struct ms_json *ids_of(struct http_call *call, const struct ms_filter *filter)
{
	struct ms_json *ids = ms_json_new_array();
	struct catalogue_share *share;
	struct ms_model **models;
	struct ms_error err;
	size_t count;

	if (!catalogue_take(call->http->catalogue, call->db, &share, &err)) {
		http_answer_failure(call, &err);
		ms_json_free(ids);
		return NULL;
	}
	models = ms_models_pick(catalogue_models(share), filter, NULL, 0, ms_clock_now(), &count);
	for (size_t i = 0; i < count; i++)
		ms_json_add_string(ids, NULL, models[i]->id);
	ms_free(models);
	catalogue_give_back(share);
	return ids;
}

/* Of the models of q, of that one, or of all (*out NULL). */
static bool read_models(struct http_call *call, struct ms_json **out)
{
	struct ms_filter *filter;

	*out = NULL;
	if (given(call, "model")) {
		*out = ms_json_new_array();
		ms_json_add_string(*out, NULL, given(call, "model"));
		return true;
	}
	if (!given(call, "q"))
		return true;
	if (!admin_read_filter(call, &filter))
		return false;
	*out = ids_of(call, filter);
	ms_filter_free(filter);
	return *out != NULL;
}

void admin_audit_list(struct http_call *call)
{
	struct ms_json *models, *entries;
	struct ms_audit_query query = {0};
	struct ms_error err;
	struct page page;

	if (!param_time(call, "since", &query.since) || !param_page(call, &page) ||
	    !read_models(call, &models))
		return;
	query.before = page.before;
	query.limit = (int)page.limit;
	query.models = models;
	if (ms_audit_list(call->db, &query, &entries, &err))
		page_answer(call, &page, entries, "audit_id");
	else
		http_answer_failure(call, &err);
	ms_json_free(models);
}

/* --- alerts --------------------------------------------------------------------------------- */

void admin_alerts_list(struct http_call *call)
{
	struct ms_alert_query query = {.model = given(call, "model")};
	struct ms_json *alerts;
	struct ms_error err;
	struct page page;

	if (!param_flag(call, "all", &query.all) || !param_page(call, &page))
		return;
	query.before = page.before;
	query.limit = (int)page.limit;
	if (ms_alerts_list(call->db, &query, &alerts, &err))
		page_answer(call, &page, alerts, "alert");
	else
		http_answer_failure(call, &err);
}

/* Returns how many, 0: the call is answered. */
static size_t read_alerts(struct http_call *call, int64_t *ids)
{
	const struct ms_json *list = ms_json_get(call->json, "alerts");
	size_t n = 0, count = ms_json_count(list);

	for (const struct ms_json *a = ms_json_first(list); a && n < ALERTS_MAX;
	     a = ms_json_next(a))
		if ((ids[n] = ms_json_int(a, 0)) > 0)
			n++;
	if (ms_json_is_array(list) && n == count && n)
		return n;
	param_refuse(call, "alerts", "expected a list of 1 to 1000 numbers of alerts");
	return 0;
}

void admin_alerts_acknowledge(struct http_call *call)
{
	int64_t *ids = ms_alloc_array(ALERTS_MAX, sizeof(*ids)), done;
	const char *reason;
	struct ms_error err;
	size_t count = admin_read_reason(call, "alerts", &reason) ? read_alerts(call, ids) : 0;
	struct ms_json *o;

	if (!count) {
		ms_free(ids);
		return;
	}
	if (ms_alerts_acknowledge(call->db, ids, count, reason, &done, &err)) {
		catalogue_forget(call->http->catalogue);
		o = success_json();
		ms_json_add_int(o, "acknowledged", done);
		http_answer_json(call, 200, o);
	} else {
		answer_lookup_failure(call, &err);
	}
	ms_free(ids);
}
