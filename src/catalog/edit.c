/* SPDX-License-Identifier: MIT */
/*
 * An edit names fields in `set` and gives their values beside it. Fields that are not set keep
 * whatever they have; so two edits can be laid over each other field by field.
 */
#include "modelsync/edit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "modelsync/text.h"
#include "words.h"

static const unsigned tier_fields[] = {MS_EDIT_FREE, MS_EDIT_PRO, MS_EDIT_ENTERPRISE};

/* The tier bits that an edit of those fields is about. */
static unsigned tier_mask(unsigned set)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < 3; i++)
		if (set & tier_fields[i])
			mask |= 1u << i;
	return mask;
}

enum ms_status ms_edit_current_status(const struct ms_model *m)
{
	return (enum ms_status)(ms_model_is_missing(m) ? m->restore_status : m->status);
}

unsigned ms_edit_reduce(struct ms_edit *e, const struct ms_model *m)
{
	if (e->status == ms_edit_current_status(m))
		e->set &= ~(unsigned)MS_EDIT_STATUS;
	for (unsigned i = 0; i < 3; i++)
		if (((e->tiers ^ m->tiers) & (1u << i)) == 0)
			e->set &= ~tier_fields[i];
	if (e->daily_limit == m->daily_limit)
		e->set &= ~(unsigned)MS_EDIT_DAILY;
	if (e->monthly_limit == m->monthly_limit)
		e->set &= ~(unsigned)MS_EDIT_MONTHLY;
	return e->set;
}

void ms_edit_merge(struct ms_edit *e, const struct ms_edit *over)
{
	unsigned mask = tier_mask(over->set);

	if (over->set & MS_EDIT_STATUS)
		e->status = over->status;
	e->tiers = (e->tiers & ~mask) | (over->tiers & mask);
	if (over->set & MS_EDIT_DAILY)
		e->daily_limit = over->daily_limit;
	if (over->set & MS_EDIT_MONTHLY)
		e->monthly_limit = over->monthly_limit;
	e->set |= over->set;
}

/* "…: VALUE is not one of new, active, …" */
static bool bad_word(struct ms_error *err, const char *key, const char *value, size_t len,
		     const char *const *words, const char *more)
{
	char *word = ms_strndup(value, len);
	const char *nearest = ms_text_nearest(word, words);
	struct ms_text list;

	ms_text_init(&list, 0);
	ms_words_list(&list, words);
	ms_fail(err, MS_ERR_USAGE, "%s=%.60s: allowed are %s%s%s%s%s", key, word,
		ms_text_str(&list), more, nearest ? "; did you mean " : "", nearest ? nearest : "",
		nearest ? "?" : "");
	ms_text_clear(&list);
	ms_free(word);
	return false;
}

static bool parse_status(struct ms_edit *e, const char *value, struct ms_error *err)
{
	if (!ms_status_from_name(value, &e->status))
		return bad_word(err, "status", value, strlen(value), ms_status_words, "");
	e->set |= MS_EDIT_STATUS;
	return true;
}

/* "+pro", "-free": changes one tier. "pro": part of the exact list. */
static bool parse_tier(struct ms_edit *e, const char *word, size_t len, struct ms_error *err)
{
	char sign = len ? word[0] : '\0';
	bool has_sign = sign == '+' || sign == '-';
	int i = ms_words_find(ms_tier_words, word + has_sign, len - has_sign);

	if (i < 0)
		return bad_word(err, "tier", word + has_sign, len - has_sign, ms_tier_words,
				", each with + or - or all without, and none");
	if (sign == '-')
		e->tiers &= ~(1u << i);
	else
		e->tiers |= 1u << i;
	e->set |= has_sign ? tier_fields[i] : MS_EDIT_TIERS;
	return true;
}

static bool parse_tiers(struct ms_edit *e, const char *value, struct ms_error *err)
{
	bool exact = value[0] != '+' && value[0] != '-';
	const char *word = value;

	if (exact)
		e->tiers = 0;
	if (strcmp(value, "none") == 0) {
		e->set |= MS_EDIT_TIERS;
		return true;
	}
	for (;;) {
		size_t len = strcspn(word, ",");

		if (len && exact != (word[0] != '+' && word[0] != '-'))
			return ms_fail(err, MS_ERR_USAGE,
				       "tier=%.60s: write + or - before every tier, or before none "
				       "to set exactly these",
				       value);
		if (!parse_tier(e, word, len, err))
			return false;
		if (word[len] == '\0')
			return true;
		word += len + 1;
	}
}

static bool parse_limit(struct ms_edit *e, unsigned field, int32_t *limit, const char *key,
			const char *value, struct ms_error *err)
{
	double number;

	if (strcmp(value, "none") == 0) {
		*limit = -1;
	} else if (ms_number_parse(value, strlen(value), &number) && number >= 0 &&
		   number <= INT32_MAX && number <= (double)(int32_t)number) {
		*limit = (int32_t)number;
	} else {
		return ms_fail(err, MS_ERR_USAGE,
			       "%s=%.60s: allowed are none and whole numbers from 0 to %d", key,
			       value, INT32_MAX);
	}
	e->set |= field;
	return true;
}

bool ms_edit_parse(struct ms_edit *e, const char *assignment, struct ms_error *err)
{
	static const char *const keys[] = {"status", "tier", "daily_limit", "monthly_limit", NULL};
	const char *equals = strchr(assignment, '=');
	size_t len = equals ? (size_t)(equals - assignment) : strlen(assignment);
	struct ms_edit parsed = *e;
	bool ok;

	if (!equals)
		return ms_fail(err, MS_ERR_USAGE,
			       "\"%.60s\" is no assignment: write for example status=active or "
			       "tier=+pro",
			       assignment);
	switch (ms_words_find(keys, assignment, len)) {
	case 0:
		ok = parse_status(&parsed, equals + 1, err);
		break;
	case 1:
		ok = parse_tiers(&parsed, equals + 1, err);
		break;
	case 2:
		ok = parse_limit(&parsed, MS_EDIT_DAILY, &parsed.daily_limit, keys[2], equals + 1,
				 err);
		break;
	case 3:
		ok = parse_limit(&parsed, MS_EDIT_MONTHLY, &parsed.monthly_limit, keys[3],
				 equals + 1, err);
		break;
	default:
		return ms_fail(err, MS_ERR_USAGE,
			       "\"%.*s\" cannot be set: allowed are status, tier, daily_limit and "
			       "monthly_limit",
			       len < 60 ? (int)len : 60, assignment);
	}
	if (ok)
		*e = parsed;
	return ok;
}

/* Appends ", a>b" to a fixed buffer; what does not fit is cut. */
static void add(char *buf, size_t size, const char *fmt, ...) MS_PRINTF(3, 4);

static void add(char *buf, size_t size, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	if (len && len + 2 < size) {
		memcpy(buf + len, ", ", 3);
		len += 2;
	}
	va_start(ap, fmt);
	vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
}

static const char *limit_text(char text[16], int32_t limit)
{
	if (limit < 0)
		return "none";
	snprintf(text, 16, "%" PRId32, limit);
	return text;
}

static void add_limit(char *buf, size_t size, const char *name, int32_t old, int32_t new)
{
	char a[16], b[16];

	add(buf, size, "%s limit %s>%s", name, limit_text(a, old), limit_text(b, new));
}

char *ms_edit_describe(char *buf, size_t size, const struct ms_edit *e, const struct ms_model *m)
{
	if (size == 0)
		return buf;
	buf[0] = '\0';
	if (e->set & MS_EDIT_STATUS)
		add(buf, size, "status %s>%s", ms_status_name(ms_edit_current_status(m)),
		    ms_status_name(e->status));
	for (unsigned i = 0; i < 3; i++)
		if (e->set & tier_fields[i])
			add(buf, size, "%s %s>%s", ms_tier_words[i],
			    m->tiers & (1u << i) ? "on" : "off",
			    e->tiers & (1u << i) ? "on" : "off");
	if (e->set & MS_EDIT_DAILY)
		add_limit(buf, size, "daily", m->daily_limit, e->daily_limit);
	if (e->set & MS_EDIT_MONTHLY)
		add_limit(buf, size, "monthly", m->monthly_limit, e->monthly_limit);
	return buf;
}
