/* SPDX-License-Identifier: MIT */
#include "zone_rule.h"

#include <ctype.h>
#include <string.h>

#include "modelsync/zone.h"

#define DAY_S 86400

static bool parse_number(const char **s, int max, int *out)
{
	if (!isdigit((unsigned char)**s))
		return false;
	for (*out = 0; isdigit((unsigned char)**s); (*s)++) {
		*out = *out * 10 + (**s - '0');
		if (*out > max)
			return false;
	}
	return true;
}

/* "[+-]h[h][h][:mm[:ss]]" */
static bool parse_time(const char **s, int32_t *out)
{
	int sign = **s == '-' ? -1 : 1, part[3] = {0};

	if (**s == '-' || **s == '+')
		(*s)++;
	for (int i = 0; i < 3; i++) {
		if (i > 0 && **s != ':')
			break;
		if (i > 0)
			(*s)++;
		if (!parse_number(s, i ? 59 : 167, &part[i]))
			return false;
	}
	*out = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
	return true;
}

/* "CET" or "<+0330>" */
static bool skip_name(const char **s)
{
	const char *begin = *s;

	if (**s == '<') {
		*s = strchr(*s, '>');
		if (!*s)
			return false;
		(*s)++;
		return true;
	}
	while (isalpha((unsigned char)**s))
		(*s)++;
	return *s - begin >= 3;
}

static bool parse_month_day(const char **s, struct zone_day *out)
{
	(*s)++;
	return parse_number(s, 12, &out->month) && out->month > 0 && *(*s)++ == '.' &&
	       parse_number(s, 5, &out->week) && out->week > 0 && *(*s)++ == '.' &&
	       parse_number(s, 6, &out->weekday);
}

/* ",M3.5.0/2" */
static bool parse_day(const char **s, struct zone_day *out)
{
	*out = (struct zone_day){.time_s = 2 * 3600};
	if (*(*s)++ != ',')
		return false;
	out->kind = **s == 'M' || **s == 'J' ? **s : 'n';
	if (out->kind == 'M') {
		if (!parse_month_day(s, out))
			return false;
	} else {
		*s += out->kind == 'J';
		if (!parse_number(s, 365, &out->day) || (out->kind == 'J' && out->day == 0))
			return false;
	}
	if (**s != '/')
		return true;
	(*s)++;
	return parse_time(s, &out->time_s);
}

/* POSIX counts offsets westward. */
bool zone_rule_parse(const char *text, struct zone_rule *out)
{
	const char *s = text;

	*out = (struct zone_rule){0};
	if (!skip_name(&s) || !parse_time(&s, &out->standard_s))
		return false;
	out->standard_s = -out->standard_s;
	if (!*s)
		return true;
	out->has_summer = true;
	out->summer_s = out->standard_s + 3600;
	if (!skip_name(&s))
		return false;
	if (*s != ',') {
		if (!parse_time(&s, &out->summer_s))
			return false;
		out->summer_s = -out->summer_s;
	}
	return parse_day(&s, &out->begin) && parse_day(&s, &out->end) && !*s;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The n-th such weekday of the month; 5 is the last. 1970-01-01 was a Thursday. */
static int64_t nth_weekday(int64_t year, const struct zone_day *d)
{
	int64_t first = ms_days_of_date(year, d->month, 1), next, day;
	int weekday = (int)(((first + 4) % 7 + 7) % 7);

	day = first + (d->weekday - weekday + 7) % 7 + (d->week - 1) * 7;
	next = d->month == 12 ? ms_days_of_date(year + 1, 1, 1)
			      : ms_days_of_date(year, d->month + 1, 1);
	return day < next ? day : day - 7;
}

/* The local time of a change, in seconds as if local time were UTC. */
static int64_t change_in(int64_t year, const struct zone_day *d)
{
	int64_t day;

	if (d->kind == 'M')
		day = nth_weekday(year, d);
	else if (d->kind == 'J')
		day = ms_days_of_date(year, 1, 1) + d->day - 1 + (is_leap(year) && d->day > 59);
	else
		day = ms_days_of_date(year, 1, 1) + d->day;
	return day * DAY_S + d->time_s;
}

/* The last change before or at the moment decides; those of the years around suffice. */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t epoch_s, int64_t *until)
{
	int64_t year, last = INT64_MIN, next = INT64_MAX;
	int32_t offset = rule->standard_s;
	int month, day;

	ms_date_of_days((epoch_s - (epoch_s < 0 ? DAY_S - 1 : 0)) / DAY_S, &year, &month, &day);
	for (int64_t y = year - 1; rule->has_summer && y <= year + 1; y++) {
		int64_t changes[] = {change_in(y, &rule->begin) - rule->standard_s,
				     change_in(y, &rule->end) - rule->summer_s};

		for (int i = 0; i < 2; i++) {
			if (changes[i] <= epoch_s && changes[i] > last) {
				last = changes[i];
				offset = i == 0 ? rule->summer_s : rule->standard_s;
			}
			if (changes[i] > epoch_s && changes[i] < next)
				next = changes[i];
		}
	}
	if (until)
		*until = next;
	return offset;
}
