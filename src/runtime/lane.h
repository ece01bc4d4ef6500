/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_RUNTIME_LANE_H
#define MODELSYNC_RUNTIME_LANE_H

#include <pthread.h>
#include <stdbool.h>

/*
 * One worker thread and its queue. A job is run on the lane in the order of submission; jobs still
 * queued when the lane stops are dropped, not run. All signals are blocked on the thread.
 */
struct lane;

struct job {
	struct job *next; /* the lane's */
	void (*run)(struct job *job);  /* on the lane; frees the job */
	void (*drop)(struct job *job); /* instead of run; frees the job */
};

struct lane *lane_new(void);
void lane_submit(struct lane *lane, struct job *job); /* takes the job */
/* From now on no job is begun. */
void lane_close(struct lane *lane);
/* Closes, and waits that long at most; whether the thread has ended. */
bool lane_ends_within(struct lane *lane, int ms);
/* Closes, waits for the running job and joins the thread; `lane` is freed. */
void lane_stop(struct lane *lane);

#endif
