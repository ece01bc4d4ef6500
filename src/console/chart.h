/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_CHART_H
#define MODELSYNC_CONSOLE_CHART_H

#include <stddef.h>

#include "canvas.h"
#include "modelsync/text.h"

/*
 * Numbers as pictures. Every bar starts at zero, and what is more than nothing is never drawn as
 * nothing; NAN is a place without a value. Numbers beside the picture are the caller's.
 */
enum ms_glyphs {
	MS_GLYPHS_ASCII,  /* '.', ':' and '#': three steps a cell */
	MS_GLYPHS_BLOCK,  /* eighths of a cell */
	MS_GLYPHS_BRAILLE /* four steps, and two bars a cell */
};

/* Of the values that are there; count 0 = none is. */
struct ms_numbers {
	size_t count;
	double min, median, max, last;
};
void ms_numbers_of(struct ms_numbers *out, const double *values, size_t n);

/* The end of a scale from zero that holds `max`: 1, 2, 2.5 or 5 times a power of ten. */
double ms_chart_top(double max);

/* Bars in a cell: 1 or 2. */
size_t ms_chart_bars_per_cell(enum ms_glyphs glyphs);

struct ms_bars {
	const double *values; /* from the left; none is negative */
	size_t count;
	double top; /* what a bar over the whole height stands for, > 0 */
	enum ms_glyphs glyphs;
	enum ms_style style;
};
/* Into the columns from r.x on, as far as they reach. */
void ms_bars_draw(const struct ms_bars *b, struct ms_canvas *c, struct ms_rect r);

/* The same on one line of text, where zero is '_' and no value a blank. */
void ms_spark_add(struct ms_text *out, const struct ms_bars *b);

#endif
