/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_STATE_H
#define MODELSYNC_CONSOLE_STATE_H

#include <stdbool.h>

#include "modelsync/error.h"
#include "modelsync/json.h"

/*
 * What is remembered from one session to the next: hints that were read, earlier inputs, and of
 * each database the filter, the order, the columns, and the theme if one was chosen. This is the
 * pure part; keep.c reads and writes the file.
 *
 *	{"format": 1, "hints": ["welcome"], "history": {"filter": ["status:new"], …},
 *	 "databases": [{"name": "db1/models", "filter": …, "sort": "-added", "columns": …}]}
 */
struct ms_ui;

#define MS_STATE_FILE	  "console.json"
#define MS_STATE_FILE_MAX (4 << 20) /* bytes */

/* What an earlier session left (NULL = nothing): takes over json. False: it is no such thing. */
bool ms_state_take(struct ms_ui *ui, struct ms_json *json, struct ms_error *err) MS_MUST_CHECK;
/* The database is known for the first time: its filter, order and columns come back. */
void ms_state_connected(struct ms_ui *ui);
/*
 * What to write, given what stands in the file (NULL = nothing) from this or another session:
 * owned. NULL when that is of another format.
 */
struct ms_json *ms_state_json(const struct ms_ui *ui, const struct ms_json *before,
			      struct ms_error *err);

/* --- hints, each shown until it was read once ------------------------------------------------- */

enum ms_hint { MS_HINT_WELCOME, MS_HINT_FILTER, MS_HINT_MARKS, MS_HINT_STAGED, MS_HINT_COUNT };
#define MS_HINTS_ALL ((1u << MS_HINT_COUNT) - 1)

const char *ms_hint_name(enum ms_hint hint);
/* After a key: shows the hint that is due, where nothing else is said. */
void ms_hints_follow(struct ms_ui *ui);

#endif
