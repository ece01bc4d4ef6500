/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_TRAFFIC_H
#define MODELSYNC_HTTP_TRAFFIC_H

#include <stdint.h>

#include "exposition.h"
#include "route.h"

/* What this process has answered: how often, how fast, how much. Any thread. */
struct traffic;

struct traffic *traffic_new(void);
void traffic_free(struct traffic *t);

/* route NULL: none of that path. */
void traffic_add(struct traffic *t, const struct http_route *route, int status, int64_t us,
		 size_t bytes);

enum http_counter {
#define HTTP_COUNTER(id, name, help) HTTP_COUNT_##id,
#include "counter.def"
#undef HTTP_COUNTER
	HTTP_COUNTER_COUNT
};
void traffic_count(struct traffic *t, enum http_counter counter);

/* Adds all of it to an exposition. */
void traffic_write(struct traffic *t, struct exposition *x);

#endif
