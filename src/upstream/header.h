/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_HEADER_H
#define MODELSYNC_UPSTREAM_HEADER_H

#include <stdbool.h>
#include <stddef.h>

/* The headers of an answer that a fetch goes by. "" = not sent, or nothing to go by. */
struct headers {
	char retry_after[100];
	char etag[200]; /* with its quotes, and W/ where it is weak */
};

/* RFC 9110 §8.8.3, but without bytes beyond ASCII: fit to be stored, and sent as a header. */
bool header_is_entity_tag(const char *s, size_t len);

/*
 * Takes one line as it came, of any header or none. The line that opens an answer forgets what came
 * before it: of several answers in a row (a proxy's, 1xx) the last one counts.
 */
void header_take(struct headers *h, const char *line, size_t len);

#endif
