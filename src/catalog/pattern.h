/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_PATTERN_H
#define MODELSYNC_CATALOG_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/memory.h"

/*
 * A piece of text to look for. Case counts only when the pattern has an upper-case letter ("smart
 * case"). Unless MS_PATTERN_LITERAL, `*` stands for any text.
 */
struct ms_pattern;

enum ms_pattern_flag {
	MS_PATTERN_WHOLE = 1,  /* the whole text must fit, not a part of it */
	MS_PATTERN_LITERAL = 2 /* a `*` is only a star */
};

/* Lives in the arena. */
struct ms_pattern *ms_pattern_new(struct ms_arena *arena, const char *text, size_t len,
				  unsigned flags);

/* s may be NULL, which is like "". */
bool ms_pattern_match(const struct ms_pattern *p, const char *s);

#endif
