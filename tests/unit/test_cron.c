/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/cron.h"

static struct ms_cron parse(const char *text)
{
	struct ms_cron_error err;
	struct ms_cron c;

	if (!ms_cron_parse(&c, text, &err))
		fail_msg("%s: %s", text, err.message);
	return c;
}

static int64_t at(const char *text)
{
	int64_t t;

	assert_true(ms_time_parse(text, &t));
	return t;
}

/* The times after a moment as "06-07 18:23|…", in UTC. */
static void check(const char *expression, const char *zone, const char *after, const char *expected)
{
	struct ms_cron c = parse(expression);
	struct ms_zone *z;
	struct ms_error err;
	struct ms_text times;
	char buf[24];
	int64_t t = at(after);

	assert_true(ms_zone_load(zone, &z, &err));
	ms_text_init(&times, 0);
	while (times.len < strlen(expected)) {
		t = ms_cron_next(&c, z, t);
		assert_true(ms_cron_last(&c, z, t) == t && ms_cron_last(&c, z, t + 59) >= t);
		ms_text_addf(&times, "%s%.11s", times.len ? "|" : "",
			     ms_time_format(buf, sizeof(buf), t) + 5);
	}
	if (strcmp(ms_text_str(&times), expected) != 0)
		fail_msg("%s in %s after %s: %s", expression, zone, after, ms_text_str(&times));
	ms_text_clear(&times);
	ms_zone_free(z);
}

static void fields_mean_what_crontab_says(void **state)
{
	static const struct {
		const char *expression, *after, *expected;
	} cases[] = {
		{"0 2 * * *", "2026-06-07T02:00", "06-08 02:00|06-09 02:00"},
		{"0 2 * * *", "2026-06-07T01:59:59", "06-07 02:00"},
		{"*/20 9-10 * * *", "2026-06-07",
		 "06-07 09:00|06-07 09:20|06-07 09:40|06-07 10:00"},
		{"1-10/4,59 0 * * *", "2026-06-07",
		 "06-07 00:01|06-07 00:05|06-07 00:09|06-07 00:59"},
		{"0 0 * JAN,dec *", "2026-11-30", "12-01 00:00|12-02 00:00"},
		{"0 0 * * fri-sun", "2026-06-05", "06-06 00:00|06-07 00:00|06-12 00:00"},
		{"0 0 * * 7", "2026-06-01", "06-07 00:00|06-14 00:00"},
		{"0 0 * * 0", "2026-06-01", "06-07 00:00|06-14 00:00"},
		{"0 0 * * 5-7", "2026-06-05", "06-06 00:00|06-07 00:00|06-12 00:00"},
		{"  0\t0 1 1 *  ", "2026-06-01", "01-01 00:00"},
		{"@daily", "2026-06-01", "06-02 00:00"},
		{"@HOURLY", "2026-06-01", "06-01 01:00"},
		{"@weekly", "2026-06-01", "06-07 00:00"},
		{"@monthly", "2026-06-01", "07-01 00:00"},
		{"@annually", "2026-06-01", "01-01 00:00"},
		{"@every 6h", "2026-06-01T05:59", "06-01 06:00|06-01 12:00"},
		{"@every 90m", "2026-06-01", "06-01 01:30|06-01 03:00"},
		{"0 0 29 2 *", "2026-06-01", "02-29 00:00"},
		{"0 0 */29 * *", "2026-02-15", "03-01 00:00|03-30 00:00|04-01 00:00|04-30 00:00"},
		{"0 0 31 * *", "2026-02-15", "03-31 00:00|05-31 00:00"},
		{"59 23 1-5,28-31 2 *", "2028-02-20", "02-28 23:59|02-29 23:59|02-01 23:59"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].expression, "UTC", cases[i].after, cases[i].expected);
}

/* 2026-06-01 is a Monday. */
static void day_fields_go_together_as_in_vixie_cron(void **state)
{
	(void)state;
	check("0 0 13 * fri", "UTC", "2026-06-01",
	      "06-05 00:00|06-12 00:00|06-13 00:00|06-19 00:00");
	check("0 0 13 * *", "UTC", "2026-06-01", "06-13 00:00|07-13 00:00");
	check("0 0 * * fri", "UTC", "2026-06-01", "06-05 00:00|06-12 00:00");
	check("0 0 */2 * fri", "UTC", "2026-06-01", "06-05 00:00|06-19 00:00|07-03 00:00");
	check("0 0 1-10 * */2", "UTC", "2026-06-01",
	      "06-02 00:00|06-04 00:00|06-06 00:00|06-07 00:00");
}

static void rare_days_are_found(void **state)
{
	struct ms_cron c = parse("0 0 29 2 */7"); /* Sundays, by the star of the day of week */
	struct ms_zone *utc;
	struct ms_error err;

	(void)state;
	assert_true(ms_zone_load("UTC", &utc, &err));
	assert_int_equal(ms_cron_next(&c, utc, at("2026-01-01")), at("2032-02-29"));
	assert_int_equal(ms_cron_last(&c, utc, at("2026-01-01")), at("2004-02-29"));
	c = parse("0 0 29 2 *");
	assert_int_equal(ms_cron_next(&c, utc, at("2096-03-01")), at("2104-02-29"));
	assert_int_equal(ms_cron_last(&c, utc, at("2104-02-28")), at("2096-02-29"));
	ms_zone_free(utc);
}

/* Europe: 2026-03-29 01:00 UTC, 2026-10-25 01:00 UTC. */
static void clocks_of_the_north_change(void **state)
{
	(void)state;
	check("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00",
	      "03-28 01:30|03-29 01:00|03-30 00:30");
	check("0,20,40 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "03-29 01:00|03-30 00:00");
	check("0 3 * * *", "Europe/Berlin", "2026-03-28T12:00", "03-29 01:00|03-30 01:00");
	check("0 * * * *", "Europe/Berlin", "2026-03-28T23:30",
	      "03-29 00:00|03-29 01:00|03-29 02:00");
	check("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00",
	      "10-25 00:30|10-26 01:30|10-27 01:30");
	check("30 2 * * *", "Europe/Berlin", "2026-10-25T00:45", "10-26 01:30");
	check("0 * * * *", "Europe/Berlin", "2026-10-24T22:30",
	      "10-24 23:00|10-25 00:00|10-25 02:00|10-25 03:00");
	check("0 2 * * *", "America/New_York", "2026-03-07T12:00", "03-08 07:00|03-09 06:00");
	check("30 1 * * *", "America/New_York", "2026-10-31T12:00", "11-01 05:30|11-02 06:30");
}

/* Sydney: 2026-04-04 16:00 UTC back, 2026-10-03 16:00 UTC ahead. Lord Howe moves by half an hour.
 */
static void clocks_of_the_south_change(void **state)
{
	(void)state;
	check("30 2 * * *", "Australia/Sydney", "2026-10-02T12:00",
	      "10-02 16:30|10-03 16:00|10-04 15:30");
	check("30 2 * * *", "Australia/Sydney", "2026-04-03T12:00",
	      "04-03 15:30|04-04 15:30|04-05 16:30");
	check("15 2 * * *", "Australia/Lord_Howe", "2026-10-02T12:00",
	      "10-02 15:45|10-03 15:30|10-04 15:15");
	check("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T12:00",
	      "04-03 14:45|04-04 14:45|04-05 15:15");
	check("0 0 * * *", "America/Santiago", "2026-09-05T00:00",
	      "09-05 04:00|09-06 04:00|09-07 03:00");
	check("30 23 * * *", "America/Santiago", "2026-04-04T00:00",
	      "04-04 02:30|04-05 02:30|04-06 03:30");
}

static void a_day_that_was_left_out_is_one_moment(void **state)
{
	(void)state; /* Samoa went from the 29th to the 31st */
	check("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00",
	      "12-29 22:00|12-30 10:00|12-30 22:00|12-31 22:00");
}

static void mistakes_are_pointed_at(void **state)
{
	static const struct {
		const char *text;
		size_t at, len;
		const char *message;
	} cases[] = {
		{"", 0, 1, "the minute is missing"},
		{"0 2 * *", 7, 1, "the day of week is missing"},
		{"0 2 * * * *", 10, 1, "a sixth field"},
		{"60 2 * * *", 0, 2, "minute is 0 to 59"},
		{"0 24 * * *", 2, 2, "hour is 0 to 23"},
		{"0 2 0 * *", 4, 1, "day of month is 1 to 31"},
		{"0 2 * 13 *", 6, 2, "month is 1 to 12 or jan to dec"},
		{"0 2 * foo *", 6, 3, "month is 1 to 12 or jan to dec"},
		{"0 2 * * 8", 8, 1, "day of week is 0 to 7 or sun to sat"},
		{"0 2 * * monday", 8, 6, "day of week is 0 to 7"},
		{"-5 2 * * *", 0, 1, "minute is 0 to 59"},
		{"5-1 2 * * *", 0, 3, "this range ends before it begins"},
		{"*/0 2 * * *", 2, 1, "a step of the minute is 1 to 59"},
		{"*/60 2 * * *", 2, 2, "a step of the minute is 1 to 59"},
		{"*/ 2 * * *", 2, 1, "a step of the minute is 1 to 59"},
		{"5/10 2 * * *", 1, 3, "a step needs * or a range before it, such as 5-59/10"},
		{"1,,2 2 * * *", 2, 1, "minute is 0 to 59"},
		{"1;2 2 * * *", 1, 1, "lists are separated by commas"},
		{"0 2 30 2 *", 4, 4, "there is no such day in such a month"},
		{"0 2 31 4,6,9,11 *", 4, 11, "there is no such day in such a month"},
		{"99999999999999999999 2 * * *", 0, 20, "minute is 0 to 59"},
		{"@dayly", 0, 6, "there are @hourly, @daily"},
		{"@reboot", 0, 7, "there are @hourly, @daily"},
		{"@daily 5", 7, 1, "nothing may follow @daily"},
		{"@every", 6, 1, "expected a duration"},
		{"@every 0s", 7, 2, "expected a duration"},
		{"@every 8d", 7, 2, "expected a duration"},
		{"@every 5 m", 7, 3, "expected a duration"},
	};
	struct ms_cron_error err;
	struct ms_cron c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (ms_cron_parse(&c, cases[i].text, &err))
			fail_msg("accepted %s", cases[i].text);
		if (err.at != cases[i].at || err.len != cases[i].len ||
		    !strstr(err.message, cases[i].message))
			fail_msg("%s: %zu+%zu: %s", cases[i].text, err.at, err.len, err.message);
	}
}

static void a_day_that_never_comes_may_stand_beside_weekdays(void **state)
{
	(void)state; /* either matches */
	check("0 0 30 2 mon", "UTC", "2026-02-01", "02-02 00:00|02-09 00:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_mean_what_crontab_says),
		cmocka_unit_test(day_fields_go_together_as_in_vixie_cron),
		cmocka_unit_test(rare_days_are_found),
		cmocka_unit_test(clocks_of_the_north_change),
		cmocka_unit_test(clocks_of_the_south_change),
		cmocka_unit_test(a_day_that_was_left_out_is_one_moment),
		cmocka_unit_test(mistakes_are_pointed_at),
		cmocka_unit_test(a_day_that_never_comes_may_stand_beside_weekdays),
	};

	return cmocka_run_group_tests_name("cron", tests, NULL, NULL);
}
