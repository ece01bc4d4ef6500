/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/zone.h"

static struct ms_zone *load(const char *name)
{
	struct ms_zone *z;
	struct ms_error err;

	if (!ms_zone_load(name, &z, &err))
		fail_msg("%s: %s", name, err.message);
	return z;
}

static int64_t at(const char *text)
{
	int64_t t;

	assert_true(ms_time_parse(text, &t));
	return t;
}

static void dates_go_there_and_back(void **state)
{
	int64_t year;
	int month, day;

	(void)state;
	assert_int_equal(ms_days_of_date(1970, 1, 1), 0);
	assert_int_equal(ms_days_of_date(2000, 3, 1), 11017);
	for (int64_t days = -800000; days < 800000; days += 17) {
		ms_date_of_days(days, &year, &month, &day);
		assert_int_equal(ms_days_of_date(year, month, day), days);
	}
}

/* The C library reads the same files by itself; it knows one zone at a time. */
static void offsets_are_those_of_the_c_library(void **state)
{
	static const char *const names[] = {
		"Europe/Berlin",       "America/New_York",
		"Australia/Lord_Howe", "America/Santiago",
		"Africa/Casablanca",   "Asia/Kathmandu",
		"Pacific/Apia",	       "Antarctica/Troll",
		"Europe/Dublin",       "America/Sao_Paulo",
		"Asia/Tehran",	       "America/Nuuk",
		"Etc/GMT+5",	       "UTC",
	};
	struct tm tm;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct ms_zone *z = load(names[i]);

		setenv("TZ", names[i], 1);
		tzset();
		for (int64_t t = at("1935-01-01"); t < at("2095-01-01"); t += 3 * 3600 + 1) {
			time_t moment = (time_t)t;

			localtime_r(&moment, &tm);
			if (ms_zone_offset(z, t, NULL) != (int32_t)tm.tm_gmtoff)
				fail_msg("%s at %lld: %d, not %ld", names[i], (long long)t,
					 ms_zone_offset(z, t, NULL), tm.tm_gmtoff);
		}
		ms_zone_free(z);
	}
	setenv("TZ", "UTC", 1);
	tzset();
}

static void an_offset_lasts_until_it_changes(void **state)
{
	struct ms_zone *berlin = load("Europe/Berlin"), *utc = load("UTC");
	int64_t until;

	(void)state;
	assert_int_equal(ms_zone_offset(berlin, at("2026-02-01"), &until), 3600);
	assert_int_equal(until, at("2026-03-29T01:00"));
	assert_int_equal(ms_zone_offset(berlin, until, &until), 7200);
	assert_int_equal(until, at("2026-10-25T01:00"));
	assert_int_equal(ms_zone_offset(berlin, at("2080-07-01"), &until), 7200);
	assert_int_equal(until, at("2080-10-27T01:00"));
	assert_int_equal(ms_zone_offset(utc, 0, &until), 0);
	assert_true(until == INT64_MAX);
	ms_zone_free(berlin);
	ms_zone_free(utc);
}

static void local_times_become_moments(void **state)
{
	static const struct {
		const char *zone, *local, *utc;
	} cases[] = {
		{"Europe/Berlin", "2026-01-15T02:30", "2026-01-15T01:30"},
		{"Europe/Berlin", "2026-07-15T02:30", "2026-07-15T00:30"},
		{"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"}, /* skipped */
		{"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"},
		{"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"}, /* twice: the first */
		{"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"},
		{"America/New_York", "2026-03-08T02:00", "2026-03-08T07:00"},
		{"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"}, /* half an hour */
		{"Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"},	 /* a whole day */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ms_zone *z = load(cases[i].zone);

		if (ms_zone_to_utc(z, at(cases[i].local)) != at(cases[i].utc))
			fail_msg("%s %s", cases[i].zone, cases[i].local);
		ms_zone_free(z);
	}
}

static void what_is_no_zone_is_refused(void **state)
{
	static const char *const names[] = {"",
					    "Europe/Atlantis",
					    "../../../etc/passwd",
					    "/etc/localtime",
					    "Europe",
					    "tzdata.zi",
					    "zone.tab",
					    "right/UTC",
					    "Europe/Berlin\n",
					    "Europe/Berlin/x"};
	struct ms_zone *z;
	struct ms_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (ms_zone_load(names[i], &z, &err))
			fail_msg("accepted %s", names[i]);
		assert_null(z);
		assert_int_equal(err.category, MS_ERR_CONFIG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_go_there_and_back),
		cmocka_unit_test(offsets_are_those_of_the_c_library),
		cmocka_unit_test(an_offset_lasts_until_it_changes),
		cmocka_unit_test(local_times_become_moments),
		cmocka_unit_test(what_is_no_zone_is_refused),
	};

	return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
