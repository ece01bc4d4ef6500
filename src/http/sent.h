/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SENT_H
#define MODELSYNC_HTTP_SENT_H

#include <stdbool.h>
#include <stddef.h>

/* The headers of a request that mean something here, found in one pass over all that came. */

enum http_field {
	HTTP_ACCEPT_ENCODING,
	HTTP_AUTHORIZATION,
	HTTP_CONTENT_LENGTH,
	HTTP_CONTENT_TYPE,
	HTTP_IF_NONE_MATCH,
	HTTP_ORIGIN,
	HTTP_REQUEST_ID,
	HTTP_REQUESTED_METHOD,
	HTTP_TRANSFER_ENCODING,
	HTTP_FIELD_COUNT
};

struct http_sent {
	const char *values[HTTP_FIELD_COUNT]; /* NULL = was not sent; of several the first */
	unsigned framings;		      /* headers that tell where the request ends */
	bool is_odd;			      /* one of them, or a name, is not as it should be */
};

/* name has that length; value (may be NULL) must stay. */
void sent_add(struct http_sent *sent, const char *name, size_t len, const char *value);
/*
 * A proxy may see another end than libmicrohttpd, which then takes a body for the next request of
 * somebody else (RFC 9112 sections 5.1 and 6.3).
 */
bool sent_is_ambiguous(const struct http_sent *sent);

#endif
