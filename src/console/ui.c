/* SPDX-License-Identifier: MIT */
#include "ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "key.h"
#include "layout.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "salvage.h"
#include "state.h"

#define SAMPLE "sample-catalogue.json" /* what the program brings along */

struct ms_ui *ms_ui_new(const char *label, bool read_only, int64_t now)
{
	struct ms_ui *ui = ms_alloc(sizeof(*ui));

	ui->label = ms_strdup(label);
	ui->keymap = ms_keymap_default();
	ui->database = ms_strdup("");
	ui->read_only = read_only;
	ui->now = ui->shown_at = now;
	ui->hints_read = MS_HINTS_ALL; /* until it is known which were */
	ui->width = 80;
	ui->height = 24;
	ui->chart.zoom = MS_RUN_ZOOM_NORMAL;
	ms_rows_init(&ui->rows);
	ui->rows.views = &ui->views;
	ms_column_set_init(&ui->columns);
	ms_browse_init(ui);
	return ui;
}

void ms_ui_free(struct ms_ui *ui)
{
	if (!ui)
		return;
	ms_dialog_close_all(ui);
	ms_rows_clear(&ui->rows);
	ms_views_clear(&ui->views);
	ms_stage_clear(&ui->stage);
	ms_salvage_clear(ui);
	ms_detail_clear(&ui->detail);
	ms_sync_state_clear(&ui->sync);
	ms_notes_clear(&ui->notes);
	ms_browse_clear(ui);
	ms_free(ui->chart.facts);
	ms_changeset_clear(&ui->changeset);
	ms_json_free(ui->status);
	ms_history_clear(&ui->filters);
	ms_history_clear(&ui->list_filters);
	ms_history_clear(&ui->finds);
	ms_history_clear(&ui->marks);
	ms_history_clear(&ui->commands);
	ms_history_clear(&ui->files);
	ms_free(ui->export.path);
	ms_json_free(ui->remembered);
	ms_filter_free(ui->found);
	ms_free(ui->filter_before);
	ms_catalog_free(ui->catalog);
	ms_effects_clear(&ui->effects);
	ms_free(ui->label);
	ms_free(ui->database);
	ms_free(ui);
}

void ms_ui_note(struct ms_ui *ui, enum ms_note_kind kind, const char *fmt, ...)
{
	char buf[1200], format[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), ms_ui_keyed_format(ui, format, sizeof(format), fmt), ap);
	va_end(ap);
	ms_notes_add(&ui->notes, kind, ui->now, "%s", buf);
	if (kind != MS_NOTE_HINT && ui->screen == MS_SCREEN_MESSAGES) {
		ui->notes.unseen = 0;
		ms_browse_renew(ui, ui->screen);
	}
}

void ms_ui_error(struct ms_ui *ui, const char *what, const struct ms_error *err)
{
	const char *hint = ms_category_hint(err->category);

	ms_ui_note(ui, MS_NOTE_ERROR, "%s: %s%s%s", what, err->message, *hint ? " - " : "", hint);
}

void ms_ui_effect(struct ms_ui *ui, enum ms_effect_kind kind)
{
	ms_effects_push(&ui->effects, (struct ms_effect){.kind = kind});
}

void ms_ui_effect_text(struct ms_ui *ui, enum ms_effect_kind kind, const char *text)
{
	ms_effects_push(&ui->effects, (struct ms_effect){.kind = kind, .text = ms_strdup(text)});
}

/* One list is under way at a time; what changes meanwhile is seen by the next one. */
void ms_ui_load_models(struct ms_ui *ui)
{
	if (ui->is_loading) {
		ui->load_again = true;
		return;
	}
	ui->is_loading = true;
	ui->load_again = false;
	ui->has_news = false;
	ms_ui_effect(ui, MS_EFFECT_LOAD_MODELS);
}

void ms_ui_cursor_moved(struct ms_ui *ui)
{
	struct ms_layout l;

	if (ui->screen != MS_SCREEN_MODELS)
		return; /* the table has another height there; coming back does this */
	ms_layout_get(ui, &l);
	ms_rows_show_cursor(&ui->rows, l.table.h);
	ms_ui_effect(ui, MS_EFFECT_REST_TIMER);
}

/*
 * A wrong filter leaves the last good rows. The half of a field's name before it may have matched
 * none as a word: then the rows from before the editing are better than an empty table.
 */
void ms_ui_set_filter(struct ms_ui *ui, const char *text)
{
	struct ms_filter_error unused;

	ui->has_filter_error = !ms_rows_set_filter(&ui->rows, text, ui->now, &ui->filter_error);
	if (ui->has_filter_error && ui->rows.shown == 0 && ui->filter_before)
		(void)ms_rows_set_filter(&ui->rows, ui->filter_before, ui->now, &unused);
	ms_ui_cursor_moved(ui);
}

/* Who reads everything about one model edits that one, whatever is marked behind it. */
static bool targets_marks(const struct ms_ui *ui)
{
	return ui->rows.marked > 0 && !ui->panes[MS_SCREEN_MODELS].is_full;
}

size_t ms_ui_target_count(const struct ms_ui *ui)
{
	return targets_marks(ui) ? ui->rows.marked : ms_rows_current(&ui->rows) ? 1 : 0;
}

size_t ms_ui_each_target(struct ms_ui *ui, void (*fn)(struct ms_ui *, uint32_t, void *), void *arg)
{
	size_t n = 0;

	if (!targets_marks(ui)) {
		uint32_t row = ms_rows_current_index(&ui->rows);

		if (row == MS_ROW_NONE)
			return 0;
		fn(ui, row, arg);
		return 1;
	}
	for (size_t i = 0; i < ui->catalog->count; i++) {
		if (!ms_rows_is_marked(&ui->rows, (uint32_t)i))
			continue;
		fn(ui, (uint32_t)i, arg);
		n++;
	}
	return n;
}

/* --- actions ------------------------------------------------------------------------------- */

static bool is_refused(struct ms_ui *ui, const struct ms_action_info *info)
{
	struct ms_text where;

	if ((info->flags & MS_ACTION_WRITES) && ui->read_only) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s: %s; nothing was changed", info->name,
			   ui->is_viewer ? "you are a viewer" : "the console is read-only");
		return true;
	}
	if ((info->flags & MS_ACTION_WRITES) && ui->writing.is_running) {
		ms_ui_note(ui, MS_NOTE_HINT,
			   "%s: wait until the edits are written, or cancel with ^C", info->name);
		return true;
	}
	if (info->scopes & ms_screen_scopes(ui))
		return false;
	ms_text_init(&where, 0);
	ms_action_scope_names(info->scopes, &where);
	ms_ui_note(ui, MS_NOTE_HINT, "%s does nothing here, only in: %s", info->name,
		   ms_text_str(&where));
	ms_text_clear(&where);
	return true;
}

void ms_ui_do(struct ms_ui *ui, enum ms_action action)
{
	const struct ms_action_info *info = ms_action_info(action);

	if (info->run && !is_refused(ui, info) && !ms_screen_now(ui)->act(ui, action))
		info->run(ui);
}

static void take_key(struct ms_ui *ui, uint32_t key, bool is_pasted)
{
	struct ms_dialog *d = ui->dialog;
	enum ms_scope scope = d ? d->class->scope : ms_screen_scope(ui);
	char name[MS_KEY_NAME_MAX];
	enum ms_action action =
		is_pasted ? MS_ACTION_NONE : ms_keymap_action(ui->keymap, scope, key);

	ui->notes.current = NULL;
	if (action == MS_ACTION_redraw || action == MS_ACTION_suspend)
		ms_ui_do(ui, action);
	else if (d)
		d->class->key(ui, d, key, action, is_pasted);
	else if (is_pasted)
		ms_ui_note(ui, MS_NOTE_HINT,
			   "pasted text was ignored; press {filter} first to filter by it");
	else if (action != MS_ACTION_NONE)
		ms_ui_do(ui, action);
	else if (ms_key_is_text(key))
		ms_ui_note(ui, MS_NOTE_HINT, "%s does nothing here; {help} lists the keys",
			   ms_key_name(name, sizeof(name), key));
}

/* --- events -------------------------------------------------------------------------------- */

static void refresh_dialogs(struct ms_ui *ui)
{
	for (struct ms_dialog *d = ui->dialog; d; d = d->below)
		if (d->class->refresh)
			d->class->refresh(ui, d);
}

static size_t count_new(const struct ms_catalog *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += c->models[i].status == MS_STATUS_NEW;
	return n;
}

/* Said once; the rows keep their sign. */
static void tell_conflicts(struct ms_ui *ui, size_t before)
{
	size_t n = ui->stage.summary.conflicts;

	if (n > before)
		ms_ui_note(ui, MS_NOTE_WARNING,
			   "%zu staged %s changed meanwhile, marked !; {review} shows which", n,
			   n == 1 ? "row was" : "rows were");
}

static void take_models(struct ms_ui *ui, struct ms_catalog *catalog, const struct ms_error *err)
{
	struct ms_catalog *before = ui->catalog;
	size_t conflicts = ui->stage.summary.conflicts;

	ui->is_loading = false;
	if (!catalog) {
		if (err && err->category != MS_ERR_UNREACHABLE)
			ms_ui_error(ui, "models not loaded", err);
		return;
	}
	ms_rows_replace(&ui->rows, catalog, ui->now);
	ms_stage_replace(&ui->stage, before, catalog);
	ui->catalog = catalog;
	ui->new_count = count_new(catalog);
	ms_catalog_free(before);
	ms_stage_forget_written(&ui->stage, catalog);
	tell_conflicts(ui, conflicts);
	ui->detail.is_stale = true;
	ui->detail.is_asked = false;
	ms_ui_cursor_moved(ui);
	if (!before)
		ms_detail_follow(ui);
	refresh_dialogs(ui);
	if (ui->load_again)
		ms_ui_load_models(ui);
}

static void take_connection(struct ms_ui *ui, const char *label, const struct ms_error *err)
{
	bool was_connected = ui->is_connected;
	bool is_first = !err && !*ui->database;

	ui->is_connected = !err;
	if (err) {
		ui->lost = *err;
		ui->is_loading = ui->detail.is_asked = false;
		ui->is_status_asked = false;
		ms_browse_disconnected(ui);
		if (was_connected)
			ms_ui_error(ui, "connection lost", err);
		return;
	}
	ms_free(ui->database);
	ui->database = ms_strdup(label);
	if (!was_connected && ui->lost.category != MS_OK)
		ms_ui_note(ui, MS_NOTE_INFO, "connected to %s again", label);
	ui->lost = (struct ms_error){0};
	if (is_first)
		ms_state_connected(ui);
	ms_ui_load_models(ui);
	ms_ui_effect(ui, MS_EFFECT_LOAD_STATUS);
	ms_browse_load(ui);
}

/* Whom the database takes for a viewer it would refuse after a review and a question. */
static void learn_role(struct ms_ui *ui, const struct ms_json *me)
{
	bool is_viewer = strcmp(ms_json_text(ms_json_get(me, "role")), "viewer") == 0;

	if (is_viewer && !ui->read_only) {
		ms_ui_note(ui, MS_NOTE_INFO,
			   "you are a viewer (%s): nothing can be changed from here",
			   ms_json_text(ms_json_get(me, "acts_as")));
		ui->is_viewer = ui->read_only = true;
	} else if (!is_viewer && ui->is_viewer) {
		ui->is_viewer = ui->read_only = false;
	}
}

static void take_status(struct ms_ui *ui, struct ms_json *json, const struct ms_error *err)
{
	struct ms_health *h = &ui->health;
	const struct ms_json *last = ms_json_get(json, "last_run");
	const struct ms_json *good = ms_json_get(json, "last_completed");
	bool is_cancelled = strcmp(ms_json_text(ms_json_get(last, "category")),
				   ms_category_name(MS_ERR_CANCELLED)) == 0;

	ui->is_status_asked = false;
	if (err && !json) {
		if (err->category != MS_ERR_UNREACHABLE)
			ms_ui_error(ui, "status not loaded", err);
		return;
	}
	*h = (struct ms_health){.is_known = true};
	if (!ms_time_parse(ms_json_text(ms_json_get(good, "completed_at")), &h->last_ok_at))
		h->last_ok_at = 0;
	(void)snprintf(h->last_state, sizeof(h->last_state), "%s",
		       is_cancelled ? "cancelled" : ms_json_text(ms_json_get(last, "state")));
	h->alerts = ms_json_int(ms_json_get(json, "unacknowledged_alerts"), 0);
	h->is_from_file = strcmp(ms_json_text(ms_json_get(good, "trigger")), "file") == 0;
	h->is_sample = h->is_from_file && strstr(ms_json_text(ms_json_get(good, "url")), SAMPLE);
	h->hold = ms_json_int(ms_json_get(ms_json_get(json, "open_hold"), "hold"), 0);
	ms_json_free(ui->status);
	ui->status = json;
	ui->status_at = ui->now;
	ms_sync_running(ui, ms_json_get(json, "running"));
	learn_role(ui, ms_json_get(json, "you"));
	if (ui->status_again)
		ms_ui_load_figures(ui);
}

void ms_ui_load_figures(struct ms_ui *ui)
{
	ui->status_again = ui->is_status_asked;
	if (ui->is_status_asked)
		return;
	ui->is_status_asked = true;
	ms_ui_effect(ui, MS_EFFECT_LOAD_STATUS);
}

/* Below the models are runs only. */
static bool concerns_screen(const struct ms_ui *ui, const struct ms_json *notice)
{
	return ui->screen != MS_SCREEN_MODELS || ms_json_get(notice, "run");
}

static void take_notice(struct ms_ui *ui, const char *payload)
{
	struct ms_error err;
	struct ms_json *notice = ms_json_parse(payload, strlen(payload), &err);
	bool concerns_models;

	if (!notice)
		return;
	concerns_models = ms_json_get(notice, "changeset") || ms_json_get(notice, "alerts");
	if (ui->is_paused)
		ui->has_news = ui->has_news || concerns_models;
	else if (concerns_models)
		ms_ui_load_models(ui);
	if (ms_json_get(notice, "hold") || ms_json_get(notice, "alerts"))
		ms_ui_effect(ui, MS_EFFECT_LOAD_STATUS);
	if (!ms_sync_is_progress(notice) && !ui->is_paused && concerns_screen(ui, notice))
		ms_browse_load(ui);
	else if (ui->screen == MS_SCREEN_SYNC && !ui->sync.is_running)
		ms_ui_load_figures(ui); /* how far a run elsewhere is */
	ms_sync_notice(ui, notice);
	ms_json_free(notice);
}

bool ms_ui_counts_seconds(const struct ms_ui *ui)
{
	return ui->sync.is_running || ui->verify.is_running || ui->writing.is_running ||
	       (ui->screen == MS_SCREEN_SYNC && ui->sync.remote_run);
}

static void take_resize(struct ms_ui *ui, int width, int height)
{
	ui->width = width;
	ui->height = height;
	ms_screen_now(ui)->move(ui, 0);
	if (ui->screen == MS_SCREEN_MODELS && !ui->browses[MS_FEED_RUNS].is_known)
		ms_browse_load(ui);
	refresh_dialogs(ui);
}

/* What repaints much anyway. */
static bool brings_data(enum ms_event_kind kind)
{
	return kind == MS_EVENT_MODELS || kind == MS_EVENT_STATUS || kind == MS_EVENT_CONNECTION ||
	       kind == MS_EVENT_RESIZE;
}

void ms_ui_update(struct ms_ui *ui, const struct ms_ui_event *e)
{
	if (e->now)
		ui->now = e->now;
	if (!ui->low_bandwidth || brings_data(e->kind))
		ui->shown_at = ui->now;
	switch (e->kind) {
	case MS_EVENT_KEY:
		take_key(ui, e->key, e->is_pasted);
		ms_hints_follow(ui);
		break;
	case MS_EVENT_MOUSE:
		ms_mouse(ui, &e->mouse, e->flag);
		break;
	case MS_EVENT_RESIZE:
		take_resize(ui, e->width, e->height);
		break;
	case MS_EVENT_TICK:
		break;
	case MS_EVENT_RESTED:
		ms_screen_now(ui)->follow(ui);
		break;
	case MS_EVENT_MODELS:
		take_models(ui, e->catalog, e->err);
		break;
	case MS_EVENT_DETAIL:
		ms_detail_loaded(ui, e->text, e->json, e->err);
		break;
	case MS_EVENT_WRITTEN:
		ms_write_done(ui, e->result, e->err);
		break;
	case MS_EVENT_UNDO_SHOWN:
		ms_undo_shown(ui, e->number, e->result, e->err);
		break;
	case MS_EVENT_PROGRESS:
		ms_sync_progress(ui, e->progress);
		break;
	case MS_EVENT_SYNCED:
		ms_sync_done(ui, e->report, e->err);
		break;
	case MS_EVENT_STATUS:
		take_status(ui, e->json, e->err);
		break;
	case MS_EVENT_FEED:
		ms_browse_loaded(ui, e->feed, e->number, e->json, e->err);
		break;
	case MS_EVENT_CHANGESET:
		ms_changeset_loaded(ui, e->number, e->json, e->err);
		break;
	case MS_EVENT_VERIFIED:
		ms_verify_done(ui, e->json, e->err);
		break;
	case MS_EVENT_ACKNOWLEDGED:
		ms_acknowledged(ui, e->number, e->err);
		break;
	case MS_EVENT_EXPORTED:
		ms_exported(ui, e->number, e->text, e->err);
		break;
	case MS_EVENT_VIEWS:
		ms_views_changed(ui, e->json, e->text, e->err);
		refresh_dialogs(ui);
		break;
	case MS_EVENT_NOTICE:
		take_notice(ui, e->text);
		break;
	case MS_EVENT_CONNECTION:
		take_connection(ui, e->text, e->err);
		break;
	}
	ms_browse_fit(ui);
}
