/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_ROWS_H
#define MODELSYNC_CONSOLE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/filter.h"
#include "modelsync/model.h"

/*
 * Which models are shown, in which order, which one is under the cursor and which are marked.
 * Models are named by their index in the catalogue; when a new catalogue comes, everything moves
 * along by id.
 */
#define MS_ROW_NONE UINT32_MAX

struct ms_rows {
	const struct ms_catalog *catalog; /* borrowed; NULL before the first load */
	uint8_t *flags;			  /* per model, enum ms_row_flag */
	uint8_t *saved_marks;		  /* per model, as they were before the last bulk change */
	uint32_t *order;		  /* all models, sorted */
	uint32_t *visible;		  /* those of `order` that match the filter */
	size_t shown;

	const struct ms_views *views; /* borrowed: what @name stands for; NULL = nothing */
	struct ms_filter *filter; /* the last good one */
	char *filter_text;	  /* its text; never NULL */
	struct ms_sort_key sort;  /* the user's order; `sort:` terms of the filter win */
	struct ms_sort_key sorted_by[MS_SORT_KEYS_MAX];
	size_t sorted_keys;

	size_t cursor, top;  /* in `visible` */
	uint32_t chosen;     /* the model the user moved to; the cursor returns to it when it can */
	uint32_t range_from; /* where a range was begun, or MS_ROW_NONE */

	size_t marked, marked_hidden;
	char *marked_how; /* what set the marks, for the review; NULL = by hand */
};

void ms_rows_init(struct ms_rows *r);
void ms_rows_clear(struct ms_rows *r);

/* Takes over marks, cursor and range from the catalogue shown so far (which must still exist). */
void ms_rows_replace(struct ms_rows *r, const struct ms_catalog *catalog, int64_t now);
/* Index in `to` of each model of `from`, or MS_ROW_NONE; both are ordered by id. Owned. */
uint32_t *ms_rows_map(const struct ms_catalog *from, const struct ms_catalog *to);

/* On a bad expression the rows stay as they are. */
bool ms_rows_set_filter(struct ms_rows *r, const char *text, int64_t now,
			struct ms_filter_error *err);
void ms_rows_refilter(struct ms_rows *r, int64_t now);
/* "-added": the user's order in words; owned. */
char *ms_rows_sort_text(const struct ms_rows *r);
/* Sorts as such a text says; what is none changes nothing. */
void ms_rows_sort_by_text(struct ms_rows *r, const char *text, int64_t now);
void ms_rows_set_sort(struct ms_rows *r, struct ms_sort_key sort, int64_t now);

/* The model under the cursor, or NULL / MS_ROW_NONE. */
const struct ms_model *ms_rows_current(const struct ms_rows *r);
uint32_t ms_rows_current_index(const struct ms_rows *r);
void ms_rows_move_to(struct ms_rows *r, size_t position);
void ms_rows_move_by(struct ms_rows *r, long delta);
/* To a model; false when the filter hides it. */
bool ms_rows_go_to(struct ms_rows *r, uint32_t model);
/* Scrolls as little as needed for a table of that height. */
void ms_rows_show_cursor(struct ms_rows *r, int height);
/* Moves to the next (or previous) row that matches, around the end; false when none does. */
bool ms_rows_find(struct ms_rows *r, const struct ms_filter *what, bool is_backwards,
		  bool from_here, int64_t now);

/* Marks (marks.c). */
enum ms_mark_op { MS_MARK_SET, MS_MARK_UNSET, MS_MARK_FLIP };
bool ms_rows_is_marked(const struct ms_rows *r, uint32_t model);
/* The shown positions of the range being made, both included; false when there is none. */
bool ms_rows_range(const struct ms_rows *r, size_t *from, size_t *to);
void ms_rows_mark_one(struct ms_rows *r, uint32_t model, enum ms_mark_op op);
/* All shown rows that match `what` (NULL = all shown). Returns how many changed. */
size_t ms_rows_mark_shown(struct ms_rows *r, enum ms_mark_op op, const struct ms_filter *what,
			  int64_t now);
void ms_rows_range_begin(struct ms_rows *r);
void ms_rows_range_end(struct ms_rows *r, bool keep);
void ms_rows_mark_clear(struct ms_rows *r);
void ms_rows_mark_restore(struct ms_rows *r); /* swaps with the marks before */
void ms_rows_count_marks(struct ms_rows *r);
/* Says what the marks come from; adds to it while there are marks. */
void ms_rows_marked_by(struct ms_rows *r, const char *how);

#endif
