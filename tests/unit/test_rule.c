/* SPDX-License-Identifier: MIT */
/* Rules: what they are made of, which one takes a model, and what is wrong with one. */
#include "tests/unit/filter_models.h"

#include "modelsync/rule.h"

/* Rows of a list of rules, as the configuration hands them over. */
struct row {
	const char *name, *match, *status, *tiers, *daily, *monthly, *paid;
};

static struct ms_rule_text text_of(const struct row *row)
{
	const char *const values[MS_RULE_KEY_COUNT] = {
		[MS_RULE_NAME] = row->name,	      [MS_RULE_MATCH] = row->match,
		[MS_RULE_STATUS] = row->status,	      [MS_RULE_TIERS] = row->tiers,
		[MS_RULE_DAILY_LIMIT] = row->daily,   [MS_RULE_MONTHLY_LIMIT] = row->monthly,
		[MS_RULE_ALLOW_PAID_FREE] = row->paid};
	struct ms_rule_text t = {.origin = "f:1"};

	for (int k = 0; k < MS_RULE_KEY_COUNT; k++) {
		t.keys[k].value = values[k];
		t.keys[k].origin = values[k] ? "f:2" : NULL;
	}
	return t;
}

static struct ms_rules *compile(const struct row *rows, size_t count, struct ms_rule_fault *fault,
				struct ms_error *err)
{
	struct ms_rule_text texts[8];

	assert_true(count <= COUNT(texts));
	for (size_t i = 0; i < count; i++)
		texts[i] = text_of(&rows[i]);
	return ms_rules_new(texts, count, fault, err);
}

static struct ms_rules *compile_ok(const struct row *rows, size_t count)
{
	struct ms_error err;
	struct ms_rules *r = compile(rows, count, NULL, &err);

	if (!r)
		fail_msg("%s", err.message);
	return r;
}

static const struct row house[] = {
	{.name = "free",
	 .match = "is:free -is:alias",
	 .status = "active",
	 .tiers = "free+pro+enterprise"},
	{.name = "gpt",
	 .match = "gpt price<5",
	 .status = "active",
	 .tiers = "pro+enterprise",
	 .daily = "100",
	 .monthly = "2000"},
	{.name = "generous", .match = "odd OR llama", .tiers = "free", .paid = "true"},
	{.name = "rest", .match = "*", .status = "new"},
};

/* What the rules of the house match by themselves, before their order counts. */
static void rules_are_filters(void **state)
{
	static const struct expectation rows[] = {
		{"is:free -is:alias", "F"},
		{"gpt price<5", "ML"},
		{"odd OR llama", "OG"},
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void first_match_takes_the_model(void **state)
{
	static const struct {
		int model;
		const char *rule;
	} rows[] = {{FREE, "free"},
		    {MINI, "gpt"},
		    {ODD, "generous"},
		    {GONE, "generous"},
		    {AUTO, "rest"}};
	struct ms_rules *r = compile_ok(house, COUNT(house));

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(ms_rules_find(r, &models[rows[i].model], now)->name,
				    rows[i].rule);
	ms_rules_free(r);
	r = compile_ok(house, 2);
	assert_null(ms_rules_find(r, &models[AUTO], now));
	ms_rules_free(r);
	r = compile_ok(NULL, 0);
	assert_null(ms_rules_find(r, &models[FREE], now));
	ms_rules_free(r);
}

static void decisions_are_described(void **state)
{
	static const char *const described[] = {
		"status active, tiers free+pro+enterprise",
		"status active, tiers pro+enterprise, daily limit 100, monthly limit 2000",
		"tiers free", "status new"};
	struct ms_rules *r = compile_ok(house, COUNT(house));
	struct ms_rules *none =
		compile_ok(&(struct row){.name = "n", .match = "*", .tiers = "none"}, 1);
	char buf[200];

	(void)state;
	for (size_t i = 0; i < COUNT(house); i++)
		assert_string_equal(ms_rule_describe(buf, sizeof(buf), &r->items[i]), described[i]);
	assert_string_equal(ms_rule_describe(buf, sizeof(buf), &none->items[0]), "tiers none");
	assert_string_equal(ms_rule_describe(buf, 8, &r->items[0]), "status ");
	ms_rules_free(none);
	ms_rules_free(r);
}

/* The free tier for what costs something, or may, needs the rule's word. */
static void paid_models_are_refused_to_the_free_tier(void **state)
{
	struct ms_rules *r = compile_ok(house, COUNT(house));
	struct ms_rules *says_no = compile_ok(
		&(struct row){.name = "x", .match = "*", .tiers = "free", .paid = "false"}, 1);
	struct ms_model granted = models[MINI], varies = models[AUTO];

	(void)state;
	assert_false(ms_rule_refuses(&r->items[0], &models[FREE]));
	assert_true(ms_rule_refuses(&r->items[0], &models[MINI]));
	varies.tiers = 0;
	assert_true(ms_rule_refuses(&r->items[0], &varies));
	assert_false(ms_rule_refuses(&r->items[1], &models[MINI]));
	assert_false(ms_rule_refuses(&r->items[2], &models[MINI]));
	assert_true(ms_rule_refuses(&says_no->items[0], &models[MINI]));
	granted.tiers = MS_TIER_FREE; /* it has it already: nothing is granted */
	assert_false(ms_rule_refuses(&says_no->items[0], &granted));
	ms_rules_free(says_no);
	ms_rules_free(r);
}

static void unmet_terms_are_named(void **state)
{
	static const struct {
		const char *match, *unmet; /* for MINI */
	} rows[] = {
		{"is:free -is:alias", "is:free"},
		{"-is:alias   is:free   gpt", "is:free"},
		{"gpt -provider:openai", "-provider:openai"},
		{"gpt (llama OR is:free) mini", "(llama OR is:free)"},
		{"llama OR is:free", "llama OR is:free"},
		{"tier:free+pro", "tier:free+pro"},
		{"price<0.1 sort", "price<0.1"},
		{"gpt", ""},
		{"*", ""},
	};
	char buf[100];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct row row = {.name = "r", .match = rows[i].match, .status = "active"};
		struct ms_rules *r = compile_ok(&row, 1);

		assert_string_equal(
			ms_rule_unmet(buf, sizeof(buf), &r->items[0], &models[MINI], now),
			rows[i].unmet);
		ms_rules_free(r);
	}
}

static void mistakes_name_the_place(void **state)
{
	static const struct {
		struct row row;
		const char *message;
	} rows[] = {
		{{.match = "*", .status = "new"}, "f:1: rules.name: is missing"},
		{{.name = " ", .match = "*", .status = "new"}, "f:2: rules \" \".name: is empty"},
		{{.name = "x", .status = "new"}, "f:1: rules \"x\".match: is missing"},
		{{.name = "x", .match = "", .status = "new"},
		 "f:2: rules \"x\".match: is empty; * matches every model"},
		{{.name = "x", .match = "gpt sort:name", .status = "new"},
		 "f:2: rules \"x\".match: sort: orders a list; a rule has none"},
		{{.name = "x", .match = "*"},
		 "f:1: rules \"x\".status: the rule decides nothing; status = \"new\" leaves models to admins"},
		{{.name = "x", .match = "*", .status = "activex"},
		 "f:2: rules \"x\".status: status=activex: allowed are new, active, inactive, disabled; did "
		 "you mean active?"},
		{{.name = "x", .match = "*", .tiers = "-free"},
		 "f:2: rules \"x\".tiers: name the tiers that models get, such as free+pro, or none"},
		{{.name = "x", .match = "*", .status = "new", .daily = "-1"},
		 "f:2: rules \"x\".daily_limit: daily_limit=-1: allowed are none and whole numbers from 0 to "
		 "2147483647"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_rule_fault fault;
		struct ms_error err = {0};

		assert_null(compile(&rows[i].row, 1, &fault, &err));
		assert_string_equal(err.message, rows[i].message);
		assert_int_equal(err.category, MS_ERR_CONFIG);
		assert_null(fault.text);
	}
}

static void wrong_tiers_are_refused(void **state)
{
	static const char *const tiers[] = {"gold",  "free+gold", "free pro", "+free",
					    "free+", "free+-pro", ""};

	(void)state;
	for (size_t i = 0; i < COUNT(tiers); i++) {
		struct row row = {.name = "x", .match = "*", .tiers = tiers[i]};
		struct ms_error err = {0};

		assert_null(compile(&row, 1, NULL, &err));
		assert_memory_equal(err.message, "f:2: rules \"x\".tiers: ", 22);
	}
}

static void wrong_filters_are_pointed_at(void **state)
{
	struct row row = {.name = "x", .match = "gpt stats:new", .status = "new"};
	struct ms_rule_fault fault;
	struct ms_error err = {0};

	(void)state;
	assert_null(compile(&row, 1, &fault, &err));
	assert_string_equal(fault.text, row.match);
	assert_int_equal(fault.where.at, 4);
	assert_int_equal(fault.where.len, 5);
	assert_non_null(strstr(err.message,
			       "f:2: rules \"x\".match: the filter is wrong at character 5: "
			       "no field \"stats\", did you mean \"status\"?"));
}

static void names_are_unique(void **state)
{
	static const struct row rows[] = {{.name = "a", .match = "gpt", .status = "new"},
					  {.name = "b", .match = "llama", .status = "new"},
					  {.name = "a", .match = "x", .status = "new"}};
	struct ms_error err = {0};
	char longest[102];

	(void)state;
	assert_null(compile(rows, 3, NULL, &err));
	assert_string_equal(err.message,
			    "f:2: rules \"a\".name: is the name of the rule at f:1 already");
	memset(longest, 'n', sizeof(longest) - 1);
	longest[101] = '\0';
	assert_null(compile(&(struct row){.name = longest, .match = "*", .status = "new"}, 1, NULL,
			    &err));
	longest[100] = '\0';
	ms_rules_free(compile_ok(&(struct row){.name = longest, .match = "*", .status = "new"}, 1));
}

static void unreachable_rules_are_a_warning(void **state)
{
	static const struct row rows[] = {{.name = "a", .match = "gpt", .status = "new"},
					  {.name = "b", .match = "llama", .status = "new"},
					  {.name = "twin", .match = "gpt", .status = "active"},
					  {.name = "all", .match = "*", .status = "new"},
					  {.name = "late", .match = "odd", .status = "new"}};
	struct ms_rules *r = compile_ok(rows, COUNT(rows));
	struct ms_text out;

	(void)state;
	ms_text_init(&out, 0);
	ms_rules_warnings(r, &out);
	assert_string_equal(
		ms_text_str(&out),
		"f:1: rule \"twin\" is never reached: \"a\" before it takes the same models\n"
		"f:1: rule \"late\" is never reached: \"all\" before it takes every model\n");
	ms_text_clear(&out);
	ms_rules_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_are_filters),
		cmocka_unit_test(first_match_takes_the_model),
		cmocka_unit_test(decisions_are_described),
		cmocka_unit_test(paid_models_are_refused_to_the_free_tier),
		cmocka_unit_test(unmet_terms_are_named),
		cmocka_unit_test(mistakes_name_the_place),
		cmocka_unit_test(wrong_tiers_are_refused),
		cmocka_unit_test(wrong_filters_are_pointed_at),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(unreachable_rules_are_a_warning),
	};

	return cmocka_run_group_tests_name("rule", tests, set_up, NULL);
}
