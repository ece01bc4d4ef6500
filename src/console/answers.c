/* SPDX-License-Identifier: MIT */
/* Each answer of a lane as an event. */
#include "answers.h"

static void answer(const struct ms_answers *to, struct ms_ui_event event)
{
	to->take(to->arg, &event);
}

static void on_models(void *arg, struct ms_catalog *catalog, const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_MODELS, .catalog = catalog, .err = err});
}

static void on_detail(void *arg, const char *model_id, struct ms_json *detail,
		      const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){
			    .kind = MS_EVENT_DETAIL, .text = model_id, .json = detail, .err = err});
}

static void on_written(void *arg, struct ms_write_result *result, const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_WRITTEN, .result = result, .err = err});
}

static void on_undo_preview(void *arg, int64_t changeset, struct ms_write_result *result,
			    const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_UNDO_SHOWN,
					 .number = changeset,
					 .result = result,
					 .err = err});
}

static void on_progress(void *arg, const struct ms_run_progress *progress)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_PROGRESS, .progress = progress});
}

static void on_synced(void *arg, struct ms_run_report *report, const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_SYNCED, .report = report, .err = err});
}

static void on_status(void *arg, struct ms_json *status, const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_STATUS, .json = status, .err = err});
}

static void on_feed(void *arg, enum ms_feed feed, int64_t before, struct ms_json *rows,
		    const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_FEED,
					 .feed = feed,
					 .number = before,
					 .json = rows,
					 .err = err});
}

static void on_changeset(void *arg, int64_t changeset, struct ms_json *detail,
			 const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_CHANGESET,
					 .number = changeset,
					 .json = detail,
					 .err = err});
}

static void on_verified(void *arg, struct ms_json *verdict, const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_VERIFIED, .json = verdict, .err = err});
}

static void on_acknowledged(void *arg, int64_t count, const struct ms_error *err)
{
	answer(arg,
	       (struct ms_ui_event){.kind = MS_EVENT_ACKNOWLEDGED, .number = count, .err = err});
}

static void on_exported(void *arg, int64_t count, const char *path, const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){
			    .kind = MS_EVENT_EXPORTED, .number = count, .text = path, .err = err});
}

static void on_notice(void *arg, const char *payload)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_NOTICE, .text = payload});
}

static void on_connection(void *arg, const char *label, const struct ms_error *err)
{
	answer(arg, (struct ms_ui_event){.kind = MS_EVENT_CONNECTION, .text = label, .err = err});
}

struct ms_lanes_events ms_answers_events(struct ms_answers *to)
{
	return (struct ms_lanes_events){
		.arg = to,
		.models = on_models,
		.detail = on_detail,
		.written = on_written,
		.undo_preview = on_undo_preview,
		.progress = on_progress,
		.synced = on_synced,
		.status = on_status,
		.feed = on_feed,
		.changeset = on_changeset,
		.verified = on_verified,
		.acknowledged = on_acknowledged,
		.exported = on_exported,
		.notice = on_notice,
		.connection = on_connection,
	};
}
