/* SPDX-License-Identifier: MIT */
/*
 * The path from the catalogue to the screen, each step redone only when its input changed:
 *
 *	catalogue (by id) --sort--> order (all) --filter--> visible --scroll--> screen
 *
 * A keystroke in the filter walks `order` once and never sorts.
 */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "modelsync/memory.h"
#include "scroll.h"

void ms_rows_init(struct ms_rows *r)
{
	memset(r, 0, sizeof(*r));
	r->filter_text = ms_strdup("");
	r->sort = (struct ms_sort_key){ms_field_by_name("added"), true};
	r->chosen = r->range_from = MS_ROW_NONE;
}

void ms_rows_clear(struct ms_rows *r)
{
	ms_free(r->flags);
	ms_free(r->saved_marks);
	ms_free(r->order);
	ms_free(r->visible);
	ms_free(r->filter_text);
	ms_free(r->marked_how);
	ms_filter_free(r->filter);
	memset(r, 0, sizeof(*r));
}

uint32_t *ms_rows_map(const struct ms_catalog *from, const struct ms_catalog *to)
{
	uint32_t *map = ms_alloc_array(from->count + 1, sizeof(*map));
	size_t j = 0;

	for (size_t i = 0; i < from->count; i++) {
		int order = 1;

		while (j < to->count && (order = strcmp(to->models[j].id, from->models[i].id)) < 0)
			j++;
		map[i] = order == 0 && j < to->count ? (uint32_t)j : MS_ROW_NONE;
	}
	return map;
}

static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct ms_rows *r = arg;

	return ms_sort_compare(r->sorted_by, r->sorted_keys,
			       &r->catalog->models[*(const uint32_t *)a],
			       &r->catalog->models[*(const uint32_t *)b]);
}

static void sort_all(struct ms_rows *r)
{
	size_t n = r->catalog->count;

	for (size_t i = 0; i < n; i++)
		r->order[i] = (uint32_t)i;
	qsort_r(r->order, n, sizeof(*r->order), compare_rows, r);
}

/* Decides by what to sort; true when that is different from before. */
static bool choose_sort(struct ms_rows *r)
{
	struct ms_sort_key keys[MS_SORT_KEYS_MAX];
	size_t n = r->filter ? ms_filter_sort(r->filter, keys) : 0;
	bool is_same;

	if (n == 0) {
		keys[0] = r->sort;
		n = 1;
	}
	is_same = n == r->sorted_keys;
	for (size_t i = 0; i < n; i++) {
		is_same = is_same && keys[i].field == r->sorted_by[i].field &&
			  keys[i].descending == r->sorted_by[i].descending;
		r->sorted_by[i] = keys[i];
	}
	r->sorted_keys = n;
	return !is_same;
}

/* With keep_place the cursor stays on its line of the screen, else the list starts anew. */
static void select_visible(struct ms_rows *r, int64_t now, bool keep_place)
{
	size_t found = SIZE_MAX;
	size_t line = keep_place ? r->cursor - r->top : SIZE_MAX;

	r->shown = 0;
	for (size_t i = 0; i < r->catalog->count; i++) {
		uint32_t row = r->order[i];

		if (r->filter &&
		    !ms_filter_match(r->filter, &r->catalog->models[row], r->flags[row], now))
			continue;
		if (row == r->chosen)
			found = r->shown;
		r->visible[r->shown++] = row;
	}
	if (found != SIZE_MAX)
		r->cursor = found;
	else if (!keep_place || r->shown == 0)
		r->cursor = 0;
	else if (r->cursor >= r->shown)
		r->cursor = r->shown - 1;
	r->top = r->cursor > line ? r->cursor - line : 0;
	ms_rows_count_marks(r);
}

static void refilter(struct ms_rows *r, int64_t now, bool keep_place)
{
	if (!r->catalog)
		return;
	if (choose_sort(r))
		sort_all(r);
	select_visible(r, now, keep_place);
}

void ms_rows_refilter(struct ms_rows *r, int64_t now)
{
	refilter(r, now, true);
}

/* The cursor stays on its model, wherever the new rows put it. */
static void move_flags(struct ms_rows *r, const struct ms_catalog *from,
		       const struct ms_catalog *to, uint8_t *flags, uint8_t *saved)
{
	uint32_t *map = ms_rows_map(from, to);

	memset(flags, MS_ROW_CHANGED, to->count);
	for (size_t i = 0; i < from->count; i++) {
		uint32_t j = map[i];

		if (j == MS_ROW_NONE)
			continue;
		flags[j] = r->flags[i];
		saved[j] = r->saved_marks[i];
		if (from->models[i].version != to->models[j].version)
			flags[j] |= MS_ROW_CHANGED;
	}
	r->chosen = ms_rows_current_index(r);
	if (r->chosen != MS_ROW_NONE)
		r->chosen = map[r->chosen];
	if (r->range_from != MS_ROW_NONE)
		r->range_from = map[r->range_from];
	ms_free(map);
}

void ms_rows_replace(struct ms_rows *r, const struct ms_catalog *catalog, int64_t now)
{
	uint8_t *flags = ms_alloc_array(catalog->count + 1, 1);
	uint8_t *saved = ms_alloc_array(catalog->count + 1, 1);

	if (r->catalog)
		move_flags(r, r->catalog, catalog, flags, saved);
	ms_free(r->flags);
	ms_free(r->saved_marks);
	r->flags = flags;
	r->saved_marks = saved;
	r->order = ms_realloc_array(r->order, catalog->count + 1, sizeof(*r->order));
	r->visible = ms_realloc_array(r->visible, catalog->count + 1, sizeof(*r->visible));
	r->catalog = catalog;
	r->sorted_keys = 0;
	ms_rows_refilter(r, now);
}

bool ms_rows_set_filter(struct ms_rows *r, const char *text, int64_t now,
			struct ms_filter_error *err)
{
	struct ms_filter *filter = ms_filter_parse_with(text, r->views, err);
	char *copy;

	if (!filter)
		return false;
	copy = ms_strdup(text); /* text may be r->filter_text itself */
	ms_filter_free(r->filter);
	ms_free(r->filter_text);
	r->filter = filter;
	r->filter_text = copy;
	refilter(r, now, false);
	return true;
}

char *ms_rows_sort_text(const struct ms_rows *r)
{
	return ms_format("%s%s", r->sort.descending ? "-" : "", r->sort.field->name);
}

void ms_rows_sort_by_text(struct ms_rows *r, const char *text, int64_t now)
{
	struct ms_sort_key key;
	struct ms_error unused;
	size_t n;

	if (ms_sort_parse(text, &key, 1, &n, &unused) && key.field->type != MS_FIELD_FLAGS)
		ms_rows_set_sort(r, key, now);
}

void ms_rows_set_sort(struct ms_rows *r, struct ms_sort_key sort, int64_t now)
{
	r->sort = sort;
	ms_rows_refilter(r, now);
}

uint32_t ms_rows_current_index(const struct ms_rows *r)
{
	return r->cursor < r->shown ? r->visible[r->cursor] : MS_ROW_NONE;
}

const struct ms_model *ms_rows_current(const struct ms_rows *r)
{
	uint32_t row = ms_rows_current_index(r);

	return row == MS_ROW_NONE ? NULL : &r->catalog->models[row];
}

void ms_rows_move_to(struct ms_rows *r, size_t position)
{
	if (r->shown == 0)
		return;
	r->cursor = position < r->shown ? position : r->shown - 1;
	r->chosen = r->visible[r->cursor];
}

void ms_rows_move_by(struct ms_rows *r, long delta)
{
	ms_rows_move_to(r, ms_scroll_by(r->cursor, r->shown, delta));
}

bool ms_rows_go_to(struct ms_rows *r, uint32_t model)
{
	for (size_t i = 0; i < r->shown; i++) {
		if (r->visible[i] != model)
			continue;
		ms_rows_move_to(r, i);
		return true;
	}
	return false;
}

void ms_rows_show_cursor(struct ms_rows *r, int height)
{
	r->top = ms_scroll_top(r->top, r->cursor, r->shown, height);
}

bool ms_rows_find(struct ms_rows *r, const struct ms_filter *what, bool is_backwards,
		  bool from_here, int64_t now)
{
	for (size_t i = from_here ? 0 : 1; i <= r->shown; i++) {
		size_t step = is_backwards ? r->shown - i : i;
		size_t at = r->shown ? (r->cursor + step) % r->shown : 0;
		uint32_t row;

		if (at >= r->shown)
			return false;
		row = r->visible[at];
		if (ms_filter_match(what, &r->catalog->models[row], r->flags[row], now)) {
			ms_rows_move_to(r, at);
			return true;
		}
	}
	return false;
}
