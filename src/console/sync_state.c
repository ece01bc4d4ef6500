/* SPDX-License-Identifier: MIT */
/* What is known of the sync started here and of one that runs elsewhere. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ui.h"

void ms_sync_state_clear(struct ms_sync_state *s)
{
	ms_run_report_free(s->report);
	memset(s, 0, sizeof(*s));
}

void ms_sync_start(struct ms_ui *ui, bool dry_run, bool force)
{
	ms_sync_state_clear(&ui->sync);
	ui->sync.is_running = true;
	ui->sync.is_dry = dry_run;
	ui->sync.started_at = ui->now;
	ms_effects_push(
		&ui->effects,
		(struct ms_effect){.kind = MS_EFFECT_SYNC, .flag = dry_run, .force = force});
}

void ms_sync_progress(struct ms_ui *ui, const struct ms_run_progress *progress)
{
	ui->sync.progress = *progress;
}

static void force_confirmed(struct ms_ui *ui, int64_t is_dry)
{
	ms_sync_start(ui, is_dry != 0, true);
	ms_sync_dialog_open(ui);
}

/* Only asked while the user looks at it: a question must not catch keys meant for the table. */
static void offer_force(struct ms_ui *ui, const struct ms_error *err)
{
	char question[128];

	if (err->category != MS_ERR_BUSY || err->retry_after_s <= 0 || ui->read_only)
		return;
	(void)snprintf(question, sizeof(question),
		       "Synced a moment ago (%d s to wait). Sync anyway?", err->retry_after_s);
	ms_confirm(ui, question, force_confirmed, ui->sync.is_dry);
}

static void note_report(struct ms_ui *ui, const struct ms_run_report *r, bool is_open)
{
	const struct ms_run_counts *n = &r->counts;
	char more[60];

	ms_ui_keyed(ui, more, sizeof(more), is_open ? "" : "; {sync} shows the result");
	switch (r->state) {
	case MS_RUN_HELD:
		ms_ui_note(ui, MS_NOTE_WARNING, "sync #%" PRId64 " was held: %s", r->run,
			   r->guard_count ? r->guard[0]
			   : r->message	  ? r->message
					  : "see the result");
		break;
	case MS_RUN_FAILED:
		ms_ui_note(ui, MS_NOTE_ERROR, "sync #%" PRId64 " failed: %s - %s", r->run,
			   r->message ? r->message : ms_category_name(r->category),
			   ms_category_hint(r->category));
		break;
	case MS_RUN_RUNNING:
	case MS_RUN_COMPLETED:
	case MS_RUN_PREVIEW:
		ms_ui_note(ui, MS_NOTE_INFO,
			   "%s: %" PRId64 " added, %" PRId64 " updated, %" PRId64 " gone, %" PRId64
			   " back%s",
			   r->state == MS_RUN_PREVIEW ? "dry run" : "sync completed", n->added,
			   n->updated, n->marked_inactive, n->returned, more);
		if (r->rules && r->rules->problem)
			ms_ui_note(ui, MS_NOTE_WARNING,
				   "rules wait for the next sync, %zu new models with them: %s",
				   r->rules->looked_at, r->rules->problem);
		break;
	}
}

static void note_error(struct ms_ui *ui, const struct ms_error *err)
{
	if (err->category == MS_ERR_CANCELLED)
		ms_ui_note(ui, MS_NOTE_INFO, "sync cancelled; nothing of it was applied");
	else if (err->category == MS_ERR_BUSY)
		ms_ui_note(ui, MS_NOTE_INFO, "no sync was started: %s", err->message);
	else
		ms_ui_error(ui, "sync", err);
}

static void view_hold(struct ms_ui *ui)
{
	ui->sync.is_unseen = ui->sync.is_dry = false;
	ms_sync_dialog_open(ui);
}

void ms_sync_done(struct ms_ui *ui, struct ms_run_report *report, const struct ms_error *err)
{
	struct ms_sync_state *s = &ui->sync;
	bool was_resolving = s->is_resolving;
	bool is_view = s->is_viewing_hold && report;
	bool is_open = ms_sync_dialog_is_open(ui);
	size_t unseen = ui->notes.unseen;

	s->is_running = s->is_resolving = false;
	ms_run_report_free(s->report);
	s->report = report;
	s->err = err ? *err : (struct ms_error){0};
	s->is_unseen = !is_open && (report || err);
	s->is_viewing_hold = false;
	if (report && report->state == MS_RUN_COMPLETED && report->changeset)
		ms_write_remember(ui, report->changeset);
	if (report && report->state == MS_RUN_COMPLETED && report->rules &&
	    report->rules->changeset)
		ms_write_remember(ui, report->rules->changeset);
	if (is_view)
		view_hold(ui);
	else if (err)
		note_error(ui, err);
	else if (report)
		note_report(ui, report, is_open);
	else if (was_resolving)
		ms_ui_note(ui, MS_NOTE_INFO, "the held catalogue was discarded");
	if (is_open) /* it is read there already */
		ui->notes.unseen = unseen;
	if (err && is_open)
		offer_force(ui, err);
	ms_ui_effect(ui, MS_EFFECT_LOAD_STATUS);
	if (report && !s->is_dry && !is_view)
		ms_ui_load_models(ui);
	for (struct ms_dialog *d = ui->dialog; d; d = d->below)
		if (d->class->refresh)
			d->class->refresh(ui, d);
}

static bool is_phase(const char *name)
{
	for (int i = MS_PHASE_CLAIM; i < MS_PHASE_DONE; i++)
		if (strcmp(name, ms_run_phase_name((enum ms_run_phase)i)) == 0)
			return true;
	return strcmp(name, "cancel") == 0;
}

bool ms_sync_is_progress(const struct ms_json *notice)
{
	return ms_json_get(notice, "run") && is_phase(ms_json_text(ms_json_get(notice, "phase"))) &&
	       strcmp(ms_json_text(ms_json_get(notice, "phase")),
		      ms_run_phase_name(MS_PHASE_CLAIM)) != 0;
}

static bool is_own(const struct ms_sync_state *s, int64_t run)
{
	if (s->is_running && !s->is_dry)
		return true;
	return s->progress.run == run || (s->report && s->report->run == run);
}

void ms_sync_notice(struct ms_ui *ui, const struct ms_json *notice)
{
	struct ms_sync_state *s = &ui->sync;
	int64_t run = ms_json_int(ms_json_get(notice, "run"), 0);
	const char *phase = ms_json_text(ms_json_get(notice, "phase"));

	if (run == 0)
		return;
	if (is_phase(phase) && is_own(s, run))
		return; /* it reports directly */
	if (!is_phase(phase)) {
		s->remote_run = 0;
		ms_ui_effect(ui, MS_EFFECT_LOAD_STATUS);
		return;
	}
	s->remote_run = run;
	(void)snprintf(s->remote_phase, sizeof(s->remote_phase), "%s", phase);
}

void ms_sync_running(struct ms_ui *ui, const struct ms_json *running)
{
	if (ms_json_get(running, "run"))
		ms_sync_notice(ui, running);
	else
		ui->sync.remote_run = 0;
}
