/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_RUN_CHART_H
#define MODELSYNC_CONSOLE_RUN_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "run_series.h"

/*
 * The picture of the runs: on the Sync screen above or in the place of their table, and where there
 * is room below the models. From the top: what it shows with its numbers, the bars with their
 * scale, a sign for each run that did not just complete, dates and the run under the cursor.
 */
struct ms_ui;
struct ms_layout;

enum ms_chart_mode {
	MS_CHART_BESIDE, /* above the table where there is room for both */
	MS_CHART_ALONE,
	MS_CHART_NEVER
};

struct ms_chart_state {
	enum ms_metric metric;
	size_t zoom; /* of ms_run_zoom() */
	enum ms_chart_mode mode;
	struct ms_run_fact *facts; /* owned; of the rows that are loaded */
};

/* Other runs were loaded. */
void ms_run_chart_renew(struct ms_ui *ui);

/* Takes its place from a layout that is complete otherwise. */
void ms_run_chart_place(const struct ms_ui *ui, struct ms_layout *l);
/* The Sync screen has room for it above the table, and the line for what it takes to draw. */
bool ms_run_chart_fits_beside(const struct ms_ui *ui);
/* The layout has one. */
bool ms_run_chart_is_shown(const struct ms_ui *ui);
/* Runs that it needs to be loaded. */
size_t ms_run_chart_reach(const struct ms_ui *ui);
void ms_run_chart_draw(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c);

#endif
