/* SPDX-License-Identifier: MIT */
/* Numbers as pictures, and runs as numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"
#include "src/console/chart.h"
#include "src/console/run_series.h"

/* --- numbers -------------------------------------------------------------------------------- */

static void test_numbers_leave_out_what_is_missing(void **state)
{
	const double values[] = {NAN, 3, 1, NAN, 2, 8, NAN};
	struct ms_numbers n;

	(void)state;
	ms_numbers_of(&n, values, 7);
	assert_int_equal(n.count, 4);
	assert_true(n.min == 1 && n.max == 8 && n.median == 2.5 && n.last == 8);
	ms_numbers_of(&n, values, 3);
	assert_true(n.median == 2 && n.last == 1);
	ms_numbers_of(&n, values, 1);
	assert_int_equal(n.count, 0);
}

static void test_a_scale_holds_its_values(void **state)
{
	static const double wanted[][2] = {{0, 1},	 {1, 1},     {1.01, 2}, {2.1, 2.5},
					   {2.6, 5},	 {5.1, 10},  {10, 10},	{411, 500},
					   {0.03, 0.05}, {1e9, 1e9}, {NAN, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		double top = ms_chart_top(wanted[i][0]);

		assert_true(fabs(top - wanted[i][1]) < 1e-9 * wanted[i][1]);
	}
	for (double v = 1e-7; v < 1e9; v *= 1.07)
		assert_true(ms_chart_top(v) >= v && ms_chart_top(v) <= 2.5 * v);
}

/* --- pictures ------------------------------------------------------------------------------- */

static char *drawn(enum ms_glyphs glyphs, const double *values, size_t n, double top, int height)
{
	const struct ms_bars bars = {values, n, top, glyphs, MS_STYLE_BAR};
	struct ms_canvas *c = ms_canvas_new(10, height, false);
	struct ms_text out;

	ms_text_init(&out, 0);
	ms_bars_draw(&bars, c, (struct ms_rect){0, 0, 10, height});
	for (int y = 0; y < height; y++) {
		for (int x = 0; x < 10 && ms_canvas_at(c, x, y)->style == MS_STYLE_BAR; x++) {
			char text[4];
			size_t len = ms_utf8_encode(ms_canvas_at(c, x, y)->cp, text);

			ms_text_add_bytes(&out, text, len);
		}
		ms_text_add(&out, "|");
	}
	ms_canvas_free(c);
	return ms_text_take(&out);
}

#define assert_drawn(glyphs, values, top, height, wanted)                                          \
	do {                                                                                       \
		char *got =                                                                        \
			drawn(glyphs, values, sizeof(values) / sizeof(values[0]), top, height);    \
		assert_string_equal(got, wanted);                                                  \
		ms_free(got);                                                                      \
	} while (0)

static void test_bars_begin_at_zero(void **state)
{
	const double values[] = {0, 1, 4, 8, NAN};

	(void)state;
	assert_drawn(MS_GLYPHS_BLOCK, values, 8, 1, " \u2581\u2584\u2588 |");
	assert_drawn(MS_GLYPHS_BLOCK, values, 8, 2, "   \u2588 | \u2582\u2588\u2588 |");
	assert_drawn(MS_GLYPHS_BLOCK, values, 16, 2, "     | \u2581\u2584\u2588 |");
	assert_drawn(MS_GLYPHS_ASCII, values, 8, 1, " .:# |");
	assert_drawn(MS_GLYPHS_ASCII, values, 8, 2, "   # | .## |");
	assert_drawn(MS_GLYPHS_BRAILLE, values, 8, 1, "\u2880\u28fc |");
}

static void test_what_is_more_than_nothing_is_seen(void **state)
{
	const double values[] = {0.0001, 100, 200};

	(void)state;
	assert_drawn(MS_GLYPHS_BLOCK, values, 100, 1, "\u2581\u2588\u2588|");
	assert_drawn(MS_GLYPHS_ASCII, values, 100, 1, ".##|");
	assert_drawn(MS_GLYPHS_BRAILLE, values, 100, 1, "\u28f8\u2847|");
}

static void test_bars_stay_in_their_rectangle(void **state)
{
	double values[40];
	struct ms_canvas *c = ms_canvas_new(12, 3, false);

	(void)state;
	for (int i = 0; i < 40; i++)
		values[i] = 1;
	for (int glyphs = MS_GLYPHS_ASCII; glyphs <= MS_GLYPHS_BRAILLE; glyphs++) {
		const struct ms_bars bars = {values, 40, 1, (enum ms_glyphs)glyphs, MS_STYLE_BAR};

		ms_canvas_clear(c);
		ms_bars_draw(&bars, c, (struct ms_rect){2, 1, 5, 1});
		for (int y = 0; y < 3; y++)
			for (int x = 0; x < 12; x++)
				assert_int_equal(ms_canvas_at(c, x, y)->style == MS_STYLE_BAR,
						 y == 1 && x >= 2 && x < 7);
	}
	ms_canvas_free(c);
}

static void test_a_spark_tells_zero_from_unknown(void **state)
{
	const double values[] = {NAN, 0, 1, 4, 8, 8};
	static const char *const wanted[] = {" _.:##", " _\u2581\u2584\u2588\u2588",
					     "_\u28e0\u28ff"};

	(void)state;
	for (int glyphs = MS_GLYPHS_ASCII; glyphs <= MS_GLYPHS_BRAILLE; glyphs++) {
		const struct ms_bars bars = {values, 6, 8, (enum ms_glyphs)glyphs, MS_STYLE_BAR};
		struct ms_text out;

		ms_text_init(&out, 0);
		ms_spark_add(&out, &bars);
		assert_string_equal(ms_text_str(&out), wanted[glyphs]);
		ms_text_clear(&out);
	}
}

/* --- runs ----------------------------------------------------------------------------------- */

static int64_t id_of(const struct ms_json *row)
{
	return ms_json_int(ms_json_get(row, "run"), 0);
}

static const struct ms_list_class run_list = {.id = id_of};
static struct ms_run_fact *facts;

/* Newest first: a row is "state seconds added gone total". */
static void fill(struct ms_list *l, const char *const *rows, size_t n)
{
	struct ms_json **items = ms_alloc_array(n, sizeof(*items));

	for (size_t i = 0; i < n; i++) {
		char state[20];
		int seconds, added, gone, total;
		struct ms_error err;
		char *text;

		assert_int_equal(
			sscanf(rows[i], "%19s %d %d %d %d", state, &seconds, &added, &gone, &total),
			5);
		text = ms_format("{\"run\":%zu,\"state\":\"%s\",\"category\":%s,\"duration_ms\":%d,"
				 "\"counts\":{\"added\":%d,\"marked_inactive\":%d,\"total\":%d}}",
				 n - i, strcmp(state, "cancelled") == 0 ? "failed" : state,
				 strcmp(state, "cancelled") == 0 ? "\"cancelled\"" : "null",
				 seconds * 1000, added, gone, total);
		items[i] = ms_json_parse(text, strlen(text), &err);
		assert_non_null(items[i]);
		ms_free(text);
	}
	ms_list_init(l, &run_list);
	ms_list_replace(l, items, n);
	ms_free(items);
	facts = ms_run_facts_read(l);
}

static void clear(struct ms_list *l)
{
	ms_list_clear(l);
	ms_free(facts);
	facts = NULL;
}

static const char *const seven[] = {
	"running 9 0 0 0", "completed 2 1 4 100", "failed 5 7 7 7",	"completed 1 2 0 97",
	"held 3 50 50 50", "cancelled 4 0 0 0",	  "completed 6 3 1 95",
};

static void assert_values(const struct ms_run_series *s, size_t part, const char *wanted)
{
	struct ms_text out;

	ms_text_init(&out, 0);
	for (size_t i = 0; i < s->count; i++)
		if (isnan(s->values[part][i]))
			ms_text_add(&out, "- ");
		else
			ms_text_addf(&out, "%g ", s->values[part][i]);
	assert_string_equal(ms_text_str(&out), wanted);
	ms_text_clear(&out);
}

static void test_runs_become_values(void **state)
{
	static const struct {
		enum ms_metric metric;
		size_t part, level;
		const char *values;
	} wanted[] = {
		{MS_METRIC_DURATION, 0, 2, "6 4 3 1 5 2 - "},
		{MS_METRIC_CHANGES, 0, 2, "3 - - 2 - 1 - "},
		{MS_METRIC_CHANGES, 1, 2, "1 - - 0 - 4 - "},
		{MS_METRIC_SUCCESS, 0, 2, "100 - - 100 0 100 - "},
		{MS_METRIC_SIZE, 0, 2, "95 - - 97 - 100 - "},
		{MS_METRIC_DURATION, 0, 4, "6 5 "},
		{MS_METRIC_CHANGES, 0, 4, "3 3 "},
		{MS_METRIC_CHANGES, 1, 4, "1 4 "},
		{MS_METRIC_SIZE, 0, 4, "95 100 "},
		{MS_METRIC_DURATION, 0, 1, "6 - 4 - 3 - 1 - 5 - 2 - - - "},
	};
	struct ms_list l;

	(void)state;
	fill(&l, seven, 7);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct ms_run_series s;

		ms_run_series_init(&s, &l, facts, wanted[i].metric, *ms_run_zoom(wanted[i].level),
				   40, 0);
		assert_values(&s, wanted[i].part, wanted[i].values);
		ms_run_series_clear(&s);
	}
	clear(&l);
}

static void test_the_worst_outcome_gives_the_sign(void **state)
{
	static const char *const wanted[MS_RUN_ZOOM_COUNT] = {
		[1] = "- c h - x - > ", [2] = "-ch-x->", [3] = "-hx>", [4] = "cx", [5] = "x"};
	struct ms_list l;

	(void)state;
	fill(&l, seven, 7);
	for (size_t level = 1; level <= 5; level++) {
		struct ms_run_series s;

		ms_run_series_init(&s, &l, facts, MS_METRIC_SIZE, *ms_run_zoom(level), 40, 0);
		assert_string_equal(s.signs, wanted[level]);
		ms_run_series_clear(&s);
	}
	clear(&l);
}

static void test_the_chosen_run_is_always_shown(void **state)
{
	struct ms_list l;

	(void)state;
	fill(&l, seven, 7);
	for (size_t level = 0; level < MS_RUN_ZOOM_COUNT; level++) {
		for (size_t places = 1; places < 12; places++) {
			for (size_t chosen = 0; chosen < 7; chosen++) {
				struct ms_run_series s;
				size_t place;

				ms_run_series_init(&s, &l, facts, MS_METRIC_DURATION,
						   *ms_run_zoom(level), places, chosen);
				assert_true(chosen >= s.from && chosen < s.from + s.runs);
				place = ms_run_series_place(&s, chosen);
				assert_true(place < s.count);
				assert_int_not_equal(s.signs[place], ' ');
				assert_true(s.from + s.runs <=
					    ms_run_series_reach(s.zoom, places, chosen));
				ms_run_series_clear(&s);
			}
		}
	}
	clear(&l);
}

static void test_no_runs_are_no_bars(void **state)
{
	struct ms_run_series s;
	struct ms_list l;

	(void)state;
	ms_list_init(&l, &run_list);
	ms_run_series_init(&s, &l, facts, MS_METRIC_DURATION, *ms_run_zoom(MS_RUN_ZOOM_NORMAL), 20,
			   0);
	assert_int_equal(s.count, 0);
	assert_int_equal(s.runs, 0);
	ms_run_series_clear(&s);
	clear(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_leave_out_what_is_missing),
		cmocka_unit_test(test_a_scale_holds_its_values),
		cmocka_unit_test(test_bars_begin_at_zero),
		cmocka_unit_test(test_what_is_more_than_nothing_is_seen),
		cmocka_unit_test(test_bars_stay_in_their_rectangle),
		cmocka_unit_test(test_a_spark_tells_zero_from_unknown),
		cmocka_unit_test(test_runs_become_values),
		cmocka_unit_test(test_the_worst_outcome_gives_the_sign),
		cmocka_unit_test(test_the_chosen_run_is_always_shown),
		cmocka_unit_test(test_no_runs_are_no_bars),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
