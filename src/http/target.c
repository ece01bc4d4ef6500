/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool target_decode(char *s)
{
	char *out = s;
	size_t bad_at;

	for (const char *p = s; *p; p++, out++) {
		int high, low;

		*out = *p;
		if (*p != '%')
			continue;
		high = digit(p[1]);
		low = high < 0 ? -1 : digit(p[2]);
		if (low < 0 || high + low == 0)
			return false;
		*out = (char)(high * 16 + low);
		p += 2;
	}
	*out = '\0';
	return ms_utf8_is_valid(s, (size_t)(out - s), &bad_at);
}

char *target_decode_slice(struct http_slice slice)
{
	char *s = ms_strndup(slice.at, slice.len);

	if (target_decode(s))
		return s;
	ms_free(s);
	return NULL;
}

static bool decode_query(char *s)
{
	for (char *p = s; *p; p++)
		if (*p == '+')
			*p = ' ';
	return target_decode(s);
}

static bool parse_query(struct http_target *t, char *query, struct ms_error *err)
{
	char *next = query, *part;

	while ((part = strsep(&next, "&")) != NULL) {
		struct http_pair *pair = &t->query[t->query_count];

		if (!*part)
			continue;
		if (t->query_count == HTTP_MAX_QUERY)
			return ms_fail(err, MS_ERR_USAGE, "more than %d query parameters",
				       HTTP_MAX_QUERY);
		pair->value = part;
		pair->name = strsep(&pair->value, "=");
		if (!pair->value)
			pair->value = part + strlen(part);
		if (!decode_query(pair->name) || !decode_query(pair->value))
			return ms_fail(
				err, MS_ERR_USAGE,
				"the query cannot be decoded: percent-encoded UTF-8 is expected");
		t->query_count++;
	}
	return true;
}

/* "http://host:port/path" is how a client asks that takes us for a proxy. */
static char *skip_authority(char *s)
{
	char *host = strncmp(s, "http://", 7) == 0    ? s + 7
		     : strncmp(s, "https://", 8) == 0 ? s + 8
						      : NULL;

	return host ? host + strcspn(host, "/") : s;
}

bool target_parse(struct http_target *t, const char *uri, struct ms_error *err)
{
	char *query;

	*t = (struct http_target){.text = ms_strdup(uri)};
	query = skip_authority(t->text);
	t->path = strsep(&query, "?");
	return !query || parse_query(t, query, err);
}

void target_clear(struct http_target *t)
{
	ms_free(t->text);
	*t = (struct http_target){0};
}

const char *target_query(const struct http_target *t, const char *name)
{
	for (size_t i = 0; i < t->query_count; i++)
		if (strcmp(t->query[i].name, name) == 0)
			return t->query[i].value;
	return NULL;
}
