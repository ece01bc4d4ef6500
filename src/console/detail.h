/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_DETAIL_H
#define MODELSYNC_CONSOLE_DETAIL_H

#include "ui.h"

/* The model that the pane shows, or NULL: none is loaded, or no row is there to follow. */
const struct ms_model *ms_detail_model(const struct ms_ui *ui);

/* What was loaded of that model, or NULL: it is still under way. */
const struct ms_json *ms_detail_json(const struct ms_ui *ui);

/* Whether it shows the history only. */
bool ms_detail_is_history(const struct ms_ui *ui);

/* The lines of the detail pane (detail_lines.c); `m` is the model it shows. */
void ms_detail_brief(const struct ms_ui *ui, const struct ms_model *m, int width,
		     struct ms_page *out);
void ms_detail_long(const struct ms_ui *ui, const struct ms_model *m, int width,
		    struct ms_page *out);
/* The decisions and changes that led to what is there (detail_history.c). */
void ms_detail_history(const struct ms_ui *ui, int width, struct ms_page *out);
/* "09-21 10:12 alice pro off>on" of the newest entries, for one line; returns buf. */
char *ms_detail_last_changes(const struct ms_ui *ui, char *buf, size_t size);

#endif
