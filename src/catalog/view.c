/* SPDX-License-Identifier: MIT */
#include "modelsync/view.h"

#include <inttypes.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/text.h"

#define FORMAT 1

static void clear(struct ms_view *view)
{
	ms_free(view->name);
	ms_free(view->filter);
	ms_free(view->sort);
	ms_free(view->columns);
}

void ms_views_clear(struct ms_views *v)
{
	for (size_t i = 0; i < v->count; i++)
		clear(&v->items[i]);
	ms_free(v->items);
	*v = (struct ms_views){0};
}

/* Where it is, or where it would have to be. */
static size_t place_of(const struct ms_views *v, const char *name)
{
	size_t i = 0;

	while (i < v->count && strcmp(v->items[i].name, name) < 0)
		i++;
	return i;
}

static bool is_at(const struct ms_views *v, size_t at, const char *name)
{
	return at < v->count && strcmp(v->items[at].name, name) == 0;
}

const struct ms_view *ms_views_find(const struct ms_views *v, const char *name)
{
	size_t at = place_of(v, name);

	return is_at(v, at, name) ? &v->items[at] : NULL;
}

const char *ms_views_nearest(const struct ms_views *v, const char *name)
{
	const char *names[MS_VIEWS_MAX + 1] = {NULL};

	for (size_t i = 0; i < v->count; i++)
		names[i] = v->items[i].name;
	return ms_text_nearest(name, names);
}

bool ms_view_name_check(const char *name, struct ms_error *err)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t len = strlen(name);

	if (len > 0 && len <= MS_VIEW_NAME_MAX && strspn(name, good) == len)
		return true;
	return ms_fail(err, MS_ERR_USAGE,
		       "a view's name is made of letters, digits, _ - and ., at most %d of them",
		       MS_VIEW_NAME_MAX);
}

bool ms_views_set(struct ms_views *v, const struct ms_view *view)
{
	size_t at = place_of(v, view->name);
	struct ms_view copy = {ms_strdup(view->name), ms_strdup(view->filter),
			       ms_strdup(view->sort), ms_strdup(view->columns)};

	if (is_at(v, at, view->name)) {
		clear(&v->items[at]);
	} else if (v->count == MS_VIEWS_MAX) {
		clear(&copy);
		return false;
	} else {
		v->items = ms_realloc_array(v->items, v->count + 1, sizeof(*v->items));
		memmove(&v->items[at + 1], &v->items[at], (v->count - at) * sizeof(*v->items));
		v->count++;
	}
	v->items[at] = copy;
	return true;
}

bool ms_views_remove(struct ms_views *v, const char *name)
{
	size_t at = place_of(v, name);

	if (!is_at(v, at, name))
		return false;
	clear(&v->items[at]);
	v->count--;
	memmove(&v->items[at], &v->items[at + 1], (v->count - at) * sizeof(*v->items));
	return true;
}

struct ms_json *ms_views_json(const struct ms_views *v)
{
	struct ms_json *o = ms_json_new_object(), *list = ms_json_new_array();

	for (size_t i = 0; i < v->count; i++) {
		struct ms_json *view = ms_json_new_object();

		ms_json_add_string(view, "name", v->items[i].name);
		ms_json_add_string(view, "filter", v->items[i].filter);
		ms_json_add_string(view, "sort", v->items[i].sort);
		ms_json_add_string(view, "columns", v->items[i].columns);
		ms_json_add(list, NULL, view);
	}
	ms_json_add_int(o, "format", FORMAT);
	ms_json_add(o, "views", list);
	return o;
}

static bool read_view(struct ms_views *v, const struct ms_json *json, struct ms_error *err)
{
	struct ms_view view = {
		.name = (char *)ms_json_text(ms_json_get(json, "name")),
		.filter = (char *)ms_json_text(ms_json_get(json, "filter")),
		.sort = (char *)ms_json_text(ms_json_get(json, "sort")),
		.columns = (char *)ms_json_text(ms_json_get(json, "columns")),
	};

	if (!ms_view_name_check(view.name, err))
		return ms_error_prefix(err, "view number %zu", v->count + 1);
	return ms_views_set(v, &view) ||
	       ms_fail(err, MS_ERR_CONFIG, "more than %d views", MS_VIEWS_MAX);
}

bool ms_views_read(struct ms_views *v, const struct ms_json *json, struct ms_error *err)
{
	const struct ms_json *list = ms_json_get(json, "views");
	int64_t format = ms_json_int(ms_json_get(json, "format"), 0);
	struct ms_views next = {0};

	if (json && (format != FORMAT || !ms_json_is_array(list)))
		return ms_fail(err, MS_ERR_CONFIG,
			       "not a list of views of format %d (format: %" PRId64 ")", FORMAT,
			       format);
	for (const struct ms_json *e = ms_json_first(list); e; e = ms_json_next(e)) {
		if (read_view(&next, e, err))
			continue;
		ms_views_clear(&next);
		return false;
	}
	ms_views_clear(v);
	*v = next;
	return true;
}
