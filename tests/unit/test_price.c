/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/model.h"
#include "src/catalog/decimal.h"

/* clang-format off: tables, a row a line */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void texts_become_states(void **state)
{
	static const struct {
		const char *text;
		enum ms_price_state state;
	} rows[] = {
		{NULL, MS_PRICE_UNKNOWN},      {"", MS_PRICE_UNKNOWN},
		{"abc", MS_PRICE_UNKNOWN},     {"1x", MS_PRICE_UNKNOWN},
		{"1e", MS_PRICE_UNKNOWN},      {"1e999", MS_PRICE_UNKNOWN},
		{"--1", MS_PRICE_UNKNOWN},     {"-0.5", MS_PRICE_UNKNOWN},
		{"-2", MS_PRICE_UNKNOWN},      {"1,5", MS_PRICE_UNKNOWN},
		{" 1", MS_PRICE_UNKNOWN},      {".", MS_PRICE_UNKNOWN},
		{"nan", MS_PRICE_UNKNOWN},     {"0x10", MS_PRICE_UNKNOWN},
		{"-1", MS_PRICE_VARIABLE},     {"-1.00", MS_PRICE_VARIABLE},
		{"0", MS_PRICE_KNOWN},	       {"-0", MS_PRICE_KNOWN},
		{"0.000", MS_PRICE_KNOWN},     {"1e-7", MS_PRICE_KNOWN},
		{"1E+2", MS_PRICE_KNOWN},      {".5", MS_PRICE_KNOWN},
		{"0.0000000833333333333333", MS_PRICE_KNOWN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_price price = ms_price_from_text(rows[i].text);

		if (ms_price_state(price) != rows[i].state)
			fail_msg("%s: state %d", rows[i].text, (int)ms_price_state(price));
		if (ms_price_state(price) == MS_PRICE_UNKNOWN)
			assert_null(price.exact);
		else
			assert_ptr_equal(price.exact, rows[i].text);
	}
}

static void doubles_are_the_nearest(void **state)
{
	static const char *const texts[] = {
		"0.00000025", "0.0000000833333333333333", "0.00000012500000000000002", "1e-7", "0.1",
		"123456789012345", "0.000000000000000000001", "0.07", "1e22", "999999.999",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		double ours = ms_price_from_text(texts[i]).usd, libc = strtod(texts[i], NULL);

		if (ours < libc || ours > libc)
			fail_msg("%s: %.20g, not %.20g", texts[i], ours, libc);
	}
}

static void equal_numbers_have_equal_doubles(void **state)
{
	double a = ms_price_from_text("0.0000010000000").usd;
	double b = ms_price_from_text("1e-6").usd, c = ms_price_from_text("00.000001").usd;

	(void)state;
	assert_false(a < b || a > b || a < c || a > c);
}

static void per_token_prices_are_shown_per_million(void **state)
{
	static const struct {
		const char *text;
		size_t width;
		const char *shown;
	} rows[] = {
		{"0.00000025", 7, "0.250"},
		{"0.000002", 7, "2.000"},
		{"0.00000014", 7, "0.140"},
		{"0.0000000833333333333333", 7, "0.0833"},
		{"0.0000000833333333333333", 5, "0.083"},
		{"0.000000006", 7, "0.006"},
		{"0.0000000028", 7, "0.0028"},
		{"0.00000012500000000000002", 7, "0.125"},
		{"0.00000000625", 7, "0.00625"},
		{"0.00000000625", 6, "0.0063"},
		{"1e-7", 7, "0.100"},
		{"0.000075", 7, "75.000"},
		{"0.000075", 5, "75.00"},
		{"0.00015", 6, "150.00"},
		{"0.001", 5, "1000"},
		{"0.01", 5, "10000"},
		{"0.1", 5, ">9999"},
		{"0.1", 7, "100000"},
		{"0.0000009996", 5, "1.000"},
		{"0.0000009999", 7, "1.000"},
		{"0.0000000004", 7, "0.0004"},
		{"0.0000000004", 6, "0.0004"},
		{"0.0000000004", 5, "<0.01"},
		{"0.00000000004", 5, "<0.01"},
		{"0.00000000004", 6, "<0.001"},
		{"0.000000000000000000001", 7, "<0.0001"},
		{"0", 7, "0"},
		{"-0", 7, "0"},
		{"0.0000", 7, "0"},
		{"-1", 7, "var"},
		{NULL, 7, "?"},
		{"abc", 7, "?"},
		{"0.00000025", 1, "0.250"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char buf[32];

		ms_price_format(buf, sizeof(buf), ms_price_from_text(rows[i].text), MS_PRICE_PROMPT,
				rows[i].width);
		if (strcmp(buf, rows[i].shown) != 0)
			fail_msg("%s in %zu columns: %s, not %s", rows[i].text, rows[i].width, buf,
				 rows[i].shown);
	}
}

static void other_prices_are_shown_per_unit(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(ms_price_format(buf, sizeof(buf), ms_price_from_text("0.018"),
					    MS_PRICE_WEB_SEARCH, 7), "0.018");
	assert_string_equal(ms_price_format(buf, sizeof(buf), ms_price_from_text("0.0025"),
					    MS_PRICE_REQUEST, 7), "0.0025");
}

static void nothing_exceeds_its_width(void **state)
{
	static const char *const texts[] = {"1e-200", "1e200", "9e-7", "0.99999999", "123.456",
					    "1e-6", "0.00009999999", "5e-10", "1e-30"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		for (size_t width = 5; width < 30; width++) {
			char buf[32];

			ms_price_format(buf, sizeof(buf), ms_price_from_text(texts[i]),
					MS_PRICE_PROMPT, width);
			assert_in_range(strlen(buf), 1, width);
			assert_string_not_equal(buf, "0.000");
		}
}

static void small_buffers_are_respected(void **state)
{
	char buf[4] = "zzz";

	(void)state;
	ms_price_format(buf, 3, ms_price_from_text("1e200"), MS_PRICE_PROMPT, 20);
	assert_int_equal(strlen(buf), 2);
	assert_int_equal(buf[3], '\0');
}

static void every_kind_has_a_key(void **state)
{
	(void)state;
	enum ms_price_kind kind;

	for (int i = 0; i < MS_PRICE_COUNT; i++) {
		assert_true(ms_price_kind_of(ms_price_key((enum ms_price_kind)i), &kind));
		assert_int_equal(kind, i);
	}
	assert_false(ms_price_kind_of("none_of_ours", &kind));
	assert_string_equal(ms_price_key(MS_PRICE_CACHE_READ), "input_cache_read");
	assert_true(ms_price_is_per_token(MS_PRICE_REASONING));
	assert_false(ms_price_is_per_token(MS_PRICE_REQUEST));
}

static void people_type_suffixes(void **state)
{
	static const struct {
		const char *text;
		double value;
	} rows[] = {
		{"128k", 128000}, {"128K", 128000}, {"1.5m", 1500000}, {"64Ki", 65536}, {"64ki", 65536},
		{"2Mi", 2097152}, {"1g", 1e9},	    {"0", 0},	       {"7", 7},
	};
	static const char *const wrong[] = {"k", "", "12x", "1 k", "1kk", "Ki", "0x1"};
	double value;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(ms_number_parse(rows[i].text, strlen(rows[i].text), &value));
		assert_float_equal(value, rows[i].value, 0.0);
	}
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (ms_number_parse(wrong[i], strlen(wrong[i]), &value))
			fail_msg("\"%s\" was taken for %g", wrong[i], value);
}

static void decimals_have_limits(void **state)
{
	char digits[80];
	struct ms_decimal d;

	(void)state;
	memset(digits, '1', sizeof(digits));
	assert_true(ms_decimal_parse(&d, digits, MS_DECIMAL_DIGITS));
	assert_false(ms_decimal_parse(&d, digits, MS_DECIMAL_DIGITS + 1));
	memset(digits, '0', sizeof(digits));
	assert_true(ms_decimal_parse(&d, digits, sizeof(digits)));
	assert_int_equal(d.count, 0);
	assert_true(ms_decimal_parse(&d, "1e200", 5));
	assert_false(ms_decimal_parse(&d, "1e201", 5));
	assert_false(ms_decimal_parse(&d, "10e200", 6));
}

static void rounding_carries(void **state)
{
	static const struct {
		const char *text;
		unsigned decimals;
		const char *shown;
	} rows[] = {
		{"9.995", 2, "10.00"}, {"0.5", 0, "1"},	    {"0.4", 0, "0"},   {"999.5", 0, "1000"},
		{"0.05", 1, "0.1"},    {"0.04999", 1, "0.0"}, {"1200", 2, "1200.00"}, {"0.006", 0, "0"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_decimal d;
		char buf[MS_DECIMAL_TEXT];

		assert_true(ms_decimal_parse(&d, rows[i].text, strlen(rows[i].text)));
		ms_decimal_render(&d, rows[i].decimals, buf);
		assert_string_equal(buf, rows[i].shown);
	}
}

static void words_have_all_digits(void **state)
{
	static const struct {
		const char *exact, *word;
	} rows[] = {
		{"0.00000025", "0.25"},
		{"0.0000000833333333333", "0.0833333333333"},
		{"2.5e-6", "2.5"},
		{"1", "1000000"},
		{"0", "0"},
		{"-1", "variable"},
		{NULL, "none"},
	};
	char buf[MS_PRICE_WORD_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(
			ms_price_word(buf, ms_price_from_text(rows[i].exact), MS_PRICE_PROMPT),
			rows[i].word);
	assert_string_equal(ms_price_word(buf, ms_price_from_text("0.018"), MS_PRICE_REQUEST),
			    "0.018");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_states),
		cmocka_unit_test(doubles_are_the_nearest),
		cmocka_unit_test(equal_numbers_have_equal_doubles),
		cmocka_unit_test(per_token_prices_are_shown_per_million),
		cmocka_unit_test(other_prices_are_shown_per_unit),
		cmocka_unit_test(nothing_exceeds_its_width),
		cmocka_unit_test(small_buffers_are_respected),
		cmocka_unit_test(every_kind_has_a_key),
		cmocka_unit_test(people_type_suffixes),
		cmocka_unit_test(decimals_have_limits),
		cmocka_unit_test(rounding_carries),
		cmocka_unit_test(words_have_all_digits),
	};

	return cmocka_run_group_tests_name("price", tests, NULL, NULL);
}
