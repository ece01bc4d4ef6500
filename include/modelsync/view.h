/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_VIEW_H
#define MODELSYNC_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/error.h"
#include "modelsync/json.h"

/*
 * Saved views: a name for a filter, and for the order and the columns it was seen with. In a filter
 * `@name` stands for the expression. They belong to one user, in a file (docs/filter.md).
 */
struct ms_view {
	char *name;    /* owned, as all of these */
	char *filter;  /* may be "" */
	char *sort;    /* "-added"; "" = none of its own */
	char *columns; /* as in the console; "" = none of its own */
};

#define MS_VIEWS_MAX	  200
#define MS_VIEW_NAME_MAX  40
#define MS_VIEWS_FILE	  "views.json" /* below the user's state directory */
#define MS_VIEWS_FILE_MAX (2 << 20)    /* bytes */

struct ms_views {
	struct ms_view *items; /* by name */
	size_t count;
};

void ms_views_clear(struct ms_views *v);
/* The view of exactly that name, or NULL. */
const struct ms_view *ms_views_find(const struct ms_views *v, const char *name);
/* The name nearest to that one, or NULL. */
const char *ms_views_nearest(const struct ms_views *v, const char *name);

/* Letters, digits, '_', '-' and '.', at most MS_VIEW_NAME_MAX of them; *err says so otherwise. */
bool ms_view_name_check(const char *name, struct ms_error *err) MS_MUST_CHECK;
/* Adds or replaces a copy of it; false when there are MS_VIEWS_MAX. The name has been checked. */
bool ms_views_set(struct ms_views *v, const struct ms_view *view);
bool ms_views_remove(struct ms_views *v, const char *name); /* false: there is none */

/* {"format": 1, "views": [{"name": …, "filter": …, "sort": …, "columns": …}]} */
struct ms_json *ms_views_json(const struct ms_views *v);
/* Takes the place of what v has. NULL gives none; on an error v is as before. */
bool ms_views_read(struct ms_views *v, const struct ms_json *json,
		   struct ms_error *err) MS_MUST_CHECK;

#endif
