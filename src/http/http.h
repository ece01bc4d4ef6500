/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_HTTP_H
#define MODELSYNC_HTTP_HTTP_H

#include <pthread.h>
#include <stdatomic.h>

#include "catalogue.h"
#include "callers.h"
#include "modelsync/http.h"
#include "modelsync/json.h"
#include "pool.h"
#include "server.h"
#include "settings.h"
#include "shelf.h"
#include "syncs.h"
#include "traffic.h"

/* Figures of the database, as read last. */
struct http_figures {
	pthread_mutex_t lock;
	struct ms_json *json; /* NULL = none, or they could not be read */
	int64_t read_us;
	bool is_reading; /* somebody does so now */
};

struct server_list {
	struct server **items;
	size_t count;
};
void server_list_add(struct server_list *list, struct server *s);

/* The listener as a whole; the same as ms_http outside. */
struct http {
	const char *version;
	int64_t started_at; /* epoch s */
	struct traffic *traffic;
	struct http_figures figures;
	struct pool *pool;
	struct catalogue *catalogue;
	struct syncs *syncs;
	struct callers *callers;
	struct shelf *shelf;
	pthread_t keeper;
	/* looked at with every request: without the lock */
	atomic_size_t in_flight; /* calls that are read and not answered yet */
	atomic_bool is_draining, is_connected;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t calm;  /* in_flight became 0 while it drains */
	pthread_cond_t wakes; /* the keeper */
	bool keeper_ends;
	struct server_list servers;
	struct server_list retired; /* closed; the keeper stops them when they are idle */
	struct http_settings *settings;
	char away[300]; /* why there is no database */
};

/* A share. */
struct http_settings *http_settings_now(struct http *http);
/* Around each call, from the whole request until the last byte of the answer. */
void http_call_begins(struct http *http);
void http_call_ends(struct http *http);
bool http_is_draining(struct http *http);
bool http_is_connected(struct http *http);
size_t http_connections(struct http *http);

/* --- keeper.c: a thread that looks after connections while there are any */

void http_start_keeper(struct http *http);
void http_wake_keeper(struct http *http);
void http_stop_keeper(struct http *http);

#endif
