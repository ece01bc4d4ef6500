/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_FIT_H
#define MODELSYNC_CONSOLE_FIT_H

#include <stddef.h>

/* Which columns of a table fit into a width, and where they stand. */
struct ms_fit {
	int width; /* 0: takes what the others leave; filled in then */
	int rank;  /* 0: always there; the others are added in the order of their ranks */
	int x;	   /* out; -1 = not shown */
};

/* What the flexible column keeps: `least` while columns up to rank `easy` are added, `comfort`
 * while further ones are. */
struct ms_fit_rule {
	int least, comfort, easy;
};

/* Columns are separated by one blank and begin at `left`; the last one leaves a blank. */
void ms_fit_columns(struct ms_fit *columns, size_t n, int left, int width,
		    const struct ms_fit_rule *rule);

#endif
