/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_NEGOTIATE_H
#define MODELSYNC_HTTP_NEGOTIATE_H

#include <stdbool.h>

/* Whether an Accept-Encoding header (NULL = none) takes gzip (RFC 9110 section 12.5.3). */
bool negotiate_takes_gzip(const char *accept);

/* Whether an If-None-Match header (NULL = none) has that tag (RFC 9110 section 13.1.2). */
bool negotiate_has_tag(const char *if_none_match, const char *etag);

#endif
