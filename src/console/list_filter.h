/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_LIST_FILTER_H
#define MODELSYNC_CONSOLE_LIST_FILTER_H

#include "list.h"

#define MS_LIST_TERMS_MAX 16 /* further ones are not looked at */

struct ms_list_term {
	const struct ms_list_column *column; /* NULL = any */
	char *word;			     /* owned, never "" */
	bool is_negated;
};

struct ms_list_filter {
	struct ms_list_term terms[MS_LIST_TERMS_MAX];
	size_t count;
};

/* Every text is a filter: a name before ':' that is no column's belongs to the word. */
void ms_list_filter_parse(struct ms_list_filter *f, const struct ms_list_class *class,
			  const char *text);
void ms_list_filter_clear(struct ms_list_filter *f);
bool ms_list_filter_match(const struct ms_list_filter *f, const struct ms_list_class *class,
			  const struct ms_json *row);

#endif
