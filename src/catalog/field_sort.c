/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "field_row.h"
#include "fold.h"

/* Known values by size, then variable prices, then what has no value, whatever the direction. */
enum group { GROUP_KNOWN, GROUP_VARIABLE, GROUP_NONE };

struct rank {
	enum group group;
	double number;
	const char *text;
};

static const enum group price_groups[] = {
	[MS_PRICE_KNOWN] = GROUP_KNOWN,
	[MS_PRICE_VARIABLE] = GROUP_VARIABLE,
	[MS_PRICE_UNKNOWN] = GROUP_NONE,
};

static enum group group_of(bool is_set)
{
	return is_set ? GROUP_KNOWN : GROUP_NONE;
}

/* Texts, and dates kept as text: year first, they sort the same way. */
static struct rank rank_of_text(const char *text)
{
	return (struct rank){group_of(text && *text), 0.0, text};
}

static struct rank rank_of(const struct ms_field_row *row, const struct ms_model *m)
{
	struct rank r = {GROUP_KNOWN, 0.0, NULL};
	const struct ms_price *price;
	int64_t time;
	int32_t n;

	switch (row->field.type) {
	case MS_FIELD_NUMBER:
		r.group = group_of(ms_field_number(row, m, &n));
		r.number = n;
		break;
	case MS_FIELD_TIME:
		if (row->from_text)
			return rank_of_text(ms_field_text(row, m));
		r.group = group_of(ms_field_time(row, m, &time));
		r.number = (double)time;
		break;
	case MS_FIELD_PRICE:
		price = ms_field_price(row, m);
		r.group = price_groups[ms_price_state(*price)];
		r.number = price->usd;
		break;
	case MS_FIELD_ENUM:
		r.number = m->status;
		break;
	case MS_FIELD_SET:
		if (!ms_field_is_tiers(row))
			return rank_of_text(ms_field_text(row, m));
		r.group = group_of(m->tiers != 0);
		r.number = m->tiers;
		break;
	case MS_FIELD_TEXT:
		return rank_of_text(ms_field_text(row, m));
	case MS_FIELD_FLAGS:
		break;
	}
	return r;
}

static int compare_values(const struct rank *a, const struct rank *b)
{
	if (a->text && b->text)
		return ms_fold_compare(a->text, b->text);
	return (a->number > b->number) - (a->number < b->number);
}

/* As ms_field_compare(), without the id that breaks ties. */
static int compare_field(const struct ms_field *f, const struct ms_model *a,
			 const struct ms_model *b, bool descending)
{
	struct rank x = rank_of(ms_field_row(f), a), y = rank_of(ms_field_row(f), b);
	int order;

	if (x.group != y.group)
		return x.group < y.group ? -1 : 1;
	if (x.group != GROUP_KNOWN)
		return 0;
	order = compare_values(&x, &y);
	return descending ? -order : order;
}

int ms_field_compare(const struct ms_field *f, const struct ms_model *a, const struct ms_model *b,
		     bool descending)
{
	int order = compare_field(f, a, b, descending);

	return order ? order : strcmp(a->id, b->id);
}

int ms_sort_compare(const struct ms_sort_key *keys, size_t n, const struct ms_model *a,
		    const struct ms_model *b)
{
	for (size_t i = 0; i < n; i++) {
		int order = compare_field(keys[i].field, a, b, keys[i].descending);

		if (order)
			return order;
	}
	return strcmp(a->id, b->id);
}
