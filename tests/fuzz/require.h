/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_FUZZ_REQUIRE_H
#define MODELSYNC_FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/utf8.h"

/* What fuzzers of foreign answers hold the program to. */

static inline void require(bool holds)
{
	if (!holds)
		abort();
}

static inline bool is_one_clean_line(const char *s)
{
	size_t len = strlen(s), bad_at, used;

	if (!ms_utf8_is_valid(s, len, &bad_at))
		return false;
	for (size_t i = 0; i < len; i += used)
		if (ms_utf8_is_control(ms_utf8_decode(s + i, len - i, &used)))
			return false;
	return true;
}

#endif
