/* SPDX-License-Identifier: MIT */
/*
 * Time of parsing an expression and asking it of every model of a list of 20,000 and one of
 * 100,000: what a keystroke in the filter line costs besides drawing. Fails above the budget, which
 * is twice as much for regular expressions.
 */
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <time.h>

#include "modelsync/filter.h"

#define ROUNDS 5
#define NOW    INT64_C(1781092800)

static const struct {
	size_t models;
	double budget_ms;
} sizes[] = {{20000, 5.0}, {100000, 25.0}};

static const char *const expressions[] = {
	"gpt",
	"-gpt",
	"öpen",
	"status:new price<1 -provider:meta",
	"tier:pro+enterprise ctx>=128k out<5",
	"name:mini OR name:large OR is:free",
	"added:7d is:variable",
	"input:image -is:paidfree",
	"id=*gpt*free",
	"/gpt-[0-9]+/",
	"/(nothing|like) this$/",
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct ms_catalog *make_catalog(size_t count)
{
	static const char *const vendors[] = {"openai", "meta", "mistralai", "google", "qwen"};
	static const char *const kinds[] = {"mini", "large", "instruct", "vision-preview",
					    "coder:free"};
	static const char *const prices[] = {"0.00000025", "0", "-1", NULL,
					     "0.0000000833333333333333"};
	struct ms_catalog *c = ms_catalog_new();

	for (size_t i = 0; i < count; i++) {
		struct ms_model *m = ms_catalog_append(c);
		char text[100];

		snprintf(text, sizeof(text), "%s/gpt-%zu-%s", vendors[i % 5], i, kinds[i / 5 % 5]);
		m->id = ms_arena_strdup(c->arena, text);
		snprintf(text, sizeof(text), "Vendor %zu: Öpen Model Number %zu %s", i % 5, i,
			 kinds[i % 5]);
		m->name = ms_arena_strdup(c->arena, text);
		m->provider = vendors[i % 5];
		m->input_modalities = i % 3 ? "text" : "text,image";
		m->status = (uint8_t)(i % MS_STATUS_COUNT);
		m->tiers = (uint8_t)(i % 8);
		m->context_length = (int32_t)(i % 50) * 8192;
		m->added_at = NOW - (int64_t)(i % 100) * 86400;
		for (size_t kind = 0; kind < 2; kind++)
			m->prices[kind] = ms_price_from_text(prices[(i + kind) % 5]);
	}
	ms_catalog_sort(c);
	return c;
}

static double best_of_rounds(const struct ms_catalog *c, const char *expression, size_t *matches)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ms(), took;
		struct ms_filter_error err;
		struct ms_filter *f = ms_filter_parse(expression, &err);

		*matches = 0;
		for (size_t i = 0; f && i < c->count; i++)
			*matches += ms_filter_match(f, &c->models[i], 0, NOW);
		ms_filter_free(f);
		took = now_ms() - start;
		best = took < best ? took : best;
	}
	return best;
}

int main(void)
{
	int over = 0;

	setlocale(LC_ALL, ""); /* regular expressions are slower with UTF-8 */
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct ms_catalog *c = make_catalog(sizes[s].models);

		for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
			double budget_ms = sizes[s].budget_ms * (expressions[i][0] == '/' ? 2 : 1);
			size_t matches;
			double ms = best_of_rounds(c, expressions[i], &matches);

			over += ms > budget_ms;
			printf("%6zu models  %8.2f ms  (budget %.0f, %.2f of it)  %6zu match  %s\n",
			       sizes[s].models, ms, budget_ms, ms / budget_ms, matches,
			       expressions[i]);
		}
		ms_catalog_free(c);
	}
	return over ? 1 : 0;
}
