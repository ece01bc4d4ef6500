/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_REPORT_PAGE_H
#define MODELSYNC_CONSOLE_REPORT_PAGE_H

#include "modelsync/run.h"
#include "page.h"

/* What came of a run, why, and what to do. */
void ms_report_lines(const struct ms_run_report *r, int width, struct ms_page *out);
/* The models it changed, as far as the report names them. */
void ms_report_changes(const struct ms_run_report *r, int width, struct ms_page *out);

#endif
