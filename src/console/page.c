/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"
#include "scroll.h"

void ms_page_clear(struct ms_page *p)
{
	for (size_t i = 0; i < p->count; i++)
		ms_free(p->lines[i].text);
	ms_free(p->lines);
	p->lines = NULL;
	p->count = p->cap = 0;
}

static void add_owned(struct ms_page *p, enum ms_style style, char *text)
{
	if (p->count == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 32;
		p->lines = ms_realloc_array(p->lines, p->cap, sizeof(*p->lines));
	}
	p->lines[p->count++] = (struct ms_page_line){text, style};
}

void ms_page_add(struct ms_page *p, enum ms_style style, const char *text)
{
	add_owned(p, style, ms_strdup(text));
}

void ms_page_addf(struct ms_page *p, enum ms_style style, const char *fmt, ...)
{
	char buf[2048];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	ms_page_add(p, style, buf);
}

/*
 * Bytes of text that fit into `width` columns, broken at a blank or line end where possible, else
 * behind a comma of a list without blanks.
 */
static size_t fitting(const char *text, size_t width)
{
	size_t at = 0, columns = 0, last_blank = 0, last_comma = 0, len = strlen(text);

	while (at < len && text[at] != '\n') {
		size_t used;
		int w = ms_utf8_width(ms_utf8_decode(text + at, len - at, &used));

		columns += w < 0 ? 1 : (size_t)w;
		if (columns > width)
			return last_blank > 0	? last_blank
			       : last_comma > 0 ? last_comma
			       : at > 0		? at
						: used;
		at += used;
		if (text[at - 1] == ',')
			last_comma = at;
		if (text[at] == ' ')
			last_blank = at;
	}
	return at;
}

void ms_page_add_wrapped(struct ms_page *p, enum ms_style style, int width, const char *first,
			 const char *text)
{
	int used = (int)ms_utf8_columns(first);
	size_t room = width > used + 8 ? (size_t)(width - used) : 8;

	do {
		size_t n = fitting(text, room);

		add_owned(p, style,
			  ms_format("%s%*s%.*s", first, *first ? 0 : used, "", (int)n, text));
		first = "";
		text += n;
		while (*text == ' ' || *text == '\n')
			text++;
	} while (*text);
}

bool ms_page_scroll(struct ms_page *p, enum ms_action action, int height)
{
	size_t h = height > 1 ? (size_t)height : 1;
	long step = ms_scroll_step(action, (long)h);

	if (step != 0) /* the last line shown is the last one there is */
		p->top = ms_scroll_by(p->top, p->count > h ? p->count - h + 1 : 1, step);
	return step != 0;
}

void ms_page_draw(const struct ms_page *p, struct ms_canvas *c, struct ms_rect r)
{
	size_t height = r.h > 0 ? (size_t)r.h : 0;
	size_t last = p->count > height ? p->count - height : 0;
	size_t top = p->top < last ? p->top : last;
	int y = r.y;

	for (size_t i = top; i < p->count && y < r.y + r.h; i++, y++)
		ms_canvas_text(c, r.x, y, r.w, p->lines[i].style, p->lines[i].text);
	if (top > 0)
		ms_canvas_text(c, r.x + r.w - 1, r.y, 1, MS_STYLE_KEY, "^");
	if (top < last)
		ms_canvas_text(c, r.x + r.w - 1, r.y + r.h - 1, 1, MS_STYLE_KEY, "v");
}
