/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_PAGE_H
#define MODELSYNC_CONSOLE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "action.h"
#include "canvas.h"

/* Lines of styled text that scroll: details, results, messages, the review. */
struct ms_page_line {
	char *text; /* owned */
	enum ms_style style;
};
struct ms_page {
	struct ms_page_line *lines;
	size_t count, cap;
	size_t top; /* first line shown */
};

void ms_page_clear(struct ms_page *p); /* frees the lines; `top` stays */
void ms_page_add(struct ms_page *p, enum ms_style style, const char *text);
void ms_page_addf(struct ms_page *p, enum ms_style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Breaks the text at blanks into lines of at most `width` columns; the first one starts with
 * `first`, the others are indented as far. */
void ms_page_add_wrapped(struct ms_page *p, enum ms_style style, int width, const char *first,
			 const char *text);
/* Scrolls by a moving action (down, page_down, top …); false when it is another action. */
bool ms_page_scroll(struct ms_page *p, enum ms_action action, int height);
/* Draws from `top`, with a sign in the last column when more follows above or below. */
void ms_page_draw(const struct ms_page *p, struct ms_canvas *c, struct ms_rect r);

#endif
