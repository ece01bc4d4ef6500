/* SPDX-License-Identifier: MIT */
/* The table of fields, and what a wrong filter is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/filter.h"
#include "modelsync/utf8.h"

/* clang-format off: tables, a row a line */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW	 INT64_C(1781092800) /* 2026-06-10 12:00:00 UTC */

static void every_field_is_complete_and_found(void **state)
{
	const struct ms_field *f;
	size_t n = 0;

	(void)state;
	for (; (f = ms_field_at(n)); n++) {
		assert_ptr_equal(ms_field_by_name(f->name), f);
		assert_true(f->title && *f->title);
		assert_true(f->help && *f->help);
		assert_true(f->width == 0 || (size_t)f->width >= strlen(f->title) || f->width >= 5);
		for (const char *c = f->name; *c; c++)
			assert_true((*c >= 'a' && *c <= 'z') || *c == '_');
		if (f->type == MS_FIELD_ENUM || f->type == MS_FIELD_FLAGS)
			assert_non_null(f->values);
	}
	assert_int_equal(n, 46);
	assert_ptr_equal(ms_field_by_name("price"), ms_field_by_name("in"));
	assert_ptr_equal(ms_field_by_name("CONTEXT"), ms_field_by_name("ctx"));
	assert_ptr_equal(ms_field_by_name("outmod"), ms_field_by_name("output_modality"));
	assert_null(ms_field_by_name("nosuch"));
	assert_null(ms_field_by_name(""));
	assert_null(ms_field_by_name("sort"));
}

static struct ms_model sample(void)
{
	struct ms_model m = {
		.id = "openai/gpt-x",
		.name = "GPT × X",
		.provider = "openai",
		.status = MS_STATUS_ACTIVE,
		.tiers = MS_TIER_PRO | MS_TIER_ENTERPRISE,
		.input_modalities = "text,image",
		.knowledge_cutoff = "2025-06-30",
		.context_length = 400000,
		.added_at = NOW - 2 * 86400,
		.created = NOW - 2 * 86400,
		.expires_at = NOW + 12 * 3600,
		.daily_limit = 1000,
		.monthly_limit = -1,
		.price_trend = -12,
		.is_moderated = true,
	};

	m.prices[MS_PRICE_PROMPT] = ms_price_from_text("0.00000025");
	m.prices[MS_PRICE_COMPLETION] = ms_price_from_text("-1");
	return m;
}

static void values_are_shown_and_exported(void **state)
{
	static const struct {
		const char *field, *shown, *exported;
	} rows[] = {
		{"id", "openai/gpt-x", "openai/gpt-x"},
		{"name", "GPT × X", "GPT × X"},
		{"status", "active", "active"},
		{"tier", ". x x", "pro,enterprise"},
		{"ctx", "400k", "400000"},
		{"trend", "-12%", "-12"},
		{"maxout", "-", ""},
		{"in", "0.250", "0.00000025"},
		{"out", "var", "variable"},
		{"image", "?", ""},
		{"input", "text,image", "text,image"},
		{"modality", "", ""},
		{"alias", "", ""},
		{"cutoff", "2025-06-30", "2025-06-30"},
		{"added", "2d", "2026-06-08 12:00:00"},
		{"created", "2026-06-08", "2026-06-08 12:00:00"},
		{"expires", "2026-06-11", "2026-06-11"},
		{"changed", "", ""},
		{"missing", "", ""},
		{"daily", "1000", "1000"},
		{"monthly", "", ""},
		{"is", "variable,moderated", "variable,moderated"},
	};
	const struct ms_model m = sample();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ms_field *f = ms_field_by_name(rows[i].field);
		char buf[64];

		assert_string_equal(ms_field_format(buf, sizeof(buf), f, &m, NOW), rows[i].shown);
		assert_string_equal(ms_field_export(buf, sizeof(buf), f, &m, NOW), rows[i].exported);
	}
}

static void tokens_fit_five_columns(void **state)
{
	static const struct {
		int32_t tokens;
		const char *shown;
	} rows[] = {
		{1, "1"},	       {9999, "9999"},	    {10000, "10k"},	 {10240, "10.2k"},
		{32768, "32.8k"},      {99999, "100k"},	    {128000, "128k"},	 {131072, "131k"},
		{999499, "999k"},      {999500, "1m"},	    {1000000, "1m"},	 {1048576, "1.05m"},
		{1050000, "1.05m"},    {10485760, "10.5m"}, {100000000, "100m"}, {2147483647, "2147m"},
		{200000, "200k"},      {262144, "262k"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_model m = {.id = "v/x", .context_length = rows[i].tokens};
		char buf[16];

		ms_field_format(buf, sizeof(buf), ms_field_by_name("ctx"), &m, NOW);
		assert_string_equal(buf, rows[i].shown);
		assert_in_range(strlen(buf), 1, 5);
	}
}

static void cut_texts_stay_utf8(void **state)
{
	struct ms_model m = sample();
	const struct ms_field *name = ms_field_by_name("name");

	(void)state;
	m.name = "ab×日本語é";
	for (size_t size = 1; size < 20; size++) {
		char buf[32];

		memset(buf, 'z', sizeof(buf));
		ms_field_format(buf, size, name, &m, NOW);
		assert_true(strlen(buf) < size);
		assert_true(ms_utf8_is_valid(buf, strlen(buf), &(size_t){0}));
		assert_int_equal(strncmp(m.name, buf, strlen(buf)), 0);
	}
	for (size_t i = 0; ms_field_at(i); i++)
		for (size_t size = 1; size < 8; size++) {
			char buf[8];

			assert_true(strlen(ms_field_format(buf, size, ms_field_at(i), &m, NOW)) < size);
			assert_true(strlen(ms_field_export(buf, size, ms_field_at(i), &m, NOW)) < size);
		}
}

/* Whether sorting by the field puts a before b, in both directions. */
static void check_order(const char *field, const struct ms_model *a, const struct ms_model *b,
			int ascending, int descending)
{
	const struct ms_field *f = ms_field_by_name(field);

	assert_int_equal(ms_field_compare(f, a, b, false) < 0 ? -1 : 1, ascending);
	assert_int_equal(ms_field_compare(f, b, a, false) < 0 ? -1 : 1, -ascending);
	assert_int_equal(ms_field_compare(f, a, b, true) < 0 ? -1 : 1, descending);
	assert_int_equal(ms_field_compare(f, b, a, true) < 0 ? -1 : 1, -descending);
	assert_int_equal(ms_field_compare(f, a, a, true), 0);
}

static void orders_put_what_is_unknown_last(void **state)
{
	struct ms_model a = sample(), b = sample();

	(void)state;
	b.id = "openai/gpt-y";
	check_order("id", &a, &b, -1, 1);
	check_order("status", &a, &b, -1, -1); /* ties: by id */
	check_order("image", &a, &b, -1, -1);
	b.context_length = 0;
	a.id = "z/z";
	check_order("ctx", &a, &b, -1, -1);
	b.context_length = 500000;
	check_order("ctx", &a, &b, -1, 1);
	a.name = NULL;
	check_order("name", &a, &b, 1, 1);
	a.name = "abc";
	b.name = "ABD";
	check_order("name", &a, &b, -1, 1);
	b.prices[MS_PRICE_PROMPT] = ms_price_from_text("0.1");
	check_order("in", &a, &b, -1, 1);
	b.prices[MS_PRICE_PROMPT] = ms_price_from_text("-1");
	check_order("in", &a, &b, -1, -1);
	a.prices[MS_PRICE_PROMPT] = ms_price_from_text(NULL);
	check_order("in", &a, &b, 1, 1); /* variable before unknown */
	b.added_at = NOW;
	check_order("added", &a, &b, -1, 1);
	b.expires_at = 0;
	check_order("expires", &a, &b, -1, -1);
	b.tiers = 0;
	check_order("tier", &a, &b, -1, -1);
	b.knowledge_cutoff = "2026-01-01";
	check_order("cutoff", &a, &b, -1, 1);
}

static void sort_keys_are_asked_in_turn(void **state)
{
	struct ms_model a = sample(), b = sample();
	const struct ms_sort_key keys[] = {{ms_field_by_name("status"), false},
					   {ms_field_by_name("ctx"), true}};

	(void)state;
	b.id = "a/a";
	assert_true(ms_sort_compare(keys, 2, &a, &b) > 0);
	b.context_length = 1;
	assert_true(ms_sort_compare(keys, 2, &a, &b) < 0);
	b.status = MS_STATUS_NEW;
	assert_true(ms_sort_compare(keys, 2, &a, &b) > 0);
	assert_true(ms_sort_compare(keys, 0, &a, &b) > 0);
}

static void errors_say_where_and_why(void **state)
{
	static const struct {
		const char *expression;
		size_t at, len;
		const char *says[3];
	} rows[] = {
		{"stats:new", 0, 5, {"no field \"stats\"", "did you mean \"status\"?", "Quote it"}},
		{"gpt prise<3", 4, 5, {"did you mean \"price\"?", "Fields: id, name, provider"}},
		{"foo<3", 0, 3, {"no field \"foo\"", "missing, daily, monthly, is, sort. Quote"}},
		{"deepseek:free", 0, 8, {"no field \"deepseek\"", "Quote it to search for the text"}},
		{"https://x", 0, 5, {"no field \"https\""}},
		{"-Foo=1", 1, 3, {"no field \"Foo\""}},
		{"status:actve", 7, 5, {"new, active, inactive, disabled", "did you mean \"active\"?"}},
		{"status:", 7, 1, {"status: needs a value: new, active, inactive, disabled"}},
		{"status: new", 7, 1, {"needs a value"}},
		{"status:new,", 11, 1, {"needs a value"}},
		{"status<new", 6, 1, {"status does not take <", "use : = !="}},
		{"status~n", 6, 1, {"does not take ~"}},
		{"id<=3", 2, 2, {"id does not take <=", "~ !~"}},
		{"ctx!~3", 3, 2, {"ctx does not take !~"}},
		{"tier:gold", 5, 4, {"tier takes free, pro, enterprise", "not \"gold\""}},
		{"tier:pro+", 9, 0, {"tier takes"}},
		{"tier:free+gold", 10, 4, {"not \"gold\""}},
		{"is:m", 3, 1, {"begins more than one of", "marked"}},
		{"is:cheap", 3, 5, {"is takes pending, marked"}},
		{"is:free+cheap", 8, 5, {"not \"cheap\""}},
		{"is:none", 3, 4, {"is takes"}},
		{"input:a+", 8, 0, {"input takes words"}},
		{"ctx>=many", 5, 4, {"ctx takes a number such as 128k", "not \"many\""}},
		{"ctx:5..x", 4, 4, {"a range such as 32k..128k"}},
		{"ctx:*..*", 4, 4, {"ctx takes"}},
		{"ctx:9..3", 4, 4, {"the range is empty"}},
		{"ctx>1,2", 6, 1, {"ctx> takes one value"}},
		{"ctx>none", 4, 4, {"ctx takes"}},
		{"ctx:-5", 4, 2, {"ctx takes"}},
		{"price<-1", 6, 2, {"in takes a price such as 0.25"}},
		{"price:cheap", 6, 5, {"variable, known or none"}},
		{"price:3..1", 6, 4, {"the range is empty"}},
		{"added:yesterdayish", 6, 12, {"an age such as 7d"}},
		{"added:2026-13", 6, 7, {"added takes"}},
		{"added:2026-02-30", 6, 10, {"added takes"}},
		{"added<7d", 6, 2, {"an age is not compared", "added:7d"}},
		{"added:2026-06..2026-05", 6, 16, {"the range is empty"}},
		{"added:7d..2d", 6, 6, {"added takes"}},
		{"name:\"abc", 5, 4, {"the quotation is not closed"}},
		{"a \"b", 2, 2, {"the quotation is not closed"}},
		{"/abc", 0, 4, {"the regular expression is not closed: add /"}},
		{"/a(b/", 0, 5, {"the regular expression is wrong"}},
		{"//", 0, 2, {"the regular expression is empty"}},
		{"id~", 3, 1, {"id~ needs a value: a regular expression"}},
		{"id~[a", 3, 2, {"the regular expression is wrong"}},
		{"/(a)\\1/", 0, 7, {"back-references"}},
		{"/((a{500}){500}){500}/", 0, 22, {"multiply to too much"}},
		{"/a{,23333}/", 0, 11, {"multiply to too much"}},
		{"/{9999}/", 0, 8, {"the regular expression is wrong"}},
		{"/a{900}{900}/", 0, 13, {"multiply to too much"}},
		{"/((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+/", 0, 40, {"multiply to too much"}},
		{"(gpt", 0, 1, {"this parenthesis is not closed"}},
		{"gpt)", 3, 1, {"this parenthesis closes nothing"}},
		{"()", 0, 2, {"nothing between the parentheses"}},
		{"-", 0, 1, {"\"-\" needs a term directly after it"}},
		{"a - b", 2, 1, {"needs a term directly after it"}},
		{"(-)", 1, 1, {"needs a term"}},
		{"!", 0, 1, {"\"!\" needs a term"}},
		{"OR", 0, 2, {"OR needs a term on both sides"}},
		{"a OR", 4, 0, {"OR needs a term on both sides"}},
		{"OR a", 0, 2, {"OR needs a term on both sides"}},
		{"a OR OR b", 5, 2, {"OR needs a term on both sides"}},
		{"a OR sort:id", 2, 2, {"sort: is none"}},
		{"sort:id OR a", 8, 2, {"sort: is none"}},
		{"a AND b", 2, 3, {"leave AND out"}},
		{"NOT b", 0, 3, {"write -term"}},
		{"@mine", 0, 5, {"saved views are one user"}},
		{"sort:", 5, 1, {"sort: needs a value"}},
		{"sort:-", 6, 1, {"sort: needs a value"}},
		{"sort:prise", 5, 5, {"did you mean \"price\"?"}},
		{"sort:-prise", 6, 5, {"did you mean \"price\"?"}},
		{"sort:is", 5, 2, {"is has no order"}},
		{"sort<id", 4, 1, {"sort does not take <"}},
		{"-sort:id", 1, 4, {"orders the whole list"}},
		{"(sort:id)", 1, 4, {"orders the whole list"}},
		{"sort:id,name,ctx,in,out", 20, 3, {"more than 4 sort keys"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_filter_error err;

		if (ms_filter_parse(rows[i].expression, &err))
			fail_msg("%s was accepted", rows[i].expression);
		if (err.at != rows[i].at || err.len != rows[i].len)
			fail_msg("%s: at %zu, %zu long: %s", rows[i].expression, err.at, err.len,
				 err.message);
		for (size_t j = 0; j < COUNT(rows[i].says) && rows[i].says[j]; j++)
			if (!strstr(err.message, rows[i].says[j]))
				fail_msg("%s: %s", rows[i].expression, err.message);
	}
}

static void longest_message_is_whole(void **state)
{
	struct ms_filter_error err;

	(void)state;
	assert_null(ms_filter_parse("outputt_modalityyxxxxxxxxxxxxxxxxxxxxxxxxxx:3", &err));
	assert_non_null(strstr(err.message, "xxx...\""));
	assert_non_null(strstr(err.message, "Quote it to search for the text."));
	assert_null(ms_filter_parse("output_modalitie:3", &err));
	assert_non_null(strstr(err.message, "Quote it to search for the text."));
	assert_null(ms_filter_parse("status:\x1b[2J", &err));
	assert_non_null(strstr(err.message, "not \"?[2J\""));
}

static void limits_hold(void **state)
{
	char text[5000];
	struct ms_filter_error err;
	struct ms_filter *f;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[4096] = '\0';
	f = ms_filter_parse(text, &err);
	assert_non_null(f);
	ms_filter_free(f);
	text[4096] = 'a';
	text[sizeof(text) - 1] = '\0';
	assert_null(ms_filter_parse(text, &err));
	assert_int_equal(err.at, 4096);
	memset(text, '(', 60);
	text[60] = '\0';
	assert_null(ms_filter_parse(text, &err));
	assert_non_null(strstr(err.message, "nested more than 50 deep"));
	memset(text, '-', 60);
	assert_null(ms_filter_parse(text, &err));
	assert_non_null(strstr(err.message, "nested more than 50 deep"));
	for (size_t i = 0; i < 50; i++)
		text[i] = '(';
	text[50] = 'a';
	memset(text + 51, ')', 50);
	text[101] = '\0';
	f = ms_filter_parse(text, &err);
	assert_non_null(f);
	ms_filter_free(f);
}

static void explanations_point_at_the_place(void **state)
{
	static const struct {
		const char *text, *shown;
		size_t at, len;
	} rows[] = {
		{"gpt stats:new", "gpt stats:new\n    ^~~~~ why\n", 4, 5},
		{"日本 x:1", "日本 x:1\n     ^ why\n", 7, 1},
		{"status:", "status:\n       ^ why\n", 7, 1},
		{"a\033b x:1", "a?b x:1\n    ^ why\n", 4, 1},
		{"", "\n^ why\n", 0, 1},
		{"ab", "ab\n  ^ why\n", 99, 9},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_filter_error err = {rows[i].at, rows[i].len, "why"};
		struct ms_text out;

		ms_text_init(&out, 0);
		ms_filter_explain(&out, rows[i].text, &err);
		assert_string_equal(ms_text_str(&out), rows[i].shown);
		ms_text_clear(&out);
	}
}

static char *read_documentation(void)
{
	const char *top = getenv("MODELSYNC_SRCDIR");
	char *path = ms_format("%s/docs/filter.md", top ? top : ".");
	FILE *file = fopen(path, "r");
	char *text = ms_alloc(65536);

	ms_free(path);
	if (file) {
		assert_true(fread(text, 1, 65535, file) > 0);
		fclose(file);
		return text;
	}
	ms_free(text);
	return NULL;
}

static void check_documented(const char *documentation, const char *word)
{
	char *quoted = ms_format("`%s`", word);

	if (!strstr(documentation, quoted))
		fail_msg("docs/filter.md does not name %s", quoted);
	ms_free(quoted);
}

static void documentation_names_every_field_and_word(void **state)
{
	char *documentation = read_documentation();
	const struct ms_field *f;

	(void)state;
	if (!documentation) {
		print_message("docs/filter.md is not here: MODELSYNC_SRCDIR is not set\n");
		skip();
	}
	for (size_t i = 0; (f = ms_field_at(i)); i++) {
		check_documented(documentation, f->name);
		for (size_t j = 0; f->type != MS_FIELD_SET && f->values && f->values[j]; j++)
			check_documented(documentation, f->values[j]);
	}
	ms_free(documentation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_complete_and_found),
		cmocka_unit_test(values_are_shown_and_exported),
		cmocka_unit_test(tokens_fit_five_columns),
		cmocka_unit_test(cut_texts_stay_utf8),
		cmocka_unit_test(orders_put_what_is_unknown_last),
		cmocka_unit_test(sort_keys_are_asked_in_turn),
		cmocka_unit_test(errors_say_where_and_why),
		cmocka_unit_test(longest_message_is_whole),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(explanations_point_at_the_place),
		cmocka_unit_test(documentation_names_every_field_and_word),
	};

	return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
