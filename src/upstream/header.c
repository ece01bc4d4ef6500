/* SPDX-License-Identifier: MIT */
#include "header.h"

#include <string.h>
#include <strings.h>

#define ANSWER_BEGINS "HTTP/"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value behind "name:", without the blanks around it; NULL when the line is another header. */
static const char *value_of(const char *line, size_t *len, const char *name)
{
	size_t label = strlen(name);

	if (*len <= label || strncasecmp(line, name, label) != 0 || line[label] != ':')
		return NULL;
	line += label + 1;
	*len -= label + 1;
	while (*len && is_blank(*line)) {
		line++;
		--*len;
	}
	while (*len && is_blank(line[*len - 1]))
		--*len;
	return line;
}

bool header_is_entity_tag(const char *s, size_t len)
{
	if (len > 2 && s[0] == 'W' && s[1] == '/') {
		s += 2;
		len -= 2;
	}
	if (len < 2 || s[0] != '"' || s[len - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < len; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '"')
			return false;
	return true;
}

/* What does not fit is no value: half of it would mean something else. */
static void keep(char *to, size_t size, const char *value, size_t len)
{
	if (len >= size || memchr(value, '\0', len))
		len = 0;
	memcpy(to, value, len);
	to[len] = '\0';
}

void header_take(struct headers *h, const char *line, size_t len)
{
	size_t n = len;
	const char *value;

	if (len >= strlen(ANSWER_BEGINS) &&
	    strncasecmp(line, ANSWER_BEGINS, strlen(ANSWER_BEGINS)) == 0)
		*h = (struct headers){0};
	value = value_of(line, &n, "retry-after");
	if (value)
		keep(h->retry_after, sizeof(h->retry_after), value, n);
	n = len;
	value = value_of(line, &n, "etag");
	if (value)
		keep(h->etag, sizeof(h->etag), value, header_is_entity_tag(value, n) ? n : 0);
}
