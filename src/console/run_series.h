/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_RUN_SERIES_H
#define MODELSYNC_CONSOLE_RUN_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "list.h"

/* What a chart over runs is about. Each has one row of bars, MS_METRIC_CHANGES two. */
enum ms_metric {
	MS_METRIC_DURATION, /* seconds, of every run that ended */
	MS_METRIC_CHANGES,  /* models that a completed run added, and that were gone in it */
	MS_METRIC_SUCCESS,  /* per cent of the runs that completed or failed */
	MS_METRIC_SIZE,	    /* models in the catalogue of a completed run */
	MS_METRIC_COUNT
};
#define MS_METRIC_PARTS_MAX 2

/* How much of the history a bar stands for. */
struct ms_run_zoom {
	size_t runs;   /* in a bar */
	size_t places; /* of bars that it takes, the last one empty where there is more than one */
};
#define MS_RUN_ZOOM_COUNT  8
#define MS_RUN_ZOOM_NORMAL 2 /* one run, one place */
const struct ms_run_zoom *ms_run_zoom(size_t level);

/* What a chart needs of a run, read once: it is drawn with every key. */
struct ms_run_fact {
	char sign;			    /* of its outcome: as of the signs below */
	double seconds, added, gone, total; /* NAN = it has none */
};
/* Of all rows of the list, in their order; owned by the caller. */
struct ms_run_fact *ms_run_facts_read(const struct ms_list *list);

/*
 * The runs of a list, newest first there and last here, as values of bars. The value of several
 * runs is that of the slowest, the sum of what they changed, their share of success, and the size
 * after the last one.
 */
struct ms_run_series {
	enum ms_metric metric;
	struct ms_run_zoom zoom;
	size_t from;			     /* the newest run that is shown, as the list counts */
	size_t runs;			     /* shown */
	size_t count;			     /* places */
	double *values[MS_METRIC_PARTS_MAX]; /* of places; owned */
	double *single[MS_METRIC_PARTS_MAX]; /* of the runs themselves; owned */
	char *signs; /* owned; of places: '-' completed, x failed, h held, c cancelled, > running:
			the worst of its runs; a blank where a wide bar goes on */
};

/* As many as fit into `places`, so that row `chosen` of what the list shows is among them. */
void ms_run_series_init(struct ms_run_series *s, const struct ms_list *list,
			const struct ms_run_fact *facts, enum ms_metric metric,
			struct ms_run_zoom zoom, size_t places, size_t chosen);
void ms_run_series_clear(struct ms_run_series *s);
/* Rows of the list that such a series reads. */
size_t ms_run_series_reach(struct ms_run_zoom zoom, size_t places, size_t chosen);
/* The place where row i of the list's is; it is among those that are shown. */
size_t ms_run_series_place(const struct ms_run_series *s, size_t i);
size_t ms_metric_parts(enum ms_metric metric);
/* The worse of two signs. */
char ms_run_sign_worst(char a, char b);

#endif
