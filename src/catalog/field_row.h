/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_FIELD_ROW_H
#define MODELSYNC_CATALOG_FIELD_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/filter.h"

/* What the absence of a value means to a comparison. */
enum ms_absence {
	MS_ABSENT_NONE,	  /* there is none: the comparison is false, its negation true */
	MS_ABSENT_UNKNOWN /* nobody knows: neither */
};

/* A field and where its value lives in struct ms_model. */
struct ms_field_row {
	struct ms_field field; /* first: a pointer to it is one to the row */
	const char *also;      /* another name for it, or NULL */
	size_t offset;
	enum ms_absence absence;
	bool looks_ahead; /* a duration means the time to come */
	bool as_age;	  /* shown as an age, not as a date */
	bool is_percent;  /* MS_FIELD_NUMBER up or down, 0 = none */
	bool from_text;	  /* MS_FIELD_TIME kept as the text of a date */
};

static inline const struct ms_field_row *ms_field_row(const struct ms_field *f)
{
	return (const struct ms_field_row *)f;
}

/* What stands before ':' in a term that orders the list. */
#define MS_FIELD_SORT "sort"

/* All words that may stand before an operator, NULL-terminated. */
#define MS_FIELD_NAMES_MAX 120
void ms_field_names(const char *names[MS_FIELD_NAMES_MAX], bool with_aliases);

/* For MS_FIELD_TEXT and the MS_FIELD_SET fields other than tier. NULL = none. */
const char *ms_field_text(const struct ms_field_row *row, const struct ms_model *m);
bool ms_field_is_tiers(const struct ms_field_row *row);

/* These give false when the model has no such value. */
bool ms_field_number(const struct ms_field_row *row, const struct ms_model *m, int32_t *out);
bool ms_field_time(const struct ms_field_row *row, const struct ms_model *m, int64_t *out);
bool ms_field_is_set(const struct ms_field_row *row, const struct ms_model *m);

static inline const struct ms_price *ms_field_price(const struct ms_field_row *row,
						    const struct ms_model *m)
{
	return &m->prices[row->field.price];
}

/* The words of `is:`, and whether one of them is true of a model. */
extern const char *const ms_flag_words[];
bool ms_flag_is(int flag, const struct ms_model *m, unsigned row_flags, int64_t now);

#endif
