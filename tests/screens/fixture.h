/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_TESTS_SCREENS_FIXTURE_H
#define MODELSYNC_TESTS_SCREENS_FIXTURE_H

#include "modelsync/edit.h"
#include "modelsync/feed.h"
#include "modelsync/json.h"
#include "modelsync/model.h"
#include "modelsync/run.h"

/* A small catalogue with one of everything that the screens show differently. */
#define FIXTURE_NOW "2026-09-22T08:00:00Z"

/* "standard"; "changed": one new row on top, one row with another version; "empty". */
struct ms_catalog *fixture_catalog(const char *variant);
/* n rows with ids "vendor-N/model-N". */
struct ms_catalog *fixture_big_catalog(size_t n);
struct ms_json *fixture_detail(const char *model_id);
/* The state of the last run; "running": another process' run goes on; "file", "sample": what is
 * there came from one; "alerts": two are open; "scheduled": a daemon looks after it; "silent":
 * none does any more. */
struct ms_json *fixture_status(const char *state, const char *role);
/* Rows of a feed, "standard"; "newer": one more on top; "empty"; "many FROM N": N
 * made-up events, numbered from FROM down; "runs N": N runs of all kinds. */
struct ms_json *fixture_feed(enum ms_feed feed, const char *variant);
struct ms_json *fixture_changeset(int64_t changeset);
/* "good" or "bad". */
struct ms_json *fixture_verdict(const char *kind);
/* "completed", "held", "failed", "preview". */
struct ms_run_report *fixture_report(const char *state);
/* "applied": all; "conflict": one row of two refused; "undo": a preview. */
struct ms_write_result *fixture_result(const char *kind);

#endif
