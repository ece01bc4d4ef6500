/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_PRICE_TREND_H
#define MODELSYNC_CONSOLE_PRICE_TREND_H

#include <stdint.h>

#include "chart.h"
#include "modelsync/json.h"
#include "page.h"

/*
 * How the prices of input and output went, from what model_prices() of the database says of one
 * model: rows of key, valid_from, valid_until, old, price, usd.
 */

/* A picture and the steps, newest first. Nothing when no price is known. */
void ms_price_trend_lines(const struct ms_json *prices, int64_t now, enum ms_glyphs glyphs,
			  int width, struct ms_page *out);
/* "trend ▁▁▃▃ (30d)" of the input price, or "no change in 30d"; nothing when it is not known. */
void ms_price_trend_brief(const struct ms_json *prices, int64_t now, enum ms_glyphs glyphs,
			  struct ms_text *out);

#endif
