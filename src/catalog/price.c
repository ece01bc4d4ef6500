/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "modelsync/model.h"

/*
 * Measured on upstream's answers of July 2026: `image` and `image_output` are prices of image
 * tokens (they equal or exceed the prompt price of the same model), while `request` and
 * `web_search` are prices of one request and one search.
 */
static const struct {
	const char *key;
	bool per_token;
} kinds[MS_PRICE_COUNT] = {
	[MS_PRICE_PROMPT] = {"prompt", true},
	[MS_PRICE_COMPLETION] = {"completion", true},
	[MS_PRICE_REQUEST] = {"request", false},
	[MS_PRICE_IMAGE] = {"image", true},
	[MS_PRICE_IMAGE_OUTPUT] = {"image_output", true},
	[MS_PRICE_WEB_SEARCH] = {"web_search", false},
	[MS_PRICE_REASONING] = {"internal_reasoning", true},
	[MS_PRICE_CACHE_READ] = {"input_cache_read", true},
	[MS_PRICE_CACHE_WRITE] = {"input_cache_write", true},
	[MS_PRICE_CACHE_WRITE_1H] = {"input_cache_write_1h", true},
	[MS_PRICE_AUDIO] = {"audio", true},
	[MS_PRICE_AUDIO_OUTPUT] = {"audio_output", true},
	[MS_PRICE_AUDIO_CACHE] = {"input_audio_cache", true},
};

const char *ms_price_key(enum ms_price_kind kind)
{
	return kinds[kind].key;
}

bool ms_price_kind_of(const char *key, enum ms_price_kind *kind)
{
	for (int i = 0; i < MS_PRICE_COUNT; i++) {
		*kind = (enum ms_price_kind)i;
		if (strcmp(kinds[i].key, key) == 0)
			return true;
	}
	return false;
}

bool ms_price_is_per_token(enum ms_price_kind kind)
{
	return kinds[kind].per_token;
}

struct ms_price ms_price_from_text(const char *exact)
{
	static const struct ms_price unknown = {NULL, 0.0};
	struct ms_decimal d;
	double usd;

	if (!exact || !ms_decimal_parse(&d, exact, strlen(exact)))
		return unknown;
	usd = ms_decimal_to_double(&d);
	if (usd < 0.0 && (usd > -1.0 || usd < -1.0))
		return unknown;
	return (struct ms_price){exact, usd};
}

/* Three decimals, or as many as three significant digits need where the price has them. */
static unsigned wanted_decimals(const struct ms_decimal *d)
{
	int magnitude = (int)d->count + d->exponent; /* the number is below 10^magnitude */
	int wanted = 3 - (magnitude < 0 ? magnitude : 0), has = -d->exponent;

	if (wanted > has)
		wanted = has;
	return wanted > 3 ? (unsigned)wanted : 3;
}

/* "<0.001": as fine as the width allows, so that a tiny price does not look like none. */
static void format_tiny(char *buf, size_t size, size_t width)
{
	snprintf(buf, size, "<0.%0*d", (int)(width < 20 ? width - 3 : 17), 1);
}

/* ">9999": a price whose whole part does not fit. */
static void format_huge(char *buf, size_t size, size_t width)
{
	size_t len = width < size ? width : size - 1;

	memset(buf, '9', len);
	buf[0] = '>';
	buf[len] = '\0';
}

static void format_known(char *buf, size_t size, const struct ms_decimal *d, size_t width)
{
	char text[MS_DECIMAL_TEXT];
	bool tiny = false;

	for (unsigned decimals = wanted_decimals(d) + 1; decimals-- > 0;) {
		if (!ms_decimal_render(d, decimals, text)) {
			tiny = true;
			break;
		}
		if (strlen(text) <= width) {
			snprintf(buf, size, "%s", text);
			return;
		}
	}
	if (tiny)
		format_tiny(buf, size, width);
	else
		format_huge(buf, size, width);
}

char *ms_price_format(char *buf, size_t size, struct ms_price price, enum ms_price_kind kind,
		      size_t width)
{
	struct ms_decimal d;

	if (ms_price_state(price) != MS_PRICE_KNOWN ||
	    !ms_decimal_parse(&d, price.exact, strlen(price.exact))) {
		snprintf(buf, size, "%s", ms_price_state(price) == MS_PRICE_VARIABLE ? "var" : "?");
		return buf;
	}
	if (d.count == 0) {
		snprintf(buf, size, "0");
		return buf;
	}
	if (kinds[kind].per_token)
		d.exponent += 6;
	format_known(buf, size, &d, width < 5 ? 5 : width);
	return buf;
}

char *ms_price_word(char buf[MS_PRICE_WORD_MAX], struct ms_price price, enum ms_price_kind kind)
{
	struct ms_decimal d;

	_Static_assert(MS_PRICE_WORD_MAX >= MS_DECIMAL_TEXT, "room for any decimal");
	if (ms_price_state(price) != MS_PRICE_KNOWN ||
	    !ms_decimal_parse(&d, price.exact, strlen(price.exact)))
		return strcpy(buf, ms_price_state(price) == MS_PRICE_VARIABLE ? "variable" : "none");
	if (kinds[kind].per_token)
		d.exponent += 6;
	if (!ms_decimal_render(&d, d.exponent < 0 ? (unsigned)-d.exponent : 0, buf))
		strcpy(buf, "0");
	return buf;
}
