/* SPDX-License-Identifier: MIT */
/*
 * Trees are cJSON's; `struct ms_json` is never defined and only names a cJSON outside this file.
 * cJSON alone accepts invalid UTF-8 and text after the end, cuts strings at \u0000 and looks names
 * up ignoring case, so all of that is checked or asked for here.
 */
#include "modelsync/json.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "modelsync/utf8.h"

static cJSON *tree(struct ms_json *v)
{
	return (cJSON *)(void *)v;
}

static const cJSON *ctree(const struct ms_json *v)
{
	return (const cJSON *)(const void *)v;
}

static struct ms_json *owned(cJSON *v)
{
	if (!v) /* cJSON gives NULL only when memory ran out */
		ms_free(ms_alloc(SIZE_MAX / 2));
	return (struct ms_json *)(void *)v;
}

/*
 * Walks over the text once, knowing only what is a string and what is not. Finds nesting that is
 * too deep, and with `repair` replaces the escapes PostgreSQL cannot store.
 */
struct scan {
	char *text;
	size_t len;
	bool repair;
	size_t bad_escapes, first_bad;
	int depth, deepest;
};

/* The value of four hexadecimal digits at s, or -1. */
static int hex4(const char *s, const char *end)
{
	int value = 0;

	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int c = (unsigned char)s[i];

		if (!isxdigit(c))
			return -1;
		value = value * 16 + (isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
	}
	return value;
}

/* s points at the 'u' of an escape; returns the bytes after the backslash that belong to it. */
static size_t scan_unicode_escape(struct scan *sc, char *s, const char *end)
{
	int unit = hex4(s + 1, end);
	bool is_high = unit >= 0xD800 && unit <= 0xDBFF;
	bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;

	if (unit < 0)
		return 1;
	if (is_high && s + 6 < end && s[5] == '\\' && s[6] == 'u') {
		int low = hex4(s + 7, end);

		if (low >= 0xDC00 && low <= 0xDFFF)
			return 11;
	}
	if (unit == 0 || is_high || is_low) {
		if (sc->bad_escapes++ == 0)
			sc->first_bad = (size_t)(s - sc->text);
		if (sc->repair)
			memcpy(s + 1, "fffd", 4);
	}
	return 5;
}

static size_t scan_string(struct scan *sc, size_t i)
{
	const char *end = sc->text + sc->len;

	for (i++; i < sc->len && sc->text[i] != '"'; i++) {
		if (sc->text[i] != '\\' || i + 1 >= sc->len)
			continue;
		i++;
		if (sc->text[i] == 'u')
			i += scan_unicode_escape(sc, sc->text + i, end) - 1;
	}
	return i;
}

static void scan(struct scan *sc)
{
	for (size_t i = 0; i < sc->len; i++) {
		switch (sc->text[i]) {
		case '"':
			i = scan_string(sc, i);
			break;
		case '{':
		case '[':
			if (++sc->depth > sc->deepest)
				sc->deepest = sc->depth;
			break;
		case '}':
		case ']':
			sc->depth--;
			break;
		}
	}
}

size_t ms_json_repair_escapes(char *text, size_t len)
{
	struct scan sc = {.text = text, .len = len, .repair = true};

	scan(&sc);
	return sc.bad_escapes;
}

static bool is_acceptable(const char *text, size_t len, struct ms_error *err)
{
	struct scan sc = {.len = len};
	size_t bad_at;

	if (!ms_utf8_is_valid(text, len, &bad_at))
		return ms_fail(err, MS_ERR_PARSE, "invalid UTF-8 at byte %zu of %zu", bad_at, len);
	sc.text = (char *)(uintptr_t)text; /* only read: repair is off */
	scan(&sc);
	if (sc.bad_escapes)
		return ms_fail(err, MS_ERR_PARSE, "\\u0000 or half a surrogate pair at byte %zu",
			       sc.first_bad);
	if (sc.deepest > MS_JSON_MAX_DEPTH)
		return ms_fail(err, MS_ERR_PARSE, "nested deeper than %d levels", MS_JSON_MAX_DEPTH);
	return true;
}

struct ms_json *ms_json_parse(const char *text, size_t len, struct ms_error *err)
{
	const char *end = NULL;
	cJSON *v;

	if (!is_acceptable(text, len, err))
		return NULL;
	v = cJSON_ParseWithLengthOpts(text, len, &end, false);
	if (!v) {
		size_t at = end ? (size_t)(end - text) : 0;

		ms_fail(err, MS_ERR_PARSE, at + 1 >= len ? "cut off at byte %zu" : "not JSON at byte %zu",
			at);
		return NULL;
	}
	while (end < text + len && strchr(" \t\r\n", *end) && *end)
		end++;
	if (end != text + len) {
		ms_fail(err, MS_ERR_PARSE, "text after the end of the JSON value at byte %zu",
			(size_t)(end - text));
		cJSON_Delete(v);
		return NULL;
	}
	return owned(v);
}

void ms_json_free(struct ms_json *v)
{
	cJSON_Delete(tree(v));
}

bool ms_json_is_object(const struct ms_json *v)
{
	return cJSON_IsObject(ctree(v));
}

bool ms_json_is_array(const struct ms_json *v)
{
	return cJSON_IsArray(ctree(v));
}

bool ms_json_is_string(const struct ms_json *v)
{
	return cJSON_IsString(ctree(v));
}

bool ms_json_is_number(const struct ms_json *v)
{
	return cJSON_IsNumber(ctree(v));
}

bool ms_json_is_null(const struct ms_json *v)
{
	return !v || cJSON_IsNull(ctree(v));
}

const struct ms_json *ms_json_get(const struct ms_json *object, const char *name)
{
	return (const struct ms_json *)(const void *)cJSON_GetObjectItemCaseSensitive(ctree(object),
										      name);
}

const struct ms_json *ms_json_first(const struct ms_json *v)
{
	const cJSON *t = ctree(v);

	if (!cJSON_IsArray(t) && !cJSON_IsObject(t))
		return NULL;
	return (const struct ms_json *)(const void *)t->child;
}

const struct ms_json *ms_json_next(const struct ms_json *v)
{
	return (const struct ms_json *)(const void *)ctree(v)->next;
}

size_t ms_json_count(const struct ms_json *v)
{
	size_t n = 0;

	for (v = ms_json_first(v); v; v = ms_json_next(v))
		n++;
	return n;
}

const char *ms_json_name(const struct ms_json *member)
{
	const char *name = member ? ctree(member)->string : NULL;

	return name ? name : "";
}

const char *ms_json_string(const struct ms_json *v)
{
	return ms_json_is_string(v) ? ctree(v)->valuestring : NULL;
}

const char *ms_json_text(const struct ms_json *v)
{
	const char *s = ms_json_string(v);

	return s ? s : "";
}

int64_t ms_json_int(const struct ms_json *v, int64_t otherwise)
{
	double n = ms_json_number(v, NAN);

	if (!(n >= -9007199254740992.0 && n <= 9007199254740992.0) || n != floor(n))
		return otherwise;
	return (int64_t)n;
}

double ms_json_number(const struct ms_json *v, double otherwise)
{
	return ms_json_is_number(v) ? ctree(v)->valuedouble : otherwise;
}

bool ms_json_bool(const struct ms_json *v)
{
	return cJSON_IsTrue(ctree(v));
}

struct ms_json *ms_json_new_object(void)
{
	return owned(cJSON_CreateObject());
}

struct ms_json *ms_json_new_array(void)
{
	return owned(cJSON_CreateArray());
}

/* File names, environment and arguments hold any bytes. */
static char *to_utf8(const char *s)
{
	size_t len = strlen(s), used;
	struct ms_text out;

	ms_text_init(&out, 0);
	for (size_t at = 0; at < len; at += used) {
		bool is_bad = ms_utf8_decode(s + at, len - at, &used) == MS_UTF8_BAD;

		ms_text_add_bytes(&out, is_bad ? "\xEF\xBF\xBD" : s + at, is_bad ? 3 : used);
	}
	return ms_text_take(&out);
}

struct ms_json *ms_json_new_string(const char *s)
{
	struct ms_json *v;
	size_t bad_at;
	char *clean;

	if (!s || ms_utf8_is_valid(s, strlen(s), &bad_at))
		return owned(s ? cJSON_CreateString(s) : cJSON_CreateNull());
	clean = to_utf8(s);
	v = owned(cJSON_CreateString(clean));
	ms_free(clean);
	return v;
}

struct ms_json *ms_json_copy(const struct ms_json *v)
{
	return v ? owned(cJSON_Duplicate(ctree(v), true)) : ms_json_new_string(NULL);
}

void ms_json_add(struct ms_json *to, const char *name, struct ms_json *value)
{
	if (!name)
		cJSON_AddItemToArray(tree(to), tree(value));
	else if (ms_json_get(to, name))
		cJSON_ReplaceItemInObjectCaseSensitive(tree(to), name, tree(value));
	else
		cJSON_AddItemToObject(tree(to), name, tree(value));
}

void ms_json_add_string(struct ms_json *to, const char *name, const char *s)
{
	ms_json_add(to, name, ms_json_new_string(s));
}

void ms_json_add_int(struct ms_json *to, const char *name, int64_t n)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRId64, n);
	ms_json_add(to, name, owned(cJSON_CreateRaw(digits)));
}

void ms_json_add_number(struct ms_json *to, const char *name, double n)
{
	ms_json_add(to, name, owned(cJSON_CreateNumber(n)));
}

void ms_json_add_bool(struct ms_json *to, const char *name, bool b)
{
	ms_json_add(to, name, owned(cJSON_CreateBool(b)));
}

void ms_json_add_null(struct ms_json *to, const char *name)
{
	ms_json_add(to, name, owned(cJSON_CreateNull()));
}

char *ms_json_print(const struct ms_json *v)
{
	char *s = cJSON_PrintUnformatted(ctree(v));

	return s ? s : ms_strdup("null");
}
