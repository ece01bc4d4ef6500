/* SPDX-License-Identifier: MIT */
#include "url.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "modelsync/utf8.h"

/* A part as an owned string of ours, NULL when the URL has none. */
static char *part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *found = NULL, *copy;

	if (curl_url_get(u, what, &found, flags) != CURLUE_OK)
		return NULL;
	copy = ms_strdup(found);
	curl_free(found);
	return copy;
}

static bool is_web_scheme(const char *scheme)
{
	return scheme && (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
}

/* NULL unless text is an absolute http or https URL. Free with curl_url_cleanup(). */
static CURLU *parse(const char *text)
{
	CURLU *u = curl_url();
	char *scheme = NULL;
	bool good = u && curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK;

	if (good)
		scheme = part(u, CURLUPART_SCHEME, 0);
	good = good && is_web_scheme(scheme);
	ms_free(scheme);
	if (good)
		return u;
	curl_url_cleanup(u);
	return NULL;
}

static void drop_private_parts(CURLU *u)
{
	curl_url_set(u, CURLUPART_USER, NULL, 0);
	curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(u, CURLUPART_OPTIONS, NULL, 0);
	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
}

static char *login_of(CURLU *u)
{
	char *user = part(u, CURLUPART_USER, CURLU_URLDECODE);
	char *password = part(u, CURLUPART_PASSWORD, CURLU_URLDECODE);
	char *login = NULL;

	if (user || password)
		login = ms_format("%s:%s", user ? user : "", password ? password : "");
	ms_free(user);
	ms_free(password);
	return login;
}

bool url_clean(const char *text, char **url, char **login, struct ms_error *err)
{
	CURLU *u = parse(text);

	*url = *login = NULL;
	if (!u) {
		char *shown = url_for_people(text);

		ms_fail(err, MS_ERR_CONFIG, "\"%s\" is not an http:// or https:// URL", shown);
		ms_free(shown);
		return false;
	}
	*login = login_of(u);
	drop_private_parts(u);
	*url = part(u, CURLUPART_URL, 0);
	curl_url_cleanup(u);
	return true;
}

static bool is_proxy_scheme(const char *scheme)
{
	static const char *const known[] = {"http",    "https",	 "socks4",
					    "socks4a", "socks5", "socks5h"};

	for (size_t i = 0; scheme && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(scheme, known[i]) == 0)
			return true;
	return false;
}

bool url_check_proxy(const char *text, struct ms_error *err)
{
	CURLU *u = curl_url();
	char *whole = strstr(text, "://") ? ms_strdup(text) : ms_format("http://%s", text);
	char *scheme = NULL, *shown;
	bool good =
		u && curl_url_set(u, CURLUPART_URL, whole, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;

	if (good)
		scheme = part(u, CURLUPART_SCHEME, 0);
	good = is_proxy_scheme(scheme);
	curl_url_cleanup(u);
	ms_free(scheme);
	ms_free(whole);
	if (good)
		return true;
	shown = url_for_people(text);
	ms_fail(err, MS_ERR_CONFIG,
		"upstream.proxy: \"%s\" is no proxy URL; it begins with http://, https://, socks4://, "
		"socks4a://, socks5:// or socks5h://",
		shown);
	ms_free(shown);
	return false;
}

char *url_resolve(const char *base, const char *ref)
{
	CURLU *u = parse(base);
	char *scheme = NULL, *url = NULL;

	if (!u)
		return NULL;
	if (curl_url_set(u, CURLUPART_URL, ref, 0) == CURLUE_OK)
		scheme = part(u, CURLUPART_SCHEME, 0);
	if (is_web_scheme(scheme)) {
		drop_private_parts(u);
		url = part(u, CURLUPART_URL, 0);
	}
	ms_free(scheme);
	curl_url_cleanup(u);
	return url;
}

struct origin {
	char *scheme, *host, *port;
};

static bool origin_read(struct origin *o, const char *url)
{
	CURLU *u = parse(url);

	*o = (struct origin){0};
	if (!u)
		return false;
	o->scheme = part(u, CURLUPART_SCHEME, 0);
	o->host = part(u, CURLUPART_HOST, 0);
	o->port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	curl_url_cleanup(u);
	return o->scheme && o->host && o->port;
}

static void origin_clear(struct origin *o)
{
	ms_free(o->scheme);
	ms_free(o->host);
	ms_free(o->port);
}

static bool is_equal_origin(const struct origin *a, const struct origin *b)
{
	return strcasecmp(a->scheme, b->scheme) == 0 && strcasecmp(a->host, b->host) == 0 &&
	       strcmp(a->port, b->port) == 0;
}

static bool is_move_to_https(const struct origin *from, const struct origin *to)
{
	return strcasecmp(from->host, to->host) == 0 && strcasecmp(from->scheme, "http") == 0 &&
	       strcasecmp(to->scheme, "https") == 0 && strcmp(from->port, "80") == 0 &&
	       strcmp(to->port, "443") == 0;
}

static bool compare(const char *a, const char *b, bool allow_https)
{
	struct origin x, y;
	bool known_x = origin_read(&x, a), known_y = origin_read(&y, b);
	bool same = known_x && known_y &&
		    (is_equal_origin(&x, &y) || (allow_https && is_move_to_https(&x, &y)));

	origin_clear(&x);
	origin_clear(&y);
	return same;
}

bool url_same_origin(const char *a, const char *b)
{
	return compare(a, b, false);
}

bool url_may_redirect(const char *from, const char *to)
{
	return compare(from, to, true);
}

static bool has_parameter(const char *query, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = query; p; p = strchr(p, '&')) {
		p += *p == '&';
		if (strncmp(p, name, len) == 0 && (p[len] == '=' || p[len] == '&' || !p[len]))
			return true;
	}
	return false;
}

char *url_with_parameter(const char *url, const char *name, const char *value)
{
	CURLU *u = parse(url);
	char *query, *assignment, *result;

	if (!u)
		return ms_strdup(url);
	query = part(u, CURLUPART_QUERY, 0);
	assignment = ms_format("%s=%s", name, value);
	if (!has_parameter(query, name))
		curl_url_set(u, CURLUPART_QUERY, assignment, CURLU_APPENDQUERY | CURLU_URLENCODE);
	result = part(u, CURLUPART_URL, 0);
	ms_free(assignment);
	ms_free(query);
	curl_url_cleanup(u);
	return result ? result : ms_strdup(url);
}

static bool is_secret_name(const char *name, size_t len)
{
	static const char *const words[] = {"key", "token", "secret", "pass", "sig", "auth"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (size_t at = 0; at + strlen(words[i]) <= len; at++)
			if (strncasecmp(name + at, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

static void add_printable(struct ms_text *out, const char *s, size_t len)
{
	size_t used;

	for (size_t i = 0; i < len; i += used) {
		uint32_t cp = ms_utf8_decode(s + i, len - i, &used);
		bool is_plain = cp > ' ' && cp != MS_UTF8_BAD && !ms_utf8_is_control(cp);

		ms_text_add_bytes(out, is_plain ? s + i : "?", is_plain ? used : 1);
	}
}

static void add_query(struct ms_text *out, const char *query)
{
	while (*query) {
		size_t len = strcspn(query, "&"), name = strcspn(query, "=&");
		bool hide = name < len && is_secret_name(query, name);

		add_printable(out, query, hide ? name : len);
		if (hide)
			ms_text_add(out, "=***");
		query += len;
		if (*query == '&')
			ms_text_add_bytes(out, query++, 1);
	}
}

/* Works on any text: what is no URL has to be shown in an error as well. */
char *url_for_people(const char *url)
{
	struct ms_text out;
	const char *authority = strstr(url, "://");
	size_t scheme = authority ? (size_t)(authority - url) + 3 : 0;
	const char *rest = url + scheme, *at = NULL;
	size_t end = strcspn(rest, "/?#"), path;

	ms_text_init(&out, 0);
	for (size_t i = 0; i < end; i++)
		if (rest[i] == '@')
			at = rest + i;
	add_printable(&out, url, scheme);
	if (at)
		rest = at + 1;
	path = strcspn(rest, "?");
	add_printable(&out, rest, path);
	if (rest[path]) {
		ms_text_add(&out, "?");
		add_query(&out, rest + path + 1);
	}
	return ms_text_take(&out);
}
