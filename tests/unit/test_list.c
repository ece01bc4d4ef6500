/* SPDX-License-Identifier: MIT */
/* Tables of rows that come and go: the filter, the cursor, marks, columns, and moving. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "src/console/fit.h"
#include "src/console/list.h"
#include "src/console/scroll.h"

static void add_name(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, ms_json_text(ms_json_get(row, "name")));
}

static void add_who(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, ms_json_text(ms_json_get(row, "who")));
}

static int64_t id_of(const struct ms_json *row)
{
	return ms_json_int(ms_json_get(row, "id"), 0);
}

static const struct ms_list_column columns[] = {
	{"name", "NAME", 0, 0, false, add_name},
	{"who", "WHO", 8, 1, false, add_who},
};

static const struct ms_list_class class = {columns, 2, id_of, NULL};

static struct ms_json *row(int64_t id, const char *name, const char *who)
{
	struct ms_json *v = ms_json_new_object();

	ms_json_add_number(v, "id", (double)id);
	ms_json_add_string(v, "name", name);
	ms_json_add_string(v, "who", who);
	return v;
}

/* Rows number `from` down to `to`, by turns of alice and bob. */
static void fill(struct ms_list *l, int64_t from, int64_t to)
{
	struct ms_json *rows[100];
	size_t n = 0;
	char name[32];

	for (int64_t id = from; id >= to; id--) {
		(void)snprintf(name, sizeof(name), "model %d", (int)id);
		rows[n++] = row(id, name, id % 2 ? "alice" : "bob");
	}
	ms_list_replace(l, rows, n);
}

static int setup(void **state)
{
	static struct ms_list list;

	ms_list_init(&list, &class);
	fill(&list, 20, 1);
	*state = &list;
	return 0;
}

static int teardown(void **state)
{
	ms_list_clear(*state);
	return 0;
}

static int64_t current(const struct ms_list *l)
{
	const struct ms_list_row *r = ms_list_current(l);

	return r ? r->id : 0;
}

/* --- the filter ----------------------------------------------------------------------------- */

static void expect_shown(struct ms_list *l, const char *filter, size_t n)
{
	ms_list_set_filter(l, filter);
	if (l->shown != n)
		fail_msg("/%s shows %zu rows instead of %zu", filter, l->shown, n);
}

static void test_filter_terms(void **state)
{
	struct ms_list *l = *state;

	expect_shown(l, "", 20);
	expect_shown(l, "model", 20);
	expect_shown(l, "MODEL", 20);
	expect_shown(l, "alice", 10);
	expect_shown(l, "-alice", 10);
	expect_shown(l, "who:alice", 10);
	expect_shown(l, "name:alice", 0);
	expect_shown(l, "-who:alice 1", 5); /* 10 12 14 16 18 */
	expect_shown(l, "\"model 1\"", 11);
	expect_shown(l, "name:\"model 2\"", 2);
	expect_shown(l, "nofield:alice", 0);
	expect_shown(l, "alice bob", 0);
}

static void test_half_typed_terms_hide_nothing(void **state)
{
	struct ms_list *l = *state;

	expect_shown(l, "-", 20);
	expect_shown(l, "who:", 20);
	expect_shown(l, "-who:", 20);
	expect_shown(l, "\"", 20);
	expect_shown(l, "alice -", 10);
	expect_shown(l, "   ", 20);
	expect_shown(l, "a b c d e f g h i j k l m n o p q r s t u v w x y z", 0);
}

static void test_a_new_filter_starts_at_the_top(void **state)
{
	struct ms_list *l = *state;

	ms_list_move(l, 5);
	assert_int_equal(current(l), 15);
	ms_list_set_filter(l, "bob");
	assert_int_equal(current(l), 20);
	ms_list_set_filter(l, "alice");
	assert_int_equal(current(l), 15);
}

/* --- cursor and marks ----------------------------------------------------------------------- */

static void test_the_cursor_keeps_its_row_and_line(void **state)
{
	struct ms_list *l = *state;

	ms_list_move(l, 12);
	ms_list_show_cursor(l, 10);
	assert_int_equal(l->top, 3);
	fill(l, 25, 1);
	assert_int_equal(current(l), 8);
	assert_int_equal(l->cursor - l->top, 9);
}

static void test_an_untouched_cursor_follows_the_newest(void **state)
{
	struct ms_list *l = *state;

	assert_int_equal(current(l), 20);
	fill(l, 22, 1);
	assert_int_equal(current(l), 22);
	ms_list_move(l, 1);
	fill(l, 30, 1);
	assert_int_equal(current(l), 21);
}

static void test_a_start_that_is_shown_stays_shown(void **state)
{
	struct ms_list *l = *state;

	ms_list_move(l, 1);
	fill(l, 22, 1);
	ms_list_show_cursor(l, 10);
	assert_int_equal(l->top, 0);
	assert_int_equal(current(l), 19);
}

static void test_the_row_under_the_cursor_goes_away(void **state)
{
	struct ms_list *l = *state;

	ms_list_move(l, LONG_MAX);
	assert_int_equal(current(l), 1);
	fill(l, 20, 5);
	assert_int_equal(current(l), 5);
	ms_list_replace(l, NULL, 0);
	assert_null(ms_list_current(l));
	ms_list_move(l, 1);
	assert_null(ms_list_current(l));
}

static void test_marks_keep_to_their_rows(void **state)
{
	struct ms_list *l = *state;

	ms_list_mark(l, true);
	ms_list_set_filter(l, "who:alice");
	ms_list_mark(l, false);
	assert_int_equal(l->marked, 11);
	fill(l, 22, 11);
	assert_int_equal(l->marked, 6); /* 20, and 19 17 15 13 11 */
	ms_list_set_filter(l, "");
	ms_list_mark_invert(l);
	assert_int_equal(l->marked, 6);
	ms_list_mark_clear(l);
	assert_int_equal(l->marked, 0);
}

/* --- columns and moving --------------------------------------------------------------------- */

static void test_columns_give_way_in_order(void **state)
{
	static const struct ms_fit_rule rule = {.least = 10, .comfort = 20, .easy = 1};

	(void)state;
	for (int width = 1; width < 100; width++) {
		struct ms_fit fit[] = {{5, 2, 0}, {0, 0, 0}, {8, 1, 0}, {4, 0, 0}};
		int end = 3;

		ms_fit_columns(fit, 4, 3, width, &rule);
		assert_true(fit[1].x >= 0 && fit[3].x >= 0 && fit[1].width >= 1);
		assert_true(fit[0].x < 0 || fit[2].x >= 0); /* rank 2 only after rank 1 */
		for (int i = 0; i < 4; i++) {
			assert_true(fit[i].x < 0 || fit[i].x == end);
			end += fit[i].x < 0 ? 0 : fit[i].width + 1;
		}
		assert_true(end <= width + 1 || fit[1].width == 1);
		assert_true(fit[2].x < 0 || fit[1].width >= 10);
		assert_true(fit[0].x < 0 || fit[1].width >= 20);
	}
}

static void test_steps(void **state)
{
	(void)state;
	assert_int_equal(ms_scroll_step(MS_ACTION_down, 10), 1);
	assert_int_equal(ms_scroll_step(MS_ACTION_half_up, 9), -5);
	assert_int_equal(ms_scroll_step(MS_ACTION_page_down, 0), 1);
	assert_int_equal(ms_scroll_step(MS_ACTION_filter, 10), 0);
	assert_int_equal(ms_scroll_by(3, 10, LONG_MAX), 9);
	assert_int_equal(ms_scroll_by(3, 10, -LONG_MAX), 0);
	assert_int_equal(ms_scroll_by(3, 10, -2), 1);
	assert_int_equal(ms_scroll_by(3, 0, 5), 0);
	assert_int_equal(ms_scroll_top(0, 9, 10, 4), 6);
	assert_int_equal(ms_scroll_top(8, 5, 10, 4), 5);
	assert_int_equal(ms_scroll_top(8, 9, 10, 20), 0);
	assert_int_equal(ms_scroll_top(3, 4, 10, 0), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_filter_terms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_half_typed_terms_hide_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_new_filter_starts_at_the_top, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_the_cursor_keeps_its_row_and_line, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_an_untouched_cursor_follows_the_newest, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_start_that_is_shown_stays_shown, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_the_row_under_the_cursor_goes_away, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_marks_keep_to_their_rows, setup, teardown),
		cmocka_unit_test(test_columns_give_way_in_order),
		cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
