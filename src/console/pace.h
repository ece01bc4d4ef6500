/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_PACE_H
#define MODELSYNC_CONSOLE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Frames at the pace of the terminal. What a slow line has not delivered yet lies in buffers that
 * nobody can look into, and every frame more would make the user wait longer for the answer to a
 * key. So each frame ends with a question that terminals answer ("device status report", ECMA-48
 * 8.3.35), and the next one waits for the answer: one frame is under way at a time, and shows the
 * latest state.
 *
 * Small frames, such as a cursor that moves, go together: one question for some hundred cells.
 *
 * A terminal that has never answered is not waited for, and not asked twice.
 */
#define MS_PACE_QUESTION "\033[5n"

struct ms_pace {
	bool has_answered; /* ever */
	bool is_waiting;
	int unasked; /* cells sent since */
	int missed;  /* answers in a row that did not come in time */
	int64_t asked_at_ms;
};

/* A frame of so many cells ends now: true when the question should follow it. */
bool ms_pace_ask(struct ms_pace *p, int cells, int64_t now_ms);
void ms_pace_answered(struct ms_pace *p);
/* Milliseconds until the next frame may be sent even without an answer; 0 = now. */
int64_t ms_pace_wait(struct ms_pace *p, int64_t now_ms);
/* How long an answer may still come that the shell should not see; 0 = none is expected. */
int64_t ms_pace_farewell(const struct ms_pace *p, int64_t now_ms);

#endif
