/* SPDX-License-Identifier: MIT */
/* Runs, and catalogues that were held. */
#include <string.h>

#include "admin.h"
#include "catalogue.h"
#include "handlers.h"
#include "http.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/sync.h"
#include "param.h"

static bool read_state(struct http_call *call, const char **out)
{
	*out = http_query(call, "status");
	if (!*out || !**out) {
		*out = NULL;
		return true;
	}
	for (int i = MS_RUN_RUNNING; i <= MS_RUN_FAILED; i++)
		if (strcmp(*out, ms_run_state_name((enum ms_run_state)i)) == 0)
			return true;
	return param_refuse(call, "status", "there are running, completed, held and failed");
}

void admin_runs_list(struct http_call *call)
{
	struct ms_run_query query = {0};
	struct ms_json *runs;
	struct ms_error err;
	struct page page;

	if (!read_state(call, &query.state) || !param_time(call, "since", &query.since) ||
	    !param_page(call, &page))
		return;
	query.before = page.before;
	query.limit = (int)page.limit;
	if (ms_db_history(call->db, &query, &runs, &err))
		page_answer(call, &page, runs, "run");
	else
		http_answer_failure(call, &err);
}

void admin_runs_one(struct http_call *call)
{
	struct ms_json *run, *o;
	struct ms_error err;

	if (!ms_db_sync_log(call->db, call->param[0], &run, &err)) {
		answer_lookup_failure(call, &err);
		return;
	}
	o = success_json();
	ms_json_add(o, "syncLog", run);
	http_answer_json(call, 200, o);
}

/* The run of the path and its hold; false: the call is answered. */
static bool find_hold(struct http_call *call, int64_t *run, int64_t *hold)
{
	struct ms_json *detail;
	struct ms_error err;

	if (!ms_db_sync_log(call->db, call->param[0], &detail, &err)) {
		answer_lookup_failure(call, &err);
		return false;
	}
	*run = ms_json_int(ms_json_get(detail, "run"), 0);
	*hold = ms_json_int(ms_json_get(detail, "hold"), 0);
	ms_json_free(detail);
	if (!*hold)
		http_answer_error(call, 409, NULL, "nothing of this run was held", NULL);
	return *hold != 0;
}

static void preview(struct http_call *call, int64_t hold)
{
	struct ms_run_report *report;
	struct ms_json *o;
	struct ms_error err;

	if (!ms_sync_preview_held(call->db, call->settings->config, hold, &report, &err)) {
		http_answer_failure(call, &err);
		return;
	}
	o = success_json();
	ms_json_add_bool(o, "dryRun", true);
	ms_json_add(o, "report", ms_json_parse(report->json, strlen(report->json), &err));
	http_answer_json(call, 200, o);
	ms_run_report_free(report);
}

static void apply(struct http_call *call, int64_t run, int64_t hold)
{
	int64_t began = ms_clock_now(), began_ms = ms_clock_ms();
	struct ms_run_report *report;
	struct ms_error err;

	if (!ms_sync_apply_held(call->db, call->settings->config, hold, run, &report, &err)) {
		http_answer_failure(call, &err);
		return;
	}
	ms_run_log(report, NULL, NULL, 1, ms_clock_ms() - began_ms);
	catalogue_forget(call->http->catalogue);
	admin_answer_run(call, report, &err, began);
	ms_run_report_free(report);
}

void admin_hold_apply(struct http_call *call)
{
	bool is_dry = false;
	int64_t run, hold;

	if (!param_flag(call, "dry_run", &is_dry) || !admin_read_nothing(call) ||
	    !find_hold(call, &run, &hold))
		return;
	if (is_dry)
		preview(call, hold);
	else
		apply(call, run, hold);
}

void admin_hold_discard(struct http_call *call)
{
	int64_t run, hold;
	struct ms_error err;
	struct ms_json *o;

	if (!admin_read_nothing(call) || !find_hold(call, &run, &hold))
		return;
	if (!ms_hold_discard(call->db, hold, &err)) {
		http_answer_failure(call, &err);
		return;
	}
	o = success_json();
	ms_json_add_int(o, "hold", hold);
	ms_json_add_string(o, "state", "discarded");
	http_answer_json(call, 200, o);
}
