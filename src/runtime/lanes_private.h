/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_RUNTIME_LANES_PRIVATE_H
#define MODELSYNC_RUNTIME_LANES_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "lane.h"
#include "modelsync/db.h"
#include "modelsync/lanes.h"
#include "modelsync/notify.h"
#include "modelsync/sync.h"

struct ms_lanes {
	struct ms_loop *loop;
	const struct ms_config *config;
	struct ms_lanes_events events;

	struct lane *query, *sync, *audit;
	struct lane *files; /* NULL until one is written */
	/* each used on its lane only, cancelled from anywhere; audit_db connects when it is needed */
	struct ms_db *query_db, *sync_db, *audit_db;
	struct ms_sync *syncer;

	/* of daemons only; the connection is there while something is delivered */
	struct lane *notify;
	struct ms_db *notify_db;
	struct ms_notifier *notifier;
	atomic_bool is_closing; /* nothing more is begun on that lane */

	pthread_t watcher;
	struct ms_db *watch_db;
	int watch_read, watch_write; /* pipe: what the watcher should do, one byte each */

	/* An edit or an undo is at the database; somebody does not want it any more. */
	atomic_bool is_writing, write_cancelled;

	bool is_stopped;      /* main thread: deliver nothing any more */
	atomic_int on_the_way; /* replies posted and not yet delivered, and one for the lanes themselves */
};

/*
 * One answer on its way to the main thread. Whoever makes it fills what the event takes; deliver
 * hands it over, or frees it when the lanes were stopped meanwhile.
 */
struct reply {
	struct ms_lanes *lanes;
	void (*deliver)(struct reply *reply, const struct ms_error *err); /* err NULL = all went well */
	bool failed;
	struct ms_error err;

	char *text; /* model id, payload, label or path; owned */
	int64_t number;
	enum ms_feed feed;
	struct ms_catalog *catalog;
	struct ms_json *json;
	struct ms_write_result *written;
	struct ms_run_report *report;
	struct ms_run_progress progress;
	struct ms_slot slot;
	bool flag;
};

struct reply *reply_new(struct ms_lanes *lanes, void (*deliver)(struct reply *, const struct ms_error *));
/* Posts it to the main thread; `ok` false means that reply->err counts. */
void reply_send(struct reply *reply, bool ok);
/* Drops one reference; the last one frees the lanes. */
void lanes_unref(struct ms_lanes *lanes);

void deliver_models(struct reply *r, const struct ms_error *err);
void deliver_detail(struct reply *r, const struct ms_error *err);
void deliver_status(struct reply *r, const struct ms_error *err);
void deliver_written(struct reply *r, const struct ms_error *err);
void deliver_undo_preview(struct reply *r, const struct ms_error *err);
void deliver_progress(struct reply *r, const struct ms_error *err);
void deliver_synced(struct reply *r, const struct ms_error *err);
void deliver_feed(struct reply *r, const struct ms_error *err);
void deliver_changeset(struct reply *r, const struct ms_error *err);
void deliver_verified(struct reply *r, const struct ms_error *err);
void deliver_acknowledged(struct reply *r, const struct ms_error *err);
void deliver_exported(struct reply *r, const struct ms_error *err);
void deliver_slot(struct reply *r, const struct ms_error *err);
void deliver_queue(struct reply *r, const struct ms_error *err);
void deliver_listed(struct reply *r, const struct ms_error *err);
void deliver_notice(struct reply *r, const struct ms_error *err);
void deliver_connection(struct reply *r, const struct ms_error *err);

/* deliver.c: takes both; lanes without do nothing in the others. */
void notify_lane_start(struct ms_lanes *lanes, struct ms_notifier *notifier, struct ms_db *db);
void notify_lane_cancel(struct ms_lanes *lanes);
void notify_lane_stop(struct ms_lanes *lanes); /* after notify_lane_cancel() */

/* The watcher's thread, and what it can be told. */
#define WATCH_STOP      's'
#define WATCH_RECONNECT 'r'
#define WATCH_CHECK     'c' /* another connection was lost */
void *watch_main(void *lanes);
void watch_tell(struct ms_lanes *lanes, char what);

#endif
