/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_LANES_H
#define MODELSYNC_LANES_H

#include "modelsync/config.h"
#include "modelsync/db.h"
#include "modelsync/edit.h"
#include "modelsync/error.h"
#include "modelsync/export.h"
#include "modelsync/feed.h"
#include "modelsync/json.h"
#include "modelsync/loop.h"
#include "modelsync/model.h"
#include "modelsync/run.h"

/*
 * Worker threads beside the main loop, so that nothing on the screen ever waits: `query` reads and
 * writes models, `sync` runs syncs, `audit` reads the whole audit log, `files` writes what is exported,
 * `notify` (of a daemon) sends messages, `watch` listens for notifications and looks after the
 * connection. Requests are queued; each is answered by exactly one callback on the loop's thread.
 * What a callback receives by pointer is handed over: the receiver frees it.
 */
struct ms_lanes;

struct ms_lanes_events {
	void *arg;
	/* A model list was loaded (generation = the one given to ms_lanes_load), or why not. */
	void (*models)(void *arg, struct ms_catalog *catalog, const struct ms_error *err);
	void (*detail)(void *arg, const char *model_id, struct ms_json *detail,
		       const struct ms_error *err);
	void (*written)(void *arg, struct ms_write_result *result, const struct ms_error *err);
	/* Preview of an undo (nothing written). */
	void (*undo_preview)(void *arg, int64_t changeset, struct ms_write_result *result,
			     const struct ms_error *err);
	void (*progress)(void *arg, const struct ms_run_progress *progress);
	void (*synced)(void *arg, struct ms_run_report *report, const struct ms_error *err);
	/* A scheduled sync ended or did not begin: slot->state says which. */
	void (*slot)(void *arg, const struct ms_slot *slot, struct ms_run_report *report,
		     const struct ms_error *err);
	/* The list of daemons knows that this one is alive, or that it has left. */
	void (*listed)(void *arg, bool has_left, const struct ms_error *err);
	/* Nothing is left to be delivered now; wait_ms: until something may be, -1 = nothing is there. */
	void (*queue)(void *arg, int64_t wait_ms, const struct ms_error *err);
	/* Health and figures (ms_db_status), asked for by ms_lanes_load_status. */
	void (*status)(void *arg, struct ms_json *status, const struct ms_error *err);
	/* A page of a feed: the rows before number `before` (0: the newest), an array. */
	void (*feed)(void *arg, enum ms_feed feed, int64_t before, struct ms_json *rows,
		     const struct ms_error *err);
	void (*changeset)(void *arg, int64_t changeset, struct ms_json *detail,
			  const struct ms_error *err);
	void (*verified)(void *arg, struct ms_json *verdict, const struct ms_error *err);
	void (*acknowledged)(void *arg, int64_t count, const struct ms_error *err);
	/* So many rows stand in the file of that (absolute) name. */
	void (*exported)(void *arg, int64_t count, const char *path, const struct ms_error *err);
	/* Somebody changed something: the payload of a notification (one JSON object). */
	void (*notice)(void *arg, const char *payload);
	/* The connection came (label "host/dbname", err NULL) or went (err says why and
	   err->retry_after_s when it is tried again). */
	void (*connection)(void *arg, const char *label, const struct ms_error *err);
};

/* Copies what it needs of events; config must outlive the lanes. Connects in the background. */
struct ms_lanes *ms_lanes_start(struct ms_loop *loop, const struct ms_config *config,
				bool read_only, const struct ms_lanes_events *events);
/* The same for a daemon: the database is told so, and all events but those of models come. */
struct ms_lanes *ms_lanes_start_daemon(struct ms_loop *loop, const struct ms_config *config,
				       const struct ms_lanes_events *events);
/* Cancels what runs, waits for the threads (≤ 4 s on a dead network), drops unanswered requests. */
void ms_lanes_stop(struct ms_lanes *lanes);

void ms_lanes_load_models(struct ms_lanes *lanes);
void ms_lanes_load_detail(struct ms_lanes *lanes, const char *model_id);
void ms_lanes_load_status(struct ms_lanes *lanes);
void ms_lanes_write(struct ms_lanes *lanes, struct ms_edit_batch *batch); /* takes the batch */
void ms_lanes_undo(struct ms_lanes *lanes, int64_t changeset, bool dry_run);
/* Of the edit or the undo asked for last: all of it is there, or nothing (→ written, `cancelled`). */
void ms_lanes_write_cancel(struct ms_lanes *lanes);
void ms_lanes_sync(struct ms_lanes *lanes, bool dry_run, bool force);
void ms_lanes_sync_cancel(struct ms_lanes *lanes); /* the own one */
/* The scheduled sync of a slot; silent for lease_s, others take over → slot. */
void ms_lanes_sync_slot(struct ms_lanes *lanes, const struct ms_slot *slot, int lease_s);
/* As ms_lanes_sync_cancel(), but others may go on with it: this process ends. */
void ms_lanes_sync_interrupt(struct ms_lanes *lanes);
/* The texts of the beat must outlive the lanes → listed. */
void ms_lanes_beat(struct ms_lanes *lanes, const struct ms_beat *beat);
void ms_lanes_leave(struct ms_lanes *lanes); /* → listed */
/* A daemon's, with settings that can work: tells people what they are to be told → queue. */
void ms_lanes_deliver(struct ms_lanes *lanes);
void ms_lanes_cancel_run(struct ms_lanes *lanes, int64_t run); /* anybody's */
/* What a hold keeps, as a report of state held → synced. */
void ms_lanes_load_hold(struct ms_lanes *lanes, int64_t hold);
/* Applies (only the catalogue of that run, the one that was looked at) or discards → synced. */
void ms_lanes_resolve_hold(struct ms_lanes *lanes, int64_t hold, int64_t seen_run, bool apply);
void ms_lanes_load_feed(struct ms_lanes *lanes, enum ms_feed feed, int64_t before);
void ms_lanes_load_changeset(struct ms_lanes *lanes, int64_t changeset);
/* Checks the whole audit log, which may take a while. */
void ms_lanes_verify(struct ms_lanes *lanes);
void ms_lanes_verify_cancel(struct ms_lanes *lanes);
void ms_lanes_acknowledge(struct ms_lanes *lanes, const int64_t *alerts, size_t count);
/* Writes a file, whether there is a connection or not; takes the order → exported. */
void ms_lanes_export(struct ms_lanes *lanes, struct ms_export *order);
void ms_lanes_reconnect(struct ms_lanes *lanes); /* now, instead of after the back-off */

#endif
