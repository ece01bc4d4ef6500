/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_ACTION_H
#define MODELSYNC_CONSOLE_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/text.h"

/*
 * The table of actions (action.def) makes the default key map, the help, the hints of the footer, the
 * palette and the manual's key section.
 */
enum ms_action {
	MS_ACTION_NONE,
#define MS_ACTION(id, scopes, hints, flags, name, keys, help)	     MS_ACTION_##id,
#define MS_DIALOG_ACTION(id, scopes, hints, flags, name, keys, help) MS_ACTION_##id,
#include "action.def"
#undef MS_ACTION
#undef MS_DIALOG_ACTION
	MS_ACTION_COUNT
};

/* Where the keys of an action are looked up. */
enum ms_scope {
	MS_SCOPE_TABLE = 1,
	MS_SCOPE_DETAIL = 2,
	MS_SCOPE_TEXT = 4,
	MS_SCOPE_SYNC = 8,
	MS_SCOPE_REVIEW = 16,
	MS_SCOPE_PICKER = 32,
	MS_SCOPE_INPUT = 64,
	MS_SCOPE_MENU = 128,
	MS_SCOPE_RUNS = 256,
	MS_SCOPE_CHANGES = 512,
	MS_SCOPE_AUDIT = 1024,
	MS_SCOPE_MESSAGES = 2048,
	MS_SCOPE_COLUMNS = 4096,
	MS_SCOPE_VIEWS = 8192
};
#define MS_SCOPE_LAST  MS_SCOPE_VIEWS
#define MS_SCOPE_COUNT 14
#define MS_SCOPE_ALL   ((1u << MS_SCOPE_COUNT) - 1)
_Static_assert(MS_SCOPE_LAST == 1u << (MS_SCOPE_COUNT - 1), "MS_SCOPE_COUNT counts the scopes");
#define MS_SCOPE_LISTS (MS_SCOPE_RUNS | MS_SCOPE_CHANGES | MS_SCOPE_AUDIT | MS_SCOPE_MESSAGES)

enum ms_action_flag {
	MS_ACTION_WRITES = 1, /* refused while read-only */
	MS_ACTION_ROW = 2,    /* needs a model under the cursor */
	MS_ACTION_TARGET = 4  /* needs marked rows or a model under the cursor */
};

struct ms_ui;
struct ms_action_info {
	const char *name, *keys, *help; /* keys: the default ones */
	unsigned scopes, hints, flags;
	void (*run)(struct ms_ui *ui); /* NULL for those that only dialogs know */
};
const struct ms_action_info *ms_action_info(enum ms_action action);

/* Names of scopes and of some groups of them, the groups first; ends with a NULL name. */
struct ms_scope_name {
	unsigned scopes;
	const char *name;
};
extern const struct ms_scope_name ms_scope_names[];
/* "all screens, text": where the keys work. */
void ms_action_scope_names(unsigned scopes, struct ms_text *out);

#define MS_ACTION(id, scopes, hints, flags, name, keys, help) void ms_do_##id(struct ms_ui *ui);
#define MS_DIALOG_ACTION(id, scopes, hints, flags, name, keys, help)
#include "action.def"
#undef MS_ACTION
#undef MS_DIALOG_ACTION

#endif
