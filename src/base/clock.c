/* SPDX-License-Identifier: MIT */
#include "modelsync/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t ms_clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t ms_clock_ms(void)
{
	return ms_clock_us() / 1000;
}

int64_t ms_clock_wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t ms_clock_now(void)
{
	return (int64_t)time(NULL);
}

/* Reads exactly n digits. */
static bool digits(const char **s, int n, int *out)
{
	*out = 0;
	for (; n > 0; n--, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return false;
		*out = *out * 10 + (**s - '0');
	}
	return true;
}

static bool parse_offset(const char **s, int *offset_s)
{
	int sign, hours, minutes = 0;

	*offset_s = 0;
	if (**s == 'Z') {
		(*s)++;
		return true;
	}
	if (**s != '+' && **s != '-')
		return true;
	sign = **s == '-' ? -1 : 1;
	(*s)++;
	if (!digits(s, 2, &hours))
		return false;
	if (**s == ':')
		(*s)++;
	if (isdigit((unsigned char)**s) && !digits(s, 2, &minutes))
		return false;
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return hours <= 15 && minutes < 60;
}

static bool parse_time_of_day(const char **s, struct tm *tm)
{
	if (!digits(s, 2, &tm->tm_hour) || *(*s)++ != ':' || !digits(s, 2, &tm->tm_min))
		return false;
	if (**s == ':') {
		(*s)++;
		if (!digits(s, 2, &tm->tm_sec))
			return false;
		if (**s == '.')
			for ((*s)++; isdigit((unsigned char)**s);)
				(*s)++;
	}
	return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

bool ms_time_parse(const char *s, int64_t *epoch_s)
{
	struct tm tm = {0}, check;
	int offset_s = 0;
	time_t t;

	if (!digits(&s, 4, &tm.tm_year) || *s++ != '-' || !digits(&s, 2, &tm.tm_mon) ||
	    *s++ != '-' || !digits(&s, 2, &tm.tm_mday))
		return false;
	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	check = tm;
	t = timegm(&check);
	if (check.tm_mday != tm.tm_mday) /* 31 February moved on */
		return false;
	if (*s == ' ' || *s == 'T') {
		s++;
		if (!parse_time_of_day(&s, &tm) || !parse_offset(&s, &offset_s))
			return false;
		t = timegm(&tm);
	}
	if (*s)
		return false;
	*epoch_s = (int64_t)t - offset_s;
	return true;
}

static bool to_utc(int64_t epoch_s, struct tm *tm)
{
	time_t t = (time_t)epoch_s;

	return gmtime_r(&t, tm) != NULL;
}

char *ms_time_format(char *buf, size_t size, int64_t epoch_s)
{
	struct tm tm;

	if (!to_utc(epoch_s, &tm) || strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(buf, size, "?");
	return buf;
}

char *ms_time_format_date(char *buf, size_t size, int64_t epoch_s)
{
	struct tm tm;

	if (!to_utc(epoch_s, &tm) || strftime(buf, size, "%Y-%m-%d", &tm) == 0)
		snprintf(buf, size, "?");
	return buf;
}

char *ms_time_format_iso(char *buf, size_t size, int64_t epoch_s)
{
	struct tm tm;

	if (!to_utc(epoch_s, &tm) || strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(buf, size, "?");
	return buf;
}

static const struct {
	const char *suffix;
	int64_t seconds, until; /* used for ages below `until` seconds; 0 = not for output */
} units[] = {
	{"s", 1, 60},
	{"m", 60, 3600},
	{"h", 3600, 2 * 86400},
	{"d", 86400, 60 * 86400},
	{"w", 7 * 86400, 2 * 365 * 86400},
	{"y", 365 * 86400, INT64_MAX},
	{"mo", 30 * 86400, 0},
};
#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

char *ms_time_format_age(char *buf, size_t size, int64_t seconds)
{
	int64_t magnitude = seconds < 0 ? -seconds : seconds;

	for (size_t i = 0; i < UNIT_COUNT; i++)
		if (magnitude < units[i].until) {
			snprintf(buf, size, "%s%" PRId64 "%s", seconds < 0 ? "-" : "",
				 magnitude / units[i].seconds, units[i].suffix);
			break;
		}
	return buf;
}

bool ms_duration_parse(const char *s, int64_t *seconds)
{
	int64_t n = 0;

	if (!isdigit((unsigned char)*s))
		return false;
	for (; isdigit((unsigned char)*s); s++) {
		if (n > 1000000000)
			return false;
		n = n * 10 + (*s - '0');
	}
	for (size_t i = 0; i < UNIT_COUNT; i++)
		if (strcmp(s, units[i].suffix) == 0) {
			*seconds = n * units[i].seconds;
			return true;
		}
	return false;
}

bool ms_moment_parse(const char *s, int64_t now, int64_t *epoch_s)
{
	int64_t age;

	if (ms_time_parse(s, epoch_s))
		return true;
	if (!ms_duration_parse(s, &age))
		return false;
	*epoch_s = age < now ? now - age : 0;
	return true;
}
