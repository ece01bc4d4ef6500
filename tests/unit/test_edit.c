/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/edit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct ms_model plain = {
	.id = "v/plain",
	.status = MS_STATUS_NEW,
	.restore_status = MS_STATUS_NEW,
	.tiers = MS_TIER_FREE,
	.daily_limit = -1,
	.monthly_limit = 50,
};

static void assignments_are_described(void **state)
{
	static const struct {
		const char *assignments[3];
		const char *described;
	} rows[] = {
		{{"status=active"}, "status new>active"},
		{{"status=act"}, "status new>active"},
		{{"tier=+pro"}, "pro off>on"},
		{{"tier=+pro,-free"}, "free on>off, pro off>on"},
		{{"tier=+pro", "tier=-free"}, "free on>off, pro off>on"},
		{{"tier=pro"}, "free on>off, pro off>on"},
		{{"tier=pro,ent"}, "free on>off, pro off>on, enterprise off>on"},
		{{"tier=none"}, "free on>off"},
		{{"tier=free"}, ""},
		{{"tier=+free"}, ""},
		{{"tier=+pro", "tier=-pro"}, ""},
		{{"tier=pro,enterprise", "tier=free"}, ""},
		{{"daily_limit=100"}, "daily limit none>100"},
		{{"daily_limit=10k", "monthly_limit=none"},
		 "daily limit none>10000, monthly limit 50>none"},
		{{"monthly_limit=50"}, ""},
		{{"monthly_limit=0"}, "monthly limit 50>0"},
		{{"status=new"}, ""},
		{{"status=disabled", "tier=-free", "daily_limit=2147483647"},
		 "status new>disabled, free on>off, daily limit none>2147483647"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ms_edit e = {0};
		struct ms_error err;
		char buf[200];

		for (size_t j = 0; j < COUNT(rows[i].assignments) && rows[i].assignments[j]; j++)
			assert_true(ms_edit_parse(&e, rows[i].assignments[j], &err));
		ms_edit_reduce(&e, &plain);
		ms_edit_describe(buf, sizeof(buf), &e, &plain);
		if (strcmp(buf, rows[i].described) != 0)
			fail_msg("row %zu: \"%s\", not \"%s\"", i, buf, rows[i].described);
		assert_int_equal(e.set == 0, buf[0] == '\0');
	}
}

static void wrong_assignments_say_what_is_allowed(void **state)
{
	static const struct {
		const char *assignment, *says;
	} rows[] = {
		{"status", "no assignment"},
		{"", "no assignment"},
		{"=active", "cannot be set"},
		{"colour=red", "allowed are status, tier, daily_limit and monthly_limit"},
		{"status=", "allowed are new, active, inactive, disabled"},
		{"status=actve", "did you mean active?"},
		{"tier=", "allowed are free, pro, enterprise"},
		{"tier=gold", "tier=gold: allowed are free"},
		{"tier=+", "allowed are free"},
		{"tier=+pro,free", "before every tier"},
		{"tier=pro,-free", "before every tier"},
		{"tier=pro,", "allowed are free"},
		{"tier=pro,none", "tier=none: allowed"},
		{"daily_limit=",
		 "daily_limit=: allowed are none and whole numbers from 0 to 2147483647"},
		{"daily_limit=-1", "allowed are none"},
		{"daily_limit=1.5", "allowed are none"},
		{"daily_limit=3e9", "allowed are none"},
		{"monthly_limit=many", "monthly_limit=many"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ms_edit before = {.set = MS_EDIT_DAILY, .daily_limit = 7};
		struct ms_edit e = before;
		struct ms_error err = {0};

		assert_false(ms_edit_parse(&e, rows[i].assignment, &err));
		assert_int_equal(err.category, MS_ERR_USAGE);
		if (!strstr(err.message, rows[i].says))
			fail_msg("%s: %s", rows[i].assignment, err.message);
		assert_memory_equal(&e, &before, sizeof(e));
	}
}

static void later_edits_win_field_by_field(void **state)
{
	struct ms_edit e = {.set = MS_EDIT_STATUS | MS_EDIT_FREE,
			    .status = MS_STATUS_ACTIVE,
			    .tiers = MS_TIER_FREE};
	const struct ms_edit over = {.set = MS_EDIT_PRO | MS_EDIT_MONTHLY,
				     .status = MS_STATUS_DISABLED,
				     .tiers = MS_TIER_PRO,
				     .daily_limit = 9,
				     .monthly_limit = 8};
	const struct ms_edit off = {.set = MS_EDIT_FREE};

	(void)state;
	ms_edit_merge(&e, &over);
	assert_int_equal(e.set, MS_EDIT_STATUS | MS_EDIT_FREE | MS_EDIT_PRO | MS_EDIT_MONTHLY);
	assert_int_equal(e.status, MS_STATUS_ACTIVE);
	assert_int_equal(e.tiers, MS_TIER_FREE | MS_TIER_PRO);
	assert_int_equal(e.daily_limit, 0);
	assert_int_equal(e.monthly_limit, 8);
	ms_edit_merge(&e, &off);
	assert_int_equal(e.tiers, MS_TIER_PRO);
}

static void edits_of_missing_models_are_about_their_return(void **state)
{
	struct ms_model m = plain;
	struct ms_edit e = {.set = MS_EDIT_STATUS, .status = MS_STATUS_INACTIVE};
	char buf[64];

	(void)state;
	m.status = MS_STATUS_INACTIVE;
	m.restore_status = MS_STATUS_ACTIVE;
	assert_int_equal(ms_edit_reduce(&e, &m), 0);
	m.missing_since = 1000;
	e.set = MS_EDIT_STATUS;
	assert_int_equal(ms_edit_reduce(&e, &m), MS_EDIT_STATUS);
	assert_string_equal(ms_edit_describe(buf, sizeof(buf), &e, &m), "status active>inactive");
}

static void descriptions_are_cut_to_the_buffer(void **state)
{
	const struct ms_edit e = {.set = MS_EDIT_STATUS | MS_EDIT_TIERS | MS_EDIT_DAILY};
	char buf[80];

	(void)state;
	for (size_t size = 1; size < sizeof(buf); size++) {
		memset(buf, 'z', sizeof(buf));
		ms_edit_describe(buf, size, &e, &plain);
		assert_true(strnlen(buf, sizeof(buf)) < size);
		if (size < sizeof(buf) - 1)
			assert_int_equal(buf[size], 'z');
	}
}

static struct ms_model *add_model(struct ms_catalog *c, const char *id, enum ms_status status,
				  unsigned tiers, const char *price)
{
	struct ms_model *m = ms_catalog_append(c);

	m->id = id;
	m->version = 3;
	m->status = (uint8_t)status;
	m->restore_status = (uint8_t)status;
	m->tiers = (uint8_t)tiers;
	m->daily_limit = m->monthly_limit = -1;
	m->prices[MS_PRICE_PROMPT] = ms_price_from_text(price);
	return m;
}

static void stage(struct ms_edit_batch *b, struct ms_catalog *c, const char *id,
		  const char *assignment)
{
	struct ms_edit e = {0};
	struct ms_error err;

	assert_true(ms_edit_parse(&e, assignment, &err));
	ms_edit_batch_add(b, &c->models[ms_catalog_find(c, id)], &e);
}

static void reviews_count_effects(void **state)
{
	struct ms_catalog *c = ms_catalog_new();
	struct ms_edit_batch *b = ms_edit_batch_new();
	struct ms_edit_review r;

	(void)state;
	add_model(c, "a/new", MS_STATUS_NEW, 0, "0.1");
	add_model(c, "b/active", MS_STATUS_ACTIVE, MS_TIER_FREE | MS_TIER_PRO, "0");
	add_model(c, "c/paid", MS_STATUS_ACTIVE, MS_TIER_PRO, "0.1");
	add_model(c, "d/same", MS_STATUS_ACTIVE, MS_TIER_PRO, "0.1");
	add_model(c, "e/stale", MS_STATUS_NEW, 0, "0.1");
	add_model(c, "f/lone", MS_STATUS_NEW, 0, "0.1");
	add_model(c, "g/limit", MS_STATUS_NEW, 0, "0.1");
	add_model(c, "h/missing", MS_STATUS_INACTIVE, MS_TIER_PRO, "0.1")->missing_since = 9;
	add_model(c, "i/gone", MS_STATUS_NEW, 0, "0.1");
	stage(b, c, "a/new", "status=active");
	ms_edit_merge(&b->items[0].edit,
		      &(struct ms_edit){.set = MS_EDIT_PRO, .tiers = MS_TIER_PRO});
	stage(b, c, "b/active", "status=disabled");
	stage(b, c, "c/paid", "tier=+free");
	stage(b, c, "d/same", "tier=pro");
	stage(b, c, "e/stale", "status=active");
	stage(b, c, "f/lone", "status=active");
	stage(b, c, "g/limit", "daily_limit=5");
	stage(b, c, "h/missing", "status=active");
	stage(b, c, "i/gone", "status=active");
	c->models[4].version = 4;
	c->count--; /* i/gone went away */
	ms_edit_batch_review(b, c, &r);
	assert_int_equal(r.rows, 9);
	assert_int_equal(r.changed, 6);
	assert_int_equal(r.unchanged, 1);
	assert_int_equal(r.missing, 1);
	assert_int_equal(r.stale, 1);
	assert_int_equal(r.status_to[MS_STATUS_ACTIVE], 3);
	assert_int_equal(r.status_to[MS_STATUS_DISABLED], 1);
	assert_int_equal(r.tier_on[0], 1);
	assert_int_equal(r.tier_on[1], 1);
	assert_int_equal(r.tier_off[0], 0);
	assert_int_equal(r.limits, 1);
	assert_int_equal(r.disables_active, 1);
	assert_int_equal(r.paid_to_free, 1);
	assert_string_equal(r.first_paid_to_free, "c/paid");
	assert_int_equal(r.without_tier, 1);
	assert_int_equal(r.visible[0], 0); /* c/paid comes, b/active goes */
	assert_int_equal(r.visible[1], 0); /* a/new comes, b/active goes */
	assert_int_equal(r.visible[2], 0);
	ms_edit_batch_free(b);
	ms_catalog_free(c);
}

static void tiers_are_cumulative_in_what_users_see(void **state)
{
	static const struct {
		const char *assignment;
		long visible[3];
	} cases[] = {{"tier=free", {1, 1, 1}}, {"tier=pro", {0, 1, 1}}, {"tier=enterprise", {0, 0, 1}}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ms_catalog *c = ms_catalog_new();
		struct ms_edit_batch *b = ms_edit_batch_new();
		struct ms_edit_review r;

		add_model(c, "a/active", MS_STATUS_ACTIVE, 0, "0.1");
		stage(b, c, "a/active", cases[i].assignment);
		ms_edit_batch_review(b, c, &r);
		for (int t = 0; t < 3; t++)
			assert_int_equal(r.visible[t], cases[i].visible[t]);
		ms_edit_batch_free(b);
		ms_catalog_free(c);
	}
}

static void batches_own_their_texts(void **state)
{
	struct ms_edit_batch *b = ms_edit_batch_new();
	char id[] = "v/x";
	struct ms_model m = {.id = id, .version = 12};

	(void)state;
	for (int i = 0; i < 100; i++)
		ms_edit_batch_add(b, &m, &(struct ms_edit){.set = MS_EDIT_STATUS});
	id[0] = 'w';
	assert_int_equal(b->count, 100);
	assert_string_equal(b->items[99].model_id, "v/x");
	assert_int_equal(b->items[99].version, 12);
	ms_edit_batch_set_reason(b, "cleanup");
	ms_edit_batch_set_reason(b, b->reason);
	assert_string_equal(b->reason, "cleanup");
	ms_edit_batch_set_reason(b, NULL);
	assert_null(b->reason);
	ms_edit_batch_free(b);
	ms_edit_batch_free(NULL);
	ms_write_result_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assignments_are_described),
		cmocka_unit_test(wrong_assignments_say_what_is_allowed),
		cmocka_unit_test(later_edits_win_field_by_field),
		cmocka_unit_test(edits_of_missing_models_are_about_their_return),
		cmocka_unit_test(descriptions_are_cut_to_the_buffer),
		cmocka_unit_test(reviews_count_effects),
		cmocka_unit_test(tiers_are_cumulative_in_what_users_see),
		cmocka_unit_test(batches_own_their_texts),
	};

	return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
