/* SPDX-License-Identifier: MIT */
/*
 *            main thread                    query lane   sync lane   watcher
 *   ms_lanes_load_models() ── job ────────────▶ db
 *   ms_lanes_sync() ───────── job ───────────────────────▶ ms_sync
 *   events.models(…)  ◀─ loop ─ reply ──────────┘   ▲         │         │
 *   events.progress(…)◀─ loop ─ reply ─────────────────────────┘        │
 *   events.notice(…)  ◀─ loop ─ reply ───────────────────────────────────┘
 *
 * The audit lane is like the query lane; it is apart so that nothing waits behind its long reading.
 * The lane of files needs no database.
 */
#include "lanes_private.h"

#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/outfile.h"

/* What a lane is asked to do; each kind uses some of the members. */
struct request {
	struct job job; /* first, so that a job is its request */
	struct ms_lanes *lanes;
	char *model_id;
	struct ms_edit_batch *batch;
	int64_t number, seen_run;
	int64_t *alerts; /* owned; `number` of them */
	enum ms_feed feed;
	struct ms_slot slot;
	struct ms_beat beat;
	struct ms_export *order; /* owned */
	int lease_s;
	bool flag, force;
};

static struct request *request_of(struct job *job)
{
	return (struct request *)job;
}

static void free_request(struct job *job)
{
	struct request *q = request_of(job);

	ms_edit_batch_free(q->batch);
	ms_free(q->model_id);
	ms_free(q->alerts);
	ms_export_free(q->order);
	ms_free(q);
}

static struct request *request_new(struct ms_lanes *lanes, void (*run)(struct job *))
{
	struct request *q = ms_alloc(sizeof(*q));

	q->job = (struct job){.run = run, .drop = free_request};
	q->lanes = lanes;
	return q;
}

/* Sends the reply; a lost connection is news for the watcher as well. */
static void finish(struct request *q, struct reply *r, bool ok)
{
	if (!ok && r->err.category == MS_ERR_UNREACHABLE)
		watch_tell(q->lanes, WATCH_CHECK);
	reply_send(r, ok);
	free_request(&q->job);
}

static void run_load_models(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_models);

	finish(q, r, ms_models_load(q->lanes->query_db, &r->catalog, &r->err));
}

static void run_load_detail(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_detail);

	r->text = ms_strdup(q->model_id);
	finish(q, r, ms_model_detail(q->lanes->query_db, q->model_id, &r->json, &r->err));
}

static void run_load_status(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_status);

	finish(q, r, ms_db_status(q->lanes->query_db, q->lanes->config, &r->json, &r->err));
}

/* Whoever cancels sees is_writing, or is seen here. */
static bool begin_write(struct ms_lanes *lanes, struct ms_error *err)
{
	ms_db_begin_cancellable(lanes->query_db);
	atomic_store(&lanes->is_writing, true);
	if (!atomic_load(&lanes->write_cancelled))
		return true;
	ms_fail(err, MS_ERR_CANCELLED, "cancelled before it began");
	return false;
}

static void end_write(struct ms_lanes *lanes)
{
	atomic_store(&lanes->is_writing, false);
	ms_db_end_cancellable(lanes->query_db);
}

static void run_write(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_written);
	bool ok = begin_write(q->lanes, &r->err) &&
		  ms_models_edit(q->lanes->query_db, q->batch, &r->written, &r->err);

	end_write(q->lanes);
	finish(q, r, ok);
}

static void run_undo_preview(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_undo_preview);

	r->number = q->number;
	finish(q, r,
	       ms_changeset_undo(q->lanes->query_db, q->number, true, NULL, &r->written, &r->err));
}

static void run_undo(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_written);
	bool ok =
		begin_write(q->lanes, &r->err) &&
		ms_changeset_undo(q->lanes->query_db, q->number, false, NULL, &r->written, &r->err);

	end_write(q->lanes);
	finish(q, r, ok);
}

static void run_cancel_run(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_status);
	bool ok = ms_run_request_cancel(q->lanes->query_db, q->number, &r->err) &&
		  ms_db_status(q->lanes->query_db, q->lanes->config, &r->json, &r->err);

	finish(q, r, ok);
}

static void pass_progress_on(void *arg, const struct ms_run_progress *progress)
{
	struct reply *r = reply_new(arg, deliver_progress);

	r->progress = *progress;
	reply_send(r, true);
}

static void run_sync(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_synced);
	struct ms_run_request request = {
		.dry_run = q->flag, .force = q->force, .trigger = "manual"};

	finish(q, r,
	       ms_sync_run(q->lanes->syncer, &request, pass_progress_on, q->lanes, &r->report,
			   &r->err));
}

static void run_slot(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_slot);
	struct ms_run_request request = {
		.trigger = "scheduled", .slot = &r->slot, .lease_s = q->lease_s};

	r->slot = q->slot;
	finish(q, r,
	       ms_sync_run(q->lanes->syncer, &request, pass_progress_on, q->lanes, &r->report,
			   &r->err));
}

static void run_beat(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_listed);

	if (q->lanes->notify)
		q->beat.channels = ms_notifier_channels(q->lanes->notifier);
	finish(q, r, ms_daemon_beat(q->lanes->query_db, &q->beat, &r->err));
}

static void run_leave(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_listed);

	r->flag = true;
	finish(q, r, ms_daemon_leave(q->lanes->query_db, &r->err));
}

static void run_load_hold(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_synced);

	finish(q, r,
	       ms_sync_preview_held(q->lanes->query_db, q->lanes->config, q->number, &r->report,
				    &r->err));
}

static void run_resolve_hold(struct job *job)
{
	struct request *q = request_of(job);
	struct ms_lanes *lanes = q->lanes;
	struct reply *r = reply_new(lanes, deliver_synced);
	bool ok = q->flag ? ms_sync_apply_held(lanes->sync_db, lanes->config, q->number,
					       q->seen_run, &r->report, &r->err)
			  : ms_hold_discard(lanes->sync_db, q->number, &r->err);

	finish(q, r, ok);
}

static void run_load_feed(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_feed);

	r->feed = q->feed;
	r->number = q->number;
	finish(q, r, ms_db_feed(q->lanes->query_db, q->feed, q->number, &r->json, &r->err));
}

static void run_load_changeset(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_changeset);

	r->number = q->number;
	finish(q, r, ms_changeset_detail(q->lanes->query_db, q->number, &r->json, &r->err));
}

/* Rarely asked for: nobody's connection is kept open for it. */
static void run_verify(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_verified);
	bool ok = ms_audit_verify(q->lanes->audit_db, NULL, &r->json, &r->err);

	ms_db_disconnect(q->lanes->audit_db);
	finish(q, r, ok);
}

static void run_acknowledge(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_acknowledged);

	finish(q, r,
	       ms_alerts_acknowledge(q->lanes->query_db, q->alerts, (size_t)q->number, NULL,
				     &r->number, &r->err));
}

static bool put(void *file, const char *text, size_t len)
{
	return ms_outfile_put(file, text, len);
}

static void run_export(struct job *job)
{
	struct request *q = request_of(job);
	struct reply *r = reply_new(q->lanes, deliver_exported);
	struct ms_outfile *file;
	bool ok = ms_outfile_open(&file, q->order->path, q->order->may_replace, &r->err);

	r->number = (int64_t)q->order->count;
	if (ok) {
		const struct ms_export_sink sink = {put, file};

		(void)ms_export_put(q->order, &sink); /* closing tells what went wrong */
		ok = ms_outfile_close(file, &r->text, &r->err);
	}
	reply_send(r, ok);
	free_request(&q->job);
}

void ms_lanes_load_models(struct ms_lanes *lanes)
{
	lane_submit(lanes->query, &request_new(lanes, run_load_models)->job);
}

void ms_lanes_load_detail(struct ms_lanes *lanes, const char *model_id)
{
	struct request *q = request_new(lanes, run_load_detail);

	q->model_id = ms_strdup(model_id);
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_load_status(struct ms_lanes *lanes)
{
	lane_submit(lanes->query, &request_new(lanes, run_load_status)->job);
}

void ms_lanes_write(struct ms_lanes *lanes, struct ms_edit_batch *batch)
{
	struct request *q = request_new(lanes, run_write);

	q->batch = batch;
	atomic_store(&lanes->write_cancelled, false);
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_undo(struct ms_lanes *lanes, int64_t changeset, bool dry_run)
{
	struct request *q = request_new(lanes, dry_run ? run_undo_preview : run_undo);

	q->number = changeset;
	if (!dry_run)
		atomic_store(&lanes->write_cancelled, false);
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_write_cancel(struct ms_lanes *lanes)
{
	atomic_store(&lanes->write_cancelled, true);
	if (atomic_load(&lanes->is_writing))
		ms_db_cancel(lanes->query_db);
}

void ms_lanes_sync(struct ms_lanes *lanes, bool dry_run, bool force)
{
	struct request *q = request_new(lanes, run_sync);

	q->flag = dry_run;
	q->force = force;
	ms_sync_rearm(lanes->syncer);
	lane_submit(lanes->sync, &q->job);
}

void ms_lanes_sync_slot(struct ms_lanes *lanes, const struct ms_slot *slot, int lease_s)
{
	struct request *q = request_new(lanes, run_slot);

	q->slot = *slot;
	q->lease_s = lease_s;
	ms_sync_rearm(lanes->syncer);
	lane_submit(lanes->sync, &q->job);
}

void ms_lanes_beat(struct ms_lanes *lanes, const struct ms_beat *beat)
{
	struct request *q = request_new(lanes, run_beat);

	q->beat = *beat;
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_leave(struct ms_lanes *lanes)
{
	lane_submit(lanes->query, &request_new(lanes, run_leave)->job);
}

void ms_lanes_sync_interrupt(struct ms_lanes *lanes)
{
	ms_sync_interrupt(lanes->syncer);
}

void ms_lanes_sync_cancel(struct ms_lanes *lanes)
{
	ms_sync_cancel(lanes->syncer);
}

void ms_lanes_cancel_run(struct ms_lanes *lanes, int64_t run)
{
	struct request *q = request_new(lanes, run_cancel_run);

	q->number = run;
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_load_hold(struct ms_lanes *lanes, int64_t hold)
{
	struct request *q = request_new(lanes, run_load_hold);

	q->number = hold;
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_resolve_hold(struct ms_lanes *lanes, int64_t hold, int64_t seen_run, bool apply)
{
	struct request *q = request_new(lanes, run_resolve_hold);

	q->number = hold;
	q->seen_run = seen_run;
	q->flag = apply;
	lane_submit(lanes->sync, &q->job);
}

void ms_lanes_load_feed(struct ms_lanes *lanes, enum ms_feed feed, int64_t before)
{
	struct request *q = request_new(lanes, run_load_feed);

	q->feed = feed;
	q->number = before;
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_load_changeset(struct ms_lanes *lanes, int64_t changeset)
{
	struct request *q = request_new(lanes, run_load_changeset);

	q->number = changeset;
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_verify(struct ms_lanes *lanes)
{
	lane_submit(lanes->audit, &request_new(lanes, run_verify)->job);
}

void ms_lanes_verify_cancel(struct ms_lanes *lanes)
{
	ms_db_cancel(lanes->audit_db);
}

void ms_lanes_acknowledge(struct ms_lanes *lanes, const int64_t *alerts, size_t count)
{
	struct request *q = request_new(lanes, run_acknowledge);

	q->alerts = ms_alloc_array(count + 1, sizeof(*alerts));
	memcpy(q->alerts, alerts, count * sizeof(*alerts));
	q->number = (int64_t)count;
	lane_submit(lanes->query, &q->job);
}

void ms_lanes_export(struct ms_lanes *lanes, struct ms_export *order)
{
	struct request *q = request_new(lanes, run_export);

	q->order = order;
	if (!lanes->files)
		lanes->files = lane_new();
	lane_submit(lanes->files, &q->job);
}

void ms_lanes_reconnect(struct ms_lanes *lanes)
{
	watch_tell(lanes, WATCH_RECONNECT);
}
