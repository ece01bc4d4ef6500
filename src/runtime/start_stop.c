/* SPDX-License-Identifier: MIT */
/* The lanes from their start to their end; what they do in between is in lanes.c. */
#include "lanes_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "modelsync/log.h"
#include "modelsync/memory.h"
#include "modelsync/thread.h"

#define CLOSE_WITHIN_MS 1500

static struct ms_db *connection(const struct ms_config *config, bool read_only, const char *origin,
				const char *lane)
{
	char *purpose = ms_format("%s %s", origin, lane);
	struct ms_db_options options;
	struct ms_db *db;

	ms_db_options_init(&options, config, origin);
	options.read_only = read_only;
	options.purpose = purpose;
	db = ms_db_new(&options);
	ms_free(purpose);
	return db;
}

static void make_pipe(struct ms_lanes *lanes)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0) {
		perror("modelsync-tui: pipe");
		abort();
	}
	lanes->watch_read = fds[0];
	lanes->watch_write = fds[1];
}

static struct ms_lanes *start(struct ms_loop *loop, const struct ms_config *config, bool read_only,
			      const char *origin, const struct ms_lanes_events *events)
{
	struct ms_lanes *lanes = ms_alloc(sizeof(*lanes));

	lanes->loop = loop;
	lanes->config = config;
	lanes->events = *events;
	atomic_store(&lanes->on_the_way, 1);
	lanes->query_db = connection(config, read_only, origin, "query");
	lanes->sync_db = connection(config, read_only, origin, "sync");
	lanes->audit_db = connection(config, true, origin, "audit");
	lanes->watch_db = connection(config, true, origin, "watch");
	lanes->syncer = ms_sync_new(lanes->sync_db, config);
	make_pipe(lanes);
	lanes->query = lane_new();
	lanes->sync = lane_new();
	lanes->audit = lane_new();
	lanes->watcher = ms_thread_start(watch_main, lanes);
	return lanes;
}

struct ms_lanes *ms_lanes_start(struct ms_loop *loop, const struct ms_config *config,
				bool read_only, const struct ms_lanes_events *events)
{
	return start(loop, config, read_only, "console", events);
}

struct ms_lanes *ms_lanes_start_daemon(struct ms_loop *loop, const struct ms_config *config,
				       const struct ms_lanes_events *events)
{
	struct ms_lanes *lanes = start(loop, config, false, "daemon", events);
	struct ms_notifier *notifier;
	struct ms_error err;

	if (ms_notifier_new(&notifier, config, &err))
		notify_lane_start(lanes, notifier, connection(config, false, "daemon", "notify"));
	else
		ms_log_event(MS_LOG_ERROR, "notify_off", MS_LOG_TEXT("message", err.message));
	return lanes;
}

void ms_lanes_stop(struct ms_lanes *lanes)
{
	if (!lanes)
		return;
	lanes->is_stopped = true;
	watch_tell(lanes, WATCH_STOP);
	lane_close(lanes->query);
	lane_close(lanes->sync);
	lane_close(lanes->audit);
	notify_lane_cancel(lanes);
	ms_sync_cancel(lanes->syncer);
	ms_db_cancel(lanes->query_db);
	ms_db_cancel(lanes->audit_db);
	ms_db_cancel(lanes->watch_db);
	lane_stop(lanes->query);
	/* a run that was cancelled closes its row, unless the database does not answer */
	if (!lane_ends_within(lanes->sync, CLOSE_WITHIN_MS))
		ms_db_cancel(lanes->sync_db);
	lane_stop(lanes->sync);
	lane_stop(lanes->audit);
	if (lanes->files)
		lane_stop(lanes->files); /* what is being written is written to its end */
	notify_lane_stop(lanes);
	pthread_join(lanes->watcher, NULL);
	close(lanes->watch_read);
	close(lanes->watch_write);
	ms_sync_free(lanes->syncer);
	ms_db_free(lanes->query_db);
	ms_db_free(lanes->sync_db);
	ms_db_free(lanes->audit_db);
	ms_db_free(lanes->watch_db);
	lanes_unref(lanes);
}
