/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_BASE_ZONE_RULE_H
#define MODELSYNC_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The rule that a zone follows after its last listed change, in the notation of POSIX's TZ:
 * "CET-1CEST,M3.5.0,M10.5.0/3".
 */
struct zone_rule {
	int32_t standard_s, summer_s; /* ahead of UTC */
	bool has_summer;
	struct zone_day {
		char kind; /* 'M' month.week.weekday, 'J' day 1–365 without 29 February, 'n' day
			      0–365 */
		int month, week, weekday, day;
		int32_t time_s; /* local time of the change; may be negative or beyond a day */
	} begin, end;		/* of summer time */
};

bool zone_rule_parse(const char *text, struct zone_rule *out);
/* As ms_zone_offset(). */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t epoch_s, int64_t *until);

#endif
