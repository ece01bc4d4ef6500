/* SPDX-License-Identifier: MIT */
/* When a schedule is due; cron_parse.c reads it. */
#include "modelsync/cron.h"

#define DAY_S  86400
#define HOUR_S 3600

static int64_t floor_div(int64_t n, int64_t by)
{
	return n / by - (n % by < 0);
}

static bool has(uint64_t bits, int n)
{
	return bits >> n & 1;
}

/* 1970-01-01 was a Thursday. */
static bool day_matches(const struct ms_cron *c, int64_t days)
{
	bool day, weekday;
	int64_t year;
	int month, of_month;

	ms_date_of_days(days, &year, &month, &of_month);
	day = has(c->days, of_month);
	weekday = has(c->weekdays, (int)(days + 4 - 7 * floor_div(days + 4, 7)));
	return has(c->months, month) && (c->either_day ? day || weekday : day && weekday);
}

/* The first minute of the day from `minute` on that matches, or -1. */
static int minute_from(const struct ms_cron *c, int minute)
{
	for (int hour = minute / 60; hour < 24; hour++)
		for (int m = hour == minute / 60 ? minute % 60 : 0; has(c->hours, hour) && m < 60;
		     m++)
			if (has(c->minutes, m))
				return hour * 60 + m;
	return -1;
}

/* The first local time from one on; both as if local time were UTC. The parser let nothing pass
 * that never happens. */
static int64_t local_from(const struct ms_cron *c, int64_t local_s)
{
	int64_t minutes = -floor_div(-local_s, 60), days = floor_div(minutes, 24 * 60);
	int minute = (int)(minutes - days * 24 * 60);

	for (;; days++, minute = 0) {
		int found = day_matches(c, days) ? minute_from(c, minute) : -1;

		if (found >= 0)
			return days * DAY_S + found * 60;
	}
}

/*
 * Times are local, moments are not, but both have the same order: ms_zone_to_utc() never decreases,
 * and what lies before the time that clocks show now is past. After clocks were set back, the times
 * they show again are past as well: they are gone through until one is not.
 */
int64_t ms_cron_next(const struct ms_cron *c, const struct ms_zone *zone, int64_t after_s)
{
	int64_t local, moment;

	if (c->every_s)
		return (floor_div(after_s, c->every_s) + 1) * c->every_s;
	local = after_s + ms_zone_offset(zone, after_s, NULL);
	for (;; local += 60) {
		local = local_from(c, local);
		moment = ms_zone_to_utc(zone, local);
		if (moment > after_s)
			return moment;
	}
}

/* The last of the times after `from`, at least one of which is not after `until`. */
static int64_t last_between(const struct ms_cron *c, const struct ms_zone *zone, int64_t last,
			    int64_t until_s)
{
	for (;;) {
		int64_t next = ms_cron_next(c, zone, last);

		if (next > until_s)
			return last;
		last = next;
	}
}

/* Looks back further and further, so that a frequent schedule does not walk through years. */
int64_t ms_cron_last(const struct ms_cron *c, const struct ms_zone *zone, int64_t until_s)
{
	if (c->every_s)
		return floor_div(until_s, c->every_s) * c->every_s;
	for (int64_t back_s = HOUR_S;; back_s *= 30) {
		int64_t first = ms_cron_next(c, zone, until_s - back_s);

		if (first <= until_s)
			return last_between(c, zone, first, until_s);
	}
}
