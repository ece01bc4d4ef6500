/* SPDX-License-Identifier: MIT */
/* The models that a filter lets through, in an order that people write down. */
#include "modelsync/filter.h"

#include <stdlib.h>
#include <string.h>

static bool fail_unknown_field(const char *name, struct ms_error *err)
{
	const char *names[100], *nearest;
	struct ms_text list;
	size_t n = 0;

	ms_text_init(&list, 0);
	for (const struct ms_field *f = ms_field_at(0); f && n < 99; f = ms_field_at(n)) {
		names[n++] = f->name;
		ms_text_addf(&list, "%s%s", n > 1 ? ", " : "", f->name);
	}
	names[n] = NULL;
	nearest = ms_text_nearest(name, names);
	ms_fail(err, MS_ERR_USAGE, "unknown column %s%s%s%s; there are: %s", name,
		nearest ? ", did you mean " : "", nearest ? nearest : "", nearest ? "?" : "",
		ms_text_str(&list));
	ms_text_clear(&list);
	return false;
}

bool ms_sort_parse(const char *list, struct ms_sort_key *keys, size_t max, size_t *count,
		   struct ms_error *err)
{
	char *copy = ms_strdup(list), *save = NULL;
	bool ok = true;

	*count = 0;
	for (char *name = strtok_r(copy, ", ", &save); ok && name;
	     name = strtok_r(NULL, ", ", &save)) {
		bool descending = *name == '-';
		const struct ms_field *field = ms_field_by_name(name + descending);

		if (!field)
			ok = fail_unknown_field(name + descending, err);
		else if (*count == max)
			ok = ms_fail(err, MS_ERR_USAGE, "%s: more than %zu columns", list, max);
		else
			keys[(*count)++] = (struct ms_sort_key){field, descending};
	}
	ms_free(copy);
	return ok && (*count > 0 || ms_fail(err, MS_ERR_USAGE, "no column is named"));
}

struct order {
	const struct ms_sort_key *keys;
	size_t count;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct order *order = arg;

	return ms_sort_compare(order->keys, order->count, *(struct ms_model *const *)a,
			       *(struct ms_model *const *)b);
}

struct ms_model **ms_models_pick(const struct ms_catalog *c, const struct ms_filter *f,
				 const struct ms_sort_key *keys, size_t n, int64_t now,
				 size_t *count)
{
	struct ms_model **models =
		ms_alloc_array(c->count ? c->count : 1, sizeof(struct ms_model *));
	struct order order = {keys, n};

	*count = 0;
	for (size_t i = 0; i < c->count; i++)
		if (ms_filter_match(f, &c->models[i], 0, now))
			models[(*count)++] = &c->models[i];
	if (n)
		qsort_r(models, *count, sizeof(*models), compare, &order);
	return models;
}
