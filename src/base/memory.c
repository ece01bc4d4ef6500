/* SPDX-License-Identifier: MIT */
#include "modelsync/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *p)
{
	if (!p) {
		fputs("modelsync-tui: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *ms_alloc(size_t size)
{
	return or_abort(calloc(1, size ? size : 1));
}

void *ms_alloc_array(size_t count, size_t size)
{
	return or_abort(calloc(count ? count : 1, size ? size : 1));
}

void *ms_realloc_array(void *p, size_t count, size_t size)
{
	return or_abort(reallocarray(p, count ? count : 1, size ? size : 1));
}

char *ms_strdup(const char *s)
{
	return s ? or_abort(strdup(s)) : NULL;
}

char *ms_strndup(const char *s, size_t len)
{
	return or_abort(strndup(s, len));
}

char *ms_format(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return or_abort(s);
}

void ms_free(void *p)
{
	free(p);
}
