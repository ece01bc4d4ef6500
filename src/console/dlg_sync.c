/* SPDX-License-Identifier: MIT */
/* A sync while it runs, and what came of it. Closing the dialog does not stop the sync. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "layout.h"
#include "modelsync/memory.h"
#include "report_page.h"
#include "ui.h"

#define SYNC_WIDTH  96
#define SYNC_HEIGHT 24

struct sync_dialog {
	struct ms_dialog dialog;
	struct ms_page page; /* the result; empty while running */
};

static struct ms_rect place(const struct ms_ui *ui, const struct sync_dialog *s)
{
	int height = ui->sync.is_running ? 9 : (int)s->page.count + 4;

	return ms_dialog_place(ui, SYNC_WIDTH, height < SYNC_HEIGHT ? height : SYNC_HEIGHT);
}

/* --- the result ---------------------------------------------------------------------------------
 */

static void report_page(const struct ms_run_report *r, struct ms_page *p, int width)
{
	ms_report_lines(r, width, p);
	ms_report_changes(r, width, p);
	if (r->state != MS_RUN_FAILED && r->change_count == 0)
		ms_page_add(p, MS_STYLE_NORMAL, "Nothing changed upstream.");
}

/* Where a key of the console helps more than the general advice. */
static const char *advice(const struct ms_ui *ui)
{
	const struct ms_error *err = &ui->sync.err;

	if (err->category == MS_ERR_BUSY && err->retry_after_s > 0)
		return ui->read_only ? "Wait."
				     : "Wait, or press {sync}: it asks whether to sync anyway.";
	if (err->category == MS_ERR_BUSY)
		return ui->read_only ? "Wait for it."
				     : "Wait for it, or cancel it with {sync-cancel}.";
	if (err->category == MS_ERR_CONFLICT) /* another catalogue is held by now */
		return "Press {cancel}, then {hold}: it shows what is held now.";
	return ms_category_hint(err->category);
}

static void error_page(const struct ms_ui *ui, struct ms_page *p, int width)
{
	const struct ms_error *err = &ui->sync.err;
	char hint[300];

	ms_ui_keyed(ui, hint, sizeof(hint), advice(ui));
	if (err->category == MS_ERR_CANCELLED)
		ms_page_add(p, MS_STYLE_WARNING, "CANCELLED: no model was changed");
	else
		ms_page_addf(p, MS_STYLE_ERROR, "NOT DONE (%s)", ms_category_name(err->category));
	ms_page_add_wrapped(p, MS_STYLE_NORMAL, width, "", err->message);
	if (*hint)
		ms_page_add_wrapped(p, MS_STYLE_NORMAL, width, "What to do: ", hint);
}

static void sync_refresh(struct ms_ui *ui, struct ms_dialog *d)
{
	struct sync_dialog *s = (struct sync_dialog *)d;
	int width = ms_dialog_place(ui, SYNC_WIDTH, SYNC_HEIGHT).w -
		    6; /* border, blanks, scroll sign */

	ms_page_clear(&s->page);
	if (ui->sync.is_running)
		return;
	ui->sync.is_unseen = false;
	if (ui->sync.report)
		report_page(ui->sync.report, &s->page, width);
	else if (ui->sync.err.category != MS_OK)
		error_page(ui, &s->page, width);
	else
		ms_page_add(&s->page, MS_STYLE_GOOD, "The held catalogue was discarded.");
}

/* --- while it runs ------------------------------------------------------------------------------
 */

static void draw_phases(const struct ms_ui *ui, struct ms_canvas *c, struct ms_rect in)
{
	enum ms_run_phase now = ui->sync.progress.phase;
	int x = in.x;

	for (int i = MS_PHASE_CLAIM; i < MS_PHASE_DONE; i++) {
		enum ms_run_phase phase = (enum ms_run_phase)i;
		const char *sign = phase < now ? "+" : phase == now ? ">" : ".";

		x += ms_canvas_textf(c, x, in.y, in.x + in.w - x,
				     phase == now ? MS_STYLE_HEADING : MS_STYLE_DIM, "%s %s%s",
				     sign, ms_run_phase_name(phase), in.w < 60 ? " " : "   ");
	}
}

static void draw_amount(const struct ms_ui *ui, struct ms_canvas *c, int x, int y, int w)
{
	const struct ms_run_progress *p = &ui->sync.progress;
	char retry[64] = "";

	if (p->retry_in_ms > 0)
		(void)snprintf(retry, sizeof(retry), "  attempt %d failed, again in %lld s",
			       p->attempt, (long long)(p->retry_in_ms + 999) / 1000);
	else if (p->attempt > 1)
		(void)snprintf(retry, sizeof(retry), "  attempt %d", p->attempt);
	if (p->phase > MS_PHASE_FETCH && p->total > 0)
		ms_canvas_textf(c, x, y, w, MS_STYLE_NORMAL, "%lld models", (long long)p->total);
	else if (p->phase > MS_PHASE_FETCH)
		return; /* a hold is resolved: its size is not known here */
	else if (p->total > 0)
		ms_canvas_textf(c, x, y, w, MS_STYLE_NORMAL, "%lld of %lld kB%s%s",
				(long long)p->done / 1000, (long long)p->total / 1000,
				p->page > 1 ? ", further pages" : "", retry);
	else
		ms_canvas_textf(c, x, y, w, MS_STYLE_NORMAL, "%lld kB%s%s",
				(long long)p->done / 1000, p->page > 1 ? ", further pages" : "",
				retry);
}

static void draw_running(const struct ms_ui *ui, struct ms_canvas *c, struct ms_rect in)
{
	const struct ms_sync_state *s = &ui->sync;
	long long seconds = (long long)(ui->now - s->started_at);

	draw_phases(ui, c, in);
	ms_canvas_bar(c, in.x, in.y + 2, in.w, s->progress.done, s->progress.total);
	draw_amount(ui, c, in.x, in.y + 3, in.w);
	ms_canvas_textf(c, in.x, in.y + 5, in.w, MS_STYLE_DIM, "%lld s%s", seconds,
			s->was_cancelled ? "   cancelling..." : "");
	ms_ui_keyed_text(ui, c, (struct ms_rect){in.x, in.y + in.h - 1, in.w, 1}, MS_STYLE_KEY,
			 s->is_resolving || ui->read_only
				 ? "{cancel} hides this"
				 : "{cancel} hides this, {sync-cancel} cancels the sync");
	ms_canvas_cursor(c, in.x, in.y);
}

/* --- keys and drawing ----------------------------------------------------------------------------
 */

static bool is_held(const struct ms_ui *ui)
{
	return ui->sync.report && ui->sync.report->state == MS_RUN_HELD && ui->sync.report->hold;
}

static void sync_key(struct ms_ui *ui, struct ms_dialog *d, uint32_t key, enum ms_action action,
		     bool is_pasted)
{
	struct sync_dialog *s = (struct sync_dialog *)d;

	(void)key;
	(void)is_pasted;
	if (ms_page_scroll(&s->page, action, place(ui, s).h - 4))
		return;
	switch ((int)action) {
	case MS_ACTION_interrupt:
		if (ui->sync.is_running)
			ms_do_sync_cancel(ui);
		else
			ms_dialog_close(ui, d);
		break;
	case MS_ACTION_cancel:
	case MS_ACTION_back:
		ms_dialog_close(ui, d);
		break;
	case MS_ACTION_help:
	case MS_ACTION_sync:
	case MS_ACTION_sync_dry_run:
	case MS_ACTION_sync_cancel:
	case MS_ACTION_hold_apply:
	case MS_ACTION_hold_discard:
		ms_ui_do(ui, action);
		break;
	default:
		break;
	}
}

static const char *title_of(const struct ms_sync_state *s)
{
	if (s->is_resolving)
		return "Resolving the hold";
	if (s->is_dry)
		return "Sync: dry run, nothing is written";
	return "Sync";
}

static void sync_draw(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c)
{
	const struct sync_dialog *s = (const struct sync_dialog *)d;
	struct ms_rect in = ms_canvas_box(c, place(ui, s), title_of(&ui->sync));

	if (ui->sync.is_running) {
		draw_running(ui, c, in);
		return;
	}
	ms_page_draw(&s->page, c, (struct ms_rect){in.x, in.y, in.w, in.h - 2});
	ms_ui_keyed_text(
		ui, c, (struct ms_rect){in.x, in.y + in.h - 1, in.w, 1}, MS_STYLE_KEY,
		is_held(ui) && !ui->read_only
			? (in.w < 60
				   ? "{hold-apply} apply  {hold-discard} discard  {cancel} later"
				   : "{hold-apply} applies it after all   {hold-discard} discards it   {cancel} decides later")
		: ui->read_only ? "{cancel} closes   {sync-dry-run} dry run"
				: "{cancel} closes  {sync} syncs again  {sync-dry-run} dry run");
	ms_canvas_cursor(c, in.x, in.y);
}

static void sync_free(struct ms_dialog *d)
{
	ms_page_clear(&((struct sync_dialog *)d)->page);
	ms_free(d);
}

static const struct ms_dialog_class sync_class = {.scope = MS_SCOPE_SYNC,
						  .key = sync_key,
						  .draw = sync_draw,
						  .free = sync_free,
						  .refresh = sync_refresh};

bool ms_sync_dialog_is_open(const struct ms_ui *ui)
{
	return ms_dialog_of_class(ui, &sync_class) != NULL;
}

void ms_sync_dialog_open(struct ms_ui *ui)
{
	struct ms_dialog *open = ms_dialog_of_class(ui, &sync_class);
	struct sync_dialog *s;

	if (open) {
		sync_refresh(ui, open);
		return;
	}
	s = ms_alloc(sizeof(*s));
	s->dialog.class = &sync_class;
	ms_dialog_open(ui, &s->dialog);
}
