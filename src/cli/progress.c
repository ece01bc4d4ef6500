/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/utf8.h"
#include "private.h"

#define REDRAW_MS 100
#define BAR_MAX	  30
#define MB	  1e6

void progress_init(struct progress *p, FILE *to)
{
	*p = (struct progress){.to = to, .columns = terminal_columns(to)};
}

const char *progress_amount(char *buf, size_t size, const struct ms_run_progress *now)
{
	bool is_bytes = now->phase == MS_PHASE_FETCH;

	if (now->retry_in_ms > 0)
		snprintf(buf, size, "attempt %d in %.1f s", now->attempt + 1,
			 (double)now->retry_in_ms / 1000);
	else if (is_bytes && now->total > 0)
		snprintf(buf, size, "%.2f of %.2f MB", (double)now->done / MB,
			 (double)now->total / MB);
	else if (is_bytes && now->done > 0)
		snprintf(buf, size, "%.2f MB", (double)now->done / MB);
	else if (!is_bytes && now->total > 0)
		snprintf(buf, size, "%" PRId64 " models", now->total);
	else
		buf[0] = '\0';
	return buf;
}

static void draw(const struct progress *p, const struct ms_run_progress *now)
{
	char left[40], right[60], bar[BAR_MAX + 1], line[160];
	size_t room, filled = 0;

	snprintf(left, sizeof(left), "%-9s", ms_run_phase_name(now->phase));
	progress_amount(right, sizeof(right), now);
	room = strlen(left) + strlen(right) + 6;
	room = p->columns > room ? p->columns - room : 0;
	if (room > BAR_MAX)
		room = BAR_MAX;
	if (now->total > 0)
		filled = (size_t)((double)room * (double)now->done / (double)now->total);
	if (filled > room)
		filled = room;
	memset(bar, '.', room);
	memset(bar, '#', filled);
	bar[room] = '\0';
	snprintf(line, sizeof(line), "%s [%s] %s", left, bar, right);
	fprintf(p->to, "\r\033[K%.*s", (int)p->columns - 1, line);
	fflush(p->to);
}

void progress_show(struct progress *p, const struct ms_run_progress *now)
{
	int64_t at = ms_clock_ms();

	if (!p->columns || (p->is_shown && at - p->drawn_at_ms < REDRAW_MS))
		return;
	p->drawn_at_ms = at;
	p->is_shown = true;
	draw(p, now);
}

void progress_erase(struct progress *p)
{
	if (p->is_shown)
		fputs("\r\033[K", p->to);
	fflush(p->to);
	p->is_shown = false;
}
