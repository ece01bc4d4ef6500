/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_REGEXP_H
#define MODELSYNC_CATALOG_REGEXP_H

#include <stdbool.h>
#include <stddef.h>

/* A POSIX extended regular expression, smart case, found anywhere in the text. */
struct ms_regex;

/*
 * NULL with a reason in why[] when it is wrong, or would need unreasonable memory or time:
 * back-references, groups nested too deep, repetitions that multiply each other.
 */
struct ms_regex *ms_regex_new(const char *pattern, char *why, size_t size);
void ms_regex_free(struct ms_regex *r); /* NULL is fine */

/* s may be NULL, which is like "". */
bool ms_regex_match(const struct ms_regex *r, const char *s);

#endif
