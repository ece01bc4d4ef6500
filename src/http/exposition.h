/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_EXPOSITION_H
#define MODELSYNC_HTTP_EXPOSITION_H

#include "modelsync/text.h"

/* Prometheus' text format, version 0.0.4. */

#define EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct exposition {
	struct ms_text text;
	const char *name; /* of the metric that samples belong to; static */
};

/* Everything up to the next begin is of this metric. */
void exposition_begin(struct exposition *x, const char *name, const char *type, const char *help);

struct exposition_label {
	const char *name, *value;
};
/* labels end with one without a name; NULL: none. suffix: "", "_bucket", "_sum", "_count". */
void exposition_add(struct exposition *x, const char *suffix, const struct exposition_label *labels,
		    double value);
/* Begin and add in one, without labels. */
void exposition_single(struct exposition *x, const char *name, const char *type, const char *help,
		       double value);

#define EXPOSITION_MAX_LABELS 4
/*
 * A histogram: counts has one more than limits, for what is above all of them; they are not
 * cumulative.
 */
void exposition_add_histogram(struct exposition *x, const struct exposition_label *labels,
			      const double *limits, const double *counts, size_t limit_count,
			      double sum);

#endif
