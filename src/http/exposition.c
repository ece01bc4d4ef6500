/* SPDX-License-Identifier: MIT */
#include "exposition.h"

#include <stdio.h>

static void add_escaped(struct ms_text *out, const char *s)
{
	for (; *s; s++)
		if (*s == '\n')
			ms_text_add(out, "\\n");
		else if (*s == '"' || *s == '\\')
			ms_text_addf(out, "\\%c", *s);
		else
			ms_text_add_bytes(out, s, 1);
}

void exposition_begin(struct exposition *x, const char *name, const char *type, const char *help)
{
	x->name = name;
	ms_text_addf(&x->text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void exposition_add(struct exposition *x, const char *suffix, const struct exposition_label *labels,
		    double value)
{
	const char *before = "{";

	ms_text_addf(&x->text, "%s%s", x->name, suffix);
	for (; labels && labels->name; labels++, before = ",") {
		ms_text_addf(&x->text, "%s%s=\"", before, labels->name);
		add_escaped(&x->text, labels->value);
		ms_text_add(&x->text, "\"");
	}
	ms_text_addf(&x->text, "%s %.15g\n", *before == ',' ? "}" : "", value);
}

void exposition_single(struct exposition *x, const char *name, const char *type, const char *help,
		       double value)
{
	exposition_begin(x, name, type, help);
	exposition_add(x, "", NULL, value);
}

void exposition_add_histogram(struct exposition *x, const struct exposition_label *labels,
			      const double *limits, const double *counts, size_t limit_count,
			      double sum)
{
	struct exposition_label with_limit[EXPOSITION_MAX_LABELS + 2] = {{0}};
	size_t n = 0;
	double total = 0;
	char limit[32];

	for (; labels[n].name && n < EXPOSITION_MAX_LABELS; n++)
		with_limit[n] = labels[n];
	with_limit[n] = (struct exposition_label){"le", limit};
	for (size_t i = 0; i <= limit_count; i++) {
		total += counts[i];
		if (i < limit_count)
			snprintf(limit, sizeof(limit), "%.15g", limits[i]);
		else
			snprintf(limit, sizeof(limit), "+Inf");
		exposition_add(x, "_bucket", with_limit, total);
	}
	exposition_add(x, "_sum", labels, sum);
	exposition_add(x, "_count", labels, total);
}
