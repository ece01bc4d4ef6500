/* SPDX-License-Identifier: MIT */
#include "modelsync/thread.h"

#include <stdio.h>
#include <stdlib.h>

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
