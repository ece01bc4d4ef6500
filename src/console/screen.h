/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_SCREEN_H
#define MODELSYNC_CONSOLE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "action.h"
#include "canvas.h"

/*
 * The screens between header and footer. Each has a table and a pane about the row under the
 * cursor; dialogs lie above. The models are there all the time; other screens are loaded when they
 * are shown, and follow notifications while they are.
 */
struct ms_ui;
struct ms_layout;
struct ms_page;
struct ms_browse_class;

enum ms_screen {
	MS_SCREEN_MODELS,
	MS_SCREEN_SYNC,
	MS_SCREEN_CHANGES,
	MS_SCREEN_AUDIT,
	MS_SCREEN_MESSAGES,
	MS_SCREEN_COUNT
};

struct ms_screen_class {
	const char *name;
	enum ms_scope scope;		 /* of its keys */
	enum ms_scope full_scope;	 /* while the pane fills the screen */
	void (*shown)(struct ms_ui *ui); /* the user turned to it; NULL = nothing to do */
	/* The cursor by that many rows. */
	void (*move)(struct ms_ui *ui, long step);
	/* The cursor rests, or other rows came: what the pane shows may have to be loaded. */
	void (*follow)(struct ms_ui *ui);
	/* Its own meaning of an action, or true because it is refused; false: ms_do_<action>(). */
	bool (*act)(struct ms_ui *ui, enum ms_action action);
	/* Everything between the tabs and the footer. */
	void (*draw)(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
	/* What the pane is about, as its heading; NULL = nothing. Owned by the caller. */
	char *(*subject)(const struct ms_ui *ui);
	void (*lines)(const struct ms_ui *ui, int width, struct ms_page *out);
	const struct ms_browse_class *browse; /* of screens that list a feed */
};
extern const struct ms_screen_class ms_screen_models, ms_screen_sync, ms_screen_changes,
	ms_screen_audit, ms_screen_messages;

const struct ms_screen_class *ms_screen_class(enum ms_screen screen);
/* The one that is shown. */
const struct ms_screen_class *ms_screen_now(const struct ms_ui *ui);
enum ms_scope ms_screen_scope(const struct ms_ui *ui);
/* The scopes whose actions may be run now, by key or by name. */
unsigned ms_screen_scopes(const struct ms_ui *ui);
void ms_screen_show(struct ms_ui *ui, enum ms_screen screen);
/* Closes a full or focused pane; false when there is none. */
bool ms_screen_leave_pane(struct ms_ui *ui);

/* How the pane of a screen is shown. */
struct ms_pane_state {
	bool is_full, has_focus, is_hidden;
	size_t top; /* first line shown */
};

#endif
