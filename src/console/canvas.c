/* SPDX-License-Identifier: MIT */
#include "canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"

#define ELLIPSIS   0x2026
#define HORIZONTAL 0x2500
#define VERTICAL   0x2502
#define FULL_BLOCK 0x2588

struct ms_canvas *ms_canvas_new(int width, int height, bool ascii)
{
	struct ms_canvas *c = ms_alloc(sizeof(*c));

	c->ascii = ascii;
	ms_canvas_resize(c, width, height);
	return c;
}

void ms_canvas_free(struct ms_canvas *c)
{
	if (!c)
		return;
	ms_free(c->cells);
	ms_free(c);
}

void ms_canvas_resize(struct ms_canvas *c, int width, int height)
{
	ms_free(c->cells);
	c->width = width > 0 ? width : 1;
	c->height = height > 0 ? height : 1;
	c->cells = ms_alloc_array((size_t)c->width * (size_t)c->height, sizeof(*c->cells));
	ms_canvas_clear(c);
}

static struct ms_cell *cell(const struct ms_canvas *c, int x, int y)
{
	if (x < 0 || y < 0 || x >= c->width || y >= c->height)
		return NULL;
	return &c->cells[(size_t)y * (size_t)c->width + (size_t)x];
}

const struct ms_cell *ms_canvas_at(const struct ms_canvas *c, int x, int y)
{
	return cell(c, x, y);
}

bool ms_cell_equal(const struct ms_cell *a, const struct ms_cell *b)
{
	return a->cp == b->cp && a->width == b->width && a->style == b->style &&
	       memcmp(a->marks, b->marks, sizeof(a->marks)) == 0;
}

static void blank(struct ms_cell *p, enum ms_style style)
{
	*p = (struct ms_cell){.cp = ' ', .width = 1, .style = (uint8_t)style};
}

void ms_canvas_clear(struct ms_canvas *c)
{
	size_t n = (size_t)c->width * (size_t)c->height;

	for (size_t i = 0; i < n; i++)
		blank(&c->cells[i], MS_STYLE_NORMAL);
	ms_canvas_cursor(c, 0, 0);
}

/* Half of a wide character cannot stand alone: its other half becomes a blank. */
static void detach(struct ms_canvas *c, int x, int y)
{
	struct ms_cell *p = cell(c, x, y);
	struct ms_cell *other = NULL;

	if (!p)
		return;
	if (p->width == 0)
		other = cell(c, x - 1, y);
	else if (p->width == 2)
		other = cell(c, x + 1, y);
	if (other)
		blank(other, (enum ms_style)other->style);
}

static void put(struct ms_canvas *c, int x, int y, uint32_t cp, int width, enum ms_style style)
{
	struct ms_cell *p = cell(c, x, y);
	struct ms_cell *right = cell(c, x + 1, y);

	if (!p)
		return;
	detach(c, x, y);
	if (width == 2 && !right) {
		blank(p, style);
		return;
	}
	*p = (struct ms_cell){.cp = cp, .width = (uint8_t)width, .style = (uint8_t)style};
	if (width == 2) {
		detach(c, x + 1, y);
		*right = (struct ms_cell){.style = (uint8_t)style};
	}
}

/* They would make some terminals draw one wide character where others draw several. */
static bool is_joiner(uint32_t cp)
{
	return cp == 0x200d || cp == 0xfe0f;
}

static void add_mark(struct ms_canvas *c, int x, int y, uint32_t cp)
{
	struct ms_cell *p = cell(c, x, y);

	if (p && p->width == 0)
		p = cell(c, x - 1, y);
	if (!p || c->ascii || is_joiner(cp))
		return;
	for (int i = 0; i < MS_CELL_MARKS; i++) {
		if (p->marks[i] == 0) {
			p->marks[i] = cp;
			return;
		}
	}
}

static uint32_t next_char(const struct ms_canvas *c, const char **s, size_t *left, int *width)
{
	size_t used = 1;
	uint32_t cp = ms_utf8_decode(*s, *left, &used);

	*s += used;
	*left -= used;
	if (cp == '\t')
		cp = ' ';
	*width = ms_utf8_width(cp);
	if (*width < 0 || ms_utf8_is_control(cp)) {
		*width = 1;
		return '?';
	}
	if (c->ascii && cp > 0x7e && *width > 0)
		return cp == ELLIPSIS ? '~' : '?';
	return cp;
}

static void put_char(struct ms_canvas *c, int x, int y, uint32_t cp, int width, enum ms_style style)
{
	put(c, x, y, cp, c->ascii ? 1 : width, style);
	if (c->ascii && width == 2)
		put(c, x + 1, y, cp, 1, style);
}

int ms_canvas_text(struct ms_canvas *c, int x, int y, int max, enum ms_style style, const char *s)
{
	size_t left = strlen(s);
	int used = 0;

	while (left > 0) {
		int width;
		uint32_t cp = next_char(c, &s, &left, &width);

		if (width == 0) {
			if (used > 0)
				add_mark(c, x + used - 1, y, cp);
			continue;
		}
		/* The last column is kept for an ellipsis when more follows. */
		if (used + width > max - 1 && (used + width > max || ms_utf8_columns(s) > 0)) {
			if (used < max)
				put(c, x + used, y, c->ascii ? '~' : ELLIPSIS, 1, style);
			return used < max ? used + 1 : used;
		}
		put_char(c, x + used, y, cp, width, style);
		used += width;
	}
	return used;
}

int ms_canvas_textf(struct ms_canvas *c, int x, int y, int max, enum ms_style style,
		    const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return ms_canvas_text(c, x, y, max, style, buf);
}

void ms_canvas_right(struct ms_canvas *c, int x, int y, int width, enum ms_style style,
		     const char *s)
{
	int columns = (int)ms_utf8_columns(s);
	int skip = columns < width ? width - columns : 0;

	ms_canvas_text(c, x + skip, y, width - skip, style, s);
}

void ms_canvas_fill(struct ms_canvas *c, struct ms_rect r, enum ms_style style)
{
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			put(c, x, y, ' ', 1, style);
}

void ms_canvas_restyle(struct ms_canvas *c, struct ms_rect r, enum ms_style style)
{
	for (int y = r.y; y < r.y + r.h; y++) {
		for (int x = r.x; x < r.x + r.w; x++) {
			struct ms_cell *p = cell(c, x, y);

			if (p)
				p->style = (uint8_t)style;
		}
	}
}

void ms_canvas_hline(struct ms_canvas *c, int x, int y, int w, enum ms_style style)
{
	for (int i = 0; i < w; i++)
		put(c, x + i, y, c->ascii ? '-' : HORIZONTAL, 1, style);
}

void ms_canvas_vline(struct ms_canvas *c, int x, int y, int h, enum ms_style style)
{
	for (int i = 0; i < h; i++)
		put(c, x, y + i, c->ascii ? '|' : VERTICAL, 1, style);
}

struct ms_rect ms_canvas_box(struct ms_canvas *c, struct ms_rect r, const char *title)
{
	static const uint32_t corners[4] = {0x250c, 0x2510, 0x2514, 0x2518};
	const int right = r.x + r.w - 1;
	const int bottom = r.y + r.h - 1;
	const int at[4][2] = {{r.x, r.y}, {right, r.y}, {r.x, bottom}, {right, bottom}};

	ms_canvas_fill(c, r, MS_STYLE_NORMAL);
	ms_canvas_hline(c, r.x, r.y, r.w, MS_STYLE_BORDER);
	ms_canvas_hline(c, r.x, bottom, r.w, MS_STYLE_BORDER);
	ms_canvas_vline(c, r.x, r.y, r.h, MS_STYLE_BORDER);
	ms_canvas_vline(c, right, r.y, r.h, MS_STYLE_BORDER);
	for (int i = 0; i < 4; i++)
		put(c, at[i][0], at[i][1], c->ascii ? '+' : corners[i], 1, MS_STYLE_BORDER);
	if (title)
		ms_canvas_textf(c, r.x + 2, r.y, r.w - 4, MS_STYLE_HEADING, " %s ", title);
	return (struct ms_rect){r.x + 2, r.y + 1, r.w - 4, r.h - 2};
}

void ms_canvas_bar(struct ms_canvas *c, int x, int y, int w, int64_t done, int64_t total)
{
	int64_t filled = 0;

	if (total > 0 && done > 0)
		filled = done >= total ? w : (int64_t)((double)done / (double)total * (double)w);
	for (int i = 0; i < w; i++) {
		bool on = i < filled;
		uint32_t cp = c->ascii ? (on ? '#' : '.') : (on ? FULL_BLOCK : 0x00b7);

		put(c, x + i, y, cp, 1, on ? MS_STYLE_BAR : MS_STYLE_DIM);
	}
}

void ms_canvas_cursor(struct ms_canvas *c, int x, int y)
{
	c->cursor_x = x < 0 ? 0 : x >= c->width ? c->width - 1 : x;
	c->cursor_y = y < 0 ? 0 : y >= c->height ? c->height - 1 : y;
}
