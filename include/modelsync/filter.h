/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_FILTER_H
#define MODELSYNC_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/error.h"
#include "modelsync/model.h"
#include "modelsync/text.h"

/*
 * The filter language: one parser, one evaluator, for the console, the command line and
 * rules. The grammar and its meaning are in docs/filter.md.
 */
struct ms_filter;

/* Where and why an expression is wrong; `at` and `len` in bytes. */
struct ms_filter_error {
	size_t at, len;
	char message[512]; /* names the nearest field and lists all where the field is unknown */
};

/* Facts about a row that only the view knows. */
enum ms_row_flag {
	MS_ROW_PENDING = 1, /* is:pending, has staged edits */
	MS_ROW_MARKED = 2,  /* is:marked */
	MS_ROW_CHANGED = 4  /* is:changed, changed since the view was opened */
};

/* One key of a sort order; `field` is a row of the field table. */
struct ms_sort_key {
	const struct ms_field *field;
	bool descending;
};
#define MS_SORT_KEYS_MAX 4

/*
 * Parses text; "" matches everything. Returns an owned filter, or NULL with *err filled.
 * Never reads more than 4096 bytes of expression; longer ones are an error.
 */
struct ms_filter *ms_filter_parse(const char *text, struct ms_filter_error *err);
/*
 * The same for somebody who has saved views: @name stands for the expression of one. Its `sort:`
 * counts where one could stand.
 */
struct ms_views;
struct ms_filter *ms_filter_parse_with(const char *text, const struct ms_views *views,
				       struct ms_filter_error *err);
void ms_filter_free(struct ms_filter *f); /* NULL is fine */
bool ms_filter_is_empty(const struct ms_filter *f);

/* True when the row certainly matches (three-valued inside: unknown is not a match). */
bool ms_filter_match(const struct ms_filter *f, const struct ms_model *m, unsigned row_flags,
		     int64_t now);

/*
 * Where the first of the terms stands that the row does not match, to say why not; len 0 when it
 * is the expression as a whole. Blanks may follow it. False when the row matches.
 */
bool ms_filter_find_unmet(const struct ms_filter *f, const struct ms_model *m, int64_t now,
			  size_t *at, size_t *len);

/* Sort keys given by `sort:` terms; returns how many (0: none given). */
size_t ms_filter_sort(const struct ms_filter *f, struct ms_sort_key keys[MS_SORT_KEYS_MAX]);

/* Two lines for a terminal: the expression, and a caret under the place with the message. */
void ms_filter_explain(struct ms_text *out, const char *text, const struct ms_filter_error *err);

/*
 * The table of fields: columns of tables, filter fields and sort keys are the same thing with the
 * same names. `name` is what people type; `title` heads a column.
 */
enum ms_field_type {
	MS_FIELD_TEXT,
	MS_FIELD_ENUM,
	MS_FIELD_SET,    /* comma-separated words or bits: tier, input, output */
	MS_FIELD_NUMBER, /* ctx, limits */
	MS_FIELD_PRICE,  /* USD per million tokens, or per unit */
	MS_FIELD_TIME,
	MS_FIELD_FLAGS   /* is: */
};
struct ms_field {
	const char *name;
	const char *title;
	enum ms_field_type type;
	const char *help;
	const char *const *values; /* words it may take (enum, set, flags), NULL-terminated, or NULL */
	int width;                 /* columns it needs at least; 0 = takes the rest */
	bool right_aligned;
	enum ms_price_kind price; /* for MS_FIELD_PRICE */
	int id;                   /* private to the table's owner */
};
const struct ms_field *ms_field_by_name(const char *name); /* aliases too; NULL when unknown */
const struct ms_field *ms_field_at(size_t i);              /* NULL after the last */
bool ms_field_is_age(const struct ms_field *f); /* a time shown as how long ago it was */

/*
 * The value as shown in a table: "" for none, "-" for an unknown number, "?" for an unknown price.
 * At most size-1 bytes, never half a character. Returns buf.
 */
char *ms_field_format(char *buf, size_t size, const struct ms_field *f, const struct ms_model *m,
		      int64_t now);

/*
 * The value for other programs (CSV): numbers in full, prices as upstream's exact text or
 * "variable", times as "2026-06-07 18:23:05" UTC, tiers as "free,pro"; "" for none and unknown.
 */
char *ms_field_export(char *buf, size_t size, const struct ms_field *f, const struct ms_model *m,
		      int64_t now);

/* <0, 0, >0; unknown values sort last whichever the direction; ties are broken by id. */
int ms_field_compare(const struct ms_field *f, const struct ms_model *a, const struct ms_model *b,
		     bool descending);
int ms_sort_compare(const struct ms_sort_key *keys, size_t n, const struct ms_model *a,
		    const struct ms_model *b);

/* "in,-ctx": a list of fields; a leading '-' makes a key descending. */
bool ms_sort_parse(const char *list, struct ms_sort_key *keys, size_t max, size_t *count,
		   struct ms_error *err) MS_MUST_CHECK;

/*
 * The models that match at that moment, in the order of the keys (none: as they lie in the
 * catalogue). The list is owned, the models belong to the catalogue.
 */
struct ms_model **ms_models_pick(const struct ms_catalog *c, const struct ms_filter *f,
				 const struct ms_sort_key *keys, size_t n, int64_t now,
				 size_t *count);

#endif
