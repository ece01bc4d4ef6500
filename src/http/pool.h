/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_POOL_H
#define MODELSYNC_HTTP_POOL_H

#include "modelsync/db.h"
#include "route.h"
#include "settings.h"

/*
 * Threads for what has to wait: some that share a queue, and one for syncs with a queue of its own.
 * Each has a database connection, made when it is first needed and closed when it was long idle.
 */
struct pool;

struct pool_job {
	struct pool_job *next;		/* the pool's */
	struct http_settings *settings; /* a share of it, the job's; the pool only looks */
	/* On the worker; frees the job. is_stopping: the pool ends, be brief. */
	void (*run)(struct pool_job *job, struct ms_db *db, bool is_stopping);
};

struct pool *pool_new(size_t workers);
/* False, and nothing is taken, when too much waits already. place: HTTP_WORKER or HTTP_SYNC. */
bool pool_submit(struct pool *pool, enum http_place place, struct pool_job *job);
/* Stops what the database works on, runs what waits with is_stopping, and ends the threads. */
void pool_free(struct pool *pool);

#endif
