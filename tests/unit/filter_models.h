/* SPDX-License-Identifier: MIT */
/* Six models and a way to ask which of them a filter matches, for the tests of the filter language.
 */
#ifndef TESTS_UNIT_FILTER_MODELS_H
#define TESTS_UNIT_FILTER_MODELS_H

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/filter.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY	 86400

static int64_t now; /* 2026-06-10 12:00:00 UTC */

/* Each model has one letter: results are written as the letters that match. */
enum { MINI, FREE, ALIAS, AUTO, ODD, GONE, MODELS };
static const char letters[] = "MFLAOG";
static struct ms_model models[MODELS];
static unsigned row_flags[MODELS];

static int64_t at(const char *time)
{
	int64_t t = 0;

	assert_true(ms_time_parse(time, &t));
	return t;
}

static void set_prices(struct ms_model *m, const char *in, const char *out)
{
	m->prices[MS_PRICE_PROMPT] = ms_price_from_text(in);
	m->prices[MS_PRICE_COMPLETION] = ms_price_from_text(out);
}

static int set_up(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	now = at("2026-06-10 12:00:00");
	models[MINI] = (struct ms_model){
		.id = "openai/gpt-x-mini",
		.name = "OpenAI: GPT X Mini",
		.provider = "openai",
		.status = MS_STATUS_NEW,
		.tiers = MS_TIER_PRO | MS_TIER_ENTERPRISE,
		.modality = "text+image->text",
		.input_modalities = "text,image",
		.output_modalities = "text",
		.tokenizer = "GPT",
		.knowledge_cutoff = "2025-06-30",
		.context_length = 400000,
		.max_completion_tokens = 128000,
		.added_at = now - 2 * DAY,
		.created = at("2026-05-31 23:59:59"),
		.updated_at = now - DAY,
		.expires_at = now + 20 * DAY,
		.daily_limit = 100,
		.monthly_limit = -1,
		.attention = "price_jump",
	};
	models[MINI].price_trend = 20;
	set_prices(&models[MINI], "0.00000025", "0.000002");
	models[MINI].prices[MS_PRICE_WEB_SEARCH] = ms_price_from_text("0.01");
	models[MINI].prices[MS_PRICE_CACHE_READ] = ms_price_from_text("0.000000025");
	models[FREE] = (struct ms_model){
		.id = "mistralai/small-x:free",
		.name = "Mistral: Small X (free)",
		.provider = "mistralai",
		.status = MS_STATUS_ACTIVE,
		.tiers = MS_TIER_FREE,
		.modality = "text->text",
		.input_modalities = "text",
		.output_modalities = "text",
		.context_length = 131072,
		.added_at = at("2026-06-07 00:00:00"),
		.created = at("2026-06-01 00:00:00"),
		.updated_at = at("2026-06-07 23:59:59"),
		.changed_at = now - 3 * DAY,
		.changed_by = "alice",
		.expires_at = now - DAY,
		.daily_limit = -1,
		.monthly_limit = 0,
		.hugging_face_id = "Mistral/Small_X",
		.is_moderated = true,
	};
	models[FREE].price_trend = 9999;
	set_prices(&models[FREE], "0", "0");
	models[ALIAS] = (struct ms_model){
		.id = "~openai/gpt-latest",
		.name = "OpenAI GPT Latest",
		.provider = "openai",
		.status = MS_STATUS_INACTIVE,
		.tiers = MS_TIER_FREE | MS_TIER_PRO | MS_TIER_ENTERPRISE,
		.alias_target = "openai/gpt-x-mini",
		.input_modalities = "text,image,file",
		.output_modalities = "text,image",
		.context_length = 128000,
		.added_at = at("2026-05-01 00:00:00"),
		.updated_at = at("2026-05-01 00:00:00"),
		.daily_limit = -1,
		.monthly_limit = -1,
	};
	models[ALIAS].price_trend = -5;
	set_prices(&models[ALIAS], "0.000001", "0.00001");
	models[AUTO] = (struct ms_model){
		.id = "openrouter/auto",
		.name = "Auto Router",
		.provider = "openrouter",
		.status = MS_STATUS_ACTIVE,
		.tiers = MS_TIER_FREE,
		.input_modalities = "text,audio",
		.context_length = 2000000,
		.added_at = at("2025-01-01 00:00:00"),
		.updated_at = at("2025-01-01 00:00:00"),
		.daily_limit = -1,
		.monthly_limit = -1,
	};
	set_prices(&models[AUTO], "-1", "-1");
	models[ODD] = (struct ms_model){
		.id = "vendor/odd-row",
		.name = "Öddé × Row 100% \"q\"",
		.provider = "vendor",
		.status = MS_STATUS_NEW,
		.added_at = at("2024-02-29 10:00:00"),
		.updated_at = at("2024-02-29 10:00:00"),
		.daily_limit = -1,
		.monthly_limit = -1,
	};
	models[GONE] = (struct ms_model){
		.id = "meta/llama-70b",
		.name = "Meta: Llama 70B",
		.provider = "meta",
		.status = MS_STATUS_INACTIVE,
		.restore_status = MS_STATUS_DISABLED,
		.missing_since = now - 10 * DAY,
		.context_length = 8192,
		.added_at = at("2025-06-07 00:00:00"),
		.updated_at = at("2025-06-07 00:00:00"),
		.daily_limit = -1,
		.monthly_limit = -1,
	};
	set_prices(&models[GONE], "0.0000000833333333333333", NULL);
	row_flags[MINI] = MS_ROW_MARKED | MS_ROW_PENDING;
	row_flags[ODD] = MS_ROW_CHANGED;
	return 0;
}

__attribute__((unused)) static void matching(const char *expression, char result[MODELS + 1])
{
	struct ms_filter_error err;
	struct ms_filter *f = ms_filter_parse(expression, &err);
	size_t n = 0;

	if (!f)
		fail_msg("%s: %s (at %zu)", expression, err.message, err.at);
	for (int i = 0; i < MODELS; i++)
		if (ms_filter_match(f, &models[i], row_flags[i], now))
			result[n++] = letters[i];
	result[n] = '\0';
	ms_filter_free(f);
}

struct expectation {
	const char *expression, *matches;
};

__attribute__((unused)) static void check(const struct expectation *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char result[MODELS + 1];

		matching(rows[i].expression, result);
		if (strcmp(result, rows[i].matches) != 0)
			fail_msg("%s matches %s, not %s", rows[i].expression, result,
				 rows[i].matches);
	}
}

#endif
