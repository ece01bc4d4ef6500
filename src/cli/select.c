/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "modelsync/memory.h"
#include "private.h"

bool filter_compile(const char *text, struct ms_filter **out, struct ms_error *err)
{
	struct ms_filter_error where;

	*out = ms_filter_parse(strcmp(text, "*") == 0 ? "" : text, &where);
	if (*out)
		return true;
	print_caret(text, where.at, where.len);
	return ms_fail(err, MS_ERR_USAGE, "the filter is wrong at character %zu: %s", where.at + 1,
		       where.message);
}

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

bool fields_parse(const char *list, struct ms_sort_key *keys, size_t max, size_t *count,
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
	struct ms_sort_key keys[MS_SORT_KEYS_MAX];
	size_t count;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct order *order = arg;

	return ms_sort_compare(order->keys, order->count, *(struct ms_model *const *)a,
			       *(struct ms_model *const *)b);
}

bool price_request_parse(const struct cli *cli, struct ms_price_request *out, bool *is_asked,
			 struct ms_error *err)
{
	const char *tokens = cli->values[ARG_AT_PROMPT], *time = cli->values[ARG_AT_TIME];

	*out = (struct ms_price_request){-1, -1};
	*is_asked = tokens || time;
	if (tokens && !ms_tokens_parse(tokens, &out->prompt_tokens))
		return ms_fail(err, MS_ERR_USAGE,
			       "--at-prompt %s: not a number of tokens such as 200k or 32768",
			       tokens);
	if (time && !ms_minute_parse(time, &out->minute))
		return ms_fail(err, MS_ERR_USAGE, "--at-time %s: not a time such as 16:30", time);
	return true;
}

static void pick(struct selection *s, const struct order *order)
{
	s->models = ms_alloc_array(s->catalog->count ? s->catalog->count : 1, sizeof(*s->models));
	for (size_t i = 0; i < s->catalog->count; i++)
		if (ms_filter_match(s->filter, &s->catalog->models[i], 0, s->catalog->loaded_at))
			s->models[s->count++] = &s->catalog->models[i];
	if (order->count)
		qsort_r(s->models, s->count, sizeof(*s->models), compare, (void *)order);
}

bool selection_load(struct cli *cli, const char *filter, const char *sort, struct selection *out,
		    struct ms_error *err)
{
	struct order order = {.count = 0};
	struct ms_price_request request;
	bool is_asked;

	*out = (struct selection){0};
	if (!price_request_parse(cli, &request, &is_asked, err))
		return false;
	if (sort && !fields_parse(sort, order.keys, MS_SORT_KEYS_MAX, &order.count, err))
		return false;
	if (!filter_compile(filter, &out->filter, err))
		return false;
	if (!sort)
		order.count = ms_filter_sort(out->filter, order.keys);
	if (!session_open(cli, err) || !ms_models_load(cli->db, &out->catalog, err)) {
		selection_clear(out);
		return false;
	}
	for (size_t i = 0; is_asked && i < out->catalog->count; i++)
		ms_model_price_at(&out->catalog->models[i], &request, out->catalog->arena);
	pick(out, &order);
	return true;
}

bool selection_has(const struct selection *s, const char *id)
{
	size_t at = ms_catalog_find(s->catalog, id);

	return at != SIZE_MAX &&
	       ms_filter_match(s->filter, &s->catalog->models[at], 0, s->catalog->loaded_at);
}

void selection_clear(struct selection *s)
{
	ms_filter_free(s->filter);
	ms_catalog_free(s->catalog);
	ms_free(s->models);
	*s = (struct selection){0};
}
