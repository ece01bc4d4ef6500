/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_COLUMNS_H
#define MODELSYNC_CONSOLE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/filter.h"
#include "modelsync/text.h"

/*
 * Which columns the table of models has, in which order: the user's choice (column_set.c), and what
 * of it a table of a given width shows (columns.c).
 */

/* --- the choice ------------------------------------------------------------------------------ */

/* One of them; `tier` stands for its three boxes. */
struct ms_column_pick {
	const struct ms_field *field;
	int width;	/* columns; 0 = its own. Of the model: at least that many */
	bool is_wanted; /* shown as long as it fits; else only where there is plenty of room */
};

#define MS_COLUMN_PICKS_MAX  64
#define MS_COLUMN_WIDTH_MIN  3
#define MS_COLUMN_WIDTH_MAX  120
#define MS_COLUMN_OWN_WIDTH  28 /* of texts that have none */
#define MS_COLUMN_TEXT_BYTES 2048

struct ms_column_set {
	struct ms_column_pick items[MS_COLUMN_PICKS_MAX];
	size_t count;
};

/* What somebody has who chose nothing. */
void ms_column_set_init(struct ms_column_set *s);
/* Place of the field in the set, or SIZE_MAX. */
size_t ms_column_set_find(const struct ms_column_set *s, const struct ms_field *f);
/* Status and model stay, whatever is asked. */
bool ms_column_is_fixed(const struct ms_field *f);
/* False: it is fixed, or hidden already. */
bool ms_column_set_hide(struct ms_column_set *s, const struct ms_field *f);

/* "status,id,tier,ctx:9,name?": a width behind ':', '?' where it is not wanted but welcome. */
void ms_column_set_write(const struct ms_column_set *s, struct ms_text *out);
/* Leaves out what this version does not know, and adds what is fixed. */
void ms_column_set_read(struct ms_column_set *s, const char *text);

/* --- the table ------------------------------------------------------------------------------- */

enum ms_column_kind {
	MS_COLUMN_FIELD, /* formatted by the field table */
	MS_COLUMN_STATUS,
	MS_COLUMN_MODEL,
	MS_COLUMN_TIER
};

struct ms_column {
	const struct ms_field *field;
	enum ms_column_kind kind;
	enum ms_tier tier; /* of MS_COLUMN_TIER */
	const char *title;
	int x, width;
	bool is_right_aligned;
	bool shows_age; /* growing values mean older: the arrow of the order is turned round */
};

#define MS_COLUMNS_MAX	(MS_COLUMN_PICKS_MAX + 2)
#define MS_COLUMNS_LEFT 3 /* cursor sign, mark sign, blank */

struct ms_columns {
	struct ms_column items[MS_COLUMNS_MAX];
	size_t count;
	size_t model; /* index of the model column */
};

/*
 * Cursor, mark, status, model and tiers always; on a narrow screen OUT goes first, then IN, AGE and
 * CTX; on a wide one those that are only welcome are added as long as the model keeps enough room.
 */
void ms_columns_layout(struct ms_columns *out, const struct ms_column_set *set, int width);

#endif
