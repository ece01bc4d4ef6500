/* SPDX-License-Identifier: MIT */
/*
 * Feeds expressions to the filter parser and evaluator. With libFuzzer it searches for new ones;
 * built without it (no MS_LIBFUZZER) it replays the files named on the command line.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/complete.h"
#include "modelsync/filter.h"

#define TEXT_MAX 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what, const char *text)
{
	if (holds)
		return;
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

static void make_models(struct ms_model models[2])
{
	memset(models, 0, 2 * sizeof(models[0]));
	models[0] = (struct ms_model){
		.id = "openai/gpt-x:free",
		.name = "GPT × X \xff (free)",
		.provider = "openai",
		.input_modalities = "text,image",
		.knowledge_cutoff = "2025-06-30",
		.extra_pricing = "{\"audio\":\"0\"}",
		.tiers = MS_TIER_FREE,
		.context_length = 131072,
		.added_at = 1780000000,
		.daily_limit = -1,
	};
	models[0].prices[MS_PRICE_PROMPT] = ms_price_from_text("0.00000025");
	models[0].prices[MS_PRICE_COMPLETION] = ms_price_from_text("-1");
	models[1] = (struct ms_model){.id = "~v/x"};
}

static void check_error(const char *text, const struct ms_filter_error *err)
{
	struct ms_text out;

	require(err->message[0] != '\0', "no message", text);
	require(err->at <= strlen(text), "a place outside of the text", text);
	ms_text_init(&out, 0);
	ms_filter_explain(&out, text, err);
	ms_text_clear(&out);
}

/* An expression and its negation are never both true. */
static void check_negation(const struct ms_filter *f, const char *text,
			   const struct ms_model models[2])
{
	char negated[TEXT_MAX + 4];
	struct ms_filter_error err;
	struct ms_filter * not ;

	snprintf(negated, sizeof(negated), "-(%s)", text);
	not = ms_filter_parse(negated, &err);
	for (int i = 0; not &&i < 2; i++)
		require(!(ms_filter_match(f, &models[i], 7, 1781000000) &&
			  ms_filter_match(not, &models[i], 7, 1781000000)),
			"true and false at once", text);
	ms_filter_free(not );
}

static void check_completion(const char *text, struct ms_model models[2])
{
	struct ms_catalog catalog = {.models = models, .count = 2};
	size_t len = strlen(text);

	for (size_t part = 0; part <= 4; part++) {
		size_t at = len * part / 4;
		struct ms_completion c;

		ms_filter_complete(text, at, &catalog, NULL, &c);
		require(c.from <= c.to && c.to == at, "a completion of another place", text);
		require(ms_completion_common(&c) <= (c.count ? strlen(c.items[0]) : 0),
			"more in common than there is", text);
		ms_completion_clear(&c);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX];
	struct ms_model models[2];
	struct ms_filter_error err;
	struct ms_filter *f;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	make_models(models);
	check_completion(text, models);
	f = ms_filter_parse(text, &err);
	if (f)
		check_negation(f, text, models);
	else
		check_error(text, &err);
	ms_filter_free(f);
	return 0;
}

#ifndef MS_LIBFUZZER
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		uint8_t data[TEXT_MAX];
		FILE *file = fopen(argv[i], "rb");
		size_t size;

		if (!file) {
			perror(argv[i]);
			return 1;
		}
		size = fread(data, 1, sizeof(data), file);
		fclose(file);
		LLVMFuzzerTestOneInput(data, size);
	}
	return 0;
}
#endif
