/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_ZONE_H
#define MODELSYNC_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "modelsync/error.h"

/*
 * Time zones, read from the system's zoneinfo (tzfile(5), RFC 8536) without touching the TZ of the
 * process: any number of them, from any thread.
 */
struct ms_zone;

/*
 * The zone of that name, such as "Europe/Berlin"; "UTC" needs no file. Fails with category
 * `config`. Owned.
 */
bool ms_zone_load(const char *name, struct ms_zone **out, struct ms_error *err) MS_MUST_CHECK;
void ms_zone_free(struct ms_zone *z);

/*
 * Seconds that local time is ahead of UTC at a moment. With `until`, also the first moment at which
 * that may be otherwise; INT64_MAX = never.
 */
int32_t ms_zone_offset(const struct ms_zone *z, int64_t epoch_s, int64_t *until);

/*
 * The moment at which clocks show a local time, given as the seconds since the epoch that UTC would
 * have there. A local time that is skipped gives the moment after the gap, one that comes twice
 * the first.
 */
int64_t ms_zone_to_utc(const struct ms_zone *z, int64_t local_s);

/* Days since 1970-01-01 of a day of the Gregorian calendar, and back; month from 1. */
int64_t ms_days_of_date(int64_t year, int month, int day);
void ms_date_of_days(int64_t days, int64_t *year, int *month, int *day);

#endif
