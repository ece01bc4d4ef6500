/* SPDX-License-Identifier: MIT */
/* Words, texts, regular expressions, logic and order. */
#include "tests/unit/filter_models.h"

/* clang-format off: tables, a row a line */

static void words_search_id_and_name(void **state)
{
	static const struct expectation rows[] = {
		{"", "MFLAOG"},
		{"  \t ", "MFLAOG"},
		{"gpt", "ML"},
		{"GPT", "ML"},
		{"Gpt", ""},
		{"OpenAI", "ML"},
		{"router", "A"},
		{"gpt mini", "M"},
		{"mini gpt", "M"},
		{"gpt OR llama", "MLG"},
		{"gpt or llama", ""},
		{"gpt mini OR llama", "MG"},
		{"llama OR mini gpt", "MG"},
		{"-gpt", "FAOG"},
		{"!gpt", "FAOG"},
		{"--gpt", "ML"},
		{"-(gpt OR llama)", "FAO"},
		{"-gpt -llama", "FAO"},
		{"(gpt OR llama) -latest", "MG"},
		{"((gpt))", "ML"},
		{"\"gpt x\"", "M"},
		{"\"X Mini\"", "M"},
		{"\"x mini\"", "M"},
		{"\"\"", "MFLAOG"},
		{"\"\\\"q\\\"\"", "O"},
		{"gpt*mini", "M"},
		{"mini*gpt", ""},
		{"o*o*r", "AO"},
		{"\"gpt*\"", ""},
		{"*", "MFLAOG"},
		{"small-x:free", "F"},
		{"mistralai/small-x:free", "F"},
		{"-mistralai/small-x:free", "MLAOG"},
		{"~openai", "L"},
		{"-~openai", "MFAOG"},
		{"~", "L"},
		{"gpt-x", "M"},
		{"llama-70b", "G"},
		{"70b:free", ""},
		{"100%", "O"},
		{"öddé", "O"},
		{"ÖDDÉ", ""},
		{"Öddé", "O"},
		{"×", "O"},
		{"a,b", ""},
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void regular_expressions(void **state)
{
	static const struct expectation rows[] = {
		{"/^openai/", "ML"},
		{"/^OpenAI: /", "M"},
		{"/gpt-(x|latest)/", "ML"},
		{"-/gpt/", "FAOG"},
		{"/small\\/x/", ""},
		{"/mistralai\\/small/", "F"},
		{"/\\(free\\)$/", "F"},
		{"id~^openai", "M"},
		{"id~gpt-(x|latest)", "ML"},
		{"(id~gpt-(x|latest))", "ML"},
		{"(id~latest) OR (id~70b$)", "LG"},
		{"name~\"GPT X\"", "M"},
		{"name~/gpt [xl]/", "ML"},
		{"id!~gpt", "FAOG"},
		{"-id~gpt", "FAOG"},
		{"alias~.", "L"},
		{"alias!~.", "MFAOG"},
		{"tokenizer~^g", "M"},
		{"tokenizer~^G", "M"},
		{"tokenizer~^gP", ""},
		{"/^öddé . row/", "O"},
		{"/^Öddé . Row/", "O"},
		{"/^Öddé .. Row/", ""},
		{"/ [×] row/", "O"},
		{"/[^ -~]/", "O"},
		{"/gpt\\-x/", "M"},
		{"id~x\\b", "MF"},
		{"id~[[:digit:]]b$", "G"},
		{"name~[[:upper:]]{3}", "ML"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void text_fields(void **state)
{
	static const struct expectation rows[] = {
		{"id:gpt", "ML"},
		{"ID:gpt", "ML"},
		{"name:gpt", "ML"},
		{"name:\"x mini\"", "M"},
		{"name:\"openai: gpt\"", "M"},
		{"id:gpt,llama", "MLG"},
		{"id:gpt,\"odd\"", "MLO"},
		{"id=openai/gpt-x-mini", "M"},
		{"id=OPENAI/gpt-x-mini", ""},
		{"id=gpt-x-mini", ""},
		{"id=*mini", "M"},
		{"id=openai*", "M"},
		{"id=*gpt*", "ML"},
		{"id=openai*openai", ""},
		{"id=*", "MFLAOG"},
		{"id:mini*x", ""},
		{"id!=openai/gpt-x-mini", "FLAOG"},
		{"id!=*gpt*,*odd*", "FAG"},
		{"id:~openai", "L"},
		{"id:small-x:free", "F"},
		{"provider:openai", "ML"},
		{"provider=open", ""},
		{"provider:open", "MLA"},
		{"-provider:meta", "MFLAO"},
		{"modality:image", "M"},
		{"modality=text->text", "F"},
		{"tokenizer:gpt", "M"},
		{"alias:mini", "L"},
		{"alias:none", "MFAOG"},
		{"alias:NONE", "MFAOG"},
		{"alias:*", "L"},
		{"-alias:*", "MFAOG"},
		{"alias!=none", "L"},
		{"alias:\"none\"", ""},
		{"-alias:mini", "MFAOG"},
		{"by:alice", "F"},
		{"by=ali", ""},
		{"changed_by=alice", "F"},
		{"hf:small_x", "F"},
		{"name:öddé", "O"},
		{"name=\"öddé × row 100% \\\"q\\\"\"", "O"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

/* '1' true, '0' false, '?' unknown: what an expression is for one model. */
static char truth_of(const char *expression, int model)
{
	char positive[100], negative[100], result[MODELS + 1];
	bool yes, no;

	snprintf(positive, sizeof(positive), "(%s)", expression);
	snprintf(negative, sizeof(negative), "-(%s)", expression);
	matching(positive, result);
	yes = strchr(result, letters[model]) != NULL;
	matching(negative, result);
	no = strchr(result, letters[model]) != NULL;
	assert_false(yes && no);
	return yes ? '1' : no ? '0' : '?';
}

static void three_valued_logic(void **state)
{
	/* For the router model: its price is variable. */
	static const char *const of[] = {"id:none", "price<1", "id:*"};
	static const char names[] = "0?1";
	static const char *const and_table[] = {"000", "0??", "0?1"};
	static const char *const or_table[] = {"0?1", "??1", "111"};
	static const char not_table[] = "1?0";

	(void)state;
	for (size_t a = 0; a < 3; a++) {
		char expression[100];

		assert_int_equal(truth_of(of[a], AUTO), names[a]);
		snprintf(expression, sizeof(expression), "-%s", of[a]);
		assert_int_equal(truth_of(expression, AUTO), not_table[a]);
		for (size_t b = 0; b < 3; b++) {
			snprintf(expression, sizeof(expression), "%s %s", of[a], of[b]);
			assert_int_equal(truth_of(expression, AUTO), and_table[a][b]);
			snprintf(expression, sizeof(expression), "%s OR %s", of[a], of[b]);
			assert_int_equal(truth_of(expression, AUTO), or_table[a][b]);
		}
	}
	assert_int_equal(truth_of("price!=1", AUTO), '?');
	assert_int_equal(truth_of("price:1..2", ODD), '?');
	assert_int_equal(truth_of("price<1 OR price:variable", AUTO), '1');
}

static void sort_terms_are_taken_out(void **state)
{
	struct ms_filter_error err;
	struct ms_sort_key keys[MS_SORT_KEYS_MAX];
	struct ms_filter *f = ms_filter_parse("gpt sort:-price,Name -latest sort:-added", &err);

	(void)state;
	assert_non_null(f);
	assert_int_equal(ms_filter_sort(f, keys), 3);
	assert_string_equal(keys[0].field->name, "in");
	assert_true(keys[0].descending);
	assert_string_equal(keys[1].field->name, "name");
	assert_false(keys[1].descending);
	assert_string_equal(keys[2].field->name, "added");
	assert_true(keys[2].descending);
	assert_false(ms_filter_is_empty(f));
	assert_true(ms_filter_match(f, &models[MINI], 0, now));
	assert_false(ms_filter_match(f, &models[ALIAS], 0, now));
	ms_filter_free(f);
	f = ms_filter_parse("sort:id", &err);
	assert_non_null(f);
	assert_true(ms_filter_is_empty(f));
	assert_true(ms_filter_match(f, &models[ODD], 0, now));
	ms_filter_free(f);
	f = ms_filter_parse("", &err);
	assert_int_equal(ms_filter_sort(f, keys), 0);
	assert_true(ms_filter_is_empty(f));
	ms_filter_free(f);
	ms_filter_free(NULL);
}

static void models_are_picked_in_a_written_order(void **state)
{
	struct ms_catalog c = {.models = models, .count = MODELS};
	struct ms_filter *filter = ms_filter_parse("-is:missing", &(struct ms_filter_error){0});
	struct ms_sort_key keys[2];
	struct ms_model **picked;
	struct ms_error err;
	size_t n, count;

	(void)state;
	assert_true(ms_sort_parse("-ctx, id", keys, 2, &n, &err));
	assert_int_equal(n, 2);
	assert_true(keys[0].descending);
	assert_false(keys[1].descending);
	picked = ms_models_pick(&c, filter, keys, n, now, &count);
	for (size_t i = 1; i < count; i++)
		assert_true(ms_sort_compare(keys, n, picked[i - 1], picked[i]) < 0);
	assert_in_range(count, 1, MODELS - 1);
	ms_free(picked);
	ms_filter_free(filter);
	assert_false(ms_sort_parse("ctx,id,name", keys, 2, &n, &err));
	assert_false(ms_sort_parse("statu", keys, 2, &n, &err));
	assert_non_null(strstr(err.message, "did you mean status?"));
	assert_false(ms_sort_parse(",", keys, 2, &n, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_search_id_and_name),
		cmocka_unit_test(regular_expressions),
		cmocka_unit_test(text_fields),
		cmocka_unit_test(three_valued_logic),
		cmocka_unit_test(sort_terms_are_taken_out),
		cmocka_unit_test(models_are_picked_in_a_written_order),
	};

	return cmocka_run_group_tests_name("filter", tests, set_up, NULL);
}
