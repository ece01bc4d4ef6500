/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "modelsync/clock.h"
#include "modelsync/cron.h"

#define FIELDS	     5
#define LONGEST_S    (7 * 86400)
#define DURATION_MAX 16

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY };

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
					  "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

static const struct field {
	const char *name;
	int low, high;
	const char *const *names; /* of low, low + 1, … */
} fields[FIELDS] = {
	{"minute", 0, 59, NULL},
	{"hour", 0, 23, NULL},
	{"day of month", 1, 31, NULL},
	{"month", 1, 12, month_names},
	{"day of week", 0, 7, weekday_names},
};

static const struct {
	const char *name, *meaning;
} shorthands[] = {
	{"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
	{"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
	{"@hourly", "0 * * * *"},
};

struct parser {
	const char *text, *at;
	struct ms_cron_error *err;
};

static bool MS_PRINTF(4, 5)
	fail(struct parser *p, const char *from, size_t len, const char *fmt, ...)
{
	va_list ap;

	p->err->at = (size_t)(from - p->text);
	p->err->len = len;
	va_start(ap, fmt);
	vsnprintf(p->err->message, sizeof(p->err->message), fmt, ap);
	va_end(ap);
	return false;
}

static size_t word_length(const char *s)
{
	size_t len = 0;

	while (isalnum((unsigned char)s[len]))
		len++;
	return len;
}

static bool parse_name(const struct field *f, const char *s, size_t len, int *out)
{
	for (int i = 0; f->names && f->names[i]; i++)
		if (len == 3 && strncasecmp(s, f->names[i], 3) == 0) {
			*out = f->low + i;
			return true;
		}
	return false;
}

/* At most four digits: more are out of every range. */
static bool parse_digits(const char *s, size_t len, int *out)
{
	*out = 0;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)s[i]) || i == 4)
			return false;
		*out = *out * 10 + (s[i] - '0');
	}
	return len > 0;
}

static bool fail_value(struct parser *p, const struct field *f, const char *from, size_t len)
{
	const char *names = "";

	if (f->names)
		names = f->names == month_names ? " or jan to dec" : " or sun to sat";
	return fail(p, from, len ? len : 1, "%s is %d to %d%s", f->name, f->low, f->high, names);
}

static bool parse_value(struct parser *p, const struct field *f, int *out)
{
	const char *from = p->at;
	size_t len = word_length(from);

	p->at += len;
	if (parse_name(f, from, len, out))
		return true;
	if (!parse_digits(from, len, out) || *out < f->low || *out > f->high)
		return fail_value(p, f, from, len);
	return true;
}

static bool parse_step(struct parser *p, const struct field *f, bool is_range, int *out)
{
	const char *from = p->at;
	size_t len;

	*out = 1;
	if (*from != '/')
		return true;
	len = word_length(from + 1);
	p->at += 1 + len;
	if (!is_range)
		return fail(p, from, 1 + len,
			    "a step needs * or a range before it, such as 5-%d/%.*s", f->high,
			    (int)len, from + 1);
	if (!parse_digits(from + 1, len, out) || *out < 1 || *out > f->high)
		return fail(p, from + 1, len ? len : 1, "a step of the %s is 1 to %d", f->name,
			    f->high);
	return true;
}

/* "mon-sun" ends on the other number of Sunday. */
static bool parse_end(struct parser *p, const struct field *f, const char *from, int low, int *high)
{
	p->at++;
	if (!parse_value(p, f, high))
		return false;
	if (f == &fields[WEEKDAY] && *high == 0 && low > 0)
		*high = 7;
	return *high >= low ||
	       fail(p, from, (size_t)(p->at - from), "this range ends before it begins");
}

/* "*", "5", "1-5", "1-5/2" */
static bool parse_item(struct parser *p, const struct field *f, uint64_t *bits)
{
	const char *from = p->at;
	int low = f->low, high = f == &fields[WEEKDAY] ? 6 : f->high, step;
	bool is_range = *from == '*';

	if (is_range) {
		p->at++;
	} else {
		if (!parse_value(p, f, &low))
			return false;
		high = low;
		is_range = *p->at == '-';
		if (is_range && !parse_end(p, f, from, low, &high))
			return false;
	}
	if (!parse_step(p, f, is_range, &step))
		return false;
	for (int n = low; n <= high; n += step)
		*bits |= UINT64_C(1) << n;
	return true;
}

static bool is_end(char c)
{
	return !c || isspace((unsigned char)c);
}

static bool parse_field(struct parser *p, const struct field *f, uint64_t *bits)
{
	for (*bits = 0;; p->at++) {
		if (!parse_item(p, f, bits))
			return false;
		if (is_end(*p->at))
			return true;
		if (*p->at != ',')
			return fail(p, p->at, 1,
				    "unexpected in the %s; lists are separated by commas", f->name);
	}
}

static void skip_space(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

/* The longest that each month can be. */
static bool day_exists(uint32_t days, uint32_t months)
{
	static const int lengths[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	for (int month = 1; month <= 12; month++)
		for (int day = 1; months >> month & 1 && day <= lengths[month]; day++)
			if (days >> day & 1)
				return true;
	return false;
}

/* What comes from outside is one line; a sixth field is a command, or somebody meant seconds. */
static bool parse_fields(struct parser *p, struct ms_cron *out)
{
	const char *from[FIELDS + 1];
	uint64_t bits[FIELDS];

	for (int i = 0; i < FIELDS; i++) {
		skip_space(p);
		from[i] = p->at;
		if (!*p->at)
			return fail(p, p->at, 1,
				    "the %s is missing; the fields are minute, hour, day of "
				    "month, month, day of week",
				    fields[i].name);
		if (!parse_field(p, &fields[i], &bits[i]))
			return false;
	}
	from[FIELDS] = p->at;
	skip_space(p);
	if (*p->at)
		return fail(p, p->at, strlen(p->at),
			    "a sixth field; five are expected, without seconds");
	out->minutes = bits[MINUTE];
	out->hours = (uint32_t)bits[HOUR];
	out->days = (uint32_t)bits[DAY];
	out->months = (uint32_t)bits[MONTH];
	out->weekdays = (uint32_t)((bits[WEEKDAY] | bits[WEEKDAY] >> 7) & 0x7F);
	out->either_day = *from[DAY] != '*' && *from[WEEKDAY] != '*';
	if (!out->either_day && !day_exists(out->days, out->months))
		return fail(p, from[DAY], (size_t)(from[WEEKDAY] - from[DAY]) - 1,
			    "there is no such day in such a month");
	return true;
}

static bool parse_every(struct parser *p, struct ms_cron *out)
{
	char text[DURATION_MAX] = "";
	const char *from;
	size_t len;

	skip_space(p);
	from = p->at;
	len = strlen(from);
	while (len && isspace((unsigned char)from[len - 1]))
		len--;
	if (len < sizeof(text))
		memcpy(text, from, len);
	if (!ms_duration_parse(text, &out->every_s) || out->every_s < 1 || out->every_s > LONGEST_S)
		return fail(p, from, len ? len : 1,
			    "expected a duration from 1s to 7d, such as 90m or 6h");
	return true;
}

static bool parse_shorthand(struct parser *p, struct ms_cron *out)
{
	size_t len = 1 + word_length(p->at + 1);
	const char *from = p->at;
	struct parser inner = {.err = p->err};

	p->at += len;
	if (len == 6 && strncasecmp(from, "@every", len) == 0)
		return parse_every(p, out);
	for (size_t i = 0; i < sizeof(shorthands) / sizeof(shorthands[0]); i++) {
		if (strlen(shorthands[i].name) != len ||
		    strncasecmp(from, shorthands[i].name, len) != 0)
			continue;
		skip_space(p);
		if (*p->at)
			return fail(p, p->at, strlen(p->at), "nothing may follow %s",
				    shorthands[i].name);
		inner.text = inner.at = shorthands[i].meaning;
		return parse_fields(&inner, out);
	}
	return fail(
		p, from, len,
		"there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually and "
		"@every");
}

bool ms_cron_parse(struct ms_cron *out, const char *text, struct ms_cron_error *err)
{
	struct parser p = {.text = text, .at = text, .err = err};

	*out = (struct ms_cron){0};
	skip_space(&p);
	return *p.at == '@' ? parse_shorthand(&p, out) : parse_fields(&p, out);
}
