/* SPDX-License-Identifier: MIT */
#include "fit.h"

/* What a table with everything up to that rank leaves to the flexible column. */
static int room(const struct ms_fit *columns, size_t n, int width, int rank)
{
	for (size_t i = 0; i < n; i++)
		if (columns[i].rank <= rank && columns[i].width > 0)
			width -= columns[i].width + 1;
	return width;
}

static int choose_rank(const struct ms_fit *columns, size_t n, int width,
		       const struct ms_fit_rule *rule)
{
	int rank = 0;

	while (rank < (int)n && room(columns, n, width, rank + 1) >=
					(rank < rule->easy ? rule->least : rule->comfort))
		rank++;
	return rank;
}

void ms_fit_columns(struct ms_fit *columns, size_t n, int left, int width,
		    const struct ms_fit_rule *rule)
{
	int rank = choose_rank(columns, n, width - left - 1, rule);
	int flexible = room(columns, n, width - left - 1, rank);
	int x = left;

	for (size_t i = 0; i < n; i++) {
		columns[i].x = columns[i].rank <= rank ? x : -1;
		if (columns[i].width == 0)
			columns[i].width = flexible > 0 ? flexible : 1;
		if (columns[i].x >= 0)
			x += columns[i].width + 1;
	}
}
