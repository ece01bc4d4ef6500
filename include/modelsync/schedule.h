/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_SCHEDULE_H
#define MODELSYNC_SCHEDULE_H

#include "modelsync/config.h"
#include "modelsync/cron.h"

/* The schedule of the settings: sync.schedule in sync.timezone. */
struct ms_schedule {
	struct ms_cron cron;
	struct ms_zone *zone; /* owned */
};

/*
 * Fails with category `config`. Of an expression that is malformed, `where` says which part;
 * otherwise its message is empty. NULL is fine.
 */
bool ms_schedule_load(struct ms_schedule *out, const struct ms_config *c,
		      struct ms_cron_error *where, struct ms_error *err) MS_MUST_CHECK;
void ms_schedule_clear(struct ms_schedule *s);

#endif
