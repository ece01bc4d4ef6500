/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DAEMON_PLAN_H
#define MODELSYNC_DAEMON_PLAN_H

#include "modelsync/run.h"
#include "modelsync/schedule.h"

/*
 * What is due, and when to ask the database for it. Pure: every function is told the time, `now_s`
 * by the clock on the wall, `now_ms` by the one that only goes forward.
 *
 *   the clock reaches `next` ──> due ──> ask ──> taken: run it, then ask again ──> done
 *                                  ▲      └── busy, waits, no answer: later ──┐
 *                                  └────────────────────────────────────────────┘
 */
struct plan {
	int64_t next_s; /* the next time; 0 = the schedule is switched off */
	bool is_due;
	struct ms_slot slot; /* what is due */
	int64_t ask_at_ms;
	int64_t pause_ms; /* after the last answer that was none */
};

/* At the start: what was due last may have been missed. */
void plan_start(struct plan *p, const struct ms_schedule *s, bool enabled, int64_t now_s,
		int64_t now_ms);
/* The schedule may have changed. What is due stays so, nothing is made up. */
void plan_change(struct plan *p, const struct ms_schedule *s, bool enabled, int64_t now_s);
/* Time has passed. */
void plan_tick(struct plan *p, const struct ms_schedule *s, int64_t now_s, int64_t now_ms);
/* Somebody's run has ended, or the database is back: ask at once. */
void plan_hurry(struct plan *p, int64_t now_ms);
bool plan_wants_to_ask(const struct plan *p, int64_t now_ms);
/* The answer; `ended_well`: a run was taken and completed or is held. */
void plan_answer(struct plan *p, const struct ms_slot *slot, bool ended_well, int64_t now_ms);
/* Milliseconds until something is to be done, at most `most_ms`; wall_ms is now_s, finer. */
int64_t plan_wait_ms(const struct plan *p, int64_t wall_ms, int64_t now_ms, int64_t most_ms);

#endif
