/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"
#include "private.h"

#define GAP	  2
#define WIDTH_MIN 8 /* nothing is cut to less */
#define HIDDEN	  SIZE_MAX

struct column {
	const char *title;
	bool right_aligned;
	int rank; /* of those left out when it gets narrow, the first to go is 1; 0 = never */
};

struct table {
	struct column *columns;
	size_t column_count;
	int ranks;
	char **cells;
	size_t count, cap;
};

struct table *table_new(size_t columns)
{
	struct table *t = ms_alloc(sizeof(*t));

	t->columns = ms_alloc_array(columns, sizeof(*t->columns));
	t->column_count = columns;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		ms_free(t->cells[i]);
	ms_free(t->cells);
	ms_free(t->columns);
	ms_free(t);
}

void table_head(struct table *t, size_t column, const char *title, bool right_aligned)
{
	t->columns[column] = (struct column){.title = title, .right_aligned = right_aligned};
}

void table_head_optional(struct table *t, size_t column, int rank)
{
	t->columns[column].rank = rank;
	if (rank > t->ranks)
		t->ranks = rank;
}

void table_add(struct table *t, const char *cell)
{
	if (t->count == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 256;
		t->cells = ms_realloc_array(t->cells, t->cap, sizeof(*t->cells));
	}
	t->cells[t->count++] = ms_strdup(cell ? cell : "");
}

void table_add_int(struct table *t, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	table_add(t, text);
}

static void measure(const struct table *t, size_t *widths)
{
	for (size_t i = 0; i < t->column_count; i++)
		widths[i] = ms_utf8_columns(t->columns[i].title);
	for (size_t i = 0; i < t->count; i++) {
		size_t width = ms_utf8_columns(t->cells[i]);

		if (width > widths[i % t->column_count])
			widths[i % t->column_count] = width;
	}
}

static size_t line_width(const struct table *t, const size_t *widths)
{
	size_t sum = 0;

	for (size_t i = 0; i < t->column_count; i++)
		if (widths[i] != HIDDEN)
			sum += widths[i] + (sum ? GAP : 0);
	return sum;
}

/* The widest text, or column_count when none can give anything. */
static size_t widest_text(const struct table *t, const size_t *widths)
{
	size_t widest = t->column_count;

	for (size_t i = 0; i < t->column_count; i++)
		if (!t->columns[i].right_aligned && widths[i] != HIDDEN && widths[i] > WIDTH_MIN &&
		    (widest == t->column_count || widths[i] > widths[widest]))
			widest = i;
	return widest;
}

/* Leaves out what may be left out, then shortens the widest texts; numbers are never cut. */
static void fit(const struct table *t, size_t *widths, size_t available)
{
	for (int rank = 1; rank <= t->ranks; rank++)
		for (size_t i = 0; i < t->column_count; i++)
			if (t->columns[i].rank == rank && line_width(t, widths) > available)
				widths[i] = HIDDEN;
	while (line_width(t, widths) > available) {
		size_t widest = widest_text(t, widths);

		if (widest == t->column_count)
			return;
		widths[widest]--;
	}
}

/* Bytes of s that fill at most `columns`. */
static size_t bytes_within(const char *s, size_t columns)
{
	size_t len = strlen(s), at = 0, used, sum = 0;

	while (at < len) {
		int width = ms_utf8_width(ms_utf8_decode(s + at, len - at, &used));

		sum += width < 0 ? 1 : (size_t)width;
		if (sum > columns)
			return at;
		at += used;
	}
	return at;
}

static void add_cell(struct ms_text *line, const char *cell, size_t width, bool right_aligned,
		     FILE *to)
{
	size_t columns = ms_utf8_columns(cell), pad = columns < width ? width - columns : 0;

	if (columns > width)
		ms_text_addf(line, "%.*s%s", (int)bytes_within(cell, width - 1), cell,
			     terminal_ellipsis(to));
	else
		ms_text_addf(line, "%*s%s%*s", right_aligned ? (int)pad : 0, "", cell,
			     right_aligned ? 0 : (int)pad, "");
}

/* Row SIZE_MAX is the titles. No line ends in blanks. */
static void print_row(const struct table *t, const size_t *widths, size_t row, FILE *to)
{
	struct ms_text clean, line;

	ms_text_init(&clean, 0);
	ms_text_init(&line, 0);
	for (size_t i = 0; i < t->column_count; i++) {
		const struct column *c = &t->columns[i];

		if (widths[i] == HIDDEN)
			continue;
		ms_text_reset(&clean);
		terminal_clean(&clean,
			       row == SIZE_MAX ? c->title : t->cells[row * t->column_count + i],
			       to);
		ms_text_addf(&line, "%*s", line.len ? GAP : 0, "");
		add_cell(&line, ms_text_str(&clean), widths[i], c->right_aligned, to);
	}
	while (line.len && line.data[line.len - 1] == ' ')
		line.data[--line.len] = '\0';
	fprintf(to, "%s\n", ms_text_str(&line));
	ms_text_clear(&clean);
	ms_text_clear(&line);
}

void table_print(const struct table *t, FILE *to)
{
	size_t *widths = ms_alloc_array(t->column_count, sizeof(*widths));
	size_t available = terminal_columns(to), rows = t->count / t->column_count;

	measure(t, widths);
	if (available)
		fit(t, widths, available);
	print_row(t, widths, SIZE_MAX, to);
	for (size_t row = 0; row < rows && !ferror(to); row++)
		print_row(t, widths, row, to);
	ms_free(widths);
}
