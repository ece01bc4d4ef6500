/* SPDX-License-Identifier: MIT */
#include "modelsync/json_scan.h"

#include <string.h>

#include "modelsync/json.h"
#include "modelsync/memory.h"

struct scanner {
	const char *start, *at,
		*end;	  /* after a failure `at` is where the text stopped making sense */
	const char *name; /* of the list that is looked for; NULL once it is found */
	struct ms_json_list *list;
	bool is_too_deep;
};

static bool scan_value(struct scanner *s, int depth);

static bool is_at(const struct scanner *s, char c)
{
	return s->at < s->end && *s->at == c;
}

static bool take(struct scanner *s, char c)
{
	if (!is_at(s, c))
		return false;
	s->at++;
	return true;
}

static void skip_space(struct scanner *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
		s->at++;
}

static bool scan_word(struct scanner *s, const char *word)
{
	for (; *word; word++)
		if (!take(s, *word))
			return false;
	return true;
}

static bool is_digit_at(const struct scanner *s)
{
	return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

static bool scan_digits(struct scanner *s)
{
	if (!is_digit_at(s))
		return false;
	while (is_digit_at(s))
		s->at++;
	return true;
}

static bool scan_number(struct scanner *s)
{
	take(s, '-');
	if (!take(s, '0') && !scan_digits(s))
		return false;
	if (take(s, '.') && !scan_digits(s))
		return false;
	if (!take(s, 'e') && !take(s, 'E'))
		return true;
	if (!take(s, '+'))
		take(s, '-');
	return scan_digits(s);
}

static bool scan_hex4(struct scanner *s)
{
	for (int i = 0; i < 4; i++, s->at++)
		if (s->at == s->end || !strchr("0123456789abcdefABCDEF", *s->at) || !*s->at)
			return false;
	return true;
}

static bool scan_escape(struct scanner *s)
{
	if (take(s, 'u'))
		return scan_hex4(s);
	if (s->at == s->end || !*s->at || !strchr("\"\\/bfnrt", *s->at))
		return false;
	s->at++;
	return true;
}

/* Most of a catalogue is text without anything special. */
static void skip_plain_text(struct scanner *s)
{
	const char *at = s->at, *end = s->end;

	while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
		at++;
	s->at = at;
}

/* `at` stands behind the opening quote. */
static bool scan_rest_of_string(struct scanner *s)
{
	for (;;) {
		skip_plain_text(s);
		if (take(s, '"'))
			return true;
		if (!take(s, '\\') || !scan_escape(s))
			return false;
	}
}

static void note_item(struct ms_json_list *list, size_t start, size_t end)
{
	if (list->count == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 512;
		list->items = ms_realloc_array(list->items, list->cap, sizeof(*list->items));
	}
	list->items[list->count++] = (struct ms_json_range){start, end - start};
}

/* `list` is where to note the elements, or NULL. */
static bool scan_array(struct scanner *s, int depth, struct ms_json_list *list)
{
	s->at++;
	skip_space(s);
	if (take(s, ']'))
		return true;
	do {
		size_t start;

		skip_space(s);
		start = (size_t)(s->at - s->start);
		if (!scan_value(s, depth))
			return false;
		if (list)
			note_item(list, start, (size_t)(s->at - s->start));
		skip_space(s);
	} while (take(s, ','));
	return take(s, ']');
}

static bool scan_list(struct scanner *s, int depth)
{
	struct ms_json_range *whole = &s->list->whole;

	whole->start = (size_t)(s->at - s->start);
	if (!scan_array(s, depth, s->list))
		return false;
	whole->len = (size_t)(s->at - s->start) - whole->start;
	return true;
}

static bool is_wanted(struct scanner *s, const char *name, size_t len)
{
	if (!s->name || strlen(s->name) != len || memcmp(s->name, name, len) != 0)
		return false;
	s->name = NULL;
	return true;
}

static bool scan_member(struct scanner *s, int depth)
{
	const char *name;
	bool wanted;

	if (!take(s, '"'))
		return false;
	name = s->at;
	if (!scan_rest_of_string(s))
		return false;
	wanted = depth == 1 && is_wanted(s, name, (size_t)(s->at - name) - 1);
	skip_space(s);
	if (!take(s, ':'))
		return false;
	skip_space(s);
	if (wanted && is_at(s, '['))
		return scan_list(s, depth + 1);
	return scan_value(s, depth);
}

static bool scan_object(struct scanner *s, int depth)
{
	s->at++;
	skip_space(s);
	if (take(s, '}'))
		return true;
	do {
		skip_space(s);
		if (!scan_member(s, depth))
			return false;
		skip_space(s);
	} while (take(s, ','));
	return take(s, '}');
}

static bool may_nest(struct scanner *s, int depth)
{
	s->is_too_deep = depth >= MS_JSON_MAX_DEPTH;
	return !s->is_too_deep;
}

/* `depth` is the number of arrays and objects around the value. */
static bool scan_value(struct scanner *s, int depth)
{
	if (s->at == s->end)
		return false;
	switch (*s->at) {
	case '{':
		return may_nest(s, depth) && scan_object(s, depth + 1);
	case '[':
		return may_nest(s, depth) && scan_array(s, depth + 1, NULL);
	case '"':
		s->at++;
		return scan_rest_of_string(s);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		return scan_number(s);
	}
}

void ms_json_list_clear(struct ms_json_list *list)
{
	ms_free(list->items);
	*list = (struct ms_json_list){0};
}

bool ms_json_scan(const char *text, size_t len, const char *name, struct ms_json_list *out,
		  struct ms_error *err)
{
	struct scanner s = {
		.start = text, .at = text, .end = text + len, .name = name, .list = out};
	bool good;

	*out = (struct ms_json_list){0};
	skip_space(&s);
	good = scan_value(&s, 0);
	if (good)
		skip_space(&s);
	if (good && s.at == s.end)
		return true;
	ms_json_list_clear(out);
	if (s.is_too_deep)
		return ms_fail(err, MS_ERR_PARSE, "nested deeper than %d levels",
			       MS_JSON_MAX_DEPTH);
	if (good)
		return ms_fail(err, MS_ERR_PARSE,
			       "text after the end of the JSON value at byte %zu",
			       (size_t)(s.at - text));
	if (s.at == s.end)
		return ms_fail(err, MS_ERR_PARSE, "cut off at byte %zu", len);
	return ms_fail(err, MS_ERR_PARSE, "not JSON at byte %zu", (size_t)(s.at - text));
}
