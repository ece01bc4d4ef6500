/* SPDX-License-Identifier: MIT */
/* The lines above the table: who and where, screens or banner, the filter. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/utf8.h"
#include "view.h"

/* "last sync OK 02:00 (6h)", "last sync FAILED, good 02:00 (6h)"; the short form, without when,
 * is for narrow screens. */
static char *health_text(const struct ms_ui *ui, bool is_short, char *buf, size_t size)
{
	const struct ms_health *h = &ui->health;
	char at[24], age[8];
	const char *word = "OK";

	if (strcmp(h->last_state, "failed") == 0)
		word = "FAILED";
	else if (strcmp(h->last_state, "cancelled") == 0)
		word = "CANCELLED";
	else if (strcmp(h->last_state, "held") == 0)
		word = "HELD";
	if (!h->is_known || !*h->last_state)
		(void)snprintf(buf, size, "%s", h->is_known ? "never synced" : "");
	else if (is_short || !h->last_ok_at)
		(void)snprintf(buf, size, "last sync %s", word);
	else
		(void)snprintf(buf, size, "last sync %s%s %.5s (%s)", word,
			       *word == 'O' ? "" : ", good",
			       ms_time_format(at, sizeof(at), h->last_ok_at) + 11,
			       ms_time_format_age(age, sizeof(age), ui->now - h->last_ok_at));
	return buf;
}

static int part(struct ms_canvas *c, struct ms_rect r, int x, enum ms_style style, const char *text)
{
	int columns = (int)ms_utf8_columns(text);

	if (!*text || x + columns > r.x + r.w)
		return x;
	return x + ms_canvas_text(c, x, r.y, r.x + r.w - x, style, text) + 2;
}

static void draw_title(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	const char *access = ui->read_only ? "READ ONLY" : "RW";
	struct ms_rect left = {r.x, r.y, r.w - (int)strlen(access) - 2, 1};
	char text[120];
	int x = r.x;

	ms_canvas_fill(c, r, MS_STYLE_TITLE);
	ms_canvas_right(c, r.x, r.y, r.w - 1, MS_STYLE_TITLE, access);
	if (r.w >= 60)
		x += ms_canvas_text(c, x, r.y, left.w, MS_STYLE_TITLE, "modelsync ");
	if (*ui->label)
		x += 1 + ms_canvas_textf(c, x, r.y, left.w - x, MS_STYLE_LABEL, "[%s]", ui->label);
	x += 2 + ms_canvas_text(c, x, r.y, left.w - x, MS_STYLE_TITLE,
				*ui->database ? ui->database : "connecting...");
	if (ui->catalog) {
		(void)snprintf(text, sizeof(text), "%zu models", ui->catalog->count);
		x = part(c, left, x, MS_STYLE_TITLE, text);
		(void)snprintf(text, sizeof(text), "%zu new", ui->new_count);
		x = part(c, left, x, MS_STYLE_TITLE, text);
	}
	if (part(c, left, x, MS_STYLE_TITLE, health_text(ui, false, text, sizeof(text))) == x)
		part(c, left, x, MS_STYLE_TITLE, health_text(ui, true, text, sizeof(text)));
}

/* The sync that runs, here or elsewhere; "" when none does. */
static char *sync_text(const struct ms_ui *ui, char *buf, size_t size)
{
	const struct ms_sync_state *s = &ui->sync;
	long long done = (long long)s->progress.done, total = (long long)s->progress.total;

	buf[0] = '\0';
	if (s->is_running && total > 0)
		(void)snprintf(buf, size, "sync: %s %lld%%", ms_run_phase_name(s->progress.phase),
			       done * 100 / total);
	else if (s->is_running)
		(void)snprintf(buf, size, "sync: %s", ms_run_phase_name(s->progress.phase));
	else if (s->remote_run)
		(void)snprintf(buf, size, "sync #%" PRId64 " runs elsewhere: %s", s->remote_run,
			       s->remote_phase);
	else if (s->is_unseen)
		(void)snprintf(buf, size, "sync ended: r shows the result");
	else if (ui->health.hold)
		(void)snprintf(buf, size, "a catalogue is HELD (#%" PRId64 ")", ui->health.hold);
	return buf;
}

static void draw_banner(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	const struct ms_error *e = &ui->lost;
	char again[48] = "";

	if (e->category == MS_OK) {
		ms_canvas_text(c, r.x + 1, r.y, r.w - 1, MS_STYLE_DIM,
			       "connecting to the database...");
		return;
	}
	if (e->retry_after_s > 0)
		(void)snprintf(again, sizeof(again), " (next try in %d s, R now)",
			       e->retry_after_s);
	ms_canvas_fill(c, r, MS_STYLE_ERROR);
	ms_canvas_textf(c, r.x + 1, r.y, r.w - 2, MS_STYLE_ERROR, "NOT CONNECTED%s%s: %s", again,
			ui->catalog ? ", rows and edits kept" : "", e->message);
}

static void draw_tabs(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	char text[120];
	int x = r.x + 1;

	x += ms_canvas_text(c, x, r.y, 12, MS_STYLE_HEADING, "[1 Models]") + 3;
	if (ui->notes.unseen) {
		(void)snprintf(text, sizeof(text), "%zu unread (!)", ui->notes.unseen);
		x = part(c, r, x, MS_STYLE_WARNING, text) + 1;
	}
	if (ui->is_paused)
		x = part(c, r, x, MS_STYLE_WARNING,
			 ui->has_news ? "PAUSED, changes wait (R)" : "PAUSED (Z)") +
		    1;
	part(c, r, x, MS_STYLE_HEADING, sync_text(ui, text, sizeof(text)));
	ms_canvas_right(c, r.x, r.y, r.w - 1, MS_STYLE_KEY, "? help");
}

void ms_view_header(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	draw_title(ui, l->title, c);
	if (l->tabs.h == 0)
		return;
	if (ui->is_connected)
		draw_tabs(ui, l->tabs, c);
	else
		draw_banner(ui, l->tabs, c);
}

/* --- filter --------------------------------------------------------------------------------------
 */

static char *count_text(const struct ms_ui *ui, bool is_narrow, char *buf, size_t size)
{
	const struct ms_rows *r = &ui->rows;
	size_t all = ui->catalog ? ui->catalog->count : 0;
	int n;

	if (!ui->catalog) {
		(void)snprintf(buf, size, "%s", ui->is_loading ? "loading..." : "");
		return buf;
	}
	n = snprintf(buf, size, is_narrow ? "%zu/%zu" : "%zu of %zu", r->shown, all);
	if (r->marked)
		n += snprintf(buf + n, size - (size_t)n, is_narrow ? " *%zu" : ", %zu marked",
			      r->marked);
	if (r->marked_hidden)
		(void)snprintf(buf + n, size - (size_t)n, is_narrow ? "(%zu)" : " (%zu hidden)",
			       r->marked_hidden);
	return buf;
}

/* A caret under the place that is wrong; the message behind it, or below when it is long. */
static void draw_filter_error(const struct ms_ui *ui, const struct ms_layout *l, int from,
			      struct ms_canvas *c)
{
	const struct ms_filter_error *e = &ui->filter_error;
	const int width = l->filter.w;
	int x = from + (int)e->at < width - 2 ? from + (int)e->at : width - 2;
	int y = l->head.y;

	ms_canvas_fill(c, (struct ms_rect){0, y, width, 1}, MS_STYLE_WARNING);
	ms_canvas_text(c, x, y, 1, MS_STYLE_WARNING, "^");
	x += 2;
	if ((int)ms_utf8_columns(e->message) > width - x) {
		x = from;
		y++;
		ms_canvas_fill(c, (struct ms_rect){0, y, width, 1}, MS_STYLE_WARNING);
	}
	ms_canvas_text(c, x, y, width - x, MS_STYLE_WARNING, e->message);
}

void ms_view_filter(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	const struct ms_dialog *input = ms_input_in_filter_line(ui);
	bool is_narrow = l->filter.w < 60;
	char count[80];
	int room;

	if (l->filter.h == 0)
		return;
	count_text(ui, is_narrow, count, sizeof(count));
	room = l->filter.w - 2 - (int)strlen(count) - 2;
	ms_canvas_text(c, 0, l->filter.y, 2, MS_STYLE_KEY, "/ ");
	if (input)
		ms_input_draw_line(input, c, 2, l->filter.y, room);
	else
		ms_canvas_text(c, 2, l->filter.y, room, MS_STYLE_HEADING, ui->rows.filter_text);
	ms_canvas_right(c, 0, l->filter.y, l->filter.w - 1, MS_STYLE_NORMAL, count);
	if (ui->has_filter_error)
		draw_filter_error(ui, l, 2, c);
}
