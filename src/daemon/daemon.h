/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DAEMON_DAEMON_H
#define MODELSYNC_DAEMON_DAEMON_H

#include "modelsync/daemon.h"
#include "modelsync/http.h"
#include "modelsync/lanes.h"
#include "modelsync/loop.h"
#include "plan.h"

struct settings {
	struct ms_config *config; /* NULL = none */
	struct ms_schedule schedule;
};

struct daemon {
	const struct ms_daemon_options *options;
	struct ms_loop *loop;
	struct ms_timer *plan_timer, *beat_timer, *deliver_timer, *watchdog_timer, *stop_timer;

	struct settings current, next; /* next: read by SIGHUP, waits for the run's end */
	struct plan plan;

	struct ms_lanes *lanes;
	struct ms_http *http; /* NULL = switched off */
	bool is_connected, was_lost; /* lost: said so */
	bool is_refused;	     /* the list of daemons: not for this login */
	bool is_syncing;	     /* the sync lane has work */
	bool wants_sync;	     /* SIGUSR1 came while it only asked for a slot */
	bool is_delivering, wants_delivery; /* the notify lane has work; and more has come */
	bool is_stopping, is_interrupted;
	int64_t run, began_ms; /* of what is syncing; run 0 = not claimed yet */
	enum ms_run_phase phase;

	int64_t started_at;
	char last[120]; /* what the last run came to, for the status line */
};

/* --- daemon.c: what it does */

/* Looks what is to be done now, and sets the timer for what comes later. */
void daemon_continue(struct daemon *d);
/* The sync lane is free again. */
void daemon_sync_ended(struct daemon *d);
void daemon_beat(struct daemon *d);
/* There may be something to tell people. */
void daemon_deliver(struct daemon *d);
/* The notify lane is free again; wait_ms until it is wanted, -1 = when somebody says so. */
void daemon_delivered(struct daemon *d, int64_t wait_ms);
void daemon_show_status(const struct daemon *d);

/* --- events.c: what it hears */

struct ms_lanes_events daemon_events(struct daemon *d);

#endif
