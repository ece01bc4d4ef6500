/* SPDX-License-Identifier: MIT */
/* Saved views: their list, its form in a file, and what @name means in a filter. */
#include "tests/unit/filter_models.h"

#include "modelsync/view.h"

static void add(struct ms_views *v, const char *name, const char *filter)
{
	const struct ms_view view = {(char *)name, (char *)filter, (char *)"-added",
				     (char *)"status,id"};

	assert_true(ms_views_set(v, &view));
}

static void test_views_are_kept_by_name(void **state)
{
	struct ms_views v = {0};

	(void)state;
	add(&v, "new", "status:new");
	add(&v, "cheap", "price<1");
	add(&v, "new", "status:new -is:alias");
	assert_int_equal(v.count, 2);
	assert_string_equal(v.items[0].name, "cheap");
	assert_string_equal(ms_views_find(&v, "new")->filter, "status:new -is:alias");
	assert_null(ms_views_find(&v, "New"));
	assert_string_equal(ms_views_nearest(&v, "chaep"), "cheap");
	assert_null(ms_views_nearest(&v, "something"));
	assert_true(ms_views_remove(&v, "cheap"));
	assert_false(ms_views_remove(&v, "cheap"));
	assert_int_equal(v.count, 1);
	ms_views_clear(&v);
}

static void test_there_is_an_end_to_views(void **state)
{
	struct ms_views v = {0};
	struct ms_view more = {(char *)"more", (char *)"", (char *)"", (char *)""};
	char name[16];

	(void)state;
	for (int i = 0; i < MS_VIEWS_MAX; i++) {
		snprintf(name, sizeof(name), "v%d", i);
		add(&v, name, "");
	}
	assert_false(ms_views_set(&v, &more));
	add(&v, "v7", "replaced");
	assert_string_equal(ms_views_find(&v, "v7")->filter, "replaced");
	ms_views_clear(&v);
}

static void test_names(void **state)
{
	static const char *const bad[] = {
		"", "a b", "a\"", "\xc3\xa9", "a,b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	struct ms_error err;

	(void)state;
	assert_true(ms_view_name_check("Cheap-2.5_x", &err));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(ms_view_name_check(bad[i], &err));
}

static struct ms_json *parsed(const char *text)
{
	struct ms_error err;
	struct ms_json *v = ms_json_parse(text, strlen(text), &err);

	assert_non_null(v);
	return v;
}

static void test_views_survive_their_file(void **state)
{
	struct ms_views v = {0}, again = {0};
	struct ms_error err;
	struct ms_json *written, *json;
	char *text;

	(void)state;
	add(&v, "a", "\"quoted \\\" text\" sort:-price");
	add(&v, "b", "");
	written = ms_views_json(&v);
	text = ms_json_print(written);
	json = parsed(text);
	assert_true(ms_views_read(&again, json, &err));
	assert_int_equal(again.count, 2);
	assert_string_equal(again.items[0].filter, v.items[0].filter);
	assert_string_equal(again.items[1].columns, "status,id");
	assert_true(ms_views_read(&again, NULL, &err));
	assert_int_equal(again.count, 0);
	ms_json_free(json);
	ms_json_free(written);
	ms_free(text);
	ms_views_clear(&v);
	ms_views_clear(&again);
}

static void test_what_is_no_list_of_views_changes_nothing(void **state)
{
	static const char *const bad[] = {
		"[]",
		"{\"views\": []}",
		"{\"format\": 2, \"views\": []}",
		"{\"format\": 1, \"views\": {}}",
		"{\"format\": 1, \"views\": [{\"name\": \"a b\"}]}",
		"{\"format\": 1, \"views\": [{\"name\": \"ok\"}, 7]}",
	};
	struct ms_views v = {0};

	(void)state;
	add(&v, "kept", "gpt");
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct ms_json *json = parsed(bad[i]);
		struct ms_error err;

		assert_false(ms_views_read(&v, json, &err));
		assert_int_not_equal(err.message[0], '\0');
		assert_int_equal(v.count, 1);
		ms_json_free(json);
	}
	ms_views_clear(&v);
}

/* --- in a filter ----------------------------------------------------------------------------- */

static void test_a_view_stands_for_its_expression(void **state)
{
	static const struct {
		const char *with, *without;
	} same[] = {
		{"@new", "status:new"},
		{"-@new", "-status:new"},
		{"@either -@new", "(gpt OR claude) -status:new"},
		{"(@either) OR @new", "gpt OR claude OR status:new"},
		{"@outer", "(gpt OR claude) ctx>=1"},
		{"@all", ""},
		{"@sorted", ""},
		{"\"@new\"", "\"@new\""},
	};
	struct ms_views v = {0};

	(void)state;
	add(&v, "new", "status:new");
	add(&v, "either", "gpt OR claude");
	add(&v, "outer", "@either ctx>=1");
	add(&v, "all", "");
	add(&v, "sorted", "sort:-price,name");
	for (size_t i = 0; i < COUNT(same); i++) {
		struct ms_filter_error err;
		struct ms_filter *a = ms_filter_parse_with(same[i].with, &v, &err);
		struct ms_filter *b = ms_filter_parse(same[i].without, &err);

		if (!a)
			fail_msg("%s: %s", same[i].with, err.message);
		for (int m = 0; m < MODELS; m++)
			assert_int_equal(ms_filter_match(a, &models[m], row_flags[m], now),
					 ms_filter_match(b, &models[m], row_flags[m], now));
		ms_filter_free(a);
		ms_filter_free(b);
	}
	ms_views_clear(&v);
}

static void test_the_order_of_a_view_counts_where_one_may_stand(void **state)
{
	static const struct {
		const char *text;
		size_t keys;
	} rows[] = {
		{"@four", 4}, {"sort:id @four", 4}, {"(@four)", 0}, {"-@four", 0}, {"@outer", 4}};
	struct ms_views v = {0};

	(void)state;
	add(&v, "four", "gpt sort:-price,out,ctx,name");
	add(&v, "outer", "@four");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_sort_key keys[MS_SORT_KEYS_MAX];
		struct ms_filter_error err;
		struct ms_filter *f = ms_filter_parse_with(rows[i].text, &v, &err);

		if (!f)
			fail_msg("%s: %s", rows[i].text, err.message);
		assert_int_equal(ms_filter_sort(f, keys), rows[i].keys);
		ms_filter_free(f);
	}
	ms_views_clear(&v);
}

static void test_mistakes_are_shown_at_the_name(void **state)
{
	static const struct {
		const char *text;
		size_t at, len;
		const char *says;
	} rows[] = {
		{"gpt @nwe", 4, 4, "no saved view \"nwe\", did you mean \"new\"?"},
		{"gpt @", 4, 1, "no saved view \"\""},
		{"gpt @broken", 4, 7, "in the saved view \"broken\": no field \"pric\""},
		{"@self", 0, 5, "more than 5 deep"},
		{"@many", 0, 5, "more than 100 saved views"},
	};
	struct ms_views v = {0};

	(void)state;
	add(&v, "new", "status:new");
	add(&v, "broken", "pric<1");
	add(&v, "self", "gpt @self");
	add(&v, "ten", "@new @new @new @new @new @new @new @new @new @new");
	add(&v, "many", "@ten @ten @ten @ten @ten @ten @ten @ten @ten @ten");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_filter_error err;

		assert_null(ms_filter_parse_with(rows[i].text, &v, &err));
		if (!strstr(err.message, rows[i].says))
			fail_msg("%s: %s", rows[i].text, err.message);
		assert_int_equal(err.at, rows[i].at);
		assert_int_equal(err.len, rows[i].len);
	}
	ms_views_clear(&v);
}

static void test_why_a_model_does_not_match_names_the_view(void **state)
{
	struct ms_views v = {0};
	struct ms_filter_error err;
	struct ms_filter *f;
	size_t at, len;

	(void)state;
	add(&v, "none", "ctx>=0 id=nothing");
	f = ms_filter_parse_with("ctx>=0 @none", &v, &err);
	assert_non_null(f);
	assert_true(ms_filter_find_unmet(f, &models[MINI], now, &at, &len));
	assert_int_equal(at, 7);
	ms_filter_free(f);
	f = ms_filter_parse_with("@none", &v, &err);
	assert_non_null(f);
	assert_true(ms_filter_find_unmet(f, &models[MINI], now, &at, &len));
	assert_int_equal(at, 0);
	assert_int_equal(len, 5);
	ms_filter_free(f);
	ms_views_clear(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views_are_kept_by_name),
		cmocka_unit_test(test_there_is_an_end_to_views),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_views_survive_their_file),
		cmocka_unit_test(test_what_is_no_list_of_views_changes_nothing),
		cmocka_unit_test(test_a_view_stands_for_its_expression),
		cmocka_unit_test(test_the_order_of_a_view_counts_where_one_may_stand),
		cmocka_unit_test(test_mistakes_are_shown_at_the_name),
		cmocka_unit_test(test_why_a_model_does_not_match_names_the_view),
	};

	return cmocka_run_group_tests_name("view", tests, set_up, NULL);
}
