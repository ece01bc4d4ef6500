/* SPDX-License-Identifier: MIT */
#include "lane.h"

#include <time.h>

#include "modelsync/memory.h"
#include "modelsync/thread.h"

struct lane {
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct job *first, **last;
	bool is_stopping;
	bool has_ended; /* joined already */
};

static struct job *take_job(struct lane *lane)
{
	struct job *job;

	pthread_mutex_lock(&lane->lock);
	while (!lane->first && !lane->is_stopping)
		pthread_cond_wait(&lane->changed, &lane->lock);
	job = lane->is_stopping ? NULL : lane->first;
	if (job) {
		lane->first = job->next;
		if (!lane->first)
			lane->last = &lane->first;
	}
	pthread_mutex_unlock(&lane->lock);
	return job;
}

static void *work(void *arg)
{
	struct lane *lane = arg;
	struct job *job;

	while ((job = take_job(lane)) != NULL)
		job->run(job);
	return NULL;
}

struct lane *lane_new(void)
{
	struct lane *lane = ms_alloc(sizeof(*lane));

	pthread_mutex_init(&lane->lock, NULL);
	pthread_cond_init(&lane->changed, NULL);
	lane->last = &lane->first;
	lane->thread = ms_thread_start(work, lane);
	return lane;
}

void lane_submit(struct lane *lane, struct job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&lane->lock);
	*lane->last = job;
	lane->last = &job->next;
	pthread_cond_signal(&lane->changed);
	pthread_mutex_unlock(&lane->lock);
}

void lane_close(struct lane *lane)
{
	pthread_mutex_lock(&lane->lock);
	lane->is_stopping = true;
	pthread_cond_signal(&lane->changed);
	pthread_mutex_unlock(&lane->lock);
}

bool lane_ends_within(struct lane *lane, int ms)
{
	struct timespec until;

	lane_close(lane);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	lane->has_ended = lane->has_ended || pthread_timedjoin_np(lane->thread, NULL, &until) == 0;
	return lane->has_ended;
}

void lane_stop(struct lane *lane)
{
	lane_close(lane);
	if (!lane->has_ended)
		pthread_join(lane->thread, NULL);
	while (lane->first) {
		struct job *next = lane->first->next;

		lane->first->drop(lane->first);
		lane->first = next;
	}
	pthread_cond_destroy(&lane->changed);
	pthread_mutex_destroy(&lane->lock);
	ms_free(lane);
}
