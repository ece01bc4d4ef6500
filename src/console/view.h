/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_VIEW_H
#define MODELSYNC_CONSOLE_VIEW_H

#include "canvas.h"
#include "layout.h"
#include "ui.h"

/* The parts of the screen; each draws into its own rectangles only. */
void ms_view_header(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
void ms_view_filter(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
void ms_view_table(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
void ms_view_pane(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
void ms_view_footer(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);

#endif
