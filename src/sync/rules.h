/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_SYNC_RULES_H
#define MODELSYNC_SYNC_RULES_H

#include "modelsync/config.h"
#include "modelsync/db.h"
#include "modelsync/run.h"

/*
 * After a run: what the configuration's rules do with the models that it added, into the report. A
 * run that completed has completed whatever becomes of this: a problem is part of the report too,
 * and the models wait for the next run. Without rules nothing waits.
 */
void sync_apply_rules(struct ms_db *db, const struct ms_config *c, struct ms_run_report *report);
/*
 * Into the report of a completed run: rules were not asked, because … A cancel is no problem where
 * there are none: the run is complete, and what they are not to look at the next one forgets.
 */
void sync_leave_rules(const struct ms_config *c, struct ms_run_report *report,
		      const struct ms_error *why);

/*
 * What rules would do once the catalogue that the report is about has been applied; `pages`, or
 * with NULL what the report's hold keeps.
 */
bool sync_preview_rules(struct ms_db *db, const struct ms_config *c,
			const struct ms_fetched_pages *pages, struct ms_run_report *report,
			struct ms_error *err) MS_MUST_CHECK;

#endif
