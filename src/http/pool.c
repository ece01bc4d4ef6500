/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <pthread.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/thread.h"

#define MAX_WAITING	256
#define IDLE_US		60000000
#define CANCEL_AGAIN_US 100000

struct queue {
	struct pool *pool;
	struct pool_job *first, **last;
	size_t waiting;
	pthread_cond_t changed;
};

struct worker {
	pthread_t thread;
	struct queue *queue;
	bool has_ended;
	/* the worker's own, but ms_db_cancel() */
	struct ms_db *db;		/* guarded by the pool's lock where it is set */
	struct http_settings *settings; /* that db was made from */
};

struct pool {
	pthread_mutex_t lock; /* guards queues and is_stopping */
	pthread_cond_t ended;
	bool is_stopping;
	struct queue queries, syncs;
	struct worker *workers; /* the last one is for syncs */
	size_t worker_count;
};

/* --- a worker's connection ------------------------------------------------------------------ */

static void set_db(struct worker *w, struct ms_db *db)
{
	struct ms_db *before = w->db;

	pthread_mutex_lock(&w->queue->pool->lock);
	w->db = db;
	pthread_mutex_unlock(&w->queue->pool->lock);
	ms_db_free(before);
}

static void drop_db(struct worker *w)
{
	set_db(w, NULL);
	http_settings_release(w->settings);
	w->settings = NULL;
}

/* New settings may name another database. */
static void use_settings(struct worker *w, struct http_settings *settings)
{
	struct ms_db_options options;

	if (w->settings == settings)
		return;
	drop_db(w);
	w->settings = http_settings_share(settings);
	ms_db_options_init(&options, settings->config, "http");
	set_db(w, ms_db_new(&options));
}

/* --- threads -------------------------------------------------------------------------------- */

static bool wait_for_job(struct worker *w)
{
	struct queue *q = w->queue;

	if (!w->db)
		return pthread_cond_wait(&q->changed, &q->pool->lock) == 0;
	return ms_cond_wait_until(&q->changed, &q->pool->lock, ms_clock_us() + IDLE_US);
}

/* NULL: the pool ends. *is_idle instead: nothing came for long. */
static struct pool_job *take_job(struct worker *w, bool *is_idle, bool *is_stopping)
{
	struct queue *q = w->queue;
	struct pool *pool = q->pool;
	struct pool_job *job;

	*is_idle = false;
	pthread_mutex_lock(&pool->lock);
	while (!q->first && !pool->is_stopping && !*is_idle)
		*is_idle = !wait_for_job(w);
	job = q->first;
	if (job) {
		*is_idle = false;
		q->waiting--;
		q->first = job->next;
		if (!q->first)
			q->last = &q->first;
	}
	*is_stopping = pool->is_stopping;
	pthread_mutex_unlock(&pool->lock);
	return job;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct pool *pool = w->queue->pool;
	bool is_idle, is_stopping;

	for (;;) {
		struct pool_job *job = take_job(w, &is_idle, &is_stopping);

		if (job) {
			use_settings(w, job->settings);
			job->run(job, w->db, is_stopping);
		} else if (is_idle) {
			drop_db(w);
		} else {
			break;
		}
	}
	drop_db(w);
	pthread_mutex_lock(&pool->lock);
	w->has_ended = true;
	pthread_cond_signal(&pool->ended);
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static void init_queue(struct queue *q, struct pool *pool)
{
	q->pool = pool;
	q->last = &q->first;
	ms_cond_init(&q->changed);
}

struct pool *pool_new(size_t workers)
{
	struct pool *pool = ms_alloc(sizeof(*pool));

	pthread_mutex_init(&pool->lock, NULL);
	ms_cond_init(&pool->ended);
	init_queue(&pool->queries, pool);
	init_queue(&pool->syncs, pool);
	pool->worker_count = workers + 1;
	pool->workers = ms_alloc_array(pool->worker_count, sizeof(*pool->workers));
	for (size_t i = 0; i < pool->worker_count; i++) {
		struct worker *w = &pool->workers[i];

		w->queue = i < workers ? &pool->queries : &pool->syncs;
		w->thread = ms_thread_start(work, w);
	}
	return pool;
}

bool pool_submit(struct pool *pool, enum http_place place, struct pool_job *job)
{
	struct queue *q = place == HTTP_SYNC ? &pool->syncs : &pool->queries;
	bool fits;

	job->next = NULL;
	pthread_mutex_lock(&pool->lock);
	fits = q->waiting < MAX_WAITING && !pool->is_stopping;
	if (fits) {
		q->waiting++;
		*q->last = job;
		q->last = &job->next;
		pthread_cond_signal(&q->changed);
	}
	pthread_mutex_unlock(&pool->lock);
	return fits;
}

/* Again and again, for a job may have several statements. Under the lock; whether all have ended.
 */
static bool cancel_all(struct pool *pool)
{
	bool have_ended = true;

	for (size_t i = 0; i < pool->worker_count; i++) {
		struct worker *w = &pool->workers[i];

		have_ended = have_ended && w->has_ended;
		if (w->db)
			ms_db_cancel(w->db);
	}
	return have_ended;
}

static void wait_for_end(struct pool *pool)
{
	while (!cancel_all(pool))
		ms_cond_wait_until(&pool->ended, &pool->lock, ms_clock_us() + CANCEL_AGAIN_US);
}

void pool_free(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->is_stopping = true;
	pthread_cond_broadcast(&pool->queries.changed);
	pthread_cond_broadcast(&pool->syncs.changed);
	wait_for_end(pool);
	pthread_mutex_unlock(&pool->lock);
	for (size_t i = 0; i < pool->worker_count; i++)
		pthread_join(pool->workers[i].thread, NULL);
	pthread_cond_destroy(&pool->queries.changed);
	pthread_cond_destroy(&pool->syncs.changed);
	pthread_cond_destroy(&pool->ended);
	pthread_mutex_destroy(&pool->lock);
	ms_free(pool->workers);
	ms_free(pool);
}
