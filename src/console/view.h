/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_VIEW_H
#define MODELSYNC_CONSOLE_VIEW_H

#include "canvas.h"
#include "layout.h"
#include "ui.h"

/* The parts of the screen; each draws into its own rectangles only. */
void ms_view_header(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
void ms_view_filter(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
/* The line with a filter's text, or the input of it, and a count on the right. */
void ms_view_filter_line(const struct ms_ui *ui, const struct ms_layout *l, const char *text,
			 const char *count, struct ms_canvas *c);
/* Words in the place of rows. */
void ms_view_nothing(const struct ms_ui *ui, struct ms_rect table, const char *first,
		     const char *second, struct ms_canvas *c);
void ms_view_table(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
void ms_view_pane(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
/* The action that is named at that column of the tabs, or of the hints, or MS_ACTION_NONE. */
enum ms_action ms_view_tab_at(const struct ms_ui *ui, struct ms_rect tabs, int x);
enum ms_action ms_view_hint_at(const struct ms_ui *ui, struct ms_rect hints, int x);
bool ms_view_is_too_small(const struct ms_ui *ui);
void ms_view_footer(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);

#endif
