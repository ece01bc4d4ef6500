/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_OVERRIDE_H
#define MODELSYNC_OVERRIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "modelsync/json.h"
#include "modelsync/model.h"
#include "modelsync/text.h"

/*
 * Prices under conditions: upstream's pricing.overrides, a list of objects with prices and the
 * conditions min_prompt_tokens, utc_start and utc_end ("HH:MM", the end excluded, a start after the
 * end spans midnight). An entry applies when all its conditions hold; later entries win per price,
 * and prices that no entry names stay the model's own (OpenRouter's documentation of
 * PricingOverride). An entry with a condition that is not known here applies to nothing.
 */

/* What a price is asked for. */
struct ms_price_request {
	int64_t prompt_tokens; /* -1: not said, and then no entry that asks for it applies */
	int minute;	       /* of the day in UTC, 0 to 1439; -1 likewise */
};

/* "32768", "200k", "128Ki" */
bool ms_tokens_parse(const char *s, int64_t *tokens);
/* "16:30", also with seconds (dropped) and a Z at its end. */
bool ms_minute_parse(const char *s, int *minute);

bool ms_override_applies(const struct ms_json *override, const struct ms_price_request *request);

/* The prices of m for that request, replacing its own; strings go to the arena. */
void ms_model_price_at(struct ms_model *m, const struct ms_price_request *request,
		       struct ms_arena *arena);

/* "from 32,000 prompt tokens, 16:30 to 00:30 UTC: prompt 0.3, completion 1.2 $/M" */
void ms_override_describe(struct ms_text *out, const struct ms_json *override);

#endif
