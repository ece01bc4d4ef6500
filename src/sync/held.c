/* SPDX-License-Identifier: MIT */
#include "modelsync/sync.h"
#include "rules.h"

bool ms_sync_apply_held(struct ms_db *db, const struct ms_config *config, int64_t hold,
			int64_t seen_run, struct ms_run_report **out, struct ms_error *err)
{
	if (!ms_hold_apply(db, hold, seen_run, config, out, err))
		return false;
	sync_apply_rules(db, config, *out);
	return true;
}

bool ms_sync_preview_held(struct ms_db *db, const struct ms_config *config, int64_t hold,
			  struct ms_run_report **out, struct ms_error *err)
{
	if (!ms_hold_preview(db, hold, config, out, err))
		return false;
	if (sync_preview_rules(db, config, NULL, *out, err))
		return true;
	ms_run_report_free(*out);
	*out = NULL;
	return false;
}
