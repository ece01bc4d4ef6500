/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_HTTP_H
#define MODELSYNC_HTTP_HTTP_H

#include <pthread.h>
#include <stdatomic.h>

#include "modelsync/http.h"
#include "pool.h"
#include "server.h"
#include "settings.h"

/* The listener as a whole; the same as ms_http outside. */
struct http {
	const char *version;
	int64_t started_us;
	struct pool *pool;
	struct server **servers;
	size_t server_count;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t calm;  /* in_flight became 0 */
	struct http_settings *settings;
	size_t in_flight; /* calls that are read and not answered yet */
	bool is_draining, is_connected;
	char away[300]; /* why there is no database */

	/* Counts notifications: what was read from the database before may be old. */
	atomic_uint generation;
};

/* A share. */
struct http_settings *http_settings_now(struct http *http);
/* Around each call, from the whole request until the last byte of the answer. */
void http_call_begins(struct http *http);
void http_call_ends(struct http *http);
bool http_is_draining(struct http *http);

#endif
