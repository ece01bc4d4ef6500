/* SPDX-License-Identifier: MIT */
#include "traffic.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "modelsync/memory.h"

static const double limits[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
				0.05,	0.1,   0.25,   0.5,   1,    5};
#define LIMIT_COUNT (sizeof(limits) / sizeof(limits[0]))
#define NO_ROUTE    HTTP_ROUTE_COUNT

/* The answers of one status on one route. */
struct series {
	struct series *next;
	int status;
	double counts[LIMIT_COUNT + 1], seconds, bytes;
};

struct traffic {
	pthread_mutex_t lock; /* guards routes */
	struct series *routes[HTTP_ROUTE_COUNT + 1];
	atomic_ullong counters[HTTP_COUNTER_COUNT];
};

static const struct {
	const char *name, *help;
} counters[HTTP_COUNTER_COUNT] = {
#define HTTP_COUNTER(id, name, help) [HTTP_COUNT_##id] = {name, help},
#include "counter.def"
#undef HTTP_COUNTER
};

struct traffic *traffic_new(void)
{
	struct traffic *t = ms_alloc(sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	return t;
}

void traffic_free(struct traffic *t)
{
	for (size_t i = 0; i <= NO_ROUTE; i++)
		while (t->routes[i]) {
			struct series *next = t->routes[i]->next;

			ms_free(t->routes[i]);
			t->routes[i] = next;
		}
	pthread_mutex_destroy(&t->lock);
	ms_free(t);
}

static struct series *find(struct traffic *t, size_t route, int status)
{
	struct series **at = &t->routes[route];

	while (*at && (*at)->status != status)
		at = &(*at)->next;
	if (!*at) {
		*at = ms_alloc(sizeof(**at));
		(*at)->status = status;
	}
	return *at;
}

void traffic_add(struct traffic *t, const struct http_route *route, int status, int64_t us,
		 size_t bytes)
{
	size_t index = route ? (size_t)(route - http_route(0)) : NO_ROUTE, bucket = 0;
	double seconds = (double)us / 1e6;
	struct series *s;

	while (bucket < LIMIT_COUNT && seconds > limits[bucket])
		bucket++;
	pthread_mutex_lock(&t->lock);
	s = find(t, index, status);
	s->counts[bucket]++;
	s->seconds += seconds;
	s->bytes += (double)bytes;
	pthread_mutex_unlock(&t->lock);
}

void traffic_count(struct traffic *t, enum http_counter counter)
{
	atomic_fetch_add(&t->counters[counter], 1);
}

/* --- exposition ----------------------------------------------------------------------------- */

typedef void (*series_fn)(struct exposition *x, const struct exposition_label *labels,
			  const struct series *s);

static void add_durations(struct exposition *x, const struct exposition_label *labels,
			  const struct series *s)
{
	exposition_add_histogram(x, labels, limits, s->counts, LIMIT_COUNT, s->seconds);
}

static void add_bytes(struct exposition *x, const struct exposition_label *labels,
		      const struct series *s)
{
	exposition_add(x, "", labels, s->bytes);
}

static void each_series(struct traffic *t, struct exposition *x, series_fn fn)
{
	for (int i = 0; i <= NO_ROUTE; i++)
		for (const struct series *s = t->routes[i]; s; s = s->next) {
			const struct http_route *r =
				i < NO_ROUTE ? http_route((enum http_route_id)i) : NULL;
			char status[12];
			const struct exposition_label labels[] = {
				{"method", r ? http_method_name(r->method) : "any"},
				{"path", r ? r->path : "none"},
				{"status", status},
				{0},
			};

			snprintf(status, sizeof(status), "%d", s->status);
			fn(x, labels, s);
		}
}

void traffic_write(struct traffic *t, struct exposition *x)
{
	pthread_mutex_lock(&t->lock);
	exposition_begin(x, "modelsync_http_request_seconds", "histogram",
			 "From a request's first byte to its answer's last, by route and status");
	each_series(t, x, add_durations);
	exposition_begin(x, "modelsync_http_sent_bytes_total", "counter",
			 "Bytes of bodies that were answered");
	each_series(t, x, add_bytes);
	pthread_mutex_unlock(&t->lock);
	for (size_t i = 0; i < HTTP_COUNTER_COUNT; i++)
		exposition_single(x, counters[i].name, "counter", counters[i].help,
				  (double)atomic_load(&t->counters[i]));
}
