/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_COMPLETE_H
#define MODELSYNC_COMPLETE_H

#include <stddef.h>

#include "modelsync/model.h"
#include "modelsync/view.h"

/* What the word at the cursor of a filter may become. */
#define MS_COMPLETIONS_MAX 200 /* further ones are left out */

struct ms_completion {
	size_t from, to; /* bytes of the text that an entry takes the place of */
	char **items;	 /* owned, as the array; in alphabetical order or that of their kind */
	size_t count;
};

void ms_completion_clear(struct ms_completion *c);
/* Adds a copy of the item; false when there are too many. */
bool ms_completion_add(struct ms_completion *c, const char *item);
/* How many bytes all items begin with, whatever their case; never half a character. */
size_t ms_completion_common(const struct ms_completion *c);

/* The value as a filter takes it literally: in quotes where it would end or mean something else. */
char *ms_filter_quote(const char *value);

/*
 * Fields, the values of a field (those of the catalogue too, which may be NULL) and views that fit
 * what stands before byte `at`.
 */
void ms_filter_complete(const char *text, size_t at, const struct ms_catalog *catalog,
			const struct ms_views *views, struct ms_completion *out);

#endif
