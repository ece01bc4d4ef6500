/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"
#include "private.h"

static const struct ms_option_info options[MS_OPT_COUNT] = {
/* clang-format off */
#define MS_OPTION(id, section, key, type, fallback, min, max, values, env, flags, help)            \
	[MS_OPT_##id] = {#section, #key, MS_TYPE_##type, fallback, min, max, values, env, flags, help},
/* clang-format on */
#include "modelsync/options.def"
#undef MS_OPTION
};

const struct ms_option_info *ms_option_info(enum ms_option option)
{
	return &options[option];
}

enum ms_option ms_option_by_name(const char *name)
{
	const char *dot = strchr(name, '.');
	size_t len = dot ? (size_t)(dot - name) : 0;

	for (int i = 0; dot && i < MS_OPT_COUNT; i++)
		if (strlen(options[i].section) == len &&
		    memcmp(options[i].section, name, len) == 0 &&
		    strcmp(options[i].key, dot + 1) == 0)
			return (enum ms_option)i;
	return MS_OPT_COUNT;
}

size_t cfg_names(const char *section, const char *names[MS_OPT_COUNT + 1])
{
	size_t n = 0;

	for (int i = 0; i < MS_OPT_COUNT; i++) {
		if (section && strcmp(options[i].section, section) == 0)
			names[n++] = options[i].key;
		if (!section && (n == 0 || strcmp(names[n - 1], options[i].section) != 0))
			names[n++] = options[i].section;
	}
	names[n] = NULL;
	return n;
}

void cfg_join(struct ms_text *out, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		ms_text_addf(out, "%s%s", i ? ", " : "", names[i]);
}

/* The words of "a|b|c" as strings in buf; NULL-terminated list in words. */
static void split_words(const char *list, char *buf, size_t size, const char **words, size_t max)
{
	size_t n = 0;
	char *save = NULL;

	strncpy(buf, list, size - 1);
	buf[size - 1] = '\0';
	for (char *w = strtok_r(buf, "|", &save); w && n + 1 < max; w = strtok_r(NULL, "|", &save))
		words[n++] = w;
	words[n] = NULL;
}

void ms_option_allowed(enum ms_option option, struct ms_text *out)
{
	const struct ms_option_info *o = &options[option];
	const char *words[16];
	char buf[200];

	switch (o->type) {
	case MS_TYPE_STRING:
		ms_text_add(out, "text");
		break;
	case MS_TYPE_BOOL:
		ms_text_add(out, "true, false");
		break;
	case MS_TYPE_INT:
		ms_text_addf(out, "whole numbers from %" PRId64 " to %" PRId64, o->min, o->max);
		break;
	case MS_TYPE_ENUM:
		split_words(o->values, buf, sizeof(buf), words, 16);
		cfg_join(out, words);
		break;
	}
}

bool cfg_fail(enum ms_option option, const char *origin, const char *problem, struct ms_error *err)
{
	struct ms_text allowed;

	ms_text_init(&allowed, 0);
	ms_option_allowed(option, &allowed);
	ms_fail(err, MS_ERR_CONFIG, "%s: %s.%s: %s; allowed: %s", origin, options[option].section,
		options[option].key, problem, ms_text_str(&allowed));
	ms_text_clear(&allowed);
	return false;
}

/* Quotes the offending value, unless it may be a secret. */
static bool refuse(enum ms_option option, const char *text, const char *origin,
		   struct ms_error *err)
{
	char problem[120];

	if (options[option].flags & (MS_OPTION_SECRET | MS_OPTION_URL))
		snprintf(problem, sizeof(problem), "this value is not accepted");
	else
		snprintf(problem, sizeof(problem), "\"%.80s\" is not accepted", text);
	return cfg_fail(option, origin, problem, err);
}

static bool parse_int(const char *text, int64_t *out)
{
	char *end;
	long long n;

	if (!isdigit((unsigned char)text[0]) && text[0] != '-')
		return false;
	errno = 0;
	n = strtoll(text, &end, 10);
	*out = n;
	return end != text && !*end && !errno;
}

static bool parse_bool(const char *text, int64_t *out)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};

	for (int i = 0; i < 8; i++)
		if (strcasecmp(text, words[i]) == 0) {
			*out = i & 1;
			return true;
		}
	return false;
}

static bool has_control(const char *text)
{
	size_t used, len = strlen(text);

	for (size_t at = 0; at < len; at += used)
		if (ms_utf8_is_control(ms_utf8_decode(text + at, len - at, &used)))
			return true;
	return false;
}

const char *cfg_text_problem(const char *text)
{
	size_t bad_at;

	if (!ms_utf8_is_valid(text, strlen(text), &bad_at))
		return "is not valid UTF-8";
	return has_control(text) ? "contains a line break or another control character" : NULL;
}

static bool check_enum(enum ms_option option, const char *text, const char *origin,
		       struct ms_error *err)
{
	const char *words[16], *nearest;
	char buf[200], problem[160];

	split_words(options[option].values, buf, sizeof(buf), words, 16);
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return true;
	nearest = ms_text_nearest(text, words);
	if (!nearest)
		return refuse(option, text, origin, err);
	snprintf(problem, sizeof(problem), "\"%.80s\" is not accepted, did you mean \"%s\"", text,
		 nearest);
	return cfg_fail(option, origin, problem, err);
}

bool cfg_check(enum ms_option option, const char *text, const char *origin, struct value *out,
	       struct ms_error *err)
{
	const struct ms_option_info *o = &options[option];
	const char *problem = cfg_text_problem(text);

	*out = (struct value){0};
	if (problem)
		return cfg_fail(option, origin, problem, err);
	if (o->type == MS_TYPE_ENUM && !check_enum(option, text, origin, err))
		return false;
	if (o->type == MS_TYPE_BOOL && !parse_bool(text, &out->number))
		return refuse(option, text, origin, err);
	if (o->type == MS_TYPE_INT &&
	    (!parse_int(text, &out->number) || out->number < o->min || out->number > o->max))
		return refuse(option, text, origin, err);
	if (o->type == MS_TYPE_BOOL)
		out->text = ms_strdup(out->number ? "true" : "false");
	else if (o->type == MS_TYPE_INT)
		out->text = ms_format("%" PRId64, out->number);
	else
		out->text = ms_strdup(text);
	return true;
}
