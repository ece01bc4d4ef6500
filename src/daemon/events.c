/* SPDX-License-Identifier: MIT */
/* What comes from the lanes: written to the log, and passed on to the plan. */
#include "daemon.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/log.h"
#include "modelsync/sync.h"

#define TIME_SIZE      24
#define QUEUE_PAUSE_MS 600000

static void on_connection(void *arg, const char *label, const struct ms_error *err)
{
	struct daemon *d = arg;

	d->is_connected = !err;
	ms_http_database(d->http, err);
	if (!err) {
		d->was_lost = d->is_refused = false;
		ms_log_event(MS_LOG_INFO, "database_connected", MS_LOG_TEXT("database", label));
		daemon_beat(d);
		daemon_deliver(d);
		plan_hurry(&d->plan, ms_clock_ms());
		daemon_continue(d);
	} else {
		ms_log_event(d->was_lost ? MS_LOG_DEBUG : MS_LOG_ERROR, "database_away",
			     MS_LOG_TEXT("category", ms_category_name(err->category)),
			     MS_LOG_TEXT("message", err->message),
			     MS_LOG_NUMBER("retry_in_s", err->retry_after_s));
		d->was_lost = true;
	}
	daemon_show_status(d);
}

/* The end of any run may leave something to do; what happens to models does not concern us. */
static void on_notice(void *arg, const char *payload)
{
	struct daemon *d = arg;
	struct ms_error err;
	struct ms_json *notice = ms_json_parse(payload, strlen(payload), &err);
	const char *phase = ms_json_text(ms_json_get(notice, "phase"));

	ms_http_notice(d->http, payload);
	if (strcmp(phase, "failed") == 0 || strcmp(phase, "completed") == 0 ||
	    strcmp(phase, "held") == 0) {
		plan_hurry(&d->plan, ms_clock_ms());
		daemon_continue(d);
	}
	if (ms_json_get(notice, "deliveries"))
		daemon_deliver(d);
	ms_json_free(notice);
}

static void on_progress(void *arg, const struct ms_run_progress *progress)
{
	struct daemon *d = arg;

	if (progress->run && !d->run)
		ms_log_event(MS_LOG_INFO, "run_started", MS_LOG_NUMBER("run", progress->run));
	if (progress->run != d->run || progress->phase != d->phase) {
		d->run = progress->run;
		d->phase = progress->phase;
		daemon_show_status(d);
	}
}

static void remember(struct daemon *d, const struct ms_run_report *report,
		     const struct ms_error *err)
{
	if (report)
		snprintf(d->last, sizeof(d->last), "run %" PRId64 " %s", report->run,
			 ms_run_state_name(report->state));
	else if (err && err->category != MS_ERR_BUSY)
		snprintf(d->last, sizeof(d->last), "%.100s", err->message);
}

/* SIGUSR1's. */
static void on_synced(void *arg, struct ms_run_report *report, const struct ms_error *err)
{
	struct daemon *d = arg;

	if (err && err->category == MS_ERR_BUSY)
		ms_log_event(MS_LOG_WARN, "sync_refused", MS_LOG_TEXT("message", err->message));
	else
		ms_run_log(report, err, NULL, 1, ms_clock_ms() - d->began_ms);
	remember(d, report, err);
	ms_run_report_free(report);
	daemon_sync_ended(d);
}

static void log_slot(const struct daemon *d, const struct ms_slot *slot,
		     const struct ms_run_report *report, const struct ms_error *err)
{
	char at[TIME_SIZE];

	ms_time_format(at, sizeof(at), slot->state == MS_SLOT_TAKEN ? slot->taken_at : slot->at);
	switch (slot->state) {
	case MS_SLOT_TAKEN:
		ms_run_log(report, err, at, slot->attempt, ms_clock_ms() - d->began_ms);
		break;
	case MS_SLOT_UNKNOWN:
		ms_log_event(MS_LOG_ERROR, "slot_not_claimed", MS_LOG_TEXT("slot", at),
			     MS_LOG_TEXT("category", ms_category_name(err->category)),
			     MS_LOG_TEXT("message", err->message));
		break;
	case MS_SLOT_WAITS:
		ms_log_event(MS_LOG_INFO, "slot_waits", MS_LOG_TEXT("slot", at),
			     MS_LOG_NUMBER("retry_in_s", (slot->wait_ms + 999) / 1000));
		break;
	case MS_SLOT_BUSY:
	case MS_SLOT_DONE:
		ms_log_event(MS_LOG_DEBUG, slot->state == MS_SLOT_BUSY ? "slot_busy" : "slot_done",
			     MS_LOG_TEXT("slot", at), MS_LOG_TEXT("message", err->message));
		break;
	}
}

static void on_slot(void *arg, const struct ms_slot *slot, struct ms_run_report *report,
		    const struct ms_error *err)
{
	struct daemon *d = arg;

	log_slot(d, slot, report, err);
	remember(d, report, err);
	plan_answer(&d->plan, slot, !err, ms_clock_ms());
	ms_run_report_free(report);
	daemon_sync_ended(d);
}

/* That the database is away, the watcher says. Refusals are audited: one is enough. */
static void on_listed(void *arg, bool has_left, const struct ms_error *err)
{
	struct daemon *d = arg;

	d->is_refused = err && err->category == MS_ERR_REFUSED;
	if (err && err->category != MS_ERR_UNREACHABLE)
		ms_log_event(MS_LOG_WARN, "not_listed", MS_LOG_TEXT("message", err->message));
	if (has_left)
		ms_loop_stop(d->loop);
}

/* What it is that keeps us from the queue will not go away at once. */
static void on_queue(void *arg, int64_t wait_ms, const struct ms_error *err)
{
	struct daemon *d = arg;

	if (err && err->category != MS_ERR_UNREACHABLE)
		ms_log_event(MS_LOG_ERROR, "queue_not_read",
			     MS_LOG_TEXT("category", ms_category_name(err->category)),
			     MS_LOG_TEXT("message", err->message));
	daemon_delivered(d, err ? QUEUE_PAUSE_MS : wait_ms);
}

struct ms_lanes_events daemon_events(struct daemon *d)
{
	return (struct ms_lanes_events){
		.arg = d,
		.progress = on_progress,
		.synced = on_synced,
		.slot = on_slot,
		.listed = on_listed,
		.queue = on_queue,
		.notice = on_notice,
		.connection = on_connection,
	};
}
