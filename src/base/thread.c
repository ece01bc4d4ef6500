/* SPDX-License-Identifier: MIT */
#include "modelsync/thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void ms_thread_hold_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

void ms_thread_release_signals(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

pthread_t ms_thread_start(void *(*fn)(void *), void *arg)
{
	pthread_t thread;
	sigset_t before;
	int failed;

	ms_thread_hold_signals(&before);
	failed = pthread_create(&thread, NULL, fn, arg);
	ms_thread_release_signals(&before);
	if (failed) {
		fputs("modelsync-tui: cannot start a thread\n", stderr);
		abort();
	}
	return thread;
}

void ms_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

bool ms_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_us)
{
	struct timespec until = {.tv_sec = until_us / 1000000,
				 .tv_nsec = until_us % 1000000 * 1000};

	return pthread_cond_timedwait(cond, lock, &until) == 0;
}
