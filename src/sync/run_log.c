/* SPDX-License-Identifier: MIT */
#include "modelsync/sync.h"

#include "modelsync/log.h"

static void log_report(const struct ms_run_report *r, const char *slot, int attempt,
		       int64_t duration_ms)
{
	const struct ms_run_counts *c = &r->counts;
	const struct ms_log_field fields[] = {
		MS_LOG_NUMBER("run", r->run),
		MS_LOG_TEXT("slot", slot),
		MS_LOG_NUMBER("attempt", attempt),
		MS_LOG_NUMBER("duration_ms", duration_ms),
		MS_LOG_NUMBER("models", c->total),
		MS_LOG_NUMBER("added", c->added),
		MS_LOG_NUMBER("updated", c->updated),
		MS_LOG_NUMBER("missing", c->missing),
		MS_LOG_NUMBER("returned", c->returned),
		MS_LOG_NUMBER("alerts", (int64_t)r->alert_count),
		MS_LOG_TEXT("message", r->message),
		{0},
	};

	if (r->state == MS_RUN_HELD)
		ms_log_fields(MS_LOG_WARN, "run_held", fields);
	else
		ms_log_fields(MS_LOG_INFO, "run_completed", fields);
}

void ms_run_log(const struct ms_run_report *report, const struct ms_error *err, const char *slot,
		int attempt, int64_t duration_ms)
{
	if (!err)
		log_report(report, slot, attempt, duration_ms);
	else
		ms_log_event(MS_LOG_ERROR, "run_failed",
			     MS_LOG_NUMBER("run", report ? report->run : 0),
			     MS_LOG_TEXT("slot", slot), MS_LOG_NUMBER("attempt", attempt),
			     MS_LOG_TEXT("category", ms_category_name(err->category)),
			     MS_LOG_TEXT("message", err->message));
}
