/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_TARGET_H
#define MODELSYNC_HTTP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/error.h"
#include "route.h"

/* What a request line asks for, taken apart (RFC 9112 section 3.2, RFC 3986). */

#define HTTP_MAX_QUERY 32

struct http_pair {
	char *name, *value;
};

struct http_target {
	char *text;	  /* owned; what follows lies in it */
	const char *path; /* as it came: parts of it are decoded once it is known which */
	struct http_pair query[HTTP_MAX_QUERY]; /* decoded */
	size_t query_count;
};

/*
 * `usage` for a query that cannot be decoded or has too many parts; the path can be read even then.
 * To be cleared in either case.
 */
bool target_parse(struct http_target *t, const char *uri, struct ms_error *err) MS_MUST_CHECK;
void target_clear(struct http_target *t);
/* NULL when the query has no such name; of several the first counts. */
const char *target_query(const struct http_target *t, const char *name);

/*
 * Decodes %XX, once, in place. False when something else follows a '%', or the result has a zero
 * byte or is no UTF-8.
 */
bool target_decode(char *s);
/* The same for a copy. Owned; NULL instead of false. */
char *target_decode_slice(struct http_slice s);

#endif
