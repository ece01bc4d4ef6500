/* SPDX-License-Identifier: MIT */
#include "list.h"

#include <string.h>

#include "list_filter.h"
#include "modelsync/memory.h"
#include "scroll.h"

void ms_list_init(struct ms_list *l, const struct ms_list_class *class)
{
	*l = (struct ms_list){.class = class, .filter = ms_strdup("")};
}

static void free_rows(struct ms_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		ms_json_free(l->rows[i].json);
	ms_free(l->rows);
}

void ms_list_clear(struct ms_list *l)
{
	free_rows(l);
	ms_free(l->visible);
	ms_free(l->filter);
	memset(l, 0, sizeof(*l));
}

static void count_marks(struct ms_list *l)
{
	l->marked = 0;
	for (size_t i = 0; i < l->count; i++)
		l->marked += l->rows[i].is_marked;
}

/*
 * The cursor stays on its row, and the row on its line; a list that shows its start goes on
 * showing it, so that what is new is seen.
 */
static void select_visible(struct ms_list *l)
{
	struct ms_list_filter filter;
	size_t line = l->top > 0 ? l->cursor - l->top : SIZE_MAX;
	size_t found = SIZE_MAX;

	ms_list_filter_parse(&filter, l->class, l->filter);
	l->shown = 0;
	for (size_t i = 0; i < l->count; i++) {
		if (!ms_list_filter_match(&filter, l->class, l->rows[i].json))
			continue;
		if (l->rows[i].id == l->chosen)
			found = l->shown;
		l->visible[l->shown++] = (uint32_t)i;
	}
	if (found != SIZE_MAX)
		l->cursor = found;
	else if (l->chosen == 0 || l->shown == 0)
		l->cursor = 0;
	else if (l->cursor >= l->shown)
		l->cursor = l->shown - 1;
	l->top = l->cursor > line ? l->cursor - line : 0;
	ms_list_filter_clear(&filter);
}

static bool was_marked(const struct ms_list_row *rows, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == id)
			return rows[i].is_marked;
	return false;
}

void ms_list_replace(struct ms_list *l, struct ms_json **rows, size_t n)
{
	struct ms_list_row *next = ms_alloc_array(n + 1, sizeof(*next));

	for (size_t i = 0; i < n; i++) {
		next[i].json = rows[i];
		next[i].id = l->class->id(rows[i]);
		next[i].is_marked = l->marked > 0 && was_marked(l->rows, l->count, next[i].id);
	}
	free_rows(l);
	l->rows = next;
	l->count = n;
	l->visible = ms_realloc_array(l->visible, n + 1, sizeof(*l->visible));
	count_marks(l);
	select_visible(l);
}

void ms_list_set_filter(struct ms_list *l, const char *text)
{
	char *copy = ms_strdup(text); /* text may be l->filter itself */

	ms_free(l->filter);
	l->filter = copy;
	l->cursor = l->top = 0;
	if (l->count > 0)
		select_visible(l);
}

const struct ms_list_row *ms_list_current(const struct ms_list *l)
{
	return l->cursor < l->shown ? &l->rows[l->visible[l->cursor]] : NULL;
}

void ms_list_move(struct ms_list *l, long step)
{
	const struct ms_list_row *row;

	l->cursor = ms_scroll_by(l->cursor, l->shown, step);
	row = ms_list_current(l);
	if (row)
		l->chosen = row->id;
}

void ms_list_show_cursor(struct ms_list *l, int height)
{
	l->top = ms_scroll_top(l->top, l->cursor, l->shown, height);
}

/* --- marks ---------------------------------------------------------------------------------- */

void ms_list_mark(struct ms_list *l, bool one)
{
	for (size_t i = 0; i < l->shown; i++) {
		struct ms_list_row *row = &l->rows[l->visible[i]];

		if (one && i == l->cursor)
			row->is_marked = !row->is_marked;
		else if (!one)
			row->is_marked = true;
	}
	count_marks(l);
}

void ms_list_mark_invert(struct ms_list *l)
{
	for (size_t i = 0; i < l->shown; i++)
		l->rows[l->visible[i]].is_marked = !l->rows[l->visible[i]].is_marked;
	count_marks(l);
}

void ms_list_mark_clear(struct ms_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		l->rows[i].is_marked = false;
	l->marked = 0;
}
