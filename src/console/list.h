/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_LIST_H
#define MODELSYNC_CONSOLE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canvas.h"
#include "modelsync/json.h"
#include "modelsync/text.h"

/*
 * A table of rows that are JSON objects with a number: columns, a cursor and marks that keep to
 * their row when others come and go, and a filter. The filter is a list of words that a row must
 * all have, in any column or, as NAME:word, in that one; -word must not be there.
 */
struct ms_list_column {
	const char *name;  /* for the filter */
	const char *title; /* over the column */
	int width, rank;   /* as of struct ms_fit */
	bool is_right_aligned;
	void (*text)(struct ms_text *out, const struct ms_json *row); /* appends */
};

struct ms_list_class {
	const struct ms_list_column *columns;
	size_t column_count; /* ≤ MS_LIST_COLUMNS_MAX */
	int64_t (*id)(const struct ms_json *row);
	enum ms_style (*style)(const struct ms_json *row); /* NULL: all alike */
};
#define MS_LIST_COLUMNS_MAX 16

struct ms_list_row {
	int64_t id;
	struct ms_json *json; /* owned */
	bool is_marked;
};

struct ms_list {
	const struct ms_list_class *class;
	struct ms_list_row *rows;
	size_t count;
	uint32_t *visible; /* those that match the filter */
	size_t shown;
	size_t cursor, top; /* in `visible` */
	int64_t chosen;	    /* row the user moved to; 0 = the first, whichever that is */
	size_t marked;	    /* of all rows */
	char *filter;	    /* owned, never NULL */
};

void ms_list_init(struct ms_list *l, const struct ms_list_class *class);
void ms_list_clear(struct ms_list *l);

/* Takes over the rows of an array of n objects (the objects, not the array). */
void ms_list_replace(struct ms_list *l, struct ms_json **rows, size_t n);
void ms_list_set_filter(struct ms_list *l, const char *text);

/* The row under the cursor, or NULL. */
const struct ms_list_row *ms_list_current(const struct ms_list *l);
void ms_list_move(struct ms_list *l, long step);
/* Scrolls as little as needed for a table of that height. */
void ms_list_show_cursor(struct ms_list *l, int height);

/* Marks what is shown; the current row alone with `one`. */
void ms_list_mark(struct ms_list *l, bool one);
void ms_list_mark_invert(struct ms_list *l);
void ms_list_mark_clear(struct ms_list *l);

/* Text of a row's columns with tabs between them. */
void ms_list_row_text(const struct ms_list *l, const struct ms_list_row *row, struct ms_text *out);
/* Column titles into `head`, rows into `table`; with_bar: the current one in the cursor's style. */
void ms_list_draw(const struct ms_list *l, struct ms_rect head, struct ms_rect table, bool with_bar,
		  struct ms_canvas *c);

#endif
