/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DAEMON_H
#define MODELSYNC_DAEMON_H

#include "modelsync/config.h"
#include "modelsync/error.h"

/*
 * The daemon, in the foreground: syncs by the schedule until SIGTERM or SIGINT. SIGHUP reads the
 * settings again, SIGUSR1 syncs now. It needs no database to start.
 */
struct ms_daemon_options {
	/* The settings as they are now; called at the start and for SIGHUP. */
	bool (*load)(void *arg, struct ms_config **out, struct ms_error *err);
	void *arg;
	const char *version;
};

/* Returns when the daemon was told to stop. Needs ms_upstream_init(). */
bool ms_daemon_run(const struct ms_daemon_options *options, struct ms_error *err) MS_MUST_CHECK;

#endif
