/* SPDX-License-Identifier: MIT */
/*
 * What Prometheus reads. Runs, models and alerts belong to the database, and all daemons say the
 * same about them; requests belong to this process. While there is no database its part is left
 * out, so that nothing old looks new.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exposition.h"
#include "handlers.h"
#include "http.h"
#include "modelsync/clock.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"

/* Several who ask at the same time are answered from one reading. */
#define FRESH_US    5000000
#define MAX_BUCKETS 64

/* --- from the database ---------------------------------------------------------------------- */

static bool is_fresh(const struct http_figures *f)
{
	return f->json && ms_clock_us() - f->read_us < FRESH_US;
}

/* Reads them anew where they are old; whoever comes meanwhile has the ones of before. */
static void refresh_figures(struct http_call *call)
{
	struct http_figures *f = &call->http->figures;
	struct ms_json *json = NULL;
	struct ms_error err;
	bool is_wanted;

	pthread_mutex_lock(&f->lock);
	is_wanted = !f->is_reading && !is_fresh(f);
	f->is_reading = f->is_reading || is_wanted;
	pthread_mutex_unlock(&f->lock);
	if (!is_wanted)
		return;
	if (!ms_db_metrics(call->db, &json, &err))
		ms_log_event(MS_LOG_WARN, "metrics_not_read",
			     MS_LOG_TEXT("request", call->request_id),
			     MS_LOG_TEXT("message", err.message));
	pthread_mutex_lock(&f->lock);
	ms_json_free(f->json);
	f->json = json;
	f->read_us = ms_clock_us();
	f->is_reading = false;
	pthread_mutex_unlock(&f->lock);
}

static double number_of(const struct ms_json *v, const char *name)
{
	return ms_json_number(ms_json_get(v, name), 0);
}

static void add_runs(struct exposition *x, const struct ms_json *figures)
{
	const struct ms_json *r = ms_json_first(ms_json_get(figures, "runs"));

	exposition_begin(x, "modelsync_runs_total", "counter",
			 "Syncs that have ended, by result and, of failures, by category");
	for (; r; r = ms_json_next(r)) {
		const struct exposition_label labels[] = {
			{"result", ms_json_text(ms_json_get(r, "state"))},
			{"category", ms_json_text(ms_json_get(r, "category"))},
			{0},
		};

		exposition_add(x, "", labels, number_of(r, "runs"));
	}
}

static size_t read_numbers(const struct ms_json *list, double numbers[MAX_BUCKETS])
{
	size_t n = 0;

	for (list = ms_json_first(list); list && n < MAX_BUCKETS; list = ms_json_next(list))
		numbers[n++] = ms_json_number(list, 0);
	return n;
}

static void add_phases(struct exposition *x, const struct ms_json *figures)
{
	const struct ms_json *p = ms_json_first(ms_json_get(figures, "phases"));
	double limits[MAX_BUCKETS], counts[MAX_BUCKETS];
	size_t n = read_numbers(ms_json_get(figures, "limits"), limits);

	exposition_begin(x, "modelsync_run_seconds", "histogram",
			 "How long syncs took; phase run: altogether");
	for (; p; p = ms_json_next(p)) {
		const struct exposition_label labels[] = {
			{"phase", ms_json_text(ms_json_get(p, "phase"))},
			{0},
		};

		if (read_numbers(ms_json_get(p, "counts"), counts) == n + 1)
			exposition_add_histogram(x, labels, limits, counts, n,
						 number_of(p, "seconds"));
	}
}

/* One sample for each member of an object. */
static void add_members(struct exposition *x, const char *name, const char *help, const char *label,
			const struct ms_json *object)
{
	exposition_begin(x, name, "gauge", help);
	for (object = ms_json_first(object); object; object = ms_json_next(object)) {
		const struct exposition_label labels[] = {{label, ms_json_name(object)}, {0}};

		exposition_add(x, "", labels, ms_json_number(object, 0));
	}
}

static void add_time(struct exposition *x, const char *name, const char *help,
		     const struct ms_json *v)
{
	if (ms_json_is_number(v))
		exposition_single(x, name, "gauge", help, ms_json_number(v, 0));
}

static void add_figures(struct exposition *x, const struct ms_json *f)
{
	const struct ms_json *models = ms_json_get(f, "models");

	add_runs(x, f);
	add_phases(x, f);
	add_members(x, "modelsync_models", "Models by status", "status",
		    ms_json_get(models, "by_status"));
	add_members(x, "modelsync_tier_models", "Models that are granted to a tier", "tier",
		    ms_json_get(models, "tiers"));
	exposition_single(x, "modelsync_missing_models", "gauge",
			  "Models that upstream does not list any more",
			  number_of(models, "missing"));
	add_time(x, "modelsync_last_success_timestamp_seconds", "When a sync last completed",
		 ms_json_get(f, "last_success"));
	add_time(x, "modelsync_next_run_timestamp_seconds", "When the next scheduled sync is due",
		 ms_json_get(f, "next_run"));
	exposition_single(x, "modelsync_sync_running", "gauge", "Whether a sync runs",
			  ms_json_bool(ms_json_get(f, "is_running")));
	exposition_single(x, "modelsync_sync_held", "gauge",
			  "Whether a catalogue waits for an admin to apply or discard it",
			  ms_json_bool(ms_json_get(f, "is_held")));
	exposition_single(x, "modelsync_daemons", "gauge", "Daemons that show signs of life",
			  number_of(f, "daemons"));
	add_members(x, "modelsync_notifications",
		    "Messages for people, by what became of them, as far back as they are kept",
		    "state", ms_json_get(f, "notifications"));
	add_members(x, "modelsync_open_alerts", "Alerts that nobody has acknowledged, by kind",
		    "kind", ms_json_get(f, "alerts"));
}

/* --- from this process ---------------------------------------------------------------------- */

static void add_build(struct exposition *x, const char *version)
{
	const struct exposition_label labels[] = {{"version", version}, {0}};

	exposition_begin(x, "modelsync_build_info", "gauge", "The program; always 1");
	exposition_add(x, "", labels, 1);
}

static void add_process(struct exposition *x)
{
	struct timespec cpu;
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%*s %ld", &pages) == 1)
		exposition_single(x, "process_resident_memory_bytes", "gauge",
				  "Memory of the process that is in use",
				  (double)pages * (double)sysconf(_SC_PAGESIZE));
	if (f)
		fclose(f);
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0)
		exposition_single(x, "process_cpu_seconds_total", "counter",
				  "Processor time of the process",
				  (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9);
}

static void add_own(struct exposition *x, struct http *http, bool is_connected)
{
	add_build(x, http->version);
	exposition_single(x, "process_start_time_seconds", "gauge", "When the listener started",
			  (double)http->started_at);
	add_process(x);
	exposition_single(x, "modelsync_database_up", "gauge",
			  "Whether this daemon is connected to the database", is_connected);
	exposition_single(x, "modelsync_http_connections", "gauge", "Connections that are open",
			  (double)http_connections(http));
	traffic_write(http->traffic, x);
}

void metrics_show(struct http_call *call)
{
	struct http *http = call->http;
	bool is_connected = http_is_connected(http);
	struct exposition x = {0};

	ms_text_init(&x.text, 0);
	add_own(&x, http, is_connected);
	if (is_connected) {
		refresh_figures(call);
		pthread_mutex_lock(&http->figures.lock);
		if (http->figures.json)
			add_figures(&x, http->figures.json);
		pthread_mutex_unlock(&http->figures.lock);
	}
	http_answer_text(call, 200, EXPOSITION_TYPE, ms_text_take(&x.text));
}
