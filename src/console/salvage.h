/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_SALVAGE_H
#define MODELSYNC_CONSOLE_SALVAGE_H

#include <stdbool.h>

#include "modelsync/json.h"

/*
 * Staged edits outlive a console that is cut off: by a hangup, a crash, a machine that stops. While
 * there are some they lie in a file of this process, written a moment after they change; the next
 * console on that database finds it and asks. Whoever quits has been asked already.
 *
 *	{"format": 1, "database": "db1/models", "at": 1790000000,
 *	 "edits": [{"model_id": …, "version": 3, "set": 3, "status": "active", "tiers": 2,
 *	            "daily_limit": -1, "monthly_limit": -1}, …]}
 */
struct ms_ui;

/* --- pure: salvage.c ---------------------------------------------------------------------------
 */

/* What is staged; owned, NULL when nothing is. */
struct ms_json *ms_salvage_json(const struct ms_ui *ui);
/* Found by the next console: takes over json. */
void ms_salvage_found(struct ms_ui *ui, struct ms_json *json, const char *path);
/* After each event: asks about what was found, once, when nothing else is open. */
void ms_salvage_offer(struct ms_ui *ui);
void ms_salvage_clear(struct ms_ui *ui);

/* --- files: salvage_file.c ---------------------------------------------------------------------
 */

struct ms_loop;
struct ms_salvager;
/* `found` is called when there is something to show without any event. */
struct ms_salvager *ms_salvager_new(struct ms_loop *loop, struct ms_ui *ui, void (*found)(void *),
				    void *arg);
/*
 * After each event: what is staged is written when it has changed, a moment later; and once the
 * models are there, what another console left is looked for.
 */
void ms_salvager_follow(struct ms_salvager *s);
/* What was found is staged here, or not wanted: that file goes. */
void ms_salvager_drop(struct ms_salvager *s, const char *path);
/* The end: is_cut_off keeps what is staged, else the user has been asked. Frees it; NULL is fine.
 */
void ms_salvager_end(struct ms_salvager *s, bool is_cut_off);

#endif
