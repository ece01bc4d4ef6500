/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_LAYOUT_H
#define MODELSYNC_CONSOLE_LAYOUT_H

#include "canvas.h"

struct ms_ui;

enum ms_pane { MS_PANE_NONE, MS_PANE_BELOW, MS_PANE_RIGHT, MS_PANE_FULL };

/* Where things are. A rectangle without height is not shown. */
struct ms_layout {
	struct ms_rect title; /* program, database, counts */
	struct ms_rect tabs;  /* screens; or the banner of a lost connection */
	struct ms_rect filter;
	struct ms_rect summary; /* of screens that have one */
	struct ms_rect head;	/* column titles, or what is wrong with the filter */
	struct ms_rect table;
	struct ms_rect chart; /* of the runs */
	enum ms_pane pane;
	struct ms_rect pane_rule, detail;
	struct ms_rect pending; /* staged edits, notices, questions */
	struct ms_rect hints;
};

void ms_layout_get(const struct ms_ui *ui, struct ms_layout *out);

#endif
