/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_GZIP_H
#define MODELSYNC_HTTP_GZIP_H

#include <stddef.h>

/* The same in gzip form (RFC 1952), without time or name, so that equal data stay equal. Owned. */
char *gzip_pack(const char *data, size_t len, size_t *packed);

#endif
