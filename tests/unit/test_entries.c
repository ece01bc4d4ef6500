/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "src/sync/entries.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void test_json_is_what_the_standard_says(void **state)
{
	static const char *const good[] = {"{}",
					   "[]",
					   " [ ] ",
					   "null",
					   "true",
					   "false",
					   "0",
					   "-0",
					   "10.50",
					   "1e9",
					   "-1.5E-3",
					   "2E+8",
					   "\"\"",
					   "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
					   "{\"a\":{\"b\":[1,{},[]]} , \"c\" : 2}\n"};
	static const char *const bad[] = {"",
					  " ",
					  "{",
					  "[",
					  "[1",
					  "[1,",
					  "[1,]",
					  "[,1]",
					  "{\"a\"}",
					  "{\"a\":}",
					  "{\"a\":1,}",
					  "{a:1}",
					  "{\"a\":1 \"b\":2}",
					  "[1 2]",
					  "01",
					  "+1",
					  "1.",
					  ".5",
					  "1e",
					  "1e+",
					  "-",
					  "nul",
					  "truex",
					  "NaN",
					  "\"",
					  "\"\\\"",
					  "\"\\x\"",
					  "\"\\u12\"",
					  "\"\\u12g4\"",
					  "\"a\nb\"",
					  "\"a\tb\"",
					  "{} {}",
					  "]",
					  "}",
					  "[}",
					  "{]",
					  "'a'",
					  "<html>"};
	struct ms_json_list list;
	struct ms_error err;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!ms_json_scan(good[i], strlen(good[i]), "data", &list, &err))
			fail_msg("%s: %s", good[i], err.message);
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (ms_json_scan(bad[i], strlen(bad[i]), "data", &list, &err))
			fail_msg("%s was taken", bad[i]);
		assert_int_equal(err.category, MS_ERR_PARSE);
		assert_null(list.items);
	}
}

static void test_errors_say_where(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {{"{\"a\":[1,2", "cut off at byte 9"},
		     {"{\"a\":[1,x]}", "not JSON at byte 8"},
		     {"{} x", "text after the end of the JSON value at byte 3"}};
	struct ms_json_list list;
	struct ms_error err;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_false(
			ms_json_scan(cases[i].text, strlen(cases[i].text), "data", &list, &err));
		assert_string_equal(err.message, cases[i].message);
	}
}

static bool scan_nested(size_t depth, struct ms_error *err)
{
	char text[2 * (MS_JSON_MAX_DEPTH + 1)];
	struct ms_json_list list;

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return ms_json_scan(text, 2 * depth, "data", &list, err);
}

static void test_nesting_has_an_end(void **state)
{
	struct ms_error err;

	(void)state;
	assert_true(scan_nested(MS_JSON_MAX_DEPTH, &err));
	assert_false(scan_nested(MS_JSON_MAX_DEPTH + 1, &err));
	assert_string_equal(err.message, "nested deeper than 512 levels");
}

/* The elements as they lie there, each between "<" and ">". */
static char *items_of(const char *text)
{
	struct ms_json_list list;
	struct ms_error err;
	struct ms_text out;

	assert_true(ms_json_scan(text, strlen(text), "data", &list, &err));
	ms_text_init(&out, 0);
	for (size_t i = 0; i < list.count; i++) {
		ms_text_add(&out, "<");
		ms_text_add_bytes(&out, text + list.items[i].start, list.items[i].len);
		ms_text_add(&out, ">");
	}
	assert_int_equal(list.whole.len > 0, strstr(text, "no list") == NULL);
	ms_json_list_clear(&list);
	return ms_text_take(&out);
}

static void test_the_list_is_the_first_of_its_name_in_the_root(void **state)
{
	static const struct {
		const char *text, *items;
	} cases[] = {
		{"{\"data\":[]}", ""},
		{"{\"data\":[1, {\"a\":[2]} ,\n\"x,]\"]}", "<1><{\"a\":[2]}><\"x,]\">"},
		{"{\"a\":{\"data\":[1]},\"data\":[2]}", "<2>"},
		{"{\"data\":[{\"data\":[1]}],\"data\":[2]}", "<{\"data\":[1]}>"},
		{"{\"data\":{\"no list\":[1]},\"data\":[2]}", ""},
		{"[{\"data\":[1]},\"no list\"]", ""},
		{"{\"Data\":[1],\"dat\":[2],\"data2\":\"no list\"}", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *items = items_of(cases[i].text);

		assert_string_equal(items, cases[i].items);
		ms_free(items);
	}
}

static void test_hashes_are_those_of_the_bytes(void **state)
{
	char one[] = "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}",
	     two[] = "{\"data\":[ {\"id\":\"a\"} , 7]}", none[] = "{\"data\":[]}";
	char *pages[] = {one, none, two};
	struct entries e;
	struct ms_error err;

	(void)state;
	assert_true(entries_find(&e, pages, COUNT(pages), &err));
	assert_int_equal(e.count, 4);
	/* printf '%s' '{"id":"a"}' | xxhsum -H128 */
	assert_string_equal(
		e.hashes,
		"{cd0f24c6a87f899923e5b37d4c14ed87,47069dde6400166d00971d87e2479912,cd0f24c6a87f899923e5b37d4c14ed87,dbd6a1e71414294c06eed105b82285fa}");
	entries_clear(&e);
}

static void test_known_entries_become_null(void **state)
{
	char page[] = "{ \"data\": [ {\"id\":\"a\"}, 2 ,[3]], \"total_count\": 3}";
	char *pages[] = {page};
	static const struct {
		bool is_known[3];
		const char *text;
	} cases[] = {
		{{false, false, false},
		 "{ \"data\": [ {\"id\":\"a\"}, 2 ,[3]], \"total_count\": 3}"},
		{{true, false, true}, "{ \"data\": [ null, 2 ,null], \"total_count\": 3}"},
		{{true, true, true}, "{ \"data\": [ null, null ,null], \"total_count\": 3}"},
	};
	struct entries e;
	struct ms_error err;

	(void)state;
	assert_true(entries_find(&e, pages, 1, &err));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct entries_pages sent = entries_pack(&e, pages, cases[i].is_known, 1000);

		assert_int_equal(sent.count, 1);
		assert_string_equal(sent.pages[0], cases[i].text);
		entries_pages_clear(&sent);
	}
	entries_clear(&e);
}

static void check_packed(char *const *pages, size_t count, const bool *is_known, size_t most,
			 const char *wanted)
{
	struct entries_pages sent;
	struct ms_text all;
	struct ms_error err;
	struct entries e;

	assert_true(entries_find(&e, pages, count, &err));
	sent = entries_pack(&e, pages, is_known, most);
	ms_text_init(&all, 0);
	for (size_t i = 0; i < sent.count; i++)
		ms_text_addf(&all, "%s%s", i ? " ; " : "", sent.pages[i]);
	assert_string_equal(ms_text_str(&all), wanted);
	ms_text_clear(&all);
	entries_pages_clear(&sent);
	entries_clear(&e);
}

static void test_long_pages_are_sent_as_several(void **state)
{
	char page[] = "{\"data\": [ 11, 22 ,33,44 ], \"total_count\": 4}", second[] = "{\"data\":[55,66]}", odd[] = "{}",
	     none[] = "{\"data\":[]}";
	char *one[] = {page}, *two[] = {page, second}, *with_odd[] = {page, odd}, *empty[] = {none};
	static const bool nothing[6], first_two[6] = {true, true};

	(void)state;
	check_packed(one, 1, nothing, 100, "{\"data\": [ 11, 22 ,33,44 ], \"total_count\": 4}");
	check_packed(one, 1, nothing, 3, "[11,22] ; {\"data\": [ 33,44 ], \"total_count\": 4}");
	check_packed(one, 1, nothing, 1, "[11] ; [22] ; [33] ; {\"data\": [ 44 ], \"total_count\": 4}");
	check_packed(one, 1, first_two, 8, "[null,null] ; {\"data\": [ 33,44 ], \"total_count\": 4}");
	check_packed(two, 2, nothing, 3, "[11,22] ; {\"data\": [ 33,44 ], \"total_count\": 4} ; {\"data\":[55,66]}");
	check_packed(with_odd, 2, nothing, 3, "{\"data\": [ 11, 22 ,33,44 ], \"total_count\": 4} ; {}");
	check_packed(empty, 1, nothing, 1, "{\"data\":[]}");
}

static void test_pages_that_are_no_json(void **state)
{
	char good[] = "{\"data\":[1]}", bad[] = "{\"data\":[1";
	char *pages[] = {good, bad};
	struct entries e;
	struct ms_error err;

	(void)state;
	assert_false(entries_find(&e, pages, 2, &err));
	assert_int_equal(err.category, MS_ERR_PARSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_is_what_the_standard_says),
		cmocka_unit_test(test_errors_say_where),
		cmocka_unit_test(test_nesting_has_an_end),
		cmocka_unit_test(test_the_list_is_the_first_of_its_name_in_the_root),
		cmocka_unit_test(test_hashes_are_those_of_the_bytes),
		cmocka_unit_test(test_known_entries_become_null),
		cmocka_unit_test(test_long_pages_are_sent_as_several),
		cmocka_unit_test(test_pages_that_are_no_json),
	};

	return cmocka_run_group_tests_name("entries", tests, NULL, NULL);
}
