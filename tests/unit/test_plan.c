/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "src/daemon/plan.h"

static struct ms_schedule every_ten_minutes(void)
{
	struct ms_schedule s = {0};
	struct ms_cron_error where;
	struct ms_error err;

	assert_true(ms_cron_parse(&s.cron, "*/10 * * * *", &where));
	assert_true(ms_zone_load("UTC", &s.zone, &err));
	return s;
}

#define T0 1780855200 /* a multiple of ten minutes */

static struct ms_slot answer(enum ms_slot_state state, int64_t at, int64_t wait_ms)
{
	return (struct ms_slot){.at = at, .state = state, .wait_ms = wait_ms, .taken_at = at};
}

/* Answers for what is due now. */
static void hear(struct plan *p, enum ms_slot_state state, int64_t wait_ms, int64_t now_ms)
{
	struct ms_slot slot = answer(state, p->slot.at, wait_ms);

	plan_answer(p, &slot, state == MS_SLOT_TAKEN, now_ms);
}

static void the_last_time_may_have_been_missed(void **state)
{
	struct ms_schedule s = every_ten_minutes();
	struct plan p;

	(void)state;
	plan_start(&p, &s, true, T0 + 100, 5000);
	assert_true(plan_wants_to_ask(&p, 5000));
	assert_int_equal(p.slot.at, T0);
	assert_true(p.slot.is_missed);
	assert_int_equal(p.next_s, T0 + 600);
	hear(&p, MS_SLOT_DONE, 0, 5100);
	assert_false(plan_wants_to_ask(&p, INT64_MAX));
	assert_int_equal(plan_wait_ms(&p, (T0 + 100) * INT64_C(1000), 5100, 1000000), 500000);
	assert_int_equal(plan_wait_ms(&p, (T0 + 100) * INT64_C(1000), 5100, 15000), 15000);
	ms_schedule_clear(&s);
}

static void a_time_that_comes_is_due(void **state)
{
	struct ms_schedule s = every_ten_minutes();
	struct plan p;

	(void)state;
	plan_start(&p, &s, true, T0 + 100, 0);
	hear(&p, MS_SLOT_DONE, 0, 0);
	plan_tick(&p, &s, T0 + 599, 499000);
	assert_false(plan_wants_to_ask(&p, 499000));
	assert_int_equal(plan_wait_ms(&p, (T0 + 600) * INT64_C(1000) - 20, 499980, 15000), 20);
	plan_tick(&p, &s, T0 + 600, 500000);
	assert_true(plan_wants_to_ask(&p, 500000));
	assert_int_equal(p.slot.at, T0 + 600);
	assert_false(p.slot.is_missed);
	hear(&p, MS_SLOT_TAKEN, 0, 501000);
	assert_false(p.is_due);
	/* asleep for hours: the last time counts */
	plan_tick(&p, &s, T0 + 36000 + 5, 600000);
	assert_int_equal(p.slot.at, T0 + 36000);
	assert_int_equal(p.next_s, T0 + 36600);
	ms_schedule_clear(&s);
}

static void what_is_not_done_is_asked_for_again(void **state)
{
	struct ms_schedule s = every_ten_minutes();
	struct ms_slot earlier;
	struct plan p;

	(void)state;
	plan_start(&p, &s, true, T0, 0);
	hear(&p, MS_SLOT_BUSY, 4000, 1000);
	assert_false(plan_wants_to_ask(&p, 5000));
	assert_true(plan_wants_to_ask(&p, 5100));
	hear(&p, MS_SLOT_WAITS, 60000, 5100);
	assert_false(plan_wants_to_ask(&p, 65000));
	plan_hurry(&p, 6000);
	assert_true(plan_wants_to_ask(&p, 6000));
	/* no answer: pauses grow, up to ten minutes */
	for (int64_t now = 10000, pause = 1000; pause < 2000000; pause *= 2) {
		hear(&p, MS_SLOT_UNKNOWN, 0, now);
		assert_int_equal(p.ask_at_ms - now, pause < 600000 ? pause : 600000);
		now = p.ask_at_ms;
	}
	/* a run for an earlier slot that was interrupted: this one is still to come */
	earlier = answer(MS_SLOT_TAKEN, T0 - 600, 0);
	plan_answer(&p, &earlier, true, 200000);
	assert_true(plan_wants_to_ask(&p, 200000));
	/* a run that failed: what to do next, the database knows */
	earlier.taken_at = T0;
	plan_answer(&p, &earlier, false, 200000);
	assert_true(plan_wants_to_ask(&p, 200000));
	/* the next time came while the answer was on its way */
	plan_tick(&p, &s, T0 + 600, 700000);
	earlier = answer(MS_SLOT_DONE, T0, 0);
	plan_answer(&p, &earlier, false, 700000);
	assert_true(p.is_due);
	ms_schedule_clear(&s);
}

static void clocks_may_be_put_right(void **state)
{
	struct ms_schedule s = every_ten_minutes();
	struct plan p;

	(void)state;
	plan_start(&p, &s, true, T0 + 100000000, 0);
	hear(&p, MS_SLOT_DONE, 0, 0);
	plan_tick(&p, &s, T0 + 5, 15000);
	assert_int_equal(p.next_s, T0 + 600);
	ms_schedule_clear(&s);
}

static void a_change_makes_nothing_up(void **state)
{
	struct ms_schedule s = every_ten_minutes();
	struct plan p;

	(void)state;
	plan_start(&p, &s, false, T0 + 100, 0);
	assert_int_equal(p.next_s, 0);
	assert_false(p.is_due);
	plan_tick(&p, &s, T0 + 100000, 0);
	assert_false(p.is_due);
	plan_change(&p, &s, true, T0 + 100000);
	assert_false(p.is_due);
	assert_int_equal(p.next_s, T0 + 100200);
	plan_tick(&p, &s, T0 + 100200, 0);
	plan_change(&p, &s, true, T0 + 100205);
	assert_true(p.is_due);
	plan_change(&p, &s, false, T0 + 100206);
	assert_false(p.is_due);
	ms_schedule_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_time_may_have_been_missed),
		cmocka_unit_test(a_time_that_comes_is_due),
		cmocka_unit_test(what_is_not_done_is_asked_for_again),
		cmocka_unit_test(clocks_may_be_put_right),
		cmocka_unit_test(a_change_makes_nothing_up),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
