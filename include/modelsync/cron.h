/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CRON_H
#define MODELSYNC_CRON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/text.h"
#include "modelsync/zone.h"

/*
 * When something is due: the five fields of crontab(5) as Vixie cron reads them (minute, hour, day
 * of month, month, day of week; names, ranges, steps, lists; 0 and 7 are Sunday; @daily and the
 * like), or "@every 6h", counted from the epoch in UTC. Pure.
 *
 * Of the two day fields, one that begins with `*` restricts as written, and both must match; when
 * neither does, one match is enough.
 */
struct ms_cron {
	uint64_t minutes; /* one bit for each allowed value */
	uint32_t hours, days, months, weekdays;
	bool either_day; /* both day fields are restricted */
	int64_t every_s; /* of "@every"; 0 = the fields count */
};

struct ms_cron_error {
	size_t at, len; /* the bytes that are wrong */
	char message[160];
};

/* Refuses what is malformed, and what can never happen, such as 30 February. */
bool ms_cron_parse(struct ms_cron *out, const char *text, struct ms_cron_error *err);

/*
 * The first time after a moment. A local time that the zone's clocks skip is due at the moment
 * after the gap, one that comes twice the first time only.
 */
int64_t ms_cron_next(const struct ms_cron *c, const struct ms_zone *zone, int64_t after_s);

/* The last time not after a moment. */
int64_t ms_cron_last(const struct ms_cron *c, const struct ms_zone *zone, int64_t until_s);

#endif
