/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_TESTS_SCREENS_FIXTURE_H
#define MODELSYNC_TESTS_SCREENS_FIXTURE_H

#include "modelsync/edit.h"
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
struct ms_json *fixture_status(const char *state, const char *role);
/* "completed", "held", "failed", "preview". */
struct ms_run_report *fixture_report(const char *state);
/* "applied": all; "conflict": one row of two refused; "undo": a preview. */
struct ms_write_result *fixture_result(const char *kind);

#endif
