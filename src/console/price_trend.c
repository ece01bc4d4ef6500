/* SPDX-License-Identifier: MIT */
#include "price_trend.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "entry_text.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/model.h"

#define DAY	    INT64_C(86400)
#define BRIEF_DAYS  30
#define BRIEF_WIDTH 10
#define LABEL_WIDTH 5  /* "out  " */
#define PLACES_MAX  60 /* a longer line says no more */
#define MAX_WIDTH   11 /* " max 15.123" */
#define DATES_WIDTH 21 /* of both ends of the line */
#define SHORT	    50 /* columns below which steps have no time of day */
#define STEPS_MAX   20

static const struct {
	enum ms_price_kind kind;
	const char *name;
} shown[] = {{MS_PRICE_PROMPT, "in"}, {MS_PRICE_COMPLETION, "out"}};
#define SHOWN_COUNT (sizeof(shown) / sizeof(shown[0]))

/* A price of input or output, and while it was in force. */
struct spell {
	size_t which;	     /* in `shown` */
	int64_t from, until; /* INT64_MIN: since before the log; INT64_MAX: still */
	double usd;	     /* per million tokens; NAN = not known, variable, or not listed */
	const struct ms_json *row;
};
struct spells {
	struct spell *items; /* owned; oldest first */
	size_t count;
};

/* --- spells --------------------------------------------------------------------------------- */

static int64_t moment(const struct ms_json *row, const char *name, int64_t otherwise)
{
	int64_t at;

	return ms_time_parse(ms_entry_text(row, name), &at) ? at : otherwise;
}

static void read_spells(struct spells *out, const struct ms_json *prices)
{
	*out = (struct spells){
		.items = ms_alloc_array(ms_json_count(prices) + 1, sizeof(*out->items))};
	for (const struct ms_json *p = ms_json_first(prices); p; p = ms_json_next(p)) {
		size_t which = 0;

		while (which < SHOWN_COUNT &&
		       strcmp(ms_entry_text(p, "key"), ms_price_key(shown[which].kind)) != 0)
			which++;
		if (which == SHOWN_COUNT)
			continue;
		out->items[out->count++] = (struct spell){
			.which = which,
			.from = moment(p, "valid_from", INT64_MIN),
			.until = moment(p, "valid_until", INT64_MAX),
			.usd = ms_json_number(ms_json_get(p, "usd"), NAN) * 1e6,
			.row = p,
		};
	}
}

static double price_at(const struct spells *s, size_t which, int64_t at)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].which == which && s->items[i].from <= at && at < s->items[i].until)
			return s->items[i].usd;
	return NAN;
}

/* A price took the place of another one. */
static bool is_step(const struct spell *s)
{
	return s->from != INT64_MIN && !ms_json_is_null(ms_json_get(s->row, "old"));
}

/* The oldest one, or now when there is none. */
static int64_t first_step(const struct spells *s, int64_t now)
{
	int64_t first = now;

	for (size_t i = 0; i < s->count; i++)
		if (is_step(&s->items[i]) && s->items[i].from < first)
			first = s->items[i].from;
	return first;
}

/* --- the picture ---------------------------------------------------------------------------- */

/* As many moments between `from` and now, the last one now; returns the highest price,
 * NAN where none is known. */
static double add_line(struct ms_text *out, const struct spells *s, size_t which, int64_t from,
		       int64_t now, enum ms_glyphs glyphs, size_t places)
{
	double values[PLACES_MAX * 2];
	size_t n = places * ms_chart_bars_per_cell(glyphs);
	struct ms_numbers numbers;

	for (size_t i = 0; i < n; i++)
		values[i] =
			price_at(s, which, now - (now - from) * (int64_t)(n - 1 - i) / (int64_t)n);
	ms_numbers_of(&numbers, values, n);
	ms_spark_add(out, &(struct ms_bars){
				  .values = values,
				  .count = n,
				  .top = numbers.max > 0 ? numbers.max : 1,
				  .glyphs = glyphs,
			  });
	return numbers.count > 0 ? numbers.max : NAN;
}

/* The shortest of some round spans that the first change is in. */
static int64_t span_of(const struct spells *s, int64_t now)
{
	static const int64_t days[] = {30, 90, 365, 3 * 365};
	size_t i = 0;

	while (i + 1 < sizeof(days) / sizeof(days[0]) && now - first_step(s, now) > days[i] * DAY)
		i++;
	return days[i] * DAY;
}

static void add_picture(const struct spells *s, int64_t now, enum ms_glyphs glyphs, int width,
			struct ms_page *out)
{
	int room = width - LABEL_WIDTH - MAX_WIDTH - 1;
	int places = room > PLACES_MAX ? PLACES_MAX : room > DATES_WIDTH ? room : DATES_WIDTH;
	int64_t from = now - span_of(s, now);
	char first[24], last[24];
	struct ms_text line;
	double max;

	ms_text_init(&line, 0);
	for (size_t i = 0; i < SHOWN_COUNT; i++) {
		ms_text_reset(&line);
		ms_text_addf(&line, "%-*s", LABEL_WIDTH, shown[i].name);
		max = add_line(&line, s, i, from, now, glyphs, (size_t)places);
		if (!isnan(max))
			ms_text_addf(&line, " max %.4g", max);
		ms_page_add(out, MS_STYLE_NORMAL, ms_text_str(&line));
	}
	ms_page_addf(out, MS_STYLE_DIM, "%*s%s%*s", LABEL_WIDTH, "",
		     ms_time_format_date(first, sizeof(first), from), places - 10,
		     ms_time_format_date(last, sizeof(last), now));
	ms_text_clear(&line);
}

/* --- the steps ------------------------------------------------------------------------------ */

static const char *price_text(char *buf, size_t size, const struct ms_json *exact,
			      enum ms_price_kind kind)
{
	return ms_price_format(buf, size, ms_price_from_text(ms_json_string(exact)), kind, 10);
}

/* A model that is not listed has no prices, and one that is may have lost some. */
static const char *new_price(char *buf, size_t size, const struct ms_json *row,
			     enum ms_price_kind kind)
{
	const struct ms_json *price = ms_json_get(row, "price");

	if (!ms_json_is_null(price))
		return price_text(buf, size, price, kind);
	return strcmp(ms_entry_text(row, "event"), "model_removed") == 0 ? "not listed" : "none";
}

/* "2026-09-20 02:00 in  0.100 > 0.300  +200.0 %" */
static void add_step(const struct spell *s, int width, struct ms_page *out)
{
	enum ms_price_kind kind = shown[s->which].kind;
	const struct ms_json *row = s->row;
	double old = ms_json_number(ms_json_get(row, "old_usd"), NAN);
	double now = ms_json_number(ms_json_get(row, "usd"), NAN);
	char when[32], before[24], after[24], change[32] = "";

	if (old > 0 && now >= 0)
		(void)snprintf(change, sizeof(change), "  %+.1f %%", (now - old) / old * 100);
	else if (old == 0 && now > 0)
		(void)snprintf(change, sizeof(change), "  no longer free");
	ms_page_addf(out, MS_STYLE_NORMAL, "%.*s %-3s %s > %s%s", width < SHORT ? 10 : 16,
		     ms_entry_when(when, sizeof(when), row, "valid_from"), shown[s->which].name,
		     price_text(before, sizeof(before), ms_json_get(row, "old"), kind),
		     new_price(after, sizeof(after), row, kind), change);
}

/* The newest first. */
static void add_steps(const struct spells *s, int width, struct ms_page *out)
{
	size_t n = 0;

	for (size_t i = s->count; i > 0 && n < STEPS_MAX; i--) {
		if (!is_step(&s->items[i - 1]))
			continue;
		add_step(&s->items[i - 1], width, out);
		n++;
	}
	if (n == 0)
		ms_page_add(out, MS_STYLE_DIM, "no change is known");
}

void ms_price_trend_lines(const struct ms_json *prices, int64_t now, enum ms_glyphs glyphs,
			  int width, struct ms_page *out)
{
	struct spells s;

	read_spells(&s, prices);
	if (s.count > 0) {
		ms_page_add(out, MS_STYLE_HEADING, "Price trend, $/M tokens, each from 0");
		add_picture(&s, now, glyphs, width, out);
		add_steps(&s, width, out);
		ms_page_add(out, MS_STYLE_NORMAL, "");
	}
	ms_free(s.items);
}

void ms_price_trend_brief(const struct ms_json *prices, int64_t now, enum ms_glyphs glyphs,
			  struct ms_text *out)
{
	int64_t from = now - BRIEF_DAYS * DAY;
	bool has_changed = false;
	struct spells s;

	read_spells(&s, prices);
	for (size_t i = 0; i < s.count; i++)
		if (s.items[i].which == 0 && is_step(&s.items[i]) && s.items[i].from > from)
			has_changed = true;
	if (has_changed) {
		ms_text_add(out, "   trend ");
		(void)add_line(out, &s, 0, from, now, glyphs, BRIEF_WIDTH);
		ms_text_addf(out, " (%dd)", BRIEF_DAYS);
	} else if (s.count > 0) {
		ms_text_addf(out, "   no change in %dd", BRIEF_DAYS);
	}
	ms_free(s.items);
}
