/* SPDX-License-Identifier: MIT */
/* The lines above the table: who and where, screens or banner, the filter. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/utf8.h"
#include "view.h"

static const char *health_word(const struct ms_health *h)
{
	static const char *const words[][2] = {
		{"failed", "FAILED"}, {"cancelled", "CANCELLED"}, {"running", "RUNNING"}};

	if (strcmp(h->last_state, "held") == 0) /* an admin need not look at it twice */
		return h->hold ? "HELD" : "discarded";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(h->last_state, words[i][0]) == 0)
			return words[i][1];
	return "OK";
}

/*
 * Long: "last sync OK 02:00 (6h)", "last sync FAILED, good 02:00 (6h)"; medium: "sync OK 6h ago",
 * "sync FAILED, good 6h ago"; short: "sync FAILED".
 */
enum health_form { HEALTH_LONG, HEALTH_MEDIUM, HEALTH_SHORT };

static char *health_text(const struct ms_ui *ui, enum health_form form, char *buf, size_t size)
{
	/* nobody should take it for what upstream offers now */
	static const char *const file_words[2][3] = {
		{"loaded from a file, not synced", "loaded from a file", "from file"},
		{"bundled sample, not live: {sync} syncs", "bundled sample, not live", "SAMPLE"}};
	const struct ms_health *h = &ui->health;
	const char *word = health_word(h), *good = *word == 'O' ? "" : ", good";
	char at[24], age[8];

	ms_time_format_age(age, sizeof(age), ui->shown_at - h->last_ok_at);
	if (!h->is_known || !*h->last_state)
		(void)snprintf(buf, size, "%s", h->is_known ? "never synced" : "");
	else if (*word == 'O' && h->is_from_file)
		(void)snprintf(buf, size, "%s", file_words[h->is_sample][form]);
	else if (form == HEALTH_SHORT || !h->last_ok_at)
		(void)snprintf(buf, size, "sync %s", word);
	else if (form == HEALTH_MEDIUM)
		(void)snprintf(buf, size, "sync %s%s %s ago", word, good, age);
	else
		(void)snprintf(buf, size, "last sync %s%s %.5s (%s)", word, good,
			       ms_time_format(at, sizeof(at), h->last_ok_at) + 11, age);
	return buf;
}

static int part(struct ms_canvas *c, struct ms_rect r, int x, enum ms_style style, const char *text)
{
	int columns = (int)ms_utf8_columns(text);

	if (!*text || x + columns > r.x + r.w)
		return x;
	return x + ms_canvas_text(c, x, r.y, r.x + r.w - x, style, text) + 2;
}

/* The same for a text that names keys. */
static int keyed_part(const struct ms_ui *ui, struct ms_canvas *c, struct ms_rect r, int x,
		      enum ms_style style, const char *text)
{
	char keyed[160];

	return part(c, r, x, style, ms_ui_keyed(ui, keyed, sizeof(keyed), text));
}

/* The sync that runs, here or elsewhere, or what waits to be looked at; "" when nothing does. */
static char *sync_text(const struct ms_ui *ui, bool is_short, char *buf, size_t size)
{
	const struct ms_sync_state *s = &ui->sync;
	const char *phase = ms_run_phase_name(s->progress.phase);
	long long done = (long long)s->progress.done, total = (long long)s->progress.total;

	buf[0] = '\0';
	if (s->is_running && total > 0)
		(void)snprintf(buf, size, "sync: %s %lld%%", phase, done * 100 / total);
	else if (s->is_running)
		(void)snprintf(buf, size, "sync: %s", phase);
	else if (s->remote_run && is_short)
		(void)snprintf(buf, size, "sync #%" PRId64 ": %s", s->remote_run, s->remote_phase);
	else if (s->remote_run)
		(void)snprintf(buf, size, "sync #%" PRId64 " runs elsewhere: %s%s", s->remote_run,
			       s->remote_phase, ui->read_only ? "" : " ({sync-cancel} cancels)");
	else if (s->is_unseen)
		(void)snprintf(buf, size,
			       is_short ? "see sync ({sync})"
					: "sync ended: {sync} shows the result");
	else if (ui->health.hold)
		(void)snprintf(buf, size,
			       is_short ? "HELD #%" PRId64 " ({hold})"
					: "catalogue #%" PRId64 " is HELD ({hold} shows it)",
			       ui->health.hold);
	return buf;
}

/* Alerts that nobody has acknowledged, and errors that were not looked at. */
static int64_t unread(const struct ms_ui *ui)
{
	return ui->health.alerts + (int64_t)ui->notes.unseen;
}

/* What the user should look at: on a line of its own, or in the title where there is none. */
static int draw_news(const struct ms_ui *ui, struct ms_rect r, int x, bool in_title,
		     struct ms_canvas *c)
{
	enum ms_style warning = in_title ? MS_STYLE_TITLE : MS_STYLE_WARNING;
	int gap = in_title ? 0 : 1;
	char text[120];

	if (unread(ui) && in_title) { /* else the tab says it */
		(void)snprintf(text, sizeof(text), "%" PRId64 " ({screen-messages})", unread(ui));
		x = keyed_part(ui, c, r, x, warning, text);
	}
	if (ui->is_paused) {
		int after = keyed_part(ui, c, r, x, warning,
				       ui->has_news ? "PAUSED, changes wait ({reload})" : "");

		if (after == x)
			after = keyed_part(ui, c, r, x, warning,
					   ui->has_news ? "PAUSED, news ({reload})"
							: "PAUSED ({pause})");
		x = after + gap;
	}
	for (int is_short = in_title; is_short <= 1; is_short++) {
		int after = keyed_part(ui, c, r, x, in_title ? MS_STYLE_TITLE : MS_STYLE_HEADING,
				       sync_text(ui, is_short, text, sizeof(text)));
		if (after != x)
			return after;
	}
	return x;
}

/* The longest form that fits. */
static int draw_health(const struct ms_ui *ui, struct ms_rect r, int x, struct ms_canvas *c)
{
	char text[120];
	int after = x;

	for (int form = HEALTH_LONG; after == x && form <= HEALTH_SHORT; form++)
		after = keyed_part(ui, c, r, x, MS_STYLE_TITLE,
				   health_text(ui, (enum health_form)form, text, sizeof(text)));
	return after;
}

static int draw_counts(const struct ms_ui *ui, struct ms_rect r, int x, struct ms_canvas *c)
{
	char text[60];

	if (ui->screen != MS_SCREEN_MODELS && ui->height < MS_UI_TALL)
		return part(c, r, x, MS_STYLE_TITLE, ms_screen_now(ui)->name);
	if (!ui->catalog)
		return x;
	(void)snprintf(text, sizeof(text), "%zu models", ui->catalog->count);
	x = part(c, r, x, MS_STYLE_TITLE, text);
	(void)snprintf(text, sizeof(text), "%zu new", ui->new_count);
	return part(c, r, x, MS_STYLE_TITLE, text);
}

/* The database may be there, and not be what this program can work with. */
static const char *trouble(const struct ms_error *e, bool is_loud)
{
	if (e->category == MS_ERR_MIGRATE)
		return is_loud ? "SCHEMA DOES NOT FIT" : "schema does not fit";
	return is_loud ? "NOT CONNECTED" : "not connected";
}

static void draw_title(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	struct ms_rect r = l->title;
	const char *access = ui->read_only ? "READ ONLY" : "RW";
	struct ms_rect left = {r.x, r.y, r.w - (int)strlen(access) - 2, 1};
	bool is_bad = strchr("FCH", *health_word(&ui->health)) != NULL;
	int x = r.x;

	ms_canvas_fill(c, r, MS_STYLE_TITLE);
	ms_canvas_right(c, r.x, r.y, r.w - 1, MS_STYLE_TITLE, access);
	if (r.w >= 60)
		x += ms_canvas_text(c, x, r.y, left.w, MS_STYLE_TITLE, "modelsync ");
	if (*ui->label)
		x += 1 + ms_canvas_textf(c, x, r.y, left.w - x, MS_STYLE_LABEL, "[%s]", ui->label);
	x += 2 + ms_canvas_text(c, x, r.y, left.w - x, MS_STYLE_TITLE,
				*ui->database		     ? ui->database
				: ui->lost.category == MS_OK ? "connecting..."
							     : trouble(&ui->lost, false));
	if (l->tabs.h == 0)
		x = draw_news(ui, left, x, true, c);
	if (r.w < 60 && is_bad) /* bad news first where not everything fits */
		x = draw_health(ui, left, x, c);
	x = draw_counts(ui, left, x, c);
	if (r.w >= 60 || !is_bad)
		draw_health(ui, left, x, c);
}

static void draw_banner(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	const struct ms_error *e = &ui->lost;
	const char *kept = ui->catalog ? ", rows and edits kept" : "";
	char again[48] = "", text[120], keyed[160];

	if (e->category == MS_OK) {
		ms_canvas_text(c, r.x + 1, r.y, r.w - 1, MS_STYLE_DIM,
			       "connecting to the database...");
		return;
	}
	if (r.w < 60)
		kept = ui->catalog ? ", edits kept ({reload}: retry)" : " ({reload}: retry)";
	else if (e->retry_after_s > 0)
		(void)snprintf(again, sizeof(again), " (retry within %d s, {reload} now)",
			       e->retry_after_s);
	ms_canvas_fill(c, r, MS_STYLE_ERROR);
	(void)snprintf(text, sizeof(text), "%s%s%s", trouble(e, true), kept, again);
	ms_canvas_textf(c, r.x + 1, r.y, r.w - 2, MS_STYLE_ERROR, "%s: %s",
			ms_ui_keyed(ui, keyed, sizeof(keyed), text), e->message);
}

static const enum ms_action tab_actions[MS_SCREEN_COUNT] = {
	[MS_SCREEN_MODELS] = MS_ACTION_screen_models,
	[MS_SCREEN_SYNC] = MS_ACTION_screen_sync,
	[MS_SCREEN_CHANGES] = MS_ACTION_screen_changes,
	[MS_SCREEN_AUDIT] = MS_ACTION_screen_audit,
	[MS_SCREEN_MESSAGES] = MS_ACTION_screen_messages,
};

/* Its number, as long as that is its key. */
static const char *tab_key(const struct ms_ui *ui, int screen, char name[MS_KEY_NAME_MAX])
{
	if (ms_keymap_action(ui->keymap, ms_screen_scope(ui), (uint32_t)('1' + screen)) !=
	    tab_actions[screen])
		return ms_ui_key(ui, tab_actions[screen], name);
	(void)snprintf(name, MS_KEY_NAME_MAX, "%d", screen + 1);
	return name;
}

/* "[3 Changes]", " 5 Messages(2) "; of screens that are not shown perhaps only the key. */
static void tab_text(const struct ms_ui *ui, int screen, bool is_short, char *buf, size_t size)
{
	bool is_now = screen == (int)ui->screen;
	bool has_news = screen == MS_SCREEN_MESSAGES && unread(ui) > 0;
	char count[24] = "", name[MS_KEY_NAME_MAX];
	const char *key = tab_key(ui, screen, name);

	if (has_news)
		(void)snprintf(count, sizeof(count), "(%" PRId64 ")", unread(ui));
	if (is_short && !is_now)
		(void)snprintf(buf, size, " %s%s", key, has_news ? "!" : " ");
	else
		(void)snprintf(buf, size, "%c%s %s%s%c", is_now ? '[' : ' ', key,
			       ms_screen_class((enum ms_screen)screen)->name, count,
			       is_now ? ']' : ' ');
}

static enum ms_style tab_style(const struct ms_ui *ui, int screen)
{
	if (screen == (int)ui->screen)
		return MS_STYLE_HEADING;
	return screen == MS_SCREEN_MESSAGES && unread(ui) ? MS_STYLE_WARNING : MS_STYLE_NORMAL;
}

static bool tabs_are_short(struct ms_rect r)
{
	return r.w < 64;
}

static int draw_tab_names(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	int x = r.x + 1;
	char text[60];

	for (int i = 0; i < MS_SCREEN_COUNT; i++) {
		tab_text(ui, i, tabs_are_short(r), text, sizeof(text));
		x += ms_canvas_text(c, x, r.y, r.x + r.w - x, tab_style(ui, i), text);
	}
	return x + 1;
}

#define HELP "{help} help"

static void draw_tabs(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	char help[40];
	int width = (int)ms_utf8_columns(ms_ui_keyed(ui, help, sizeof(help), HELP));
	struct ms_rect left = {r.x, r.y, r.w - width - 2, 1};

	draw_news(ui, left, draw_tab_names(ui, left, c), false, c);
	ms_canvas_right(c, r.x, r.y, r.w - 1, MS_STYLE_KEY, help);
}

enum ms_action ms_view_tab_at(const struct ms_ui *ui, struct ms_rect r, int x)
{
	char text[60];
	int end = r.x + 1;

	for (int i = 0; i < MS_SCREEN_COUNT; i++) {
		tab_text(ui, i, tabs_are_short(r), text, sizeof(text));
		end += (int)ms_utf8_columns(text);
		if (x > r.x && x < end)
			return tab_actions[i];
	}
	ms_ui_keyed(ui, text, sizeof(text), HELP);
	return x >= r.x + r.w - 1 - (int)ms_utf8_columns(text) ? MS_ACTION_help : MS_ACTION_NONE;
}

void ms_view_header(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	draw_title(ui, l, c);
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

/* A caret under the place that is wrong; the message behind it or, when it is long, below, where
 * narrow screens give it two lines. */
static void draw_filter_error(const struct ms_ui *ui, const struct ms_layout *l, int from, int room,
			      struct ms_canvas *c)
{
	const struct ms_dialog *input = ms_input_in_filter_line(ui);
	const struct ms_filter_error *e = &ui->filter_error;
	const char *rest = e->message;
	struct ms_page page = {0};
	const int width = l->filter.w;
	int x = from + (input ? ms_input_column(input, e->at, room) : 0);
	int y = l->head.y;

	ms_canvas_fill(c, (struct ms_rect){0, y, width, 1}, MS_STYLE_WARNING);
	ms_canvas_text(c, x, y, 1, MS_STYLE_WARNING, "^");
	x += 2;
	if ((int)ms_utf8_columns(e->message) <= width - x) {
		ms_canvas_text(c, x, y, width - x, MS_STYLE_WARNING, e->message);
		return;
	}
	ms_canvas_fill(c, (struct ms_rect){0, ++y, width, 1}, MS_STYLE_WARNING);
	if (width < 60) {
		ms_page_add_wrapped(&page, MS_STYLE_WARNING, width - from - 1, "", rest);
		ms_canvas_text(c, from, y++, width - from, MS_STYLE_WARNING, page.lines[0].text);
		ms_canvas_fill(c, (struct ms_rect){0, y, width, 1}, MS_STYLE_WARNING);
		rest += strlen(page.lines[0].text);
		rest += strspn(rest, " ");
		ms_page_clear(&page);
	}
	ms_canvas_text(c, from, y, width - from, MS_STYLE_WARNING, rest);
}

/* Columns for the text between its sign and the count. */
static int filter_room(const struct ms_layout *l, const char *count)
{
	return l->filter.w - 2 - (int)strlen(count) - 2;
}

void ms_view_filter_line(const struct ms_ui *ui, const struct ms_layout *l, const char *text,
			 const char *count, struct ms_canvas *c)
{
	const struct ms_dialog *input = ms_input_in_filter_line(ui);
	int room = filter_room(l, count);

	if (l->filter.h == 0)
		return;
	ms_canvas_text(c, 0, l->filter.y, 2, MS_STYLE_KEY, "/ ");
	if (input)
		ms_input_draw_line(input, c, 2, l->filter.y, room);
	else
		ms_canvas_text(c, 2, l->filter.y, room, MS_STYLE_HEADING, text);
	ms_canvas_right(c, 0, l->filter.y, l->filter.w - 1, MS_STYLE_NORMAL, count);
}

void ms_view_filter(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	char count[80];

	count_text(ui, l->filter.w < 60, count, sizeof(count));
	ms_view_filter_line(ui, l, ui->rows.filter_text, count, c);
	if (ui->has_filter_error && l->filter.h > 0)
		draw_filter_error(ui, l, 2, filter_room(l, count), c);
}
