/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "field_row.h"
#include "modelsync/clock.h"
#include "modelsync/utf8.h"
#include "words.h"

/* Copies what fits, never half a character. */
static void copy_text(char *buf, size_t size, const char *s)
{
	size_t len = strlen(s);

	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)s[len] & 0xC0) == 0x80)
			len--;
	}
	memcpy(buf, s, len);
	buf[len] = '\0';
}

static const char *text_or_empty(const char *s)
{
	return s ? s : "";
}

/* 400000 → "400k", 32768 → "32.8k", 1048576 → "1.05m": at most five columns up to 999 million. */
static void format_tokens(char *buf, size_t size, int32_t n)
{
	const bool thousands = n < 999500;
	const int64_t unit = thousands ? 1000 : 1000000;
	int64_t scale = 100, value = (n * scale + unit / 2) / unit;

	if (n < 10000) {
		snprintf(buf, size, "%" PRId32, n);
		return;
	}
	while (scale > 1 && value >= 1000) { /* three significant digits */
		scale /= 10;
		value = (n * scale + unit / 2) / unit;
	}
	while (scale > 1 && value % 10 == 0) {
		scale /= 10;
		value /= 10;
	}
	if (scale > 1)
		snprintf(buf, size, "%" PRId64 ".%0*" PRId64 "%c", value / scale,
			 scale == 10 ? 1 : 2, value % scale, thousands ? 'k' : 'm');
	else
		snprintf(buf, size, "%" PRId64 "%c", value, thousands ? 'k' : 'm');
}

static void format_number(char *buf, size_t size, const struct ms_field_row *row,
			  const struct ms_model *m)
{
	int32_t n;

	if (!ms_field_number(row, m, &n))
		copy_text(buf, size, row->absence == MS_ABSENT_UNKNOWN ? "-" : "");
	else if (row->is_percent)
		snprintf(buf, size, "%+" PRId32 "%%", n);
	else if (row->absence == MS_ABSENT_UNKNOWN)
		format_tokens(buf, size, n);
	else
		snprintf(buf, size, "%" PRId32, n);
}

static void format_time(char *buf, size_t size, const struct ms_field_row *row,
			const struct ms_model *m, int64_t now)
{
	char text[32] = "";
	int64_t t;

	if (ms_field_time(row, m, &t)) {
		if (row->as_age)
			ms_time_format_age(text, sizeof(text), now - t);
		else
			ms_time_format_date(text, sizeof(text), t);
	}
	copy_text(buf, size, text);
}

/* The checkboxes of the three tiers: ". x x" is pro and enterprise. */
static void format_tiers(char *buf, size_t size, unsigned tiers)
{
	snprintf(buf, size, "%c %c %c", tiers & MS_TIER_FREE ? 'x' : '.',
		 tiers & MS_TIER_PRO ? 'x' : '.', tiers & MS_TIER_ENTERPRISE ? 'x' : '.');
}

/* Words of a table whose predicate holds, separated by commas. */
static void join_words(char *buf, size_t size, const char *const *words,
		       bool (*holds)(int, const struct ms_model *, int64_t),
		       const struct ms_model *m, int64_t now)
{
	struct ms_text t;

	ms_text_init(&t, 0);
	for (int i = 0; words[i]; i++)
		if (holds(i, m, now))
			ms_text_addf(&t, "%s%s", t.len ? "," : "", words[i]);
	copy_text(buf, size, ms_text_str(&t));
	ms_text_clear(&t);
}

static bool flag_holds(int i, const struct ms_model *m, int64_t now)
{
	return ms_flag_is(i, m, 0, now);
}

static bool tier_holds(int i, const struct ms_model *m, int64_t now)
{
	(void)now;
	return m->tiers >> i & 1;
}

char *ms_field_format(char *buf, size_t size, const struct ms_field *f, const struct ms_model *m,
		      int64_t now)
{
	const struct ms_field_row *row = ms_field_row(f);

	switch (f->type) {
	case MS_FIELD_TEXT:
		copy_text(buf, size, text_or_empty(ms_field_text(row, m)));
		break;
	case MS_FIELD_SET:
		if (ms_field_is_tiers(row))
			format_tiers(buf, size, m->tiers);
		else
			copy_text(buf, size, text_or_empty(ms_field_text(row, m)));
		break;
	case MS_FIELD_ENUM:
		copy_text(buf, size, ms_status_name((enum ms_status)m->status));
		break;
	case MS_FIELD_NUMBER:
		format_number(buf, size, row, m);
		break;
	case MS_FIELD_PRICE:
		ms_price_format(buf, size, *ms_field_price(row, m), f->price, (size_t)f->width);
		break;
	case MS_FIELD_TIME:
		format_time(buf, size, row, m, now);
		break;
	case MS_FIELD_FLAGS:
		join_words(buf, size, f->values, flag_holds, m, now);
		break;
	}
	return buf;
}

static void export_time(char *buf, size_t size, const struct ms_field_row *row,
			const struct ms_model *m)
{
	char text[32] = "";
	int64_t t;

	if (row->from_text) {
		copy_text(buf, size, text_or_empty(ms_field_text(row, m)));
		return;
	}
	if (ms_field_time(row, m, &t)) {
		if (row->looks_ahead)
			ms_time_format_date(text, sizeof(text), t);
		else
			ms_time_format(text, sizeof(text), t);
	}
	copy_text(buf, size, text);
}

char *ms_field_export(char *buf, size_t size, const struct ms_field *f, const struct ms_model *m,
		      int64_t now)
{
	const struct ms_field_row *row = ms_field_row(f);
	const struct ms_price *price;
	int32_t n;

	buf[0] = '\0';
	switch (f->type) {
	case MS_FIELD_NUMBER:
		if (ms_field_number(row, m, &n))
			snprintf(buf, size, "%" PRId32, n);
		return buf;
	case MS_FIELD_PRICE:
		price = ms_field_price(row, m);
		copy_text(buf, size,
			  ms_price_state(*price) == MS_PRICE_VARIABLE ? "variable"
							    : text_or_empty(price->exact));
		return buf;
	case MS_FIELD_TIME:
		export_time(buf, size, row, m);
		return buf;
	case MS_FIELD_SET:
		if (ms_field_is_tiers(row)) {
			join_words(buf, size, f->values, tier_holds, m, now);
			return buf;
		}
		break;
	case MS_FIELD_TEXT:
	case MS_FIELD_ENUM:
	case MS_FIELD_FLAGS:
		break;
	}
	return ms_field_format(buf, size, f, m, now);
}
