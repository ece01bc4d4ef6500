/* SPDX-License-Identifier: MIT */
#include "gzip.h"

#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "modelsync/memory.h"

#define GZIP_WINDOW  31 /* 15, and 16 for gzip instead of zlib's own form */
#define MEMORY_LEVEL 8

/* zlib fails for want of memory only, and that ends the program. */
static void demand(int result, int wanted)
{
	if (result == wanted)
		return;
	fprintf(stderr, "modelsync-tui: zlib: error %d\n", result);
	abort();
}

char *gzip_pack(const char *data, size_t len, size_t *packed)
{
	z_stream z = {0};
	size_t size;
	char *out;

	demand(deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
			    Z_DEFAULT_STRATEGY),
	       Z_OK);
	size = deflateBound(&z, len);
	out = ms_alloc(size);
	z.next_in = (unsigned char *)(size_t)data;
	z.avail_in = (uInt)len;
	z.next_out = (unsigned char *)out;
	z.avail_out = (uInt)size;
	demand(deflate(&z, Z_FINISH), Z_STREAM_END);
	*packed = size - z.avail_out;
	deflateEnd(&z);
	return ms_realloc_array(out, *packed, 1);
}
