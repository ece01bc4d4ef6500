/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_ROUTE_H
#define MODELSYNC_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

/* What there is to ask for: route.def has one row per method and path. */

enum http_method {
	HTTP_GET,
	HTTP_HEAD, /* no route's own: what a safe GET allows besides */
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_METHOD_COUNT
};
const char *http_method_name(enum http_method method);
/* HTTP_METHOD_COUNT when there is none of that name; case matters. */
enum http_method http_method_from_name(const char *name);

enum http_access {
	HTTP_OPEN,   /* anybody */
	HTTP_CALLER, /* anybody, but a token that is sent must be good */
	HTTP_ADMIN,  /* admins by their profile */
	HTTP_CRON    /* whoever knows the secret, and something begins, even by GET */
};

enum http_place {
	HTTP_AT_ONCE, /* on the server's own thread: must not wait for anything */
	HTTP_WORKER,  /* on one of several threads that have a database connection */
	HTTP_SYNC     /* the same, but one after the other: for what takes long */
};

enum http_body {
	HTTP_NO_BODY, /* one that is sent is refused */
	HTTP_MAY_HAVE_BODY,
	HTTP_NEEDS_BODY
};

enum http_route_id {
#define HTTP_ROUTE(id, method, path, access, place, body, handler, summary) HTTP_ROUTE_##id,
#include "route.def"
#undef HTTP_ROUTE
	HTTP_ROUTE_COUNT
};

struct http_call;
typedef void (*http_handler_fn)(struct http_call *call);

struct http_route {
	const char *name; /* for logs and metrics */
	enum http_method method;
	/* A part {x} stands for one segment; {x+} at the end for all that is left, with its
	 * slashes. */
	const char *path;
	enum http_access access;
	enum http_place place;
	enum http_body body;
	http_handler_fn handler;
	const char *summary; /* one sentence */
};
const struct http_route *http_route(enum http_route_id id);

#define HTTP_MAX_PARAMS 2

/* A part of a path as it came, not decoded. */
struct http_slice {
	const char *at;
	size_t len;
};

struct http_match {
	const struct http_route *route; /* NULL = none of that path and method */
	unsigned
		methods; /* without a route: bits of those that the path allows; 0 = no such path */
	struct http_slice param[HTTP_MAX_PARAMS];
	size_t param_count;
};
/* Whether a path is of the pattern, and what stands for its parts in braces. */
bool http_path_matches(const char *pattern, const char *path,
		       struct http_slice param[HTTP_MAX_PARAMS], size_t *count);

/* The path is without a query, and as it came. */
void http_route_find(const char *path, enum http_method method, struct http_match *out);

/* "GET, HEAD, OPTIONS" into buf, of HTTP_ALLOW_SIZE. */
#define HTTP_ALLOW_SIZE 64
const char *http_route_allow(unsigned methods, char *buf);

#endif
