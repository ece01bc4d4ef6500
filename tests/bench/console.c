/* SPDX-License-Identifier: MIT */
/*
 * What one key costs inside the console, at the sizes of the budgets: the state and its drawing,
 * without terminal and database. console.py measures the whole program from outside.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "modelsync/clock.h"
#include "src/console/key.h"
#include "src/console/ui.h"
#include "tests/screens/fixture.h"

#define ROUNDS	   20
#define STAGING_MS 50 /* of 20,000 rows */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void drain(struct ms_ui *ui)
{
	struct ms_effect e;

	while (ms_effects_pop(&ui->effects, &e))
		ms_effect_clear(&e);
}

static double key_ms(struct ms_ui *ui, struct ms_canvas *c, uint32_t key)
{
	double start = now_ms();

	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_KEY, .key = key});
	ms_ui_draw(ui, c);
	start = now_ms() - start;
	drain(ui);
	return start;
}

/* The slowest of some rounds, the first one left out; true when it is within the budget. */
static bool report(size_t n, const char *what, double ms, double budget)
{
	printf("%7zu models  %-28s %8.3f ms  (budget %g ms)%s\n", n, what, ms, budget,
	       ms > budget ? "  OVER" : "");
	return ms <= budget;
}

static bool bench_typing(struct ms_ui *ui, struct ms_canvas *c, size_t n, double budget)
{
	static const char text[] = "status:new price<1 model";
	double worst = 0;

	key_ms(ui, c, '/');
	for (const char *p = text; *p; p++) {
		double ms = key_ms(ui, c, (uint32_t)*p);

		worst = ms > worst ? ms : worst;
	}
	key_ms(ui, c, MS_KEY_ESC);
	return report(n, "filter keystroke, worst", worst, budget);
}

static bool bench_key(struct ms_ui *ui, struct ms_canvas *c, size_t n, const char *what,
		      uint32_t key, double budget)
{
	double worst = 0;

	key_ms(ui, c, key);
	for (int i = 0; i < ROUNDS; i++) {
		double ms = key_ms(ui, c, key);

		worst = ms > worst ? ms : worst;
	}
	return report(n, what, worst, budget);
}

static bool bench(size_t n, double load, double typing)
{
	struct ms_canvas *c = ms_canvas_new(80, 24, false);
	struct ms_ui_event connected = {.kind = MS_EVENT_CONNECTION, .text = "db1/models"};
	struct ms_ui_event models = {.kind = MS_EVENT_MODELS};
	struct ms_ui *ui = ms_ui_new("", false, ms_clock_now());
	double start;
	bool ok;

	models.catalog = fixture_big_catalog(n);
	ms_ui_update(ui, &connected);
	start = now_ms();
	ms_ui_update(ui, &models);
	ms_ui_draw(ui, c);
	ok = report(n, "rows on the screen", now_ms() - start, load);
	drain(ui);
	ok = bench_typing(ui, c, n, typing) && ok;
	ok = bench_key(ui, c, n, "cursor down, worst", 'j', 1) && ok;
	ok = bench_key(ui, c, n, "page down, worst", MS_KEY_PAGE_DOWN, 2) && ok;
	ok = bench_key(ui, c, n, "mark all", 'a', typing) && ok;
	ok = bench_key(ui, c, n, "tier of all marked", 'P', n > 20000 ? load : STAGING_MS) && ok;
	ok = bench_key(ui, c, n, "invert the order", 'I', load) && ok;
	ms_ui_free(ui);
	ms_canvas_free(c);
	return ok;
}

/* The runs as a chart: below the models, and on their screen with as many in a bar as there are. */
static bool bench_chart(void)
{
	struct ms_canvas *c = ms_canvas_new(200, 60, false);
	struct ms_ui *ui = ms_ui_new("", false, ms_clock_now());
	bool ok;

	ms_ui_update(ui,
		     &(struct ms_ui_event){.kind = MS_EVENT_RESIZE, .width = 200, .height = 60});
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_CONNECTION, .text = "db1/models"});
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_MODELS,
					       .catalog = fixture_big_catalog(421)});
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_FEED,
					       .feed = MS_FEED_RUNS,
					       .json = fixture_feed(MS_FEED_RUNS, "runs 5000")});
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_CONNECTION, .text = "db1/models"});
	ok = bench_key(ui, c, 421, "cursor down above a chart", 'j', 1);
	key_ms(ui, c, '2');
	ok = bench_key(ui, c, 421, "next run of the chart", 'j', 2) && ok;
	for (int i = 0; i < 5; i++)
		key_ms(ui, c, '-');
	ok = bench_key(ui, c, 421, "next run, 50 in a bar", 'j', 2) && ok;
	ms_ui_free(ui);
	ms_canvas_free(c);
	return ok;
}

int main(void)
{
	bool ok = bench(421, 10, 1);

	ok = bench_chart() && ok;
	ok = bench(20000, 200, 15) && ok;
	ok = bench(100000, 500, 60) && ok;
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
