/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <string.h>

#include "modelsync/utf8.h"

#define STATUS_WIDTH  8
#define MODEL_MIN     24 /* below this, optional columns give way */
#define MODEL_COMFORT 36 /* above this, more columns are added */

/* In the order of the screen; `rank`: 0 always, then in the order of being added. */
static const struct {
	const char *field;
	enum ms_column_kind kind;
	enum ms_tier tier;
	const char *title; /* NULL = the field's */
	int rank;
	bool shows_age;
} table[] = {
	{"status", MS_COLUMN_STATUS, MS_TIER_FREE, NULL, 0, false},
	{"id", MS_COLUMN_MODEL, MS_TIER_FREE, NULL, 0, false},
	{"name", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 15, false},
	{"tier", MS_COLUMN_TIER, MS_TIER_FREE, "F", 0, false},
	{"tier", MS_COLUMN_TIER, MS_TIER_PRO, "P", 0, false},
	{"tier", MS_COLUMN_TIER, MS_TIER_ENTERPRISE, "E", 0, false},
	{"provider", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 12, false},
	{"modality", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 6, false},
	{"ctx", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 1, false},
	{"maxout", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 11, false},
	{"in", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 3, false},
	{"out", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 4, false},
	{"cache_read", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 9, false},
	{"cache_write", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 10, false},
	{"daily", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 13, false},
	{"monthly", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 14, false},
	{"expires", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 7, false},
	{"updated", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 5, true},
	{"by", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 8, false},
	{"added", MS_COLUMN_FIELD, MS_TIER_FREE, NULL, 2, true},
};
#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))
#define NAME_WIDTH  28

static int width_of(size_t i)
{
	const struct ms_field *f = ms_field_by_name(table[i].field);

	if (table[i].kind == MS_COLUMN_TIER)
		return 1;
	if (table[i].kind == MS_COLUMN_STATUS)
		return STATUS_WIDTH;
	return f->width ? f->width : NAME_WIDTH;
}

/* Columns that a table with everything up to that rank leaves to the model. */
static int model_width(int width, int rank)
{
	int left = width - MS_COLUMNS_LEFT - 1; /* room for the arrow of the last one */

	for (size_t i = 0; i < TABLE_COUNT; i++)
		if (table[i].rank <= rank && table[i].kind != MS_COLUMN_MODEL)
			left -= width_of(i) + 1;
	return left;
}

static int choose_rank(int width)
{
	int rank = 0;

	while (rank < (int)TABLE_COUNT &&
	       model_width(width, rank + 1) >= (rank < 4 ? MODEL_MIN : MODEL_COMFORT))
		rank++;
	return rank;
}

static struct ms_column column(size_t i, int x, int width)
{
	const struct ms_field *f = ms_field_by_name(table[i].field);

	return (struct ms_column){
		.field = f,
		.kind = table[i].kind,
		.tier = table[i].tier,
		.title = table[i].title ? table[i].title : f->title,
		.x = x,
		.width = width,
		.is_right_aligned = f->right_aligned,
		.shows_age = table[i].shows_age,
	};
}

void ms_columns_layout(struct ms_columns *out, int width)
{
	int rank = choose_rank(width);
	int model = model_width(width, rank);
	int x = MS_COLUMNS_LEFT;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		bool is_model = table[i].kind == MS_COLUMN_MODEL;
		int w = is_model ? (model > 0 ? model : 1) : width_of(i);

		if (table[i].rank > rank)
			continue;
		if (is_model)
			out->model = out->count;
		out->items[out->count++] = column(i, x, w);
		x += w + 1;
	}
}
