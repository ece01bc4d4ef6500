/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/override.h"

/* clang-format off: tables, a row a line */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct ms_json *parsed(const char *text)
{
	struct ms_error err;
	struct ms_json *v = ms_json_parse(text, strlen(text), &err);

	assert_non_null(v);
	return v;
}

static void times_of_the_day_are_read(void **state)
{
	static const struct {
		const char *text;
		int minute; /* -1: refused */
	} rows[] = {
		{"00:00", 0},	 {"16:30", 990},     {"23:59", 1439}, {"07:05:30", 425},
		{"07:05Z", 425}, {"07:05:30Z", 425}, {"24:00", -1},   {"7:05", -1},
		{"07:60", -1},	 {"07:05:60", -1},   {"0705", -1},    {"", -1},
		{"07", -1},	 {"07:5", -1},	     {"07:05 ", -1},  {"07:05+02", -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int minute = -1;
		bool ok = ms_minute_parse(rows[i].text, &minute);

		if (ok != (rows[i].minute >= 0) || (ok && minute != rows[i].minute))
			fail_msg("%s: %d", rows[i].text, ok ? minute : -1);
	}
}

static void sizes_are_read(void **state)
{
	int64_t n = 0;

	(void)state;
	assert_true(ms_tokens_parse("32768", &n));
	assert_int_equal(n, 32768);
	assert_true(ms_tokens_parse("200k", &n));
	assert_int_equal(n, 200000);
	assert_true(ms_tokens_parse("128Ki", &n));
	assert_int_equal(n, 131072);
	assert_false(ms_tokens_parse("-1", &n));
	assert_false(ms_tokens_parse("many", &n));
	assert_false(ms_tokens_parse("9999g", &n));
}

static void conditions_decide(void **state)
{
	static const struct {
		const char *override;
		int64_t tokens;
		int minute;
		bool applies;
	} rows[] = {
		{"{}", -1, -1, true},
		{"{\"prompt\":\"1\"}", -1, -1, true},
		{"{\"min_prompt_tokens\":1000}", -1, -1, false},
		{"{\"min_prompt_tokens\":1000}", 999, -1, false},
		{"{\"min_prompt_tokens\":1000}", 1000, -1, true},
		{"{\"min_prompt_tokens\":null}", -1, -1, true},
		{"{\"min_prompt_tokens\":\"1000\"}", 5000, -1, false},
		{"{\"utc_start\":\"08:00\",\"utc_end\":\"16:00\"}", -1, -1, false},
		{"{\"utc_start\":\"08:00\",\"utc_end\":\"16:00\"}", -1, 479, false},
		{"{\"utc_start\":\"08:00\",\"utc_end\":\"16:00\"}", -1, 480, true},
		{"{\"utc_start\":\"08:00\",\"utc_end\":\"16:00\"}", -1, 959, true},
		{"{\"utc_start\":\"08:00\",\"utc_end\":\"16:00\"}", -1, 960, false},
		{"{\"utc_start\":\"16:30\",\"utc_end\":\"00:30\"}", -1, 990, true},
		{"{\"utc_start\":\"16:30\",\"utc_end\":\"00:30\"}", -1, 1439, true},
		{"{\"utc_start\":\"16:30\",\"utc_end\":\"00:30\"}", -1, 0, true},
		{"{\"utc_start\":\"16:30\",\"utc_end\":\"00:30\"}", -1, 29, true},
		{"{\"utc_start\":\"16:30\",\"utc_end\":\"00:30\"}", -1, 30, false},
		{"{\"utc_start\":\"16:30\",\"utc_end\":\"00:30\"}", -1, 989, false},
		{"{\"utc_start\":\"08:00\",\"utc_end\":\"08:00\"}", -1, 0, true},
		{"{\"utc_start\":\"08:00\"}", -1, 479, false},
		{"{\"utc_start\":\"08:00\"}", -1, 1439, true},
		{"{\"utc_end\":\"08:00\"}", -1, 479, true},
		{"{\"utc_end\":\"08:00\"}", -1, 480, false},
		{"{\"utc_start\":\"soon\"}", -1, 480, false},
		{"{\"utc_start\":8}", -1, 480, false},
		{"{\"min_prompt_tokens\":10,\"utc_end\":\"08:00\"}", 10, 480, false},
		{"{\"min_prompt_tokens\":10,\"utc_end\":\"08:00\"}", 10, 0, true},
		{"{\"weekdays\":[1,2]}", 10, 0, false},
		{"{\"region\":\"eu\"}", 10, 0, false},
		{"{\"weekdays\":null,\"new_price\":\"0.1\"}", 10, 0, true},
		{"[]", 10, 0, false},
		{"7", 10, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_json *v = parsed(rows[i].override);
		struct ms_price_request request = {rows[i].tokens, rows[i].minute};

		if (ms_override_applies(v, &request) != rows[i].applies)
			fail_msg("%s, %d tokens, minute %d", rows[i].override, (int)rows[i].tokens,
				 rows[i].minute);
		ms_json_free(v);
	}
}
/* clang-format on */

static void later_entries_win_and_the_rest_is_inherited(void **state)
{
	static const char overrides[] =
		"[{\"min_prompt_tokens\":32000,\"prompt\":\"2\",\"completion\":\"20\"},"
		"{\"min_prompt_tokens\":128000,\"prompt\":\"0.0000000833333333333333\",\"audio\":3},"
		"{\"weekdays\":[6],\"prompt\":\"9\"},"
		"{\"utc_start\":\"22:00\",\"utc_end\":\"06:00\",\"completion\":\"-1\",\"image\":null}]";
	struct ms_price_request request = {200000, 23 * 60};
	struct ms_arena *arena = ms_arena_new();
	struct ms_model m = {.id = "v/m", .overrides = overrides};

	(void)state;
	m.prices[MS_PRICE_PROMPT] = ms_price_from_text("1");
	m.prices[MS_PRICE_COMPLETION] = ms_price_from_text("10");
	m.prices[MS_PRICE_IMAGE] = ms_price_from_text("5");
	ms_model_price_at(&m, &request, arena);
	assert_string_equal(m.prices[MS_PRICE_PROMPT].exact, "0.0000000833333333333333");
	assert_int_equal(ms_price_state(m.prices[MS_PRICE_COMPLETION]), MS_PRICE_VARIABLE);
	assert_string_equal(m.prices[MS_PRICE_IMAGE].exact, "5");
	assert_string_equal(m.prices[MS_PRICE_AUDIO].exact, "3");
	assert_int_equal(ms_price_state(m.prices[MS_PRICE_REQUEST]), MS_PRICE_UNKNOWN);
	ms_arena_free(arena);
}

static void overrides_that_cannot_be_read_change_nothing(void **state)
{
	static const char *const texts[] = {
		NULL, "", "{", "7", "[7]", "[null]", "{\"prompt\":\"2\"}"};
	struct ms_price_request request = {200000, 0};
	struct ms_arena *arena = ms_arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct ms_model m = {.id = "v/m", .overrides = texts[i]};

		m.prices[MS_PRICE_PROMPT] = ms_price_from_text("1");
		ms_model_price_at(&m, &request, arena);
		assert_string_equal(m.prices[MS_PRICE_PROMPT].exact, "1");
	}
	ms_arena_free(arena);
}

static void overrides_are_put_in_words(void **state)
{
	static const struct {
		const char *override, *words;
	} rows[] = {
		{"{\"min_prompt_tokens\":200000,\"prompt\":\"0.0000003\",\"completion\":\"0.0000012\"}",
		 "from 200,000 prompt tokens: prompt 0.300 $/M, completion 1.200 $/M"},
		{"{\"min_prompt_tokens\":1000,\"utc_start\":\"16:30\",\"utc_end\":\"00:30\","
		 "\"request\":\"0.01\"}",
		 "from 1,000 prompt tokens, 16:30 to 00:30 UTC: request 0.010 $ each"},
		{"{\"utc_start\":\"16:30\",\"prompt\":\"0\"}", "16:30 to 24:00 UTC: prompt 0 $/M"},
		{"{\"weekdays\":[1],\"prompt\":\"-1\"}",
		 "under a condition unknown here (weekdays): prompt var $/M"},
		{"{}", "always"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_json *v = parsed(rows[i].override);
		struct ms_text text;

		ms_text_init(&text, 0);
		ms_override_describe(&text, v);
		assert_string_equal(ms_text_str(&text), rows[i].words);
		ms_text_clear(&text);
		ms_json_free(v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_of_the_day_are_read),
		cmocka_unit_test(sizes_are_read),
		cmocka_unit_test(conditions_decide),
		cmocka_unit_test(later_entries_win_and_the_rest_is_inherited),
		cmocka_unit_test(overrides_that_cannot_be_read_change_nothing),
		cmocka_unit_test(overrides_are_put_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
