/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_THREAD_H
#define MODELSYNC_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts a thread with all signals blocked; aborts when the system has none left. */
pthread_t ms_thread_start(void *(*fn)(void *), void *arg);

/* Between the two, threads that libraries start have all signals blocked, too. */
void ms_thread_hold_signals(sigset_t *before);
void ms_thread_release_signals(const sigset_t *before);

/* A condition whose waits go by ms_clock_us(), whatever is done to the system's time. */
void ms_cond_init(pthread_cond_t *cond);
/* False: the time is over. As with pthread_cond_wait() it may also be true for no reason. */
bool ms_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_us);

#endif
