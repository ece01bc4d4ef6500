/* SPDX-License-Identifier: MIT */
#include "date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"

#define YEAR_LEN   4
#define MONTH_LEN  7
#define DAY_LEN	   10
#define MINUTE_LEN 16
#define TEXT_MAX   40

static int number_at(const char *s, size_t digits)
{
	int n = 0;

	for (; digits > 0; digits--, s++) {
		if (!isdigit((unsigned char)*s))
			return -1;
		n = n * 10 + (*s - '0');
	}
	return n;
}

static bool first_of_month(int year, int month, int64_t *out)
{
	char text[TEXT_MAX];

	snprintf(text, sizeof(text), "%04d-%02d-01", year + (month - 1) / 12, (month - 1) % 12 + 1);
	return ms_time_parse(text, out);
}

static bool parse_months(const char *s, size_t len, int64_t *from, int64_t *until)
{
	int year = number_at(s, 4), month = 1, months = 12;

	if (len == MONTH_LEN) {
		month = s[4] == '-' ? number_at(s + 5, 2) : -1;
		months = 1;
	}
	if (year < 0 || month < 1 || month > 12)
		return false;
	return first_of_month(year, month, from) && first_of_month(year, month + months, until);
}

bool ms_date_parse(const char *s, size_t len, int64_t *from, int64_t *until)
{
	char text[TEXT_MAX];

	if (len == YEAR_LEN || len == MONTH_LEN)
		return parse_months(s, len, from, until);
	if (len < DAY_LEN || len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	if (!ms_time_parse(text, from))
		return false;
	if (len == DAY_LEN)
		*until = *from + 86400;
	else if (len > MINUTE_LEN && text[MINUTE_LEN] == ':')
		*until = *from + 1;
	else
		*until = *from + 60;
	return true;
}
