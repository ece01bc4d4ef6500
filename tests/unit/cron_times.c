/* SPDX-License-Identifier: MIT */
/*
 * Lets other programs ask for times. Reads lines "SECONDS COUNT EXPRESSION" and answers each with
 * the next COUNT times after SECONDS since the epoch, in UTC, or with "refused".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/cron.h"

static void answer(const struct ms_zone *utc, int64_t after_s, int count, const char *expression)
{
	struct ms_cron_error err;
	struct ms_cron c;

	if (!ms_cron_parse(&c, expression, &err)) {
		puts("refused");
		return;
	}
	for (; count > 0; count--) {
		after_s = ms_cron_next(&c, utc, after_s);
		printf("%" PRId64 "%c", after_s, count > 1 ? ' ' : '\n');
	}
}

int main(void)
{
	char line[400], expression[300];
	struct ms_zone *utc;
	struct ms_error err;
	int64_t after_s;
	int count;

	if (!ms_zone_load("UTC", &utc, &err))
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%" SCNd64 " %d %299[^\n]", &after_s, &count, expression) != 3)
			return 1;
		answer(utc, after_s, count, expression);
	}
	ms_zone_free(utc);
	return 0;
}
