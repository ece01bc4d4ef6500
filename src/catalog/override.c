/* SPDX-License-Identifier: MIT */
#include "modelsync/override.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "modelsync/memory.h"

#define MIN_TOKENS "min_prompt_tokens"
#define START	   "utc_start"
#define END	   "utc_end"
#define DAY_MIN	   (24 * 60)

bool ms_tokens_parse(const char *s, int64_t *tokens)
{
	double number;

	if (!ms_number_parse(s, strlen(s), &number) || number < 0.0 || number > INT32_MAX)
		return false;
	*tokens = (int64_t)number;
	return true;
}

static bool two_digits(const char *s, int max, int *out)
{
	if (!isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]))
		return false;
	*out = (s[0] - '0') * 10 + s[1] - '0';
	return *out <= max;
}

bool ms_minute_parse(const char *s, int *minute)
{
	int hours, minutes, seconds;

	if (!two_digits(s, 23, &hours) || s[2] != ':' || !two_digits(s + 3, 59, &minutes))
		return false;
	s += 5;
	if (*s == ':' && two_digits(s + 1, 59, &seconds))
		s += 3;
	*minute = hours * 60 + minutes;
	return strcmp(s, *s == 'Z' ? "Z" : "") == 0;
}

/* Prices are text; whatever else is no null and not known here may be a condition. */
static bool is_unknown_condition(const struct ms_json *member)
{
	const char *name = ms_json_name(member);
	enum ms_price_kind kind;

	return strcmp(name, MIN_TOKENS) != 0 && strcmp(name, START) != 0 &&
	       strcmp(name, END) != 0 && !ms_price_kind_of(name, &kind) &&
	       !ms_json_is_null(member) && ms_price_from_text(ms_json_string(member)).exact == NULL;
}

static const char *unknown_condition(const struct ms_json *override)
{
	for (const struct ms_json *v = ms_json_first(override); v; v = ms_json_next(v))
		if (is_unknown_condition(v))
			return ms_json_name(v);
	return NULL;
}

/* A bound of the day that is not given, and false for one that cannot be read. */
static bool bound(const struct ms_json *v, int otherwise, int *minute)
{
	*minute = otherwise;
	return ms_json_is_null(v) || ms_minute_parse(ms_json_text(v), minute);
}

static bool is_in_time(const struct ms_json *override, int minute)
{
	const struct ms_json *start = ms_json_get(override, START);
	const struct ms_json *end = ms_json_get(override, END);
	int from, until;

	if (ms_json_is_null(start) && ms_json_is_null(end))
		return true;
	if (minute < 0 || !bound(start, 0, &from) || !bound(end, DAY_MIN, &until))
		return false;
	if (from < until)
		return minute >= from && minute < until;
	return from == until || minute >= from || minute < until;
}

bool ms_override_applies(const struct ms_json *override, const struct ms_price_request *request)
{
	const struct ms_json *least = ms_json_get(override, MIN_TOKENS);

	if (!ms_json_is_object(override) || unknown_condition(override))
		return false;
	if (!ms_json_is_null(least) &&
	    (!ms_json_is_number(least) || request->prompt_tokens < 0 ||
	     (double)request->prompt_tokens < ms_json_number(least, 0.0)))
		return false;
	return is_in_time(override, request->minute);
}

void ms_model_price_at(struct ms_model *m, const struct ms_price_request *request,
		       struct ms_arena *arena)
{
	struct ms_error err;
	struct ms_json *list;

	if (!m->overrides)
		return;
	list = ms_json_parse(m->overrides, strlen(m->overrides), &err);
	for (const struct ms_json *o = ms_json_first(list); o; o = ms_json_next(o))
		if (ms_override_applies(o, request))
			ms_model_set_prices(m, o, arena);
	ms_json_free(list);
}

static void describe_conditions(struct ms_text *out, const struct ms_json *override)
{
	const char *unknown = unknown_condition(override);
	const char *start = ms_json_string(ms_json_get(override, START));
	const char *end = ms_json_string(ms_json_get(override, END));
	int64_t least = ms_json_int(ms_json_get(override, MIN_TOKENS), 0);
	size_t before = out->len;
	char digits[32];

	if (least > 0)
		ms_text_addf(out, "from %s prompt tokens",
			     ms_text_group_digits(digits, sizeof(digits), least));
	if (start || end)
		ms_text_addf(out, "%s%s to %s UTC", out->len > before ? ", " : "",
			     start ? start : "00:00", end ? end : "24:00");
	if (unknown)
		ms_text_addf(out, "%sunder a condition unknown here (%s)",
			     out->len > before ? ", " : "", unknown);
	if (out->len == before)
		ms_text_add(out, "always");
}

void ms_override_describe(struct ms_text *out, const struct ms_json *override)
{
	const char *separator = ": ";

	describe_conditions(out, override);
	for (const struct ms_json *v = ms_json_first(override); v; v = ms_json_next(v)) {
		enum ms_price_kind kind;
		char shown[40], *text;

		if (!ms_price_kind_of(ms_json_name(v), &kind) || ms_json_is_null(v))
			continue;
		text = ms_json_is_string(v) ? ms_strdup(ms_json_text(v)) : ms_json_print(v);
		ms_price_format(shown, sizeof(shown), ms_price_from_text(text), kind, 12);
		ms_text_addf(out, "%s%s %s%s", separator, ms_json_name(v), shown,
			     ms_price_is_per_token(kind) ? " $/M" : " $ each");
		ms_free(text);
		separator = ", ";
	}
}
