/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_CHANGESET_VIEW_H
#define MODELSYNC_CONSOLE_CHANGESET_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "modelsync/error.h"
#include "modelsync/json.h"

/* The changeset that the pane of a list shows with all its changes. */
struct ms_ui;
struct ms_page;

struct ms_changeset_view {
	int64_t wanted;	      /* number; 0 = none */
	struct ms_json *json; /* owned; of the one that came last */
	char *problem;	      /* why the wanted one did not come; owned */
	bool is_asked;	      /* it is under way */
	bool is_stale;	      /* something happened since: ask again, show the old one meanwhile */
};

void ms_changeset_clear(struct ms_changeset_view *v);
void ms_changeset_follow(struct ms_ui *ui, int64_t changeset); /* 0 = nothing */
void ms_changeset_loaded(struct ms_ui *ui, int64_t changeset, struct ms_json *json,
			 const struct ms_error *err);
/* Who made it and why, and its changes; for 0 nothing. */
void ms_changeset_lines(const struct ms_ui *ui, int64_t changeset, int width, struct ms_page *out);
/* An array of changes, those of a model on one line. */
void ms_changes_lines(const struct ms_json *changes, int width, struct ms_page *out);

#endif
