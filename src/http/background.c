/* SPDX-License-Identifier: MIT */
#include "background.h"

#include <pthread.h>
#include <string.h>

#include "http.h"
#include "modelsync/memory.h"
#include "syncs.h"

/* Shared by the request and the run; the last one frees it. */
struct background {
	struct pool_job job;
	struct http *http;
	struct http_settings *settings; /* a share */
	struct ms_run_request request;
	char profile[sizeof(((struct http_caller *)0)->profile)], client[HTTP_CLIENT_SIZE];
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t news;
	int64_t run; /* 0 = not yet */
	bool is_over;
	struct ms_error err; /* why it has no run though it is over */
	int holders;
};

static void let_go(struct background *b)
{
	bool is_last;

	pthread_mutex_lock(&b->lock);
	is_last = --b->holders == 0;
	pthread_mutex_unlock(&b->lock);
	if (!is_last)
		return;
	http_settings_release(b->settings);
	pthread_cond_destroy(&b->news);
	pthread_mutex_destroy(&b->lock);
	ms_free(b);
}

static void on_progress(void *arg, const struct ms_run_progress *progress)
{
	struct background *b = arg;

	if (!progress->run || b->run) /* only this thread sets it */
		return;
	pthread_mutex_lock(&b->lock);
	b->run = progress->run;
	pthread_cond_signal(&b->news);
	pthread_mutex_unlock(&b->lock);
}

/* What comes of it is in its row and in the log; err is for those who wait for it to begin. */
static bool run_it(struct background *b, struct ms_db *db, struct ms_error *err)
{
	struct ms_run_report *report;
	bool ok;

	ms_db_act_for(db, *b->profile ? b->profile : NULL, b->client);
	ok = syncs_run(b->http->syncs, db, b->settings->config, &b->request, on_progress, b,
		       &report, err);
	ms_db_act_for(db, NULL, NULL);
	ms_run_report_free(report);
	return ok;
}

static void run_on_worker(struct pool_job *job, struct ms_db *db, bool is_stopping)
{
	struct background *b = (struct background *)job;
	struct http *http = b->http;
	struct ms_error err = {0};

	if (is_stopping)
		ms_fail(&err, MS_ERR_INTERRUPTED, "the server is stopping");
	else
		(void)run_it(b, db, &err);
	syncs_unreserve(http->syncs);
	pthread_mutex_lock(&b->lock);
	b->is_over = true;
	b->err = err;
	pthread_cond_signal(&b->news);
	pthread_mutex_unlock(&b->lock);
	let_go(b);
	http_call_ends(http);
}

static struct background *new_background(const struct http_call *call,
					 const struct ms_run_request *request)
{
	struct background *b = ms_alloc(sizeof(*b));

	b->http = call->http;
	b->settings = http_settings_share(call->settings);
	b->job = (struct pool_job){.settings = b->settings, .run = run_on_worker};
	b->request = *request;
	strcpy(b->profile, call->caller.profile);
	strcpy(b->client, call->client);
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->news, NULL);
	b->holders = 2;
	return b;
}

/* A run takes as long as it takes; that it has begun is known at once. */
static bool wait_for_run(struct background *b, int64_t *run, struct ms_error *err)
{
	pthread_mutex_lock(&b->lock);
	while (!b->run && !b->is_over)
		pthread_cond_wait(&b->news, &b->lock);
	*run = b->run;
	*err = b->err;
	pthread_mutex_unlock(&b->lock);
	return *run != 0;
}

bool background_sync(struct http_call *call, const struct ms_run_request *request, int64_t *run,
		     bool *begun, struct ms_error *err)
{
	struct http *http = call->http;
	struct background *b;
	bool ok;

	*begun = syncs_reserve(http->syncs);
	if (!*begun)
		return false;
	b = new_background(call, request);
	http_call_begins(http); /* whoever stops the listener waits for it as for an answer */
	if (!pool_submit(http->pool, HTTP_SYNC, &b->job))
		run_on_worker(&b->job, NULL, true);
	ok = wait_for_run(b, run, err);
	let_go(b);
	return ok;
}
