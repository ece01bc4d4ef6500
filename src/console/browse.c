/* SPDX-License-Identifier: MIT */
#include "browse.h"

#include <string.h>

#include "entry_text.h"
#include "layout.h"
#include "modelsync/memory.h"
#include "ui.h"

void ms_browse_init(struct ms_ui *ui)
{
	for (int i = 0; i < MS_SCREEN_COUNT; i++) {
		const struct ms_browse_class *class = ms_screen_class((enum ms_screen)i)->browse;

		if (class)
			ms_list_init(&ui->browses[class->feed].list, &class->list);
	}
}

void ms_browse_clear(struct ms_ui *ui)
{
	for (int i = 0; i < MS_FEED_COUNT; i++) {
		ms_list_clear(&ui->browses[i].list);
		ms_free(ui->browses[i].problem);
	}
}

struct ms_browse *ms_browse_now(struct ms_ui *ui)
{
	const struct ms_browse_class *class = ms_screen_now(ui)->browse;

	return class ? &ui->browses[class->feed] : NULL;
}

const struct ms_browse *ms_browse_shown_list(const struct ms_ui *ui)
{
	const struct ms_browse_class *class = ms_screen_now(ui)->browse;

	return class ? &ui->browses[class->feed] : NULL;
}

const struct ms_json *ms_browse_row(const struct ms_ui *ui)
{
	const struct ms_browse *b = ms_browse_shown_list(ui);
	const struct ms_list_row *row = b ? ms_list_current(&b->list) : NULL;

	return row ? row->json : NULL;
}

/* --- loading -------------------------------------------------------------------------------- */

static void ask(struct ms_ui *ui, enum ms_feed feed, int64_t before)
{
	ms_effects_push(
		&ui->effects,
		(struct ms_effect){.kind = MS_EFFECT_LOAD_FEED, .feed = feed, .number = before});
}

/* What the screen shows: its own list, or the runs as a chart below the models; NULL. */
static const struct ms_browse_class *shown_class(const struct ms_ui *ui)
{
	const struct ms_browse_class *own = ms_screen_now(ui)->browse;

	return own || !ms_run_chart_is_shown(ui) ? own : ms_screen_sync.browse;
}

void ms_browse_load(struct ms_ui *ui)
{
	const struct ms_browse_class *class = shown_class(ui);
	struct ms_browse *b;

	if (!class)
		return;
	b = &ui->browses[class->feed];
	if (class->add_rows)
		ms_browse_renew(ui, ui->screen);
	if (!ui->is_connected)
		return;
	if (class->wants_status && class == ms_screen_now(ui)->browse)
		ms_ui_load_figures(ui);
	if (b->is_loading) {
		b->load_again = true;
		return;
	}
	b->is_loading = true;
	b->load_again = false;
	ask(ui, class->feed, 0);
}

/* The number of the last row that came from the database; 0 = there is none. */
static int64_t oldest(const struct ms_list *l)
{
	for (size_t i = l->count; i > 0; i--)
		if (l->rows[i - 1].id > 0)
			return l->rows[i - 1].id;
	return 0;
}

static bool needs_more(const struct ms_ui *ui, const struct ms_list *l)
{
	if (l->cursor + 2 * (size_t)ui->height >= l->shown)
		return true;
	return ui->screen == MS_SCREEN_SYNC && ms_run_chart_reach(ui) > l->shown;
}

static void extend_if_needed(struct ms_ui *ui)
{
	struct ms_browse *b = ms_browse_now(ui);

	if (!b->is_known || b->is_complete || b->is_loading || b->is_extending ||
	    !ui->is_connected || b->list.count >= MS_BROWSE_MAX || !needs_more(ui, &b->list))
		return;
	b->is_extending = true;
	ask(ui, ms_screen_now(ui)->browse->feed, oldest(&b->list));
}

/* Rows of a list in the making. */
struct rows {
	struct ms_json **items;
	size_t count, cap;
};

/* The row is handed over. */
static void keep(struct rows *r, struct ms_json *row)
{
	if (r->count == r->cap) {
		r->cap = r->cap ? r->cap * 2 : MS_FEED_PAGE;
		r->items = ms_realloc_array(r->items, r->cap, sizeof(struct ms_json *));
	}
	r->items[r->count++] = row;
}

static void keep_all(struct rows *r, const struct ms_json *array)
{
	for (const struct ms_json *v = ms_json_first(array); v; v = ms_json_next(v))
		keep(r, ms_json_copy(v));
}

/* Rows from the database that are older than `before`. */
static void keep_older(struct rows *r, struct ms_list *l, int64_t before)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->rows[i].id <= 0 || l->rows[i].id >= before)
			continue;
		keep(r, l->rows[i].json);
		l->rows[i].json = NULL;
	}
}

static void replace(struct ms_ui *ui, const struct ms_browse_class *class, struct rows *r)
{
	struct ms_browse *b = &ui->browses[class->feed];

	if (class->add_rows) {
		struct ms_json *own = ms_json_new_array();

		class->add_rows(ui, own);
		keep_all(r, own);
		ms_json_free(own);
	}
	ms_list_replace(&b->list, r->items, r->count);
	ms_free(r->items);
	if (class->renewed)
		class->renewed(ui);
}

void ms_browse_renew(struct ms_ui *ui, enum ms_screen screen)
{
	const struct ms_browse_class *class = ms_screen_class(screen)->browse;
	struct rows rows = {0};

	keep_older(&rows, &ui->browses[class->feed].list, INT64_MAX);
	replace(ui, class, &rows);
	if (ui->screen == screen)
		ms_browse_move(ui, 0);
}

/*
 * The newest page takes the place of the rows it covers; older ones stay where it meets them.
 * Where it does not, more has happened than fits on a page, and the list starts anew.
 */
static void merge_newest(struct ms_browse *b, const struct ms_json *page, struct rows *rows)
{
	size_t n = ms_json_count(page);
	int64_t last = n ? b->list.class->id(rows->items[n - 1]) : 0;
	bool meets = b->list.count > 0 && b->list.rows[0].id >= last;

	if (n < MS_FEED_PAGE) {
		b->is_complete = true;
	} else if (meets) {
		keep_older(rows, &b->list, last);
	} else {
		b->is_complete = false;
	}
}

static const struct ms_browse_class *class_of(enum ms_feed feed)
{
	for (int i = 0; i < MS_SCREEN_COUNT; i++) {
		const struct ms_browse_class *class = ms_screen_class((enum ms_screen)i)->browse;

		if (class && class->feed == feed)
			return class;
	}
	return NULL;
}

static void take_page(struct ms_ui *ui, const struct ms_browse_class *class, int64_t before,
		      const struct ms_json *page)
{
	struct ms_browse *b = &ui->browses[class->feed];
	struct rows rows = {0};

	if (before != 0 && oldest(&b->list) != before)
		return; /* the list started anew meanwhile */
	if (before != 0) {
		keep_older(&rows, &b->list, INT64_MAX);
		keep_all(&rows, page);
		b->is_complete = ms_json_count(page) < MS_FEED_PAGE;
	} else {
		keep_all(&rows, page);
		merge_newest(b, page, &rows);
	}
	b->is_known = true;
	replace(ui, class, &rows);
}

void ms_browse_loaded(struct ms_ui *ui, enum ms_feed feed, int64_t before, struct ms_json *rows,
		      const struct ms_error *err)
{
	const struct ms_browse_class *class = class_of(feed);
	struct ms_browse *b = &ui->browses[feed];

	if (before == 0)
		b->is_loading = false;
	else
		b->is_extending = false;
	ms_free(b->problem);
	b->problem = rows ? NULL : ms_strdup(err->message);
	if (rows)
		take_page(ui, class, before, rows);
	else if (b->is_known && err->category != MS_ERR_UNREACHABLE)
		ms_ui_error(ui, "list not loaded", err);
	ms_json_free(rows);
	if (shown_class(ui) == class && b->load_again)
		ms_browse_load(ui);
	if (!rows || ms_screen_now(ui)->browse != class)
		return;
	ui->changeset.is_stale = true;
	ms_browse_move(ui, 0);
	ms_browse_follow(ui);
}

void ms_browse_disconnected(struct ms_ui *ui)
{
	for (int i = 0; i < MS_FEED_COUNT; i++)
		ui->browses[i].is_loading = ui->browses[i].is_extending = false;
	ui->changeset.is_asked = false;
}

/* --- the cursor ----------------------------------------------------------------------------- */

void ms_browse_fit(struct ms_ui *ui)
{
	struct ms_browse *b = ms_browse_now(ui);
	struct ms_layout l;

	if (!b)
		return;
	ms_layout_get(ui, &l);
	ms_list_show_cursor(&b->list, l.table.h);
}

void ms_browse_move(struct ms_ui *ui, long step)
{
	if (step != 0) {
		ms_list_move(&ms_browse_now(ui)->list, step);
		ui->panes[ui->screen].top = 0;
	}
	extend_if_needed(ui);
	ms_ui_effect(ui, MS_EFFECT_REST_TIMER);
}

void ms_browse_follow(struct ms_ui *ui)
{
	struct ms_layout l;

	ms_layout_get(ui, &l);
	if (l.pane != MS_PANE_NONE)
		ms_changeset_follow(ui, ms_entry_int(ms_browse_row(ui), "changeset"));
}

char *ms_browse_subject(const struct ms_ui *ui)
{
	const struct ms_json *row = ms_browse_row(ui);

	return row ? ms_screen_now(ui)->browse->subject(row) : NULL;
}

void ms_browse_lines(const struct ms_ui *ui, int width, struct ms_page *out)
{
	const struct ms_json *row = ms_browse_row(ui);

	if (row)
		ms_screen_now(ui)->browse->lines(ui, row, width, out);
}
