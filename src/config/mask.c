/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "modelsync/memory.h"
#include "private.h"

/*
 * Passwords stand in four places: after "user:" in a URL, in a URL's parameters, in a keyword
 * "password=…", and in the wrong place because somebody mistyped. When in doubt more is masked
 * than needed, never less.
 */
#define STARS "********"

static bool is_secret_key(const char *key, size_t len)
{
	static const char *const parts[] = {"password", "passwd", "secret", "token", "key", "sig"};
	char name[40];

	if (len >= sizeof(name))
		return true;
	memcpy(name, key, len);
	name[len] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcasestr(name, parts[i]))
			return true;
	return memchr(key, '%', len) != NULL; /* percent-encoded to look like something else */
}

static void mask_parameters(const char *query, struct ms_text *out)
{
	while (*query) {
		size_t len = strcspn(query + 1, "&") + 1;
		const char *equals = memchr(query, '=', len);

		if (equals && is_secret_key(query + 1, (size_t)(equals - query - 1)))
			ms_text_addf(out, "%.*s=" STARS, (int)(equals - query), query);
		else
			ms_text_add_bytes(out, query, len);
		query += len;
	}
}

/* The last '@' ends the credentials, so that a password with '@', '/' or '?' in it is not shown. */
static void mask_url(const char *url, const char *authority, struct ms_text *out)
{
	const char *at = strrchr(authority, '@');
	const char *colon = at ? memchr(authority, ':', (size_t)(at - authority)) : NULL;
	const char *rest = url, *query;

	if (colon) {
		ms_text_add_bytes(out, url, (size_t)(colon + 1 - url));
		ms_text_add(out, STARS);
		rest = at;
	}
	query = strchr(rest, '?');
	if (!query) {
		ms_text_add(out, rest);
		return;
	}
	ms_text_add_bytes(out, rest, (size_t)(query - rest));
	mask_parameters(query, out);
}

/* Length of a keyword's value, quotes and backslashes included, as libpq reads it. */
static size_t value_length(const char *s)
{
	bool quoted = *s == '\'';
	size_t i = quoted;

	for (; s[i]; i++) {
		if (s[i] == '\\' && s[i + 1])
			i++;
		else if (quoted && s[i] == '\'')
			return i + 1;
		else if (!quoted && isspace((unsigned char)s[i]))
			return i;
	}
	return i;
}

static void mask_keywords(const char *s, struct ms_text *out)
{
	while (*s) {
		size_t blank = strspn(s, " \t\n\r\f\v"), name, gap;

		ms_text_add_bytes(out, s, blank);
		s += blank;
		name = strcspn(s, "= \t\n\r\f\v");
		gap = strspn(s + name, " \t\n\r\f\v");
		if (!*s)
			return;
		if (s[name + gap] != '=') { /* perhaps the tail of an unquoted password */
			ms_text_add(out, STARS);
			return;
		}
		ms_text_add_bytes(out, s, name + gap + 1);
		gap += 1 + strspn(s + name + gap + 1, " \t\n\r\f\v");
		if (is_secret_key(s, name))
			ms_text_add(out, STARS);
		else
			ms_text_add_bytes(out, s + name + gap, value_length(s + name + gap));
		s += name + gap + value_length(s + name + gap);
	}
}

void ms_config_mask_conninfo(const char *conninfo, struct ms_text *out)
{
	const char *scheme = strstr(conninfo, "://");
	size_t before = scheme ? (size_t)(scheme - conninfo) : 0;
	const char *equals = strchr(conninfo, '=');

	if (scheme && strcspn(conninfo, "= '") >= before)
		mask_url(conninfo, scheme + 3, out);
	else if (equals)
		mask_keywords(conninfo, out);
	else
		mask_url(conninfo, conninfo, out);
}

bool cfg_is_secret(enum ms_option option, const char *value)
{
	unsigned flags = ms_option_info(option)->flags;
	struct ms_text masked;
	bool is_secret = (flags & MS_OPTION_SECRET) && *value;

	if (flags & MS_OPTION_URL) {
		ms_text_init(&masked, 0);
		ms_config_mask_conninfo(value, &masked);
		is_secret = strcmp(ms_text_str(&masked), value) != 0;
		ms_text_clear(&masked);
	}
	return is_secret;
}

void ms_config_masked(const struct ms_config *c, enum ms_option option, struct ms_text *out)
{
	unsigned flags = ms_option_info(option)->flags;
	const char *value = ms_config_string(c, option);

	if (flags & MS_OPTION_URL)
		ms_config_mask_conninfo(value, out);
	else
		ms_text_add(out, (flags & MS_OPTION_SECRET) && *value ? STARS : value);
}
