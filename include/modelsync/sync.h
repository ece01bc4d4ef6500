/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_SYNC_H
#define MODELSYNC_SYNC_H

#include "modelsync/config.h"
#include "modelsync/db.h"
#include "modelsync/run.h"

/*
 * A run from claim to report, straight-line and blocking: the command line calls it directly, the
 * console and the daemon from a lane. Needs ms_upstream_init().
 */
struct ms_sync;

/* Borrows db and config, which must outlive it. */
struct ms_sync *ms_sync_new(struct ms_db *db, const struct ms_config *config);
void ms_sync_free(struct ms_sync *s);

typedef void (*ms_sync_progress_fn)(void *arg, const struct ms_run_progress *progress);

/*
 * Runs. True when there is a report: completed, held or preview (see report->state). False when
 * it could not start or failed; a failed run has left its row in the history, and *out then is a
 * report in state failed, else NULL. `progress` is called on this thread, at least every 100 ms
 * while fetching.
 */
bool ms_sync_run(struct ms_sync *s, const struct ms_run_request *request,
		 ms_sync_progress_fn progress, void *arg, struct ms_run_report **out,
		 struct ms_error *err) MS_MUST_CHECK;

/*
 * Stops a running ms_sync_run() within 100 ms, or one that is about to start; it fails with
 * `cancelled`. A run that is just being committed completes. From any thread, not from a signal
 * handler.
 */
void ms_sync_cancel(struct ms_sync *s);

/*
 * The same, because this process ends: the run's row says `interrupted`, and whoever comes next may
 * try again.
 */
void ms_sync_interrupt(struct ms_sync *s);

/*
 * Forgets a cancel that came after the last run had ended. For whoever lets another thread run:
 * call it when asking for the run, so that only later cancels count.
 */
void ms_sync_rearm(struct ms_sync *s);

/*
 * Logs what came of a run: err says why it failed (then report may be NULL), NULL that it did not.
 * slot is when it was due; NULL = it was asked for.
 */
void ms_run_log(const struct ms_run_report *report, const struct ms_error *err, const char *slot,
		int attempt, int64_t duration_ms);

/*
 * Applies what a hold keeps, then rules to the models that it added, and says what both would do.
 * seen_run is as for ms_hold_apply().
 */
bool ms_sync_apply_held(struct ms_db *db, const struct ms_config *config, int64_t hold,
			int64_t seen_run, struct ms_run_report **out,
			struct ms_error *err) MS_MUST_CHECK;
bool ms_sync_preview_held(struct ms_db *db, const struct ms_config *config, int64_t hold,
			  struct ms_run_report **out, struct ms_error *err) MS_MUST_CHECK;

#endif
