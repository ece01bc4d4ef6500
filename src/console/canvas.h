/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_CANVAS_H
#define MODELSYNC_CONSOLE_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "theme.h"

/*
 * A grid of cells between the state and the terminal. Screens draw here, tests compare it, and
 * only term_ncurses.c turns it into bytes.
 */
struct ms_rect {
	int x, y, w, h;
};

#define MS_CELL_MARKS 2 /* combining characters kept per cell; more are dropped */

struct ms_cell {
	uint32_t cp; /* 0 in the right half of a wide character */
	uint32_t marks[MS_CELL_MARKS];
	uint8_t width; /* 1 or 2; 0 for the right half of a wide character */
	uint8_t style; /* enum ms_style */
};

struct ms_canvas {
	int width, height;
	int cursor_x,
		cursor_y;      /* where the terminal's cursor is parked: screen readers follow it */
	bool ascii;	       /* other characters become '?', lines become - | + */
	struct ms_cell *cells; /* owned, width * height */
};

struct ms_canvas *ms_canvas_new(int width, int height, bool ascii);
void ms_canvas_free(struct ms_canvas *c);			   /* NULL is fine */
void ms_canvas_resize(struct ms_canvas *c, int width, int height); /* content is lost */
void ms_canvas_clear(struct ms_canvas *c); /* blanks in MS_STYLE_NORMAL, cursor at 0,0 */

/* The cell, or NULL outside. */
const struct ms_cell *ms_canvas_at(const struct ms_canvas *c, int x, int y);
bool ms_cell_equal(const struct ms_cell *a, const struct ms_cell *b);

/*
 * Writes UTF-8 text into at most `max` columns and returns the columns used. Text that does not
 * fit ends in an ellipsis. Control characters are drawn as '?'. Outside the canvas is clipped.
 */
int ms_canvas_text(struct ms_canvas *c, int x, int y, int max, enum ms_style style, const char *s);
int ms_canvas_textf(struct ms_canvas *c, int x, int y, int max, enum ms_style style,
		    const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* As above, ending at column x + width. */
void ms_canvas_right(struct ms_canvas *c, int x, int y, int width, enum ms_style style,
		     const char *s);

void ms_canvas_fill(struct ms_canvas *c, struct ms_rect r, enum ms_style style);
void ms_canvas_restyle(struct ms_canvas *c, struct ms_rect r, enum ms_style style);
void ms_canvas_hline(struct ms_canvas *c, int x, int y, int w, enum ms_style style);
void ms_canvas_vline(struct ms_canvas *c, int x, int y, int h, enum ms_style style);
/* An emptied rectangle with a border and a title (or NULL); returns its inside. */
struct ms_rect ms_canvas_box(struct ms_canvas *c, struct ms_rect r, const char *title);
/* A bar of w columns, done of total filled; total 0 is drawn empty. */
void ms_canvas_bar(struct ms_canvas *c, int x, int y, int w, int64_t done, int64_t total);

/* Parks the terminal's cursor. */
void ms_canvas_cursor(struct ms_canvas *c, int x, int y);

#endif
