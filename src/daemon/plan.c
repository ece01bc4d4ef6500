/* SPDX-License-Identifier: MIT */
#include "plan.h"

#define FIRST_PAUSE_MS	 1000
#define LONGEST_PAUSE_MS 600000
/* A claim ends on the database's clock; asking a moment later finds it ended. */
#define GRACE_MS 50

static void set_due(struct plan *p, int64_t at, bool is_missed, int64_t now_ms)
{
	p->slot = (struct ms_slot){.at = at, .is_missed = is_missed};
	p->is_due = true;
	p->ask_at_ms = now_ms;
	p->pause_ms = 0;
}

void plan_start(struct plan *p, const struct ms_schedule *s, bool enabled, int64_t now_s,
		int64_t now_ms)
{
	*p = (struct plan){0};
	plan_change(p, s, enabled, now_s);
	if (enabled)
		set_due(p, ms_cron_last(&s->cron, s->zone, now_s), true, now_ms);
}

void plan_change(struct plan *p, const struct ms_schedule *s, bool enabled, int64_t now_s)
{
	p->next_s = enabled ? ms_cron_next(&s->cron, s->zone, now_s) : 0;
	p->is_due = p->is_due && enabled;
}

/*
 * Of several times that have passed (the machine slept), the last counts. The next one is found
 * anew each time, for clocks that are put right can go back; what was done then, the database
 * knows.
 */
void plan_tick(struct plan *p, const struct ms_schedule *s, int64_t now_s, int64_t now_ms)
{
	if (!p->next_s)
		return;
	if (now_s >= p->next_s)
		set_due(p, ms_cron_last(&s->cron, s->zone, now_s), false, now_ms);
	p->next_s = ms_cron_next(&s->cron, s->zone, now_s);
}

void plan_hurry(struct plan *p, int64_t now_ms)
{
	p->ask_at_ms = now_ms;
	p->pause_ms = 0;
}

bool plan_wants_to_ask(const struct plan *p, int64_t now_ms)
{
	return p->is_due && now_ms >= p->ask_at_ms;
}

static int64_t next_pause(int64_t pause_ms)
{
	if (!pause_ms)
		return FIRST_PAUSE_MS;
	return pause_ms * 2 < LONGEST_PAUSE_MS ? pause_ms * 2 : LONGEST_PAUSE_MS;
}

void plan_answer(struct plan *p, const struct ms_slot *slot, bool ended_well, int64_t now_ms)
{
	switch (slot->state) {
	case MS_SLOT_DONE:
		/* a later time may have come while the answer was on its way */
		p->is_due = p->slot.at > slot->at;
		break;
	case MS_SLOT_TAKEN:
		p->is_due = !ended_well || p->slot.at > slot->taken_at;
		plan_hurry(p, now_ms);
		break;
	case MS_SLOT_BUSY:
	case MS_SLOT_WAITS:
		p->ask_at_ms = now_ms + slot->wait_ms + GRACE_MS;
		p->pause_ms = 0;
		break;
	case MS_SLOT_UNKNOWN:
		p->pause_ms = next_pause(p->pause_ms);
		p->ask_at_ms = now_ms + p->pause_ms;
		break;
	}
}

int64_t plan_wait_ms(const struct plan *p, int64_t wall_ms, int64_t now_ms, int64_t most_ms)
{
	int64_t wait_ms = most_ms;

	if (p->next_s && p->next_s * 1000 - wall_ms < wait_ms)
		wait_ms = p->next_s * 1000 - wall_ms;
	if (p->is_due && p->ask_at_ms - now_ms < wait_ms)
		wait_ms = p->ask_at_ms - now_ms;
	return wait_ms > 0 ? wait_ms : 0;
}
