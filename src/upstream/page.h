/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_PAGE_H
#define MODELSYNC_UPSTREAM_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/error.h"
#include "modelsync/text.h"

/* What the program itself reads in a page; all else is for the database. */
struct page {
	size_t models;	     /* elements of "data" */
	int64_t total_count; /* -1 = not said */
	char *next;	     /* links.next as it stands there, owned; NULL = last page */
};

/*
 * Checks that `text` is one JSON object in valid UTF-8 with an array "data", and makes it fit for
 * the database: a byte order mark goes, escapes that cannot be stored become U+FFFD.
 * `content_type` (may be NULL) only helps to explain. Fails with `parse` or `schema`.
 * Documented at https://openrouter.ai/docs/api-reference/list-available-models
 */
bool page_check(struct ms_text *text, const char *content_type, struct page *out,
		struct ms_error *err) MS_MUST_CHECK;

#endif
