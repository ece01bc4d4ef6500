/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "modelsync/model.h"
#include "modelsync/model_json.h"
#include "src/catalog/fold.h"

static void status_words_and_prefixes(void **state)
{
	enum ms_status status = MS_STATUS_NEW;

	(void)state;
	for (int i = 0; i < MS_STATUS_COUNT; i++) {
		assert_true(ms_status_from_name(ms_status_name((enum ms_status)i), &status));
		assert_int_equal(status, i);
		assert_int_equal(strlen(ms_status_short((enum ms_status)i)), 3);
	}
	assert_true(ms_status_from_name("Dis", &status));
	assert_int_equal(status, MS_STATUS_DISABLED);
	assert_false(ms_status_from_name("", &status));
	assert_false(ms_status_from_name("activex", &status));
	assert_int_equal(status, MS_STATUS_DISABLED);
}

static void tier_words_and_prefixes(void **state)
{
	enum ms_tier tier;

	(void)state;
	assert_true(ms_tier_from_name("ent", &tier));
	assert_int_equal(tier, MS_TIER_ENTERPRISE);
	assert_true(ms_tier_from_name("PRO", &tier));
	assert_int_equal(tier, MS_TIER_PRO);
	assert_false(ms_tier_from_name("gold", &tier));
	assert_string_equal(ms_tier_name(MS_TIER_FREE), "free");
	assert_string_equal(ms_tier_name(MS_TIER_PRO), "pro");
	assert_string_equal(ms_tier_name(MS_TIER_ENTERPRISE), "enterprise");
}

static struct ms_model priced(const char *prompt, const char *completion, const char *extra)
{
	struct ms_model m = {.id = "v/x", .extra_pricing = extra};

	m.prices[MS_PRICE_PROMPT] = ms_price_from_text(prompt);
	m.prices[MS_PRICE_COMPLETION] = ms_price_from_text(completion);
	return m;
}

static void free_means_every_known_price_is_zero(void **state)
{
	static const struct {
		const char *prompt, *completion, *extra;
		bool is_free;
	} rows[] = {
		{"0", "0", NULL, true},
		{"0", NULL, NULL, true},
		{NULL, NULL, NULL, false},
		{"0", "-1", NULL, false},
		{"-1", "-1", NULL, false},
		{"0", "0.0000001", NULL, false},
		{"0", "0", "{\"audio\":\"0\"}", true},
		{"0", "0", "{\"audio\":\"0.000001\"}", false},
		{"0", "0", "{\"audio\":0.000001}", false},
		{"0", "0", "{\"audio\":\"-1\"}", false},
		{"0", "0", "{\"discount\":0.5}", true},
		{"0", "0", "not json", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ms_model m = priced(rows[i].prompt, rows[i].completion, rows[i].extra);

		if (ms_model_is_free(&m) != rows[i].is_free)
			fail_msg("row %zu", i);
		assert_int_equal(ms_model_is_paid_in_free_tier(&m, MS_TIER_ALL), !rows[i].is_free);
		assert_false(ms_model_is_paid_in_free_tier(&m, MS_TIER_PRO | MS_TIER_ENTERPRISE));
	}
}

static void aliases_and_missing_models(void **state)
{
	struct ms_model m = {.id = "v/x"};

	(void)state;
	assert_false(ms_model_is_alias(&m));
	m.alias_target = "v/y";
	assert_true(ms_model_is_alias(&m));
	m = (struct ms_model){.id = "~v/x-latest"};
	assert_true(ms_model_is_alias(&m));
	assert_false(ms_model_is_missing(&m));
	m.missing_since = 1;
	assert_true(ms_model_is_missing(&m));
}

static void catalogs_are_found_by_id_after_sorting(void **state)
{
	struct ms_catalog *c = ms_catalog_new();
	const size_t count = 1000;

	(void)state;
	assert_true(ms_catalog_find(c, "v/1") == SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		char id[32];
		struct ms_model *m = ms_catalog_append(c);

		assert_null(m->id);
		assert_int_equal(m->version, 0);
		snprintf(id, sizeof(id), "v/%zu", i * 7919 % count);
		m->id = ms_arena_strdup(c->arena, id);
		m->version = (int64_t)(i * 7919 % count);
	}
	ms_catalog_sort(c);
	assert_int_equal(c->count, count);
	for (size_t i = 0; i < count; i++) {
		char id[32];
		size_t at;

		snprintf(id, sizeof(id), "v/%zu", i);
		at = ms_catalog_find(c, id);
		assert_true(at < count);
		assert_int_equal(c->models[at].version, i);
		if (at > 0)
			assert_true(strcmp(c->models[at - 1].id, id) < 0);
	}
	assert_true(ms_catalog_find(c, "v/1000") == SIZE_MAX);
	ms_catalog_free(c);
	ms_catalog_free(NULL);
}

static void folding_keeps_lengths_and_knows_pairs(void **state)
{
	static const struct {
		const char *upper, *lower;
	} rows[] = {
		{"ABZ", "abz"},	    {"ÄÖÜ", "äöü"},   {"ÀÞ", "àþ"},   {"ŁŽ", "łž"},
		{"ŸĀĶŊŶ", "ÿāķŋŷ"}, {"ΑΩΣ", "αωσ"},   {"АЯЁ", "аяё"}, {"@[`{", "@[`{"},
		{"×÷ß", "×÷ß"},	    {"日本", "日本"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(strlen(rows[i].upper), strlen(rows[i].lower));
		if (ms_fold_compare(rows[i].upper, rows[i].lower) != 0)
			fail_msg("%s and %s", rows[i].upper, rows[i].lower);
		assert_false(ms_fold_has_upper(rows[i].lower, strlen(rows[i].lower)));
	}
	assert_true(ms_fold_has_upper("gpT", 3));
	assert_true(ms_fold_has_upper("Ä", 2));
	for (uint32_t cp = 0; cp < 0x500; cp++)
		assert_int_equal(ms_fold(ms_fold(cp)), ms_fold(cp));
	assert_true(ms_fold_compare("abc", "abd") < 0);
	assert_true(ms_fold_compare("ab", "abc") < 0);
	assert_true(ms_fold_compare("B", "a") > 0);
	assert_true(ms_fold_compare("\xff", "\xfe") == 0 || ms_fold_compare("\xff", "a") > 0);
}

static void models_become_json(void **state)
{
	struct ms_model m = {
		.id = "vendor/x",
		.name = "X",
		.input_modalities = "text,image",
		.extra_pricing = "{\"audio\":\"0.5\"}",
		.context_length = 0,
		.daily_limit = -1,
		.monthly_limit = 5,
		.created = 1700000000,
		.added_at = 1700000000,
		.expires_at = 1700006400,
		.version = INT64_C(9007199254740993),
		.status = MS_STATUS_ACTIVE,
		.tiers = MS_TIER_PRO,
		.prices = {[MS_PRICE_PROMPT] = ms_price_from_text("0.0000000833333333333333")},
	};
	static const char *const parts[] = {
		"\"model_id\":\"vendor/x\"",
		"\"provider\":null",
		"\"input_modalities\":[\"text\",\"image\"]",
		"\"output_modalities\":[]",
		"\"context_length\":null",
		"\"daily_limit\":null,\"monthly_limit\":5",
		"\"created\":1700000000",
		"\"added_at\":\"2023-11-14T22:13:20Z\"",
		"\"expires_on\":\"2023-11-15\"",
		"\"changed_at\":null",
		"\"version\":9007199254740993",
		"\"status\":\"active\"",
		"\"is_free\":false,\"is_pro\":true,\"is_enterprise\":false",
		"\"pricing\":{\"prompt\":\"0.0000000833333333333333\",\"audio\":\"0.5\"}",
	};
	struct ms_json *o = ms_model_json(&m);
	char *text = ms_json_print(o);

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strstr(text, parts[i]))
			fail_msg("%s is not in %s", parts[i], text);
	ms_free(text);
	ms_json_free(o);
}

static void pricing_is_read_exactly(void **state)
{
	struct ms_arena *arena = ms_arena_new();
	struct ms_model m = {0};

	(void)state;
	ms_model_read_pricing(
		&m,
		"{\"prompt\": \"0.0000000833333333333333\", \"completion\": \"-1\","
		" \"request\": null, \"image\": 0.5, \"discount\": 0, \"soon\": \"0.10\"}",
		arena);
	assert_string_equal(m.prices[MS_PRICE_PROMPT].exact, "0.0000000833333333333333");
	assert_int_equal(ms_price_state(m.prices[MS_PRICE_COMPLETION]), MS_PRICE_VARIABLE);
	assert_int_equal(ms_price_state(m.prices[MS_PRICE_REQUEST]), MS_PRICE_UNKNOWN);
	assert_string_equal(m.prices[MS_PRICE_IMAGE].exact, "0.5");
	assert_string_equal(m.extra_pricing, "{\"discount\":0,\"soon\":\"0.10\"}");

	m = (struct ms_model){0};
	ms_model_read_pricing(&m, "{\"prompt\": \"0\"}", arena);
	assert_null(m.extra_pricing);
	ms_arena_free(arena);
}

static void trends_are_per_cent_of_the_input_price(void **state)
{
	static const struct {
		const char *now;
		double before;
		int32_t trend;
	} rows[] = {
		{"0.000003", 0.000003, 0},    {"0.000003", 0.000002, 50},
		{"0.000001", 0.000002, -50},  {"0", 0.000002, -100},
		{"0.000001001", 0.000001, 1}, {"0.000000999", 0.000001, -1},
		{"0.000001", 0, 9999},	      {"1", 0.000001, 9999},
		{"0.000001", NAN, 0},	      {"-1", 0.000001, 0},
		{NULL, 0.000001, 0},	      {"0", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ms_model m = {.price_trend = 7};

		m.prices[MS_PRICE_PROMPT] = ms_price_from_text(rows[i].now);
		ms_model_compare_price(&m, rows[i].before);
		assert_int_equal(m.price_trend, rows[i].trend);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_words_and_prefixes),
		cmocka_unit_test(tier_words_and_prefixes),
		cmocka_unit_test(free_means_every_known_price_is_zero),
		cmocka_unit_test(aliases_and_missing_models),
		cmocka_unit_test(catalogs_are_found_by_id_after_sorting),
		cmocka_unit_test(folding_keeps_lengths_and_knows_pairs),
		cmocka_unit_test(models_become_json),
		cmocka_unit_test(pricing_is_read_exactly),
		cmocka_unit_test(trends_are_per_cent_of_the_input_price),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
