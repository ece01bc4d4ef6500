/* SPDX-License-Identifier: MIT */
#include "negotiate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SPACE " \t"

static bool is_word(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(s, word, len) == 0;
}

/* q of "gzip; q=0.5"; 1 when it has none. end: where the element ends. */
static double weight(const char *s, const char *end)
{
	const char *q = memchr(s, ';', (size_t)(end - s));

	if (!q)
		return 1;
	q += 1 + strspn(q + 1, SPACE);
	return (*q == 'q' || *q == 'Q') && q[1] == '=' ? strtod(q + 2, NULL) : 1;
}

bool negotiate_takes_gzip(const char *accept)
{
	double gzip = -1, any = -1;

	for (const char *s = accept ? accept : ""; *s; s += *s == ',') {
		const char *end;

		s += strspn(s, SPACE);
		end = s + strcspn(s, ",");
		if (is_word(s, strcspn(s, ",; \t"), "gzip"))
			gzip = weight(s, end);
		else if (is_word(s, strcspn(s, ",; \t"), "*"))
			any = weight(s, end);
		s = end;
	}
	return gzip >= 0 ? gzip > 0 : any > 0;
}

/* Whether a tag is weak does not matter to this comparison. */
bool negotiate_has_tag(const char *if_none_match, const char *etag)
{
	size_t len = strlen(etag);

	for (const char *s = if_none_match ? if_none_match : ""; *s; s += *s == ',') {
		s += strspn(s, SPACE);
		if (*s == '*')
			return true;
		if (strncmp(s, "W/", 2) == 0)
			s += 2;
		if (strncmp(s, etag, len) == 0 && strchr(", \t", s[len]))
			return true;
		s += *s == '"' ? 1 + strcspn(s + 1, "\"") : 0; /* a comma may stand in a tag */
		s += strcspn(s, ",");
	}
	return false;
}
