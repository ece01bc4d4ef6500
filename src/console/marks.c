/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <string.h>

#include "modelsync/memory.h"

bool ms_rows_is_marked(const struct ms_rows *r, uint32_t model)
{
	return r->flags[model] & MS_ROW_MARKED;
}

void ms_rows_count_marks(struct ms_rows *r)
{
	size_t total = 0, visible = 0;

	for (size_t i = 0; r->catalog && i < r->catalog->count; i++)
		total += (r->flags[i] & MS_ROW_MARKED) != 0;
	for (size_t i = 0; i < r->shown; i++)
		visible += (r->flags[r->visible[i]] & MS_ROW_MARKED) != 0;
	r->marked = total;
	r->marked_hidden = total - visible;
}

void ms_rows_marked_by(struct ms_rows *r, const char *how)
{
	char *before = r->marked_how;

	r->marked_how = before ? ms_format("%.400s, %.400s", before, how) : ms_strdup(how);
	ms_free(before);
}

static void forget_how_when_none(struct ms_rows *r)
{
	if (r->marked > 0)
		return;
	ms_free(r->marked_how);
	r->marked_how = NULL;
}

static void save(struct ms_rows *r)
{
	for (size_t i = 0; i < r->catalog->count; i++)
		r->saved_marks[i] = r->flags[i] & MS_ROW_MARKED;
}

static void apply(uint8_t *flags, enum ms_mark_op op)
{
	if (op == MS_MARK_SET)
		*flags |= MS_ROW_MARKED;
	else if (op == MS_MARK_UNSET)
		*flags &= (uint8_t)~MS_ROW_MARKED;
	else
		*flags ^= MS_ROW_MARKED;
}

void ms_rows_mark_one(struct ms_rows *r, uint32_t model, enum ms_mark_op op)
{
	apply(&r->flags[model], op);
	ms_rows_count_marks(r);
	forget_how_when_none(r);
}

size_t ms_rows_mark_shown(struct ms_rows *r, enum ms_mark_op op, const struct ms_filter *what,
			  int64_t now)
{
	size_t changed = 0;

	if (!r->catalog)
		return 0;
	save(r);
	for (size_t i = 0; i < r->shown; i++) {
		uint32_t row = r->visible[i];
		uint8_t before = r->flags[row];

		if (what && !ms_filter_match(what, &r->catalog->models[row], before, now))
			continue;
		apply(&r->flags[row], op);
		changed += before != r->flags[row];
	}
	ms_rows_count_marks(r);
	forget_how_when_none(r);
	return changed;
}

static size_t position_of(const struct ms_rows *r, uint32_t model)
{
	for (size_t i = 0; i < r->shown; i++)
		if (r->visible[i] == model)
			return i;
	return r->cursor;
}

bool ms_rows_range(const struct ms_rows *r, size_t *from, size_t *to)
{
	size_t begun;

	if (r->range_from == MS_ROW_NONE || r->shown == 0)
		return false;
	begun = position_of(r, r->range_from);
	*from = begun < r->cursor ? begun : r->cursor;
	*to = begun < r->cursor ? r->cursor : begun;
	return true;
}

void ms_rows_range_begin(struct ms_rows *r)
{
	r->range_from = ms_rows_current_index(r);
}

void ms_rows_range_end(struct ms_rows *r, bool keep)
{
	size_t from, to;
	bool is_on = ms_rows_range(r, &from, &to);

	r->range_from = MS_ROW_NONE;
	if (!is_on || !keep)
		return;
	save(r);
	for (size_t i = from; i <= to; i++)
		r->flags[r->visible[i]] |= MS_ROW_MARKED;
	ms_rows_count_marks(r);
}

void ms_rows_mark_clear(struct ms_rows *r)
{
	if (!r->catalog)
		return;
	save(r);
	for (size_t i = 0; i < r->catalog->count; i++)
		apply(&r->flags[i], MS_MARK_UNSET);
	ms_rows_count_marks(r);
	forget_how_when_none(r);
}

void ms_rows_mark_restore(struct ms_rows *r)
{
	if (!r->catalog)
		return;
	for (size_t i = 0; i < r->catalog->count; i++) {
		uint8_t now = r->flags[i] & MS_ROW_MARKED;

		apply(&r->flags[i], r->saved_marks[i] ? MS_MARK_SET : MS_MARK_UNSET);
		r->saved_marks[i] = now;
	}
	ms_rows_count_marks(r);
	forget_how_when_none(r);
}
