/* SPDX-License-Identifier: MIT */
/* Syncs: begun, looked at, and what was held of them decided. */
#include <inttypes.h>
#include <string.h>

#include "admin.h"
#include "background.h"
#include "catalogue.h"
#include "handlers.h"
#include "http.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/sync.h"
#include "param.h"
#include "syncs.h"

#define FIGURE_DAYS 7

bool admin_read_nothing(struct http_call *call)
{
	const struct ms_json *first = ms_json_first(call->json);

	if (!call->json || (ms_json_is_object(call->json) && !first))
		return true;
	return param_refuse(call, first ? ms_json_name(first) : "body", "is not known here");
}

bool admin_read_reason(struct http_call *call, const char *other, const char **reason)
{
	const struct ms_json *given = ms_json_get(call->json, "reason");

	*reason = ms_json_string(given);
	if (!call->json)
		return true;
	if (!ms_json_is_object(call->json))
		return param_refuse(call, "body", "expected an object");
	if (given && !*reason && !ms_json_is_null(given))
		return param_refuse(call, "reason", "is no text");
	for (const struct ms_json *m = ms_json_first(call->json); m; m = ms_json_next(m))
		if (m != given && strcmp(ms_json_name(m), other) != 0)
			return param_refuse(call, ms_json_name(m), "is not known here");
	return true;
}

/* --- what came of a run --------------------------------------------------------------------- */

static const char *triggered_by(const struct http_call *call)
{
	return *call->caller.profile ? call->caller.profile : "cron";
}

/* The run in the words of old, from its report and, where that says nothing, from its row. */
static struct ms_json *data_json(struct http_call *call, const struct ms_run_report *r,
				 int64_t began)
{
	bool is_done = r->state == MS_RUN_COMPLETED;
	struct ms_json *o = ms_json_new_object(), *run;
	struct ms_error err;
	char at[24];

	if (!ms_db_run(call->db, r->run, &run, &err))
		run = NULL;
	ms_json_add_string(o, "syncLogId", ms_json_string(ms_json_get(run, "sync_log_id")));
	ms_json_add_int(o, "run", r->run);
	ms_json_add_string(o, "state", ms_run_state_name(r->state));
	ms_json_add_int(o, "totalProcessed", r->counts.valid);
	ms_json_add_int(o, "modelsAdded", is_done ? r->counts.added : 0);
	ms_json_add_int(o, "modelsUpdated", is_done ? r->counts.updated : 0);
	ms_json_add_int(o, "modelsMarkedInactive", is_done ? r->counts.marked_inactive : 0);
	ms_json_add_int(
		o, "modelsReactivated",
		is_done ? ms_json_int(ms_json_get(ms_json_get(run, "counts"), "reactivated"), 0)
			: 0);
	ms_json_add_number(o, "durationMs", ms_json_number(ms_json_get(run, "duration_ms"), 0));
	if (r->changeset)
		ms_json_add_int(o, "changeset", r->changeset);
	if (r->hold)
		ms_json_add_int(o, "hold", r->hold);
	ms_json_add_string(o, "triggeredBy", triggered_by(call));
	ms_json_add_string(o, "triggeredAt", ms_time_format_iso(at, sizeof(at), began));
	ms_json_free(run);
	return o;
}

/* The run before that one, as in the list of runs; null when there is none or nobody can tell. */
static struct ms_json *previous_json(struct http_call *call, int64_t run)
{
	struct ms_run_query query = {.before = run, .limit = 1};
	struct ms_json *runs, *previous;
	struct ms_error err;

	if (!run || !ms_db_history(call->db, &query, &runs, &err))
		return ms_json_new_string(NULL);
	previous = ms_json_copy(ms_json_first(runs));
	ms_json_free(runs);
	return previous;
}

static char *completed_message(const struct ms_run_report *r)
{
	const struct ms_run_counts *n = &r->counts;

	return ms_format("Sync completed: %" PRId64 " added, %" PRId64 " updated, %" PRId64
			 " back, %" PRId64 " gone, %" PRId64 " unchanged",
			 n->added, n->updated, n->returned, n->marked_inactive, n->unchanged);
}

static char *held_message(const struct ms_run_report *r)
{
	return ms_format(
		"nothing was applied, the catalogue looks wrong: %s; look at sync-logs/%" PRId64
		" and POST there to /apply or /discard",
		r->guard_count ? r->guard[0] : "see the run", r->run);
}

void admin_answer_run(struct http_call *call, const struct ms_run_report *report,
		      const struct ms_error *why, int64_t began)
{
	bool is_done = report->state == MS_RUN_COMPLETED, is_held = report->state == MS_RUN_HELD;
	char *message = is_done	  ? completed_message(report)
			: is_held ? held_message(report)
				  : ms_strdup(why->message);
	int status = is_done ? 200 : is_held ? 409 : 500;
	struct ms_json *o;

	if (is_done) {
		o = success_json();
		ms_json_add_string(o, "message", message);
	} else {
		o = http_error_json(call, status, is_held ? "HELD" : "SYNC_FAILED", message, NULL);
		ms_json_add_bool(o, "success", false);
	}
	if (is_done && report->rules && report->rules->problem)
		ms_json_add_string(o, "warning", report->rules->problem);
	ms_json_add(o, "data", data_json(call, report, began));
	ms_json_add(o, "previousSync", previous_json(call, report->run));
	http_answer_json(call, status, o);
	ms_free(message);
}

/* --- beginning one -------------------------------------------------------------------------- */

static void answer_begun(struct http_call *call, int64_t run)
{
	struct ms_json *o, *detail, *data;
	struct ms_error err;
	char *poll = ms_format("/api/admin/sync-logs/%" PRId64, run);

	if (!ms_db_run(call->db, run, &detail, &err)) {
		http_answer_failure(call, &err);
	} else {
		o = success_json();
		data = ms_json_new_object();
		ms_json_add_string(o, "message", "Sync started");
		ms_json_add_string(data, "syncLogId",
				   ms_json_string(ms_json_get(detail, "sync_log_id")));
		ms_json_add_int(data, "run", run);
		ms_json_add_string(data, "state", ms_json_string(ms_json_get(detail, "state")));
		ms_json_add_string(data, "triggeredBy", triggered_by(call));
		ms_json_add_string(data, "poll", poll);
		ms_json_add(o, "data", data);
		http_answer_json(call, 202, o);
		http_answer_header(call, "Location", poll);
		ms_json_free(detail);
	}
	ms_free(poll);
}

static void sync_and_answer(struct http_call *call, const struct ms_run_request *request)
{
	struct ms_run_report *report;
	int64_t began = ms_clock_now();
	struct ms_error err;
	bool ok = syncs_run(call->http->syncs, call->db, call->settings->config, request, NULL,
			    NULL, &report, &err);

	catalogue_forget(call->http->catalogue);
	if (ok || report)
		admin_answer_run(call, report, &err, began);
	else
		http_answer_failure(call, &err);
	ms_run_report_free(report);
}

static void begin_sync(struct http_call *call, const char *trigger)
{
	struct ms_run_request request = {.trigger = trigger};
	bool is_async = false, begun;
	struct ms_error err;
	int64_t run;

	if (!param_flag(call, "async", &is_async) || !admin_read_nothing(call))
		return;
	if (!is_async)
		sync_and_answer(call, &request);
	else if (background_sync(call, &request, &run, &begun, &err))
		answer_begun(call, run);
	else if (begun)
		http_answer_failure(call, &err);
	else /* the database says which one runs */
		sync_and_answer(call, &request);
}

void admin_sync_begin(struct http_call *call)
{
	begin_sync(call, "manual");
}

/* Like a run by the schedule, it meets no cooldown. */
void cron_sync_begin(struct http_call *call)
{
	begin_sync(call, "scheduled");
}

/* --- how things are ------------------------------------------------------------------------- */

static void add_copy(struct ms_json *to, const char *name, const struct ms_json *from,
		     const char *member)
{
	ms_json_add(to, name, ms_json_copy(ms_json_get(from, member)));
}

static struct ms_json *cooldown_json(const struct ms_json *status)
{
	int64_t left_s = ms_json_int(ms_json_get(status, "cooldown_s"), 0);
	struct ms_json *o = ms_json_new_object();

	ms_json_add_bool(o, "active", left_s > 0);
	ms_json_add_int(o, "retryAfter", left_s);
	return o;
}

static void answer_state(struct http_call *call, const struct ms_json *status,
			 const struct ms_json *figures)
{
	struct ms_json *o = success_json();

	ms_json_add_bool(o, "isRunning", !ms_json_is_null(ms_json_get(status, "running")));
	add_copy(o, "running", status, "running");
	add_copy(o, "lastSync", status, "last_run");
	add_copy(o, "lastCompletedSync", status, "last_completed");
	add_copy(o, "lastError", status, "last_error");
	add_copy(o, "openHold", status, "open_hold");
	add_copy(o, "nextSync", status, "next_slot");
	add_copy(o, "models", status, "counts");
	ms_json_add(o, "cooldown", cooldown_json(status));
	ms_json_add(o, "statistics", ms_json_copy(figures));
	http_answer_json(call, 200, o);
}

void admin_sync_state(struct http_call *call)
{
	struct ms_json *status = NULL, *figures = NULL;
	struct ms_error err;

	if (!ms_db_status(call->db, call->settings->config, &status, &err) ||
	    !ms_db_figures(call->db, FIGURE_DAYS, &figures, &err))
		http_answer_failure(call, &err);
	else
		answer_state(call, status, figures);
	ms_json_free(status);
	ms_json_free(figures);
}
