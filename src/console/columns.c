/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <string.h>

#include "fit.h"

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
	static const struct ms_fit_rule rule = {MODEL_MIN, MODEL_COMFORT, 4};
	struct ms_fit fit[TABLE_COUNT];

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		bool is_model = table[i].kind == MS_COLUMN_MODEL;

		fit[i] = (struct ms_fit){is_model ? 0 : width_of(i), table[i].rank, 0};
	}
	ms_fit_columns(fit, TABLE_COUNT, MS_COLUMNS_LEFT, width, &rule);
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (fit[i].x < 0)
			continue;
		if (table[i].kind == MS_COLUMN_MODEL)
			out->model = out->count;
		out->items[out->count++] = column(i, fit[i].x, fit[i].width);
	}
}
