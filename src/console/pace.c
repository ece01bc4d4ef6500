/* SPDX-License-Identifier: MIT */
#include "pace.h"

#define PATIENCE_MS 5000 /* a screen full at a kilobyte a second */
#define CELLS	    400
#define MISSED_MAX  2 /* then it is taken for one that does not answer */
#define FAREWELL_MS 1000
#define STRANGER_MS 200 /* one that has never answered */

bool ms_pace_ask(struct ms_pace *p, int cells, int64_t now_ms)
{
	p->unasked = p->unasked + cells < CELLS ? p->unasked + cells : CELLS;
	if (p->unasked < CELLS || p->is_waiting || p->missed >= MISSED_MAX)
		return false;
	p->unasked = 0;
	p->is_waiting = true;
	p->asked_at_ms = now_ms;
	return true;
}

void ms_pace_answered(struct ms_pace *p)
{
	p->has_answered = true;
	p->is_waiting = false;
	p->missed = 0;
}

int64_t ms_pace_wait(struct ms_pace *p, int64_t now_ms)
{
	int64_t left = p->asked_at_ms + PATIENCE_MS - now_ms;

	if (!p->has_answered || !p->is_waiting || p->missed >= MISSED_MAX)
		return 0;
	if (left > 0)
		return left;
	p->is_waiting = false;
	p->missed++;
	return 0;
}

int64_t ms_pace_farewell(const struct ms_pace *p, int64_t now_ms)
{
	int64_t left = p->asked_at_ms + (p->has_answered ? FAREWELL_MS : STRANGER_MS) - now_ms;

	return p->is_waiting && left > 0 ? left : 0;
}
