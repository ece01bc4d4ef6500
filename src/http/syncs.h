/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SYNCS_H
#define MODELSYNC_HTTP_SYNCS_H

#include <stdbool.h>

#include "modelsync/sync.h"

/*
 * Syncs that requests have asked for. Each runs on the worker of its request; the database sees to
 * it that there is one at a time. Kept track of, so that all can be interrupted.
 */
struct syncs;

struct syncs *syncs_new(void);
void syncs_free(struct syncs *s);

/* As ms_sync_run(); what comes of it is logged. */
bool syncs_run(struct syncs *s, struct ms_db *db, const struct ms_config *config,
	       const struct ms_run_request *request, ms_sync_progress_fn progress, void *arg,
	       struct ms_run_report **out, struct ms_error *err) MS_MUST_CHECK;

/* The process ends: interrupts what runs, and lets nothing begin any more. */
void syncs_stop(struct syncs *s);

/* Only one at a time may run in the background: false when somebody else has reserved it. */
bool syncs_reserve(struct syncs *s);
void syncs_unreserve(struct syncs *s);

#endif
