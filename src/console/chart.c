/* SPDX-License-Identifier: MIT */
#include "chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"

#define BLOCK_BASE   0x2580 /* plus eighths: lower blocks */
#define BRAILLE_BASE 0x2800

/* --- numbers -------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

void ms_numbers_of(struct ms_numbers *out, const double *values, size_t n)
{
	double *sorted = ms_alloc_array(n + 1, sizeof(*sorted));
	size_t k = 0;

	*out = (struct ms_numbers){0};
	for (size_t i = 0; i < n; i++) {
		if (isnan(values[i]))
			continue;
		sorted[k++] = out->last = values[i];
	}
	out->count = k;
	if (k > 0) {
		qsort(sorted, k, sizeof(*sorted), by_size);
		out->min = sorted[0];
		out->median = (sorted[(k - 1) / 2] + sorted[k / 2]) / 2;
		out->max = sorted[k - 1];
	}
	ms_free(sorted);
}

double ms_chart_top(double max)
{
	static const double steps[] = {1, 2, 2.5, 5};
	double power;

	if (!(max > 0))
		return 1;
	power = pow(10, floor(log10(max)));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (max <= steps[i] * power)
			return steps[i] * power;
	return 10 * power;
}

/* --- cells ---------------------------------------------------------------------------------- */

size_t ms_chart_bars_per_cell(enum ms_glyphs glyphs)
{
	return glyphs == MS_GLYPHS_BRAILLE ? 2 : 1;
}

static int steps_per_cell(enum ms_glyphs glyphs)
{
	return glyphs == MS_GLYPHS_BLOCK ? 8 : glyphs == MS_GLYPHS_BRAILLE ? 4 : 3;
}

/* How many of all steps the bar at `i` fills. */
static int steps_at(const struct ms_bars *b, size_t i, int all)
{
	double share = i < b->count ? b->values[i] / b->top : NAN;
	int steps;

	if (isnan(share) || share <= 0)
		return 0;
	steps = share >= 1 ? all : (int)lround(share * all);
	return steps > 0 ? steps : 1;
}

static int within(int steps, int below, int most)
{
	return steps <= below ? 0 : steps - below > most ? most : steps - below;
}

/* A cell whose bars fill `left` and, where it holds two, `right` of its steps. */
static uint32_t cell_of(enum ms_glyphs glyphs, int left, int right)
{
	static const uint8_t left_dots[] = {0, 0x40, 0x44, 0x46, 0x47},
			     right_dots[] = {0, 0x80, 0xa0, 0xb0, 0xb8};

	if (left == 0 && right == 0)
		return ' ';
	if (glyphs == MS_GLYPHS_BRAILLE)
		return BRAILLE_BASE | left_dots[left] | right_dots[right];
	return glyphs == MS_GLYPHS_BLOCK ? BLOCK_BASE + (uint32_t)left : (uint32_t) " .:#"[left];
}

/* The cell `x` from the left and `y` from the bottom of a picture `h` cells high. */
static uint32_t cell_at(const struct ms_bars *b, size_t x, int y, int h)
{
	int per = steps_per_cell(b->glyphs);
	size_t bars = ms_chart_bars_per_cell(b->glyphs), i = x * bars;
	int left = within(steps_at(b, i, h * per), y * per, per);
	int right = bars == 2 ? within(steps_at(b, i + 1, h * per), y * per, per) : 0;

	return cell_of(b->glyphs, left, right);
}

static size_t encode(uint32_t cp, char buf[5])
{
	size_t n = ms_utf8_encode(cp, buf);

	buf[n] = '\0';
	return n;
}

static size_t cells_of(const struct ms_bars *b)
{
	size_t bars = ms_chart_bars_per_cell(b->glyphs);

	return (b->count + bars - 1) / bars;
}

void ms_bars_draw(const struct ms_bars *b, struct ms_canvas *c, struct ms_rect r)
{
	int width = cells_of(b) < (size_t)r.w ? (int)cells_of(b) : r.w;
	char text[5];

	for (int y = 0; y < r.h; y++) {
		for (int x = 0; x < width; x++) {
			encode(cell_at(b, (size_t)x, r.h - 1 - y, r.h), text);
			ms_canvas_text(c, r.x + x, r.y + y, 1, b->style, text);
		}
	}
}

static bool is_zero(const struct ms_bars *b, size_t i)
{
	return i < b->count && b->values[i] == 0;
}

void ms_spark_add(struct ms_text *out, const struct ms_bars *b)
{
	size_t bars = ms_chart_bars_per_cell(b->glyphs);
	char text[5];

	for (size_t x = 0; x < cells_of(b); x++) {
		uint32_t cp = cell_at(b, x, 0, 1);

		if (cp == ' ' && (is_zero(b, x * bars) || (bars == 2 && is_zero(b, x * bars + 1))))
			cp = '_';
		ms_text_add_bytes(out, text, encode(cp, text));
	}
}
