/* SPDX-License-Identifier: MIT */
#include "route.h"

#include <string.h>

#include "handlers.h"

static const struct http_route routes[HTTP_ROUTE_COUNT] = {
/* clang-format off */
#define HTTP_ROUTE(id, method, path, access, place, body, handler, summary)                        \
	[HTTP_ROUTE_##id] = {#id, HTTP_##method, path, HTTP_##access, HTTP_##place, HTTP_##body,   \
			     handler, summary},
/* clang-format on */
#include "route.def"
#undef HTTP_ROUTE
};

static const char *const methods[HTTP_METHOD_COUNT] = {
	[HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT", [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
};

const char *http_method_name(enum http_method method)
{
	return methods[method];
}

enum http_method http_method_from_name(const char *name)
{
	int i = 0;

	while (i < HTTP_METHOD_COUNT && strcmp(methods[i], name) != 0)
		i++;
	return (enum http_method)i;
}

const struct http_route *http_route(enum http_route_id id)
{
	return &routes[id];
}

/* *pattern is behind the '{'; returns how much of the path it takes. */
static size_t take_param(const char **pattern, const char *path)
{
	const char *close = strchr(*pattern, '}');

	*pattern = close + 1;
	return close[-1] == '+' ? strlen(path) : strcspn(path, "/");
}

bool http_path_matches(const char *pattern, const char *path,
		       struct http_slice param[HTTP_MAX_PARAMS], size_t *count)
{
	*count = 0;
	while (*pattern) {
		size_t len = 1;

		if (*pattern++ == '{') {
			len = take_param(&pattern, path);
			param[(*count)++] = (struct http_slice){path, len};
		} else if (pattern[-1] != *path) {
			return false;
		}
		if (!len)
			return false;
		path += len;
	}
	return !*path;
}

/* HEAD must change nothing (RFC 9110 section 9.2.1), also where GET does. */
static unsigned methods_of(const struct http_route *r)
{
	bool has_head = r->method == HTTP_GET && r->access != HTTP_CRON;

	return 1u << r->method | (unsigned)has_head << HTTP_HEAD;
}

void http_route_find(const char *path, enum http_method method, struct http_match *out)
{
	*out = (struct http_match){0};
	for (int i = 0; i < HTTP_ROUTE_COUNT; i++) {
		struct http_slice param[HTTP_MAX_PARAMS];
		size_t count;

		if (!http_path_matches(routes[i].path, path, param, &count))
			continue;
		out->methods |= methods_of(&routes[i]);
		if (!(methods_of(&routes[i]) & 1u << method))
			continue;
		out->route = &routes[i];
		memcpy(out->param, param, count * sizeof(*param));
		out->param_count = count;
		return;
	}
}

const char *http_route_allow(unsigned bits, char *buf)
{
	char *end = buf;

	for (int i = 0; i < HTTP_METHOD_COUNT; i++)
		if (bits & 1u << i)
			end = stpcpy(stpcpy(end, methods[i]), ", ");
	strcpy(end, "OPTIONS");
	return buf;
}
