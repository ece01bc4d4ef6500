/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/*
 * libconfig 1.5 has three habits that this file shields us from: `@include` opens any path, an
 * integer beyond 32 bits is silently wrong unless an `L` follows it, and a text without its closing
 * quote is reported at the end of the file. So the text is looked through token by token before
 * libconfig sees it; nothing but missing `L`s is changed and every line keeps its number.
 */
struct scan {
	const char *path;
	const char *at, *end;
	int line;
	struct ms_text *out;
};

static void copy(struct scan *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		s->line += s->at[i] == '\n';
	ms_text_add_bytes(s->out, s->at, len);
	s->at += len;
}

/* Length of the quoted text that begins at s, or 0 when it is not closed. */
static size_t string_length(const char *s, const char *end)
{
	const char *p = s + 1;

	while (p < end && *p != '"')
		p += *p == '\\' && p + 1 < end ? 2 : 1;
	return p < end ? (size_t)(p + 1 - s) : 0;
}

/* Length of the comment that begins at s, or 0. */
static size_t comment_length(const char *s, const char *end)
{
	size_t len = (size_t)(end - s);
	const char *stop;

	if (*s == '#' || (len > 1 && memcmp(s, "//", 2) == 0)) {
		stop = memchr(s, '\n', len);
		return stop ? (size_t)(stop - s) : len;
	}
	if (len < 2 || memcmp(s, "/*", 2) != 0)
		return 0;
	stop = strstr(s + 2, "*/");
	return stop ? (size_t)(stop + 2 - s) : len;
}

static size_t word_length(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && (isalnum((unsigned char)*p) || strchr("_-+.*", *p)))
		p++;
	return (size_t)(p - s);
}

/* Digits with an optional sign, and perhaps `L`: no float, no hexadecimal. */
static bool is_decimal(const char *s, size_t len)
{
	size_t i = *s == '-' || *s == '+';

	while (len > i + 1 && s[len - 1] == 'L')
		len--;
	for (; i < len; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return len > 0;
}

static bool copy_number(struct scan *s, size_t len, struct ms_error *err)
{
	long long n;

	errno = 0;
	n = strtoll(s->at, NULL, 10);
	if (!is_decimal(s->at, len)) {
		if (len > 1 && strchr("xX", s->at[1]))
			return ms_fail(err, MS_ERR_CONFIG, "%s:%d: write %.*s in decimal", s->path,
				       s->line, (int)(len < 40 ? len : 40), s->at);
		copy(s, len);
		return true;
	}
	if (errno == ERANGE)
		return ms_fail(err, MS_ERR_CONFIG, "%s:%d: %.*s is too large a number", s->path,
			       s->line, (int)(len < 40 ? len : 40), s->at);
	copy(s, len);
	if ((n > INT32_MAX || n < INT32_MIN) && s->at[-1] != 'L')
		ms_text_add(s->out, "L");
	return true;
}

static bool copy_token(struct scan *s, struct ms_error *err)
{
	size_t comment = comment_length(s->at, s->end);
	size_t quoted = *s->at == '"' ? string_length(s->at, s->end) : 0;
	size_t word = word_length(s->at, s->end);

	if (*s->at == '@')
		return ms_fail(err, MS_ERR_CONFIG,
			       "%s:%d: @include is not supported; put all settings in this file",
			       s->path, s->line);
	if (*s->at == '"' && !quoted)
		return ms_fail(err, MS_ERR_CONFIG,
			       "%s:%d: the text that begins here has no closing quote", s->path,
			       s->line);
	if (comment || quoted)
		copy(s, comment ? comment : quoted);
	else if (word && (isdigit((unsigned char)*s->at) || strchr("+-", *s->at)))
		return copy_number(s, word, err);
	else
		copy(s, word ? word : 1);
	return true;
}

bool cfg_prepare_text(const char *path, const char *text, size_t len, struct ms_text *out,
		      struct ms_error *err)
{
	struct scan s = {.path = path, .at = text, .end = text + len, .line = 1, .out = out};

	if (memchr(text, '\0', len))
		return ms_fail(err, MS_ERR_CONFIG,
			       "%s: contains a zero byte; it should be plain text", path);
	while (s.at < s.end)
		if (!copy_token(&s, err))
			return false;
	return true;
}
