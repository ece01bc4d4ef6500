/* SPDX-License-Identifier: MIT */
#include "run_series.h"

#include <math.h>
#include <string.h>

#include "entry_text.h"
#include "modelsync/error.h"
#include "modelsync/memory.h"
#include "modelsync/run.h"

const struct ms_run_zoom *ms_run_zoom(size_t level)
{
	static const struct ms_run_zoom levels[MS_RUN_ZOOM_COUNT] = {
		{1, 4}, {1, 2}, {1, 1}, {2, 1}, {5, 1}, {10, 1}, {20, 1}, {50, 1}};

	return &levels[level < MS_RUN_ZOOM_COUNT ? level : MS_RUN_ZOOM_COUNT - 1];
}

size_t ms_metric_parts(enum ms_metric metric)
{
	return metric == MS_METRIC_CHANGES ? 2 : 1;
}

/* --- one run -------------------------------------------------------------------------------- */

static bool is_named(const char *state, enum ms_run_state wanted)
{
	return strcmp(state, ms_run_state_name(wanted)) == 0;
}

static char sign_of(const struct ms_json *run)
{
	const char *state = ms_entry_text(run, "state");

	if (is_named(state, MS_RUN_COMPLETED))
		return '-';
	if (is_named(state, MS_RUN_HELD))
		return 'h';
	if (is_named(state, MS_RUN_RUNNING))
		return '>';
	return strcmp(ms_entry_text(run, "category"), ms_category_name(MS_ERR_CANCELLED)) == 0
		       ? 'c'
		       : 'x';
}

static double number(const struct ms_json *object, const char *name)
{
	return ms_json_number(ms_json_get(object, name), NAN);
}

struct ms_run_fact *ms_run_facts_read(const struct ms_list *l)
{
	struct ms_run_fact *facts = ms_alloc_array(l->count + 1, sizeof(*facts));

	for (size_t i = 0; i < l->count; i++) {
		const struct ms_json *run = l->rows[i].json;
		const struct ms_json *counts = ms_json_get(run, "counts");
		char sign = sign_of(run);

		facts[i] = (struct ms_run_fact){sign, NAN, NAN, NAN, NAN};
		if (sign != '>')
			facts[i].seconds = number(run, "duration_ms") / 1000;
		if (sign != '-')
			continue;
		facts[i].added = number(counts, "added");
		facts[i].gone = number(counts, "marked_inactive");
		facts[i].total = number(counts, "total");
	}
	return facts;
}

static double value_of(const struct ms_run_fact *run, enum ms_metric metric, size_t part)
{
	switch (metric) {
	case MS_METRIC_DURATION:
		return run->seconds;
	case MS_METRIC_CHANGES:
		return part ? run->gone : run->added;
	case MS_METRIC_SUCCESS:
		return run->sign == '-' ? 100 : run->sign == 'x' ? 0 : NAN;
	case MS_METRIC_SIZE:
	case MS_METRIC_COUNT:
		break;
	}
	return run->total;
}

/* --- several ones --------------------------------------------------------------------------- */

/* values: oldest first, some may be missing. */
static double together(enum ms_metric metric, const double *values, size_t n)
{
	double result = NAN;
	size_t known = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(values[i]))
			continue;
		if (known++ == 0 || metric == MS_METRIC_SIZE)
			result = values[i];
		else if (metric == MS_METRIC_DURATION)
			result = fmax(result, values[i]);
		else
			result += values[i];
	}
	return metric == MS_METRIC_SUCCESS && known > 0 ? result / (double)known : result;
}

char ms_run_sign_worst(char a, char b)
{
	static const char order[] = " ->chx"; /* the later, the worse */

	return strchr(order, b) > strchr(order, a) ? b : a;
}

size_t ms_run_series_place(const struct ms_run_series *s, size_t i)
{
	size_t newest = s->count / s->zoom.places - 1;

	return (newest - (i - s->from) / s->zoom.runs) * s->zoom.places;
}

static size_t bars_in(struct ms_run_zoom zoom, size_t places)
{
	return places >= zoom.places ? places / zoom.places : 1;
}

/* The newest bar that is shown, counted from the newest run's. */
static size_t first_bar(struct ms_run_zoom zoom, size_t places, size_t chosen)
{
	size_t bars = bars_in(zoom, places), at = chosen / zoom.runs;

	return at >= bars ? at - bars + 1 : 0;
}

size_t ms_run_series_reach(struct ms_run_zoom zoom, size_t places, size_t chosen)
{
	return (first_bar(zoom, places, chosen) + bars_in(zoom, places)) * zoom.runs;
}

static void fill(struct ms_run_series *s, const struct ms_list *l, const struct ms_run_fact *facts)
{
	for (size_t i = 0; i < s->count; i++)
		s->values[0][i] = s->values[1][i] = NAN;
	for (size_t i = 0; i < s->runs; i++) {
		const struct ms_run_fact *run = &facts[l->visible[s->from + i]];
		char *sign = &s->signs[ms_run_series_place(s, s->from + i)];

		*sign = ms_run_sign_worst(*sign, run->sign);
		for (size_t part = 0; part < ms_metric_parts(s->metric); part++)
			s->single[part][s->runs - 1 - i] = value_of(run, s->metric, part);
	}
	for (size_t i = 0; i < s->runs; i += s->zoom.runs) {
		size_t place = ms_run_series_place(s, s->from + i);
		size_t n = s->runs - i < s->zoom.runs ? s->runs - i : s->zoom.runs;
		size_t wide = s->zoom.places > 1 ? s->zoom.places - 1 : 1;

		for (size_t part = 0; part < ms_metric_parts(s->metric); part++)
			for (size_t k = 0; k < wide; k++)
				s->values[part][place + k] =
					together(s->metric, s->single[part] + s->runs - i - n, n);
	}
}

void ms_run_series_init(struct ms_run_series *s, const struct ms_list *l,
			const struct ms_run_fact *facts, enum ms_metric metric,
			struct ms_run_zoom zoom, size_t places, size_t chosen)
{
	size_t from = first_bar(zoom, places, chosen) * zoom.runs;
	size_t reach = ms_run_series_reach(zoom, places, chosen);
	size_t to = reach < l->shown ? reach : l->shown;
	size_t bars;

	*s = (struct ms_run_series){.metric = metric, .zoom = zoom, .from = from};
	s->runs = to > from ? to - from : 0;
	bars = (s->runs + zoom.runs - 1) / zoom.runs;
	s->count = bars * zoom.places;
	s->signs = ms_alloc(s->count + 1);
	memset(s->signs, ' ', s->count);
	for (size_t part = 0; part < MS_METRIC_PARTS_MAX; part++) {
		s->values[part] = ms_alloc_array(s->count + 1, sizeof(double));
		s->single[part] = ms_alloc_array(s->runs + 1, sizeof(double));
	}
	fill(s, l, facts);
}

void ms_run_series_clear(struct ms_run_series *s)
{
	for (size_t part = 0; part < MS_METRIC_PARTS_MAX; part++) {
		ms_free(s->values[part]);
		ms_free(s->single[part]);
	}
	ms_free(s->signs);
	*s = (struct ms_run_series){0};
}
