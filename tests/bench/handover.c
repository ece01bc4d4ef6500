/* SPDX-License-Identifier: MIT */
/*
 * handover CONNINFO: what comes after the fetch, timed. Reads names of catalogue files, one a line.
 * For each it claims a run, reads the file, and hands it over; then prints the milliseconds that
 * the handing over took, its own private memory in kB, and the run's message. One connection serves
 * all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "modelsync/config.h"
#include "modelsync/db.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "src/sync/handover.h"

static void give_up(const struct ms_error *err)
{
	fprintf(stderr, "handover: %s\n", err->message);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static long private_kb(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	char line[128];
	long sum = 0, kb;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Private_%*[^:]: %ld kB", &kb) == 1)
			sum += kb;
	if (f)
		fclose(f);
	return sum;
}

static void hand_over(struct ms_db *db, const struct ms_config *config, const char *path)
{
	const struct ms_run_request request = {.trigger = "scheduled"};
	struct ms_run_report *report = NULL;
	struct ms_fetched *got = NULL;
	struct ms_fetched_pages pages;
	struct ms_claim claim;
	struct ms_error err;
	double started;

	if (!ms_run_claim(db, &request, path, config, &claim, &err) ||
	    !ms_upstream_read_file(path, INT64_C(1) << 30, NULL, NULL, &got, &err))
		give_up(&err);
	pages = (struct ms_fetched_pages){.pages = got->pages,
					  .count = got->count,
					  .bytes = got->bytes,
					  .total_count = got->total_count};
	started = now_ms();
	if (!handover_apply(db, &claim, &pages, config, &report, &err))
		give_up(&err);
	printf("%.3f %ld %s\n", now_ms() - started, private_kb(), report->message);
	fflush(stdout);
	ms_run_report_free(report);
	ms_fetched_free(got);
}

int main(int argc, char **argv)
{
	struct ms_db_options options = {.conninfo = argc > 1 ? argv[1] : "",
					.connect_timeout_s = 5,
					.purpose = "bench",
					.origin = "cli"};
	struct ms_config_source nothing = {.file = "/dev/null"};
	struct ms_config *config = NULL;
	struct ms_db *db = ms_db_new(&options);
	struct ms_error err;
	char path[4096];

	if (!ms_config_load(&config, &nothing, &err))
		give_up(&err);
	while (fgets(path, sizeof(path), stdin)) {
		path[strcspn(path, "\n")] = '\0';
		hand_over(db, config, path);
	}
	ms_config_free(config);
	ms_db_free(db);
	return 0;
}
