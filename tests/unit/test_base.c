/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/error.h"
#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "modelsync/userfile.h"
#include "modelsync/utf8.h"

static void errors_carry_category_and_context(void **state)
{
	struct ms_error err = {.http_status = 7};

	(void)state;
	assert_false(ms_fail(&err, MS_ERR_PARSE, "byte %d", 12));
	assert_int_equal(err.http_status, 0);
	assert_false(ms_error_prefix(&err, "page %d", 2));
	assert_string_equal(err.message, "page 2: byte 12");
	for (int i = 0; i < 10; i++)
		ms_error_prefix(&err, "%0199d", i);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
}

static void errors_are_valid_utf8_whatever_was_cut(void **state)
{
	struct ms_error err;
	size_t bad_at;

	(void)state;
	ms_fail(&err, MS_ERR_PARSE, "%.2s and %.4s", "×××", "€€ behind");
	assert_string_equal(err.message, "× and €");
	ms_fail(&err, MS_ERR_PARSE, "%.3s and \xff\xfe then U+FFFD \xEF\xBF\xBD", "×××");
	assert_string_equal(err.message, "×? and ? then U+FFFD \xEF\xBF\xBD");
	for (int i = 0; i < 600; i++)
		ms_error_append(&err, "×%s", i % 7 ? "" : " ");
	assert_true(ms_utf8_is_valid(err.message, strlen(err.message), &bad_at));
	ms_error_prefix(&err, "%.4s", "a×××");
	assert_int_equal(strncmp(err.message, "a×: ×? and ?", strlen("a×: ×? and ?")), 0);
}

static void every_category_has_name_hint_and_exit_code(void **state)
{
	(void)state;
	for (int i = 1; i < MS_CATEGORY_COUNT; i++) {
		enum ms_category c = (enum ms_category)i;

		assert_true(strlen(ms_category_name(c)) > 2);
		assert_int_equal(ms_category_from_name(ms_category_name(c)), c);
		assert_true(strlen(ms_category_hint(c)) > 10);
		assert_true(ms_category_exit_code(c) > 0);
	}
	assert_int_equal(ms_category_from_name("nonsense"), MS_ERR_INTERNAL);
	assert_int_equal(ms_category_exit_code(MS_OK), 0);
}

static void carets_stand_below_what_they_mean(void **state)
{
	static const struct {
		const char *text;
		size_t at, len;
		const char *shown;
	} cases[] = {
		{"a bad word", 2, 3, "a bad word\n  ^~~"},
		{"end", 3, 1, "end\n   ^"},
		{"end", 99, 99, "end\n   ^"},
		{"\xE6\x97\xA5 x", 4, 1, "\xE6\x97\xA5 x\n   ^"}, /* two columns wide */
		{"\xE6\x97\xA5", 0, 3, "\xE6\x97\xA5\n^~"},
		{"a\033[1m", 1, 1, "a?[1m\n ^"},
	};
	struct ms_text t;

	(void)state;
	ms_text_init(&t, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ms_text_reset(&t);
		ms_text_point_at(&t, cases[i].text, cases[i].at, cases[i].len);
		assert_string_equal(ms_text_str(&t), cases[i].shown);
	}
	ms_text_clear(&t);
}

static void arena_interns_and_grows(void **state)
{
	struct ms_arena *a = ms_arena_new();
	const char *first = ms_arena_intern(a, "text->text");
	char *big = ms_arena_alloc(a, 1 << 20);
	char name[32];

	(void)state;
	memset(big, 'x', 1 << 20);
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "value %d", i % 500);
		ms_arena_intern(a, name);
		assert_int_equal((uintptr_t)ms_arena_alloc(a, 24) % _Alignof(max_align_t), 0);
	}
	assert_ptr_equal(ms_arena_intern(a, "text->text"), first);
	assert_string_equal(ms_arena_intern(a, "value 499"), "value 499");
	assert_null(ms_arena_intern(a, NULL));
	ms_arena_free(a);
	ms_arena_free(NULL);
}

static void text_is_capped(void **state)
{
	struct ms_text t;
	char *taken;

	(void)state;
	ms_text_init(&t, 8);
	assert_true(ms_text_add(&t, "12345"));
	assert_true(ms_text_addf(&t, "%d", 678));
	assert_false(ms_text_add(&t, "9"));
	assert_true(t.overflow);
	taken = ms_text_take(&t);
	assert_string_equal(taken, "12345678");
	ms_free(taken);
	assert_string_equal(ms_text_str(&t), "");
	assert_false(t.overflow);
}

static void nearest_names(void **state)
{
	static const char *const names[] = {"status", "tier", "price", NULL};
	char buf[32];

	(void)state;
	assert_string_equal(ms_text_nearest("staus", names), "status");
	assert_string_equal(ms_text_nearest("prise", names), "price");
	assert_null(ms_text_nearest("context", names));
	assert_string_equal(ms_text_group_digits(buf, sizeof(buf), 1234567), "1,234,567");
	assert_string_equal(ms_text_group_digits(buf, sizeof(buf), -123), "-123");
	assert_string_equal(ms_text_group_digits(buf, sizeof(buf), 0), "0");
}

static void utf8_validity(void **state)
{
	static const struct {
		const char *s;
		size_t bad_at; /* SIZE_MAX: valid */
	} cases[] = {
		{"", SIZE_MAX},		      {"a\u00d7\u2014\u4f60\U0001F600", SIZE_MAX},
		{"ab\xC0\x80", 2},	      {"\xED\xA0\x80", 0},
		{"x\xF5\x80\x80\x80", 1},     {"\xE4\xBD", 0},
		{"\xF4\x90\x80\x80", 0},      {"\x80", 0},
		{"\xF4\x8F\xBF\xBF", SIZE_MAX}, {"\xE0\x9F\xBF", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t at = SIZE_MAX;

		assert_int_equal(ms_utf8_is_valid(cases[i].s, strlen(cases[i].s), &at),
				 cases[i].bad_at == SIZE_MAX);
		assert_int_equal(at, cases[i].bad_at);
	}
}

static void utf8_round_trip_and_width(void **state)
{
	static const struct {
		uint32_t cp;
		int width;
	} cases[] = {{'a', 1},	  {0xD7, 1},	 {0x2014, 1},  {0x4F60, 2},   {0x1F600, 2},
		     {0x0301, 0}, {0x1B, -1},	 {0x9B, -1},   {0x202E, -1},  {0xAC00, 2},
		     {0xFEFF, -1}, {0x7F, -1}, {0x2588, 1}, {0x28FF, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[4];
		size_t used, len = ms_utf8_encode(cases[i].cp, buf);

		assert_int_equal(ms_utf8_decode(buf, len, &used), cases[i].cp);
		assert_int_equal(used, len);
		assert_int_equal(ms_utf8_width(cases[i].cp), cases[i].width);
	}
	assert_int_equal(ms_utf8_columns("a\u4f60e\u0301\x1b"), 5);
}

static void json_refuses_what_it_should(void **state)
{
	static const char *const bad[] = {"", "{", "{\"a\":1}x", "[1,]", "\"\\u0000\"", "\"\\ud800\"",
					  "\"\\udc00x\"", "{\"a\":\"\xff\"}", "nul", "<html>"};
	struct ms_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(ms_json_parse(bad[i], strlen(bad[i]), &err));
		assert_int_equal(err.category, MS_ERR_PARSE);
	}
}

static void json_refuses_deep_nesting(void **state)
{
	char deep[1400];
	struct ms_error err;

	(void)state;
	memset(deep, '[', 700);
	memset(deep + 700, ']', 700);
	assert_null(ms_json_parse(deep, sizeof(deep), &err));
	assert_non_null(strstr(err.message, "deeper"));
}

static void json_reads_and_writes(void **state)
{
	static const char text[] = " {\"A\":1,\"a\":\"x\\u00e9\",\"n\":12345678901,\"l\":[true,null,1.5]} ";
	struct ms_error err;
	struct ms_json *v = ms_json_parse(text, strlen(text), &err), *o;
	const struct ms_json *l;
	char *printed;

	(void)state;
	assert_non_null(v);
	assert_string_equal(ms_json_text(ms_json_get(v, "a")), "x\u00e9");
	assert_int_equal(ms_json_int(ms_json_get(v, "n"), 0), 12345678901);
	l = ms_json_get(v, "l");
	assert_int_equal(ms_json_count(l), 3);
	assert_true(ms_json_bool(ms_json_first(l)));
	assert_int_equal(ms_json_int(ms_json_next(ms_json_next(ms_json_first(l))), -1), -1);
	assert_string_equal(ms_json_text(ms_json_get(ms_json_get(v, "x"), "y")), "");

	o = ms_json_new_object();
	ms_json_add_int(o, "big", INT64_MAX);
	ms_json_add_string(o, "s", "1");
	ms_json_add_string(o, "s", NULL);
	ms_json_add(o, "copy", ms_json_copy(l));
	ms_json_add(o, "none", ms_json_copy(ms_json_get(v, "x")));
	printed = ms_json_print(o);
	assert_string_equal(printed, "{\"big\":9223372036854775807,\"s\":null,\"copy\":[true,null,1.5],"
				     "\"none\":null}");
	ms_free(printed);
	ms_json_free(o);
	ms_json_free(v);
}

static void json_strings_are_utf8(void **state)
{
	struct ms_json *v = ms_json_new_string("a\xFF\xC3(\xED\xA0\x80\xC3\xA9");
	char *printed = ms_json_print(v);

	(void)state;
	assert_string_equal(printed, "\"a\uFFFD\uFFFD(\uFFFD\uFFFD\uFFFD\u00e9\"");
	ms_free(printed);
	ms_json_free(v);
}

static void json_escapes_are_repaired_in_place(void **state)
{
	static const struct {
		const char *in, *out;
		size_t count;
	} cases[] = {
		{"\"\\u0000\"", "\"\\ufffd\"", 1},
		{"\"\\\\u0000\"", "\"\\\\u0000\"", 0},
		{"\"\\ud83d\\ude00\"", "\"\\ud83d\\ude00\"", 0},
		{"\"\\ud83d\\u0041\"", "\"\\ufffd\\u0041\"", 1},
		{"\"\\ude00\\uD800\"", "\"\\ufffd\\ufffd\"", 2},
		{"\\u0000\"\\", "\\u0000\"\\", 0},
		{"\"\\u00", "\"\\u00", 0},
		{"\"\\u\x10\x10\x10\x10\"", "\"\\u\x10\x10\x10\x10\"", 0},
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(buf, cases[i].in);
		assert_int_equal(ms_json_repair_escapes(buf, strlen(buf)), cases[i].count);
		assert_string_equal(buf, cases[i].out);
	}
}

static void times_parse_and_format(void **state)
{
	static const struct {
		const char *s;
		int64_t t; /* -1: refused */
	} cases[] = {
		{"1970-01-02", 86400},
		{"2026-06-07T18:23:05Z", 1780856585},
		{"2026-06-07 18:23:05.123456+00", 1780856585},
		{"2026-06-07 20:23:05+02:00", 1780856585},
		{"2026-06-07 18:23", 1780856580},
		{"2026-02-30", -1},
		{"2026-13-01", -1},
		{"2026-06-07 25:00", -1},
		{"yesterday", -1},
		{"2026-06-07x", -1},
	};
	char buf[24];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ms_time_parse(cases[i].s, &t), cases[i].t != -1);
		if (cases[i].t != -1)
			assert_int_equal(t, cases[i].t);
	}
	assert_string_equal(ms_time_format(buf, sizeof(buf), 1780856585), "2026-06-07 18:23:05");
	assert_string_equal(ms_time_format_date(buf, sizeof(buf), 1780856585), "2026-06-07");
}

static void ages_and_durations(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} ages[] = {{0, "0s"},		{59, "59s"},	   {61, "1m"},	    {7200, "2h"},
		    {47 * 3600, "47h"}, {2 * 86400, "2d"}, {-86400, "-24h"}, {90 * 86400, "12w"},
		    {800 * 86400, "2y"}};
	char buf[24];
	int64_t s;

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++)
		assert_string_equal(ms_time_format_age(buf, sizeof(buf), ages[i].s), ages[i].text);
	assert_true(ms_duration_parse("7d", &s));
	assert_int_equal(s, 604800);
	assert_true(ms_duration_parse("3mo", &s));
	assert_int_equal(s, 7776000);
	assert_false(ms_duration_parse("7", &s));
	assert_false(ms_duration_parse("d", &s));
	assert_false(ms_duration_parse("99999999999999999999d", &s));
}

static void assert_path(char *path, const char *expected)
{
	assert_string_equal(path, expected);
	ms_free(path);
}

static void paths_of_a_user(void **state)
{
	(void)state;
	assert_path(ms_user_path("/c", "/h", ".config", "f"), "/c/modelsync-tui/f");
	assert_path(ms_user_path(NULL, "/h", ".config", "f"), "/h/.config/modelsync-tui/f");
	assert_path(ms_user_path("c", "/h", ".config", "f"), "/h/.config/modelsync-tui/f");
	assert_null(ms_user_path("", "h", ".config", "f"));
}

static void files_of_a_user(void **state)
{
	char dir[] = "/tmp/modelsync-base-XXXXXX";
	struct ms_error err;
	struct ms_text text;
	struct stat st;
	bool is_there;
	char *path;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = ms_format("%s/a/b/file", dir);
	ms_text_init(&text, 0);
	assert_true(ms_user_file_read(path, 10, &text, &is_there, &err));
	assert_false(is_there);
	assert_true(ms_user_file_write(path, "12345678", 8, &err));
	assert_true(ms_user_file_write(path, "1234567890", 10, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(ms_user_file_read(path, 10, &text, &is_there, &err));
	assert_true(is_there);
	assert_string_equal(ms_text_str(&text), "1234567890");
	assert_false(ms_user_file_read(path, 9, &text, &is_there, &err));
	assert_non_null(strstr(err.message, "larger than 9 bytes"));
	(void)unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(ms_user_file_write(path, "x", 1, &err)); /* a directory stands there */
	assert_false(ms_user_file_read(path, 9, &text, &is_there, &err));
	for (int up = 0; up < 3; up++) { /* nothing but the directories is left */
		assert_int_equal(rmdir(path), 0);
		*strrchr(path, '/') = '\0';
	}
	assert_int_equal(rmdir(dir), 0);
	ms_free(path);
	ms_text_clear(&text);
}

static void moments_and_integers(void **state)
{
	int64_t n = 7, now = 1780858985;
	char buf[32];

	(void)state;
	assert_string_equal(ms_time_format_iso(buf, sizeof(buf), now), "2026-06-07T19:03:05Z");
	assert_true(ms_moment_parse("2026-06-07T19:03:05Z", 0, &n));
	assert_int_equal(n, now);
	assert_true(ms_moment_parse("2h", now, &n));
	assert_int_equal(n, now - 7200);
	assert_true(ms_moment_parse("100y", now, &n));
	assert_int_equal(n, 0);
	assert_false(ms_moment_parse("yesterday", now, &n));
	assert_true(ms_text_integer("20", 1, 20, &n));
	assert_int_equal(n, 20);
	assert_false(ms_text_integer("21", 1, 20, &n));
	assert_false(ms_text_integer("0", 1, 20, &n));
	assert_false(ms_text_integer("", 0, 20, &n));
	assert_false(ms_text_integer("+2", 1, 20, &n));
	assert_false(ms_text_integer("2 ", 1, 20, &n));
	assert_false(ms_text_integer("99999999999999999999", 1, INT64_MAX, &n));
	assert_int_equal(n, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_of_a_user),
		cmocka_unit_test(files_of_a_user),
		cmocka_unit_test(errors_carry_category_and_context),
		cmocka_unit_test(errors_are_valid_utf8_whatever_was_cut),
		cmocka_unit_test(every_category_has_name_hint_and_exit_code),
		cmocka_unit_test(carets_stand_below_what_they_mean),
		cmocka_unit_test(arena_interns_and_grows),
		cmocka_unit_test(text_is_capped),
		cmocka_unit_test(nearest_names),
		cmocka_unit_test(moments_and_integers),
		cmocka_unit_test(utf8_validity),
		cmocka_unit_test(utf8_round_trip_and_width),
		cmocka_unit_test(json_refuses_what_it_should),
		cmocka_unit_test(json_refuses_deep_nesting),
		cmocka_unit_test(json_reads_and_writes),
		cmocka_unit_test(json_strings_are_utf8),
		cmocka_unit_test(json_escapes_are_repaired_in_place),
		cmocka_unit_test(times_parse_and_format),
		cmocka_unit_test(ages_and_durations),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
