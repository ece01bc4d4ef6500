/* SPDX-License-Identifier: MIT */
#include "run_chart.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "entry_text.h"
#include "layout.h"
#include "modelsync/memory.h"
#include "modelsync/utf8.h"
#include "ui.h"

#define DATE_WIDTH   11 /* "09-22 02:00" */
#define SCALE_WIDTH  9	/* columns of the numbers left of the bars */
#define BESIDE_LINES 36 /* lines of a screen that shows table and chart */
#define BESIDE_PART  4	/* of those between filter and footer a chart beside a table takes one */
#define BELOW_LINES  50 /* lines and columns of a screen that shows it below the models */
#define BELOW_WIDTH  160
#define BELOW_HEIGHT 8

static const struct {
	const char *title, *part[MS_METRIC_PARTS_MAX], *of_several;
	int decimals;
	const char *unit;
} metrics[MS_METRIC_COUNT] = {
	[MS_METRIC_DURATION] = {"duration", {""}, "the slowest", 1, " s"},
	[MS_METRIC_CHANGES] = {"models", {"new", "gone"}, "the sum", 0, ""},
	[MS_METRIC_SUCCESS] = {"success", {""}, "the share", 1, " %"},
	[MS_METRIC_SIZE] = {"models listed", {""}, "the last", 0, ""},
};

static const struct ms_list *runs(const struct ms_ui *ui)
{
	return &ui->browses[MS_FEED_RUNS].list;
}

void ms_run_chart_renew(struct ms_ui *ui)
{
	ms_free(ui->chart.facts);
	ui->chart.facts = ms_run_facts_read(runs(ui));
}

/* --- where ---------------------------------------------------------------------------------- */

static void place_below_models(const struct ms_ui *ui, struct ms_layout *l)
{
	if (ui->width < BELOW_WIDTH || ui->height < BELOW_LINES || ui->low_bandwidth)
		return;
	l->table.h -= BELOW_HEIGHT;
	l->chart = (struct ms_rect){0, l->table.y + l->table.h, l->table.w, BELOW_HEIGHT};
}

bool ms_run_chart_fits_beside(const struct ms_ui *ui)
{
	return ui->height >= BESIDE_LINES && !ui->low_bandwidth;
}

static void place_beside(const struct ms_ui *ui, struct ms_layout *l)
{
	int height = (ui->height - l->summary.y) / BESIDE_PART;

	if (!ms_run_chart_fits_beside(ui) || runs(ui)->count == 0)
		return;
	l->chart = (struct ms_rect){0, l->head.y, l->head.w, height};
	l->head.y += height;
	l->table.y += height;
	l->table.h -= height;
}

static void place_alone(struct ms_layout *l)
{
	l->chart = (struct ms_rect){0, l->head.y, l->head.w, l->table.h + 1};
	l->head.h = l->table.h = 0;
}

void ms_run_chart_place(const struct ms_ui *ui, struct ms_layout *l)
{
	if (l->table.h <= 0)
		return;
	if (ui->screen == MS_SCREEN_MODELS)
		place_below_models(ui, l);
	else if (ui->screen == MS_SCREEN_SYNC && ui->chart.mode == MS_CHART_ALONE)
		place_alone(l);
	else if (ui->screen == MS_SCREEN_SYNC && ui->chart.mode == MS_CHART_BESIDE)
		place_beside(ui, l);
}

static struct ms_rect place_of(const struct ms_ui *ui)
{
	struct ms_layout l;

	ms_layout_get(ui, &l);
	return l.chart;
}

bool ms_run_chart_is_shown(const struct ms_ui *ui)
{
	return place_of(ui).h > 0;
}

static size_t places_in(const struct ms_ui *ui, struct ms_rect r)
{
	int cells = r.w - SCALE_WIDTH - 1;

	return (size_t)(cells > 1 ? cells : 1) * ms_chart_bars_per_cell(ui->glyphs);
}

/* The run that the picture follows: on the Models screen the newest one. */
static size_t chosen(const struct ms_ui *ui)
{
	return ui->screen == MS_SCREEN_SYNC ? runs(ui)->cursor : 0;
}

size_t ms_run_chart_reach(const struct ms_ui *ui)
{
	struct ms_rect r = place_of(ui);

	if (r.h == 0)
		return 0;
	return ms_run_series_reach(*ms_run_zoom(ui->chart.zoom), places_in(ui, r), chosen(ui));
}

/* --- numbers -------------------------------------------------------------------------------- */

static void add_value(struct ms_text *out, enum ms_metric metric, double value)
{
	int decimals = metrics[metric].decimals;

	if (decimals)
		decimals += (value < 1) + (value < 0.1);
	ms_text_addf(out, "%.*f%s", value == floor(value) ? 0 : decimals, value,
		     metrics[metric].unit);
}

static void add_figure(struct ms_text *out, enum ms_metric metric, const char *name, double value)
{
	ms_text_addf(out, " %s ", name);
	add_value(out, metric, value);
}

/* ": min 0.3 median 0.4 max 9.1 last 0.4", or without the first two. */
static void add_numbers(struct ms_text *out, const struct ms_run_series *s, bool is_short)
{
	for (size_t part = 0; part < ms_metric_parts(s->metric); part++) {
		const char *name = metrics[s->metric].part[part];
		struct ms_numbers n;

		ms_numbers_of(&n, s->single[part], s->runs);
		if (n.count == 0)
			continue;
		ms_text_addf(out, "%s%s%s", part ? "," : ":", *name ? " " : "", name);
		if (!is_short) {
			add_figure(out, s->metric, "min", n.min);
			add_figure(out, s->metric, "median", n.median);
		}
		add_figure(out, s->metric, "max", n.max);
		add_figure(out, s->metric, "last", n.last);
	}
}

/* ": 98.5 % of 120 runs, 2 failed" */
static void add_success(struct ms_text *out, const struct ms_run_series *s)
{
	struct ms_numbers n;
	double sum = 0;
	size_t failed = 0;

	ms_numbers_of(&n, s->single[0], s->runs);
	for (size_t i = 0; i < s->runs; i++) {
		sum += isnan(s->single[0][i]) ? 0 : s->single[0][i];
		failed += s->single[0][i] == 0;
	}
	if (n.count == 0)
		return;
	ms_text_add(out, ": ");
	add_value(out, s->metric, sum / (double)n.count);
	ms_text_addf(out, " of %zu runs, %zu failed", n.count, failed);
}

static void caption(struct ms_text *out, const struct ms_run_series *s, bool is_short)
{
	ms_text_add(out, metrics[s->metric].title);
	if (s->metric == MS_METRIC_SUCCESS)
		add_success(out, s);
	else
		add_numbers(out, s, is_short);
	if (s->zoom.runs > 1)
		ms_text_addf(out, "; a bar is %s of %zu runs", metrics[s->metric].of_several,
			     s->zoom.runs);
}

/* The longest form that fits, then the keys if they do. */
static void draw_caption(const struct ms_ui *ui, const struct ms_run_series *s, struct ms_rect r,
			 struct ms_canvas *c)
{
	static const char *const keys[] = {
		"x failed  h held  c cancelled   {metric} metric  {zoom-in} {zoom-out} zoom  {chart} table",
		"{metric} metric  {zoom-in} {zoom-out} zoom  {chart} table"};
	char name[MS_KEY_NAME_MAX], hint[120];
	struct ms_text text;
	bool is_below = ui->screen == MS_SCREEN_MODELS;
	int used;

	if (is_below)
		ms_canvas_hline(c, r.x, r.y, r.w, MS_STYLE_BORDER);
	ms_text_init(&text, 0);
	caption(&text, s, false);
	if ((int)ms_utf8_columns(ms_text_str(&text)) > r.w - 2) {
		ms_text_reset(&text);
		caption(&text, s, true);
	}
	if (is_below && *runs(ui)->filter) /* that line is not seen here */
		ms_text_addf(&text, "; of %s", runs(ui)->filter);
	used = ms_canvas_textf(c, r.x, r.y, r.w - 2, MS_STYLE_HEADING, " %s%s%s ",
			       is_below ? ms_ui_key(ui, MS_ACTION_screen_sync, name) : "",
			       is_below ? " Sync: " : "", ms_text_str(&text));
	for (size_t i = 0; !is_below && i < sizeof(keys) / sizeof(keys[0]); i++) {
		ms_ui_keyed(ui, hint, sizeof(hint), keys[i]);
		if (used + (int)ms_utf8_columns(hint) + 3 >= r.w)
			continue;
		ms_canvas_right(c, r.x, r.y, r.w - 1, MS_STYLE_KEY, hint);
		break;
	}
	ms_text_clear(&text);
}

/* --- bars ----------------------------------------------------------------------------------- */

static double top_of(const struct ms_run_series *s)
{
	struct ms_numbers n;
	double max = 0;

	if (s->metric == MS_METRIC_SUCCESS)
		return 100;
	for (size_t part = 0; part < ms_metric_parts(s->metric); part++) {
		ms_numbers_of(&n, s->values[part], s->count);
		max = fmax(max, n.max);
	}
	return ms_chart_top(max);
}

/* Both parts have the same scale. */
static void draw_part(const struct ms_ui *ui, const struct ms_run_series *s, size_t part,
		      double top, struct ms_rect r, struct ms_canvas *c)
{
	const struct ms_bars bars = {
		.values = s->values[part],
		.count = s->count,
		.top = top,
		.glyphs = ui->glyphs,
		.style = part ? MS_STYLE_WARNING : MS_STYLE_BAR,
	};
	struct ms_text label;

	ms_text_init(&label, 0);
	ms_text_addf(&label, "%s ", metrics[s->metric].part[part]);
	add_value(&label, s->metric, top);
	ms_canvas_right(c, r.x, r.y, SCALE_WIDTH - 1, MS_STYLE_DIM, ms_text_str(&label));
	if (r.h > 1)
		ms_canvas_right(c, r.x, r.y + r.h - 1, SCALE_WIDTH - 1, MS_STYLE_DIM, "0");
	ms_canvas_vline(c, r.x + SCALE_WIDTH - 1, r.y, r.h, MS_STYLE_BORDER);
	ms_bars_draw(&bars, c,
		     (struct ms_rect){r.x + SCALE_WIDTH, r.y, r.w - SCALE_WIDTH - 1, r.h});
	ms_text_clear(&label);
}

static void draw_bars(const struct ms_ui *ui, const struct ms_run_series *s, struct ms_rect r,
		      struct ms_canvas *c)
{
	double top = top_of(s);
	int first = ms_metric_parts(s->metric) == 2 ? (r.h + 1) / 2 : r.h;

	draw_part(ui, s, 0, top, (struct ms_rect){r.x, r.y, r.w, first}, c);
	if (first < r.h)
		draw_part(ui, s, 1, top, (struct ms_rect){r.x, r.y + first, r.w, r.h - first}, c);
}

/* Where bars are, a line; where a run did not just complete, its sign. */
static void draw_signs(const struct ms_ui *ui, const struct ms_run_series *s, struct ms_rect r,
		       struct ms_canvas *c)
{
	size_t bars = ms_chart_bars_per_cell(ui->glyphs);

	ms_canvas_hline(c, r.x, r.y, (int)((s->count + bars - 1) / bars), MS_STYLE_BORDER);
	for (size_t i = 0; i < s->count; i += bars) {
		char text[2] = {s->signs[i], '\0'};

		if (bars > 1 && i + 1 < s->count)
			text[0] = ms_run_sign_worst(text[0], s->signs[i + 1]);
		if (text[0] != ' ' && text[0] != '-')
			ms_canvas_text(c, r.x + (int)(i / bars), r.y, 1, MS_STYLE_WARNING, text);
	}
}

/* --- below the bars ------------------------------------------------------------------------- */

static const struct ms_json *run_at(const struct ms_ui *ui, size_t i)
{
	return runs(ui)->rows[runs(ui)->visible[i]].json;
}

/* "#880 09-22 02:00: 0.3", of the run under the cursor. */
static void add_chosen(struct ms_text *out, const struct ms_ui *ui, const struct ms_run_series *s)
{
	const struct ms_json *run = run_at(ui, chosen(ui));

	ms_text_addf(out, "#%" PRId64 " ", ms_entry_int(run, "run"));
	ms_entry_add_when(out, run, "started_at");
	for (size_t part = 0; part < ms_metric_parts(s->metric); part++) {
		double value = s->single[part][s->runs - 1 - (chosen(ui) - s->from)];

		ms_text_add(out, part ? ", " : ": ");
		if (isnan(value)) {
			ms_text_add(out, ms_entry_text(run, "state"));
			break;
		}
		add_value(out, s->metric, value);
		if (*metrics[s->metric].part[part])
			ms_text_addf(out, " %s", metrics[s->metric].part[part]);
	}
}

/* Where it does not meet what stands from `from` up to `to`. */
static void draw_date(struct ms_canvas *c, struct ms_rect r, const struct ms_json *run, int from,
		      int to)
{
	struct ms_text text;

	ms_text_init(&text, 0);
	ms_entry_add_when(&text, run, "started_at");
	if (r.x + r.w < from || r.x > to)
		ms_canvas_text(c, r.x, r.y, r.w, MS_STYLE_DIM, ms_text_str(&text));
	ms_text_clear(&text);
}

/* A caret under the bar of the chosen run with its words beside it, and when the first and the
 * last one that are shown began. */
static void draw_times(const struct ms_ui *ui, const struct ms_run_series *s, struct ms_rect r,
		       struct ms_canvas *c)
{
	size_t bars = ms_chart_bars_per_cell(ui->glyphs);
	int x = r.x + (int)(ms_run_series_place(s, chosen(ui)) / bars);
	int end = r.x + (int)((s->count + bars - 1) / bars);
	struct ms_text text;
	int width, at;

	ms_text_init(&text, 0);
	add_chosen(&text, ui, s);
	width = (int)ms_utf8_columns(ms_text_str(&text));
	at = x + 2 + width <= r.x + r.w ? x + 2 : x - 1 - width > r.x ? x - 1 - width : r.x;
	draw_date(c, (struct ms_rect){r.x, r.y, DATE_WIDTH, 1}, run_at(ui, s->from + s->runs - 1),
		  (at < x ? at : x) - 1, x);
	draw_date(c, (struct ms_rect){end - DATE_WIDTH, r.y, DATE_WIDTH, 1}, run_at(ui, s->from),
		  at - 1, at > x ? at + width : x);
	ms_canvas_text(c, at, r.y, at < x ? x - 1 - at : r.x + r.w - at, MS_STYLE_HEADING,
		       ms_text_str(&text));
	ms_canvas_text(c, x, r.y, 1, MS_STYLE_HEADING, "^");
	if (ui->screen == MS_SCREEN_SYNC && ui->chart.mode == MS_CHART_ALONE)
		ms_canvas_cursor(c, x, r.y);
	ms_text_clear(&text);
}

/* Below the models; on the Sync screen the list says so in its place. */
static const char *why_empty(const struct ms_ui *ui)
{
	const struct ms_browse *b = &ui->browses[MS_FEED_RUNS];

	if (b->list.count > 0)
		return "no run matches the filter of their screen";
	if (b->is_known)
		return "no sync has run yet";
	if (b->problem)
		return b->problem;
	return ui->is_connected ? "loading..." : "not connected";
}

void ms_run_chart_draw(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	struct ms_rect below = {r.x + SCALE_WIDTH, r.y + r.h - 2, r.w - SCALE_WIDTH - 1, 1};
	struct ms_run_series s;

	ms_run_series_init(&s, runs(ui), ui->chart.facts, ui->chart.metric,
			   *ms_run_zoom(ui->chart.zoom), places_in(ui, r), chosen(ui));
	draw_caption(ui, &s, r, c);
	if (s.runs > 0) {
		draw_bars(ui, &s, (struct ms_rect){r.x, r.y + 1, r.w, r.h - 3}, c);
		draw_signs(ui, &s, below, c);
		below.y++;
		draw_times(ui, &s, below, c);
	} else {
		ms_canvas_text(c, r.x + 1, r.y + 1, r.w - 2, MS_STYLE_DIM, why_empty(ui));
	}
	ms_run_series_clear(&s);
}
