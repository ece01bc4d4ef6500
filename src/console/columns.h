/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_COLUMNS_H
#define MODELSYNC_CONSOLE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/filter.h"

/*
 * Which columns a table of a given width has. Cursor, mark, status, model and tiers always; on a
 * narrow screen OUT goes first, then IN, AGE and CTX; on a wide one more are added as long as the
 * model keeps enough room.
 */
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

#define MS_COLUMNS_MAX	24
#define MS_COLUMNS_LEFT 3 /* cursor sign, mark sign, blank */

struct ms_columns {
	struct ms_column items[MS_COLUMNS_MAX];
	size_t count;
	size_t model; /* index of the model column */
};

void ms_columns_layout(struct ms_columns *out, int width);

#endif
