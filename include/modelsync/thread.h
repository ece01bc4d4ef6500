/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_THREAD_H
#define MODELSYNC_THREAD_H

#include <pthread.h>
#include <signal.h>

/* Starts a thread with all signals blocked; aborts when the system has none left. */
pthread_t ms_thread_start(void *(*fn)(void *), void *arg);

/* Between the two, threads that libraries start have all signals blocked, too. */
void ms_thread_hold_signals(sigset_t *before);
void ms_thread_release_signals(const sigset_t *before);

#endif
