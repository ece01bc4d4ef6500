/* SPDX-License-Identifier: MIT */
/* Actions about the program: lists of actions and messages, copying, leaving. */
#include <stdio.h>
#include <string.h>

#include "key.h"
#include "modelsync/memory.h"
#include "ui.h"

#define COPY_MAX 70000 /* bytes; terminals drop longer clipboard sequences */

void ms_do_palette(struct ms_ui *ui)
{
	ms_palette_open(ui);
}

void ms_do_help(struct ms_ui *ui)
{
	ms_help_open(ui);
}

/* --- copying ---------------------------------------------------------------------------------- */

static void add_row_text(const struct ms_ui *ui, const struct ms_model *m, struct ms_text *out)
{
	struct ms_columns c;
	char value[400];

	ms_columns_layout(&c, &ui->columns, ui->width);
	for (size_t i = 0; i < c.count; i++) {
		if (i > 0 && c.items[i].field == c.items[i - 1].field)
			continue; /* the tiers are one value */
		ms_field_export(value, sizeof(value), c.items[i].field, m, ui->now);
		ms_text_addf(out, "%s%s", i ? "\t" : "", value);
	}
}

static void add_cell_text(const struct ms_ui *ui, const struct ms_model *m, struct ms_text *out)
{
	struct ms_columns c;
	char value[400];

	ms_text_add(out, ms_field_export(value, sizeof(value), ms_ui_columns(ui, &c)->field, m,
					 ui->now));
}

static void add_marked_ids(const struct ms_ui *ui, struct ms_text *out)
{
	for (size_t i = 0; i < ui->catalog->count; i++)
		if (ms_rows_is_marked(&ui->rows, (uint32_t)i))
			ms_text_addf(out, "%s%s", out->len ? "\n" : "", ui->catalog->models[i].id);
}

/* To be marked with the mouse, where nothing else leads out of the terminal. */
static void show_text(struct ms_ui *ui, const char *text)
{
	struct ms_page page = {0};
	char *copy = ms_strdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")))
		ms_page_add_wrapped(&page, MS_STYLE_NORMAL, ms_page_width(ui), "", line);
	ms_page_open(ui, "This terminal has no clipboard", &page, NULL, NULL, 0);
	ms_free(copy);
}

void ms_ui_copy(struct ms_ui *ui, struct ms_text *text)
{
	if (text->overflow || text->len > COPY_MAX) {
		ms_ui_note(ui, MS_NOTE_HINT,
			   "not copied: more than %d bytes; {export} writes a file", COPY_MAX);
	} else if (text->len > 0 && ui->has_no_clipboard) {
		show_text(ui, ms_text_str(text));
	} else if (text->len == 0) {
		ms_ui_note(ui, MS_NOTE_HINT, "there is nothing to copy");
	} else {
		ms_ui_effect_text(ui, MS_EFFECT_COPY, ms_text_str(text));
		ms_ui_note(ui, MS_NOTE_HINT, "sent to the terminal's clipboard: %s",
			   ms_text_str(text));
	}
	ms_text_clear(text);
}

static void copy_chosen(struct ms_ui *ui, int64_t what)
{
	const struct ms_model *m = ms_rows_current(&ui->rows);
	struct ms_text text;

	ms_text_init(&text, COPY_MAX);
	if (what == 'm')
		add_marked_ids(ui, &text);
	else if (m && what == 'i')
		ms_text_add(&text, m->id);
	else if (m && what == 'c')
		add_cell_text(ui, m, &text);
	else if (m)
		add_row_text(ui, m, &text);
	if (text.len == 0 && what == 'm')
		ms_ui_note(ui, MS_NOTE_HINT, "nothing is marked");
	else
		ms_ui_copy(ui, &text);
}

void ms_do_copy(struct ms_ui *ui)
{
	static const struct ms_choice choices[] = {
		{'i', "id", 'i'},  {'y', "id", 'i'},	     {'c', "cell", 'c'},
		{'r', "row", 'r'}, {'m', "marked ids", 'm'},
	};

	ms_menu_open(ui, "copy:", choices, 5, copy_chosen);
}

/* --- data ------------------------------------------------------------------------------------- */

void ms_do_reload(struct ms_ui *ui)
{
	if (!ui->is_connected) {
		ms_ui_effect(ui, MS_EFFECT_RECONNECT);
		ms_ui_note(ui, MS_NOTE_HINT, "connecting again");
		return;
	}
	ms_ui_load_models(ui);
	ms_ui_effect(ui, MS_EFFECT_LOAD_STATUS);
	ms_browse_load(ui);
}

void ms_do_pause(struct ms_ui *ui)
{
	ui->is_paused = !ui->is_paused;
	if (!ui->is_paused && ui->has_news)
		ms_ui_load_models(ui);
	if (!ui->is_paused)
		ms_browse_load(ui);
	ms_ui_note(ui, MS_NOTE_HINT,
		   ui->is_paused ? "live updates paused; {pause} resumes, {reload} loads once"
				 : "live updates resumed");
}

/* --- sync ------------------------------------------------------------------------------------- */

static bool needs_connection(struct ms_ui *ui)
{
	if (!ui->is_connected)
		ms_ui_note(ui, MS_NOTE_HINT, "a sync needs the database: not connected");
	return !ui->is_connected;
}

static void sync_or_show(struct ms_ui *ui, bool is_dry)
{
	bool is_open = ms_sync_dialog_is_open(ui);

	if (ui->sync.is_viewing_hold)
		return; /* its answer is about to come, and is no sync's */
	if (!ui->sync.is_running && (is_open || !ui->sync.is_unseen)) {
		if (needs_connection(ui))
			return;
		ms_sync_start(ui, is_dry, false);
	}
	ms_sync_dialog_open(ui);
}

void ms_do_sync(struct ms_ui *ui)
{
	sync_or_show(ui, false);
}

void ms_do_sync_dry_run(struct ms_ui *ui)
{
	sync_or_show(ui, true);
}

static void cancel_own(struct ms_ui *ui, int64_t unused)
{
	(void)unused;
	if (!ui->sync.is_running)
		return;
	ui->sync.was_cancelled = true;
	ms_ui_effect(ui, MS_EFFECT_SYNC_CANCEL);
}

static void cancel_remote(struct ms_ui *ui, int64_t run)
{
	ms_effects_push(&ui->effects,
			(struct ms_effect){.kind = MS_EFFECT_CANCEL_RUN, .number = run});
	ms_ui_note(ui, MS_NOTE_INFO, "asked sync #%lld to stop", (long long)run);
}

void ms_do_sync_cancel(struct ms_ui *ui)
{
	char question[96];

	if (ui->sync.is_running) {
		ms_confirm(ui, "Cancel the running sync? Nothing of it will be applied.",
			   cancel_own, 0);
	} else if (ui->sync.remote_run) {
		(void)snprintf(question, sizeof(question),
			       "Cancel sync #%lld, which runs elsewhere?",
			       (long long)ui->sync.remote_run);
		ms_confirm(ui, question, cancel_remote, ui->sync.remote_run);
	} else {
		ms_ui_note(ui, MS_NOTE_HINT, "no sync is running");
	}
}

/* The held catalogue whose report is in view, or NULL: nobody decides about what was not shown. */
static const struct ms_run_report *held_in_view(const struct ms_ui *ui)
{
	const struct ms_run_report *r = ui->sync.report;

	return r && r->state == MS_RUN_HELD && r->hold ? r : NULL;
}

static void resolve(struct ms_ui *ui, bool is_applied)
{
	const struct ms_run_report *held = held_in_view(ui);

	if (!held)
		return;
	ms_effects_push(&ui->effects, (struct ms_effect){.kind = MS_EFFECT_RESOLVE_HOLD,
							 .number = held->hold,
							 .run = held->run,
							 .flag = is_applied});
	ui->sync.is_running = ui->sync.is_resolving = true;
	ui->sync.started_at = ui->now;
	ui->sync.progress = (struct ms_run_progress){.phase = MS_PHASE_APPLY};
	ms_sync_dialog_open(ui);
}

static void apply_hold(struct ms_ui *ui, int64_t unused)
{
	(void)unused;
	resolve(ui, true);
}

static void discard_hold(struct ms_ui *ui, int64_t unused)
{
	(void)unused;
	resolve(ui, false);
}

static void ask_about_hold(struct ms_ui *ui, const char *what, ms_choice_fn yes)
{
	const struct ms_run_report *held = held_in_view(ui);
	char question[128];

	if (!held || ui->sync.is_running) {
		ms_ui_note(ui, MS_NOTE_HINT,
			   ui->sync.is_running ? "a sync is running"
					       : "no held catalogue is shown; {hold} shows it");
		return;
	}
	(void)snprintf(question, sizeof(question), "%s hold #%lld (sync #%lld)?", what,
		       (long long)held->hold, (long long)held->run);
	ms_confirm(ui, question, yes, 0);
}

void ms_do_hold(struct ms_ui *ui)
{
	if (!ui->health.hold || ui->sync.is_running) {
		ms_ui_note(ui, MS_NOTE_HINT,
			   ui->sync.is_running ? "a sync is running" : "no catalogue is held");
		return;
	}
	ui->sync.is_viewing_hold = true;
	ms_effects_push(&ui->effects,
			(struct ms_effect){.kind = MS_EFFECT_LOAD_HOLD, .number = ui->health.hold});
}

void ms_do_hold_apply(struct ms_ui *ui)
{
	ask_about_hold(ui, "Apply the catalogue of", apply_hold);
}

void ms_do_hold_discard(struct ms_ui *ui)
{
	ask_about_hold(ui, "Discard the catalogue of", discard_hold);
}

/* --- leaving -----------------------------------------------------------------------------------
 */

void ms_do_redraw(struct ms_ui *ui)
{
	ms_ui_effect(ui, MS_EFFECT_REPAINT);
}

void ms_do_suspend(struct ms_ui *ui)
{
	ms_ui_effect(ui, MS_EFFECT_SUSPEND);
}

void ms_do_cancel(struct ms_ui *ui)
{
	(void)ms_screen_leave_pane(ui);
}

void ms_do_interrupt(struct ms_ui *ui)
{
	if (ui->writing.is_running)
		ms_write_cancel(ui);
	else if (ui->sync.is_running)
		ms_do_sync_cancel(ui);
	else if (!ms_screen_leave_pane(ui))
		ms_ui_note(ui, MS_NOTE_HINT, "nothing to cancel; {back} quits");
}

static void quit_now(struct ms_ui *ui, int64_t unused)
{
	(void)unused;
	ms_ui_effect(ui, MS_EFFECT_QUIT);
}

void ms_do_quit(struct ms_ui *ui)
{
	char question[128];
	size_t n = ui->stage.summary.rows;

	if (n > 0) {
		(void)snprintf(question, sizeof(question),
			       "Quit and lose the staged edits of %zu %s?", n,
			       n == 1 ? "row" : "rows");
		ms_confirm(ui, question, quit_now, 0);
	} else if (ui->sync.is_running) {
		ms_confirm(ui, "Quit and cancel the running sync?", quit_now, 0);
	} else {
		ms_ui_effect(ui, MS_EFFECT_QUIT);
	}
}

void ms_do_back(struct ms_ui *ui)
{
	if (ms_screen_leave_pane(ui))
		return;
	if (ui->screen != MS_SCREEN_MODELS)
		ms_screen_show(ui, MS_SCREEN_MODELS);
	else
		ms_do_quit(ui);
}
