/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_SYNC_SUMMARY_H
#define MODELSYNC_CONSOLE_SYNC_SUMMARY_H

#include "canvas.h"

/*
 * What the Sync screen says above its runs, the most urgent first: the run that goes on wherever it
 * is, a held catalogue, when the last run completed and the next one is due, the daemons and the
 * last scheduled sync, the last error.
 */
struct ms_ui;

int ms_sync_summary_height(const struct ms_ui *ui);
/* As many lines as r has. */
void ms_sync_summary_draw(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c);

#endif
