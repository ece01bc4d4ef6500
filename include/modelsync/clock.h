/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CLOCK_H
#define MODELSYNC_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t ms_clock_ms(void);  /* monotonic milliseconds */
int64_t ms_clock_us(void);  /* the same in microseconds */
int64_t ms_clock_now(void); /* seconds since the epoch, UTC */
int64_t ms_clock_wall_ms(void); /* the same in milliseconds */

/*
 * PostgreSQL's and ISO 8601 forms: "2026-06-07", "2026-06-07[ T]18:23[:05[.123]]" with optional
 * "Z", "+00", "+02:00"; without an offset UTC is meant. Fractions are dropped.
 */
bool ms_time_parse(const char *s, int64_t *epoch_s);

/* "2026-06-07 18:23:05" (UTC) and "2026-06-07"; buf of at least 20 bytes; returns buf. */
char *ms_time_format(char *buf, size_t size, int64_t epoch_s);
char *ms_time_format_date(char *buf, size_t size, int64_t epoch_s);
/* For programs: "2026-06-07T18:23:05Z"; buf of at least 21 bytes. */
char *ms_time_format_iso(char *buf, size_t size, int64_t epoch_s);

/* Short age: "12s" "5m" "3h" "2d" "7w" "3y"; negative ages get a leading '-'. At most 5 columns. */
char *ms_time_format_age(char *buf, size_t size, int64_t seconds);

/* "90s" "5m" "3h" "7d" "2w" "3mo" "1y" → seconds (month 30 d, year 365 d). */
bool ms_duration_parse(const char *s, int64_t *seconds);
/* A time as for ms_time_parse(), or an age before now; 0 is the earliest. */
bool ms_moment_parse(const char *s, int64_t now, int64_t *epoch_s);

#endif
