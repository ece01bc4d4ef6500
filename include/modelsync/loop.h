/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_LOOP_H
#define MODELSYNC_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The main thread's event loop: poll(2) over descriptors, timers and a self-pipe. Everything runs
 * on the thread that calls ms_loop_run(), except ms_loop_post() which any thread may call.
 */
struct ms_loop;
struct ms_loop *ms_loop_new(void);
void ms_loop_free(struct ms_loop *loop);

/* Returns when ms_loop_stop() was called. */
void ms_loop_run(struct ms_loop *loop);
void ms_loop_stop(struct ms_loop *loop);

/* fn is called while fd is readable, or has failed or hung up. One watch per fd. */
typedef void (*ms_fd_fn)(void *arg, int fd, short revents);
void ms_loop_watch(struct ms_loop *loop, int fd, ms_fd_fn fn, void *arg);
void ms_loop_unwatch(struct ms_loop *loop, int fd);

/* A one-shot timer; starting it again moves it. Owned by the loop's user. */
typedef void (*ms_timer_fn)(void *arg);
struct ms_timer;
struct ms_timer *ms_timer_new(struct ms_loop *loop, ms_timer_fn fn, void *arg);
void ms_timer_free(struct ms_timer *t);
void ms_timer_start(struct ms_timer *t, int64_t delay_ms);
void ms_timer_stop(struct ms_timer *t);

/* fn is called soon on the loop's thread, in the order of posting. */
typedef void (*ms_post_fn)(void *arg);
void ms_loop_post(struct ms_loop *loop, ms_post_fn fn, void *arg);

/* fn is called on the loop's thread after this signal arrived (handlers stay until the loop is
 * freed). Several arrivals may be one call. */
typedef void (*ms_signal_fn)(void *arg, int signo);
void ms_loop_on_signal(struct ms_loop *loop, int signo, ms_signal_fn fn, void *arg);

#endif
