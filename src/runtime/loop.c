/* SPDX-License-Identifier: MIT */
/*
 * One poll(2) for everything:
 *
 *   watched descriptors ──┐
 *   posts (other threads) ┼─ self-pipe ─┐
 *   signals ──────────────┘             ├─ poll(…, time until the next timer) ─ callbacks
 *   timers ─────────────────────────────┘
 */
#include "modelsync/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "signal.h"

struct watch {
	int fd;
	ms_fd_fn fn;
	void *arg;
};

struct post {
	struct post *next;
	ms_post_fn fn;
	void *arg;
};

struct ms_timer {
	struct ms_timer *next; /* in the loop's list of all timers */
	struct ms_loop *loop;
	ms_timer_fn fn;
	void *arg;
	int64_t due_ms; /* INT64_MAX: stopped */
};

struct ms_loop {
	bool is_stopped;
	int wake_read, wake_write;

	struct watch *watches;
	struct pollfd *polled; /* room for all watches and the self-pipe */
	size_t watch_count, watch_cap;

	struct ms_timer *timers;

	pthread_mutex_t lock; /* guards the posts */
	struct post *first_post, **last_post;

	struct signal_set signals;
};

struct ms_loop *ms_loop_new(void)
{
	struct ms_loop *loop = ms_alloc(sizeof(*loop));
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
		perror("modelsync-tui: pipe");
		abort();
	}
	loop->wake_read = fds[0];
	loop->wake_write = fds[1];
	loop->last_post = &loop->first_post;
	pthread_mutex_init(&loop->lock, NULL);
	return loop;
}

static void run_posts(struct ms_loop *loop)
{
	struct post *post;

	pthread_mutex_lock(&loop->lock);
	post = loop->first_post;
	loop->first_post = NULL;
	loop->last_post = &loop->first_post;
	pthread_mutex_unlock(&loop->lock);
	while (post) {
		struct post *next = post->next;

		post->fn(post->arg);
		ms_free(post);
		post = next;
	}
}

void ms_loop_free(struct ms_loop *loop)
{
	if (!loop)
		return;
	run_posts(loop); /* so that what they own is freed */
	signal_set_clear(&loop->signals);
	close(loop->wake_read);
	close(loop->wake_write);
	pthread_mutex_destroy(&loop->lock);
	ms_free(loop->watches);
	ms_free(loop->polled);
	ms_free(loop);
}

void ms_loop_watch(struct ms_loop *loop, int fd, ms_fd_fn fn, void *arg)
{
	if (loop->watch_count == loop->watch_cap) {
		loop->watch_cap = loop->watch_cap ? loop->watch_cap * 2 : 4;
		loop->watches = ms_realloc_array(loop->watches, loop->watch_cap, sizeof(*loop->watches));
		loop->polled = ms_realloc_array(loop->polled, loop->watch_cap + 1, sizeof(*loop->polled));
	}
	loop->watches[loop->watch_count++] = (struct watch){fd, fn, arg};
}

static struct watch *watch_of(struct ms_loop *loop, int fd)
{
	for (size_t i = 0; i < loop->watch_count; i++)
		if (loop->watches[i].fd == fd)
			return &loop->watches[i];
	return NULL;
}

void ms_loop_unwatch(struct ms_loop *loop, int fd)
{
	struct watch *w = watch_of(loop, fd);

	if (w)
		*w = loop->watches[--loop->watch_count];
}

struct ms_timer *ms_timer_new(struct ms_loop *loop, ms_timer_fn fn, void *arg)
{
	struct ms_timer *t = ms_alloc(sizeof(*t));

	*t = (struct ms_timer){loop->timers, loop, fn, arg, INT64_MAX};
	loop->timers = t;
	return t;
}

void ms_timer_free(struct ms_timer *t)
{
	struct ms_timer **link;

	if (!t)
		return;
	for (link = &t->loop->timers; *link != t; link = &(*link)->next)
		;
	*link = t->next;
	ms_free(t);
}

void ms_timer_start(struct ms_timer *t, int64_t delay_ms)
{
	t->due_ms = ms_clock_ms() + delay_ms;
}

void ms_timer_stop(struct ms_timer *t)
{
	t->due_ms = INT64_MAX;
}

static struct ms_timer *next_timer(struct ms_loop *loop)
{
	struct ms_timer *soonest = NULL;

	for (struct ms_timer *t = loop->timers; t; t = t->next)
		if (t->due_ms != INT64_MAX && (!soonest || t->due_ms < soonest->due_ms))
			soonest = t;
	return soonest;
}

/* One at a time: a callback may free or start any timer. Those started meanwhile wait a turn. */
static void run_timers(struct ms_loop *loop)
{
	int64_t now = ms_clock_ms();
	struct ms_timer *t;

	while (!loop->is_stopped && (t = next_timer(loop)) && t->due_ms <= now) {
		t->due_ms = INT64_MAX;
		t->fn(t->arg);
	}
}

static void wake(struct ms_loop *loop)
{
	ssize_t n = write(loop->wake_write, "", 1);

	(void)n; /* a full pipe wakes as well */
}

void ms_loop_post(struct ms_loop *loop, ms_post_fn fn, void *arg)
{
	struct post *post = ms_alloc(sizeof(*post));

	post->fn = fn;
	post->arg = arg;
	pthread_mutex_lock(&loop->lock);
	*loop->last_post = post;
	loop->last_post = &post->next;
	pthread_mutex_unlock(&loop->lock);
	wake(loop);
}

void ms_loop_on_signal(struct ms_loop *loop, int signo, ms_signal_fn fn, void *arg)
{
	signal_set_add(&loop->signals, loop->wake_write, signo, fn, arg);
}

void ms_loop_stop(struct ms_loop *loop)
{
	loop->is_stopped = true;
	wake(loop);
}

static int poll_timeout(struct ms_loop *loop)
{
	struct ms_timer *t = next_timer(loop);
	int64_t left;

	if (!t)
		return -1;
	left = t->due_ms - ms_clock_ms();
	if (left < 0)
		return 0;
	return left > 3600000 ? 3600000 : (int)left;
}

static void drain_pipe(struct ms_loop *loop)
{
	char buf[64];

	while (read(loop->wake_read, buf, sizeof(buf)) > 0)
		;
}

static void poll_once(struct ms_loop *loop)
{
	struct pollfd self = {.fd = loop->wake_read, .events = POLLIN};
	struct pollfd *polled = loop->polled ? loop->polled : &self;
	size_t count = loop->watch_count;
	int ready;

	for (size_t i = 0; i < count; i++)
		polled[i] = (struct pollfd){.fd = loop->watches[i].fd, .events = POLLIN};
	polled[count] = self;
	ready = poll(polled, count + 1, poll_timeout(loop));
	if (ready > 0 && polled[count].revents)
		drain_pipe(loop);
	if (ready < 0 && errno != EINTR)
		return;
	signal_set_run(&loop->signals);
	run_posts(loop);
	run_timers(loop);
	for (size_t i = 0; ready > 0 && i < count && !loop->is_stopped; i++) {
		struct watch *w = polled[i].revents ? watch_of(loop, polled[i].fd) : NULL;

		if (w)
			w->fn(w->arg, w->fd, polled[i].revents);
	}
}

void ms_loop_run(struct ms_loop *loop)
{
	loop->is_stopped = false;
	while (!loop->is_stopped)
		poll_once(loop);
}
