/* SPDX-License-Identifier: MIT */
/* The Messages screen: alerts that nobody has acknowledged, then what this session had to say. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "browse.h"
#include "entry_text.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "ui.h"

static bool is_alert(const struct ms_json *row)
{
	return ms_json_get(row, "alert") != NULL;
}

/* --- the table ------------------------------------------------------------------------------ */

static void add_time(struct ms_text *out, const struct ms_json *row)
{
	ms_entry_add_when(out, row, "raised_at");
}

static void add_kind(struct ms_text *out, const struct ms_json *row)
{
	const char *kind = ms_entry_text(row, "kind");

	for (; *kind; kind++)
		ms_text_add_bytes(out, *kind == '_' ? " " : kind, 1);
}

static void add_model(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, ms_entry_text(row, "model_id"));
}

static void add_message(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, ms_entry_text(row, "message"));
}

static const struct ms_list_column columns[] = {
	{"time", "TIME UTC", 11, 2, false, add_time},
	{"kind", "KIND", 12, 0, false, add_kind},
	{"model", "MODEL", 22, 1, false, add_model},
	{"message", "MESSAGE", 0, 0, false, add_message},
};

/* Messages have numbers below zero. */
static int64_t id_of(const struct ms_json *row)
{
	return is_alert(row) ? ms_entry_int(row, "alert") : -ms_entry_int(row, "note");
}

static enum ms_style style_of(const struct ms_json *row)
{
	const char *kind = ms_entry_text(row, "kind");

	return is_alert(row) || strcmp(kind, "error") == 0 || strcmp(kind, "warning") == 0
		       ? MS_STYLE_WARNING
		       : MS_STYLE_NORMAL;
}

static struct ms_json *note_row(const struct ms_note *note)
{
	static const char *const kinds[] = {[MS_NOTE_INFO] = "notice",
					    [MS_NOTE_WARNING] = "warning",
					    [MS_NOTE_ERROR] = "error"};
	struct ms_json *row = ms_json_new_object();
	char at[32];

	ms_json_add_number(row, "note", (double)note->number); /* is read back */
	ms_json_add_string(row, "kind", kinds[note->kind]);
	ms_json_add_string(row, "message", note->text);
	ms_json_add_string(row, "raised_at", ms_time_format(at, sizeof(at), note->at));
	return row;
}

static void add_notes(const struct ms_ui *ui, struct ms_json *rows)
{
	for (size_t i = ui->notes.count; i > 0; i--)
		ms_json_add(rows, NULL, note_row(&ui->notes.items[i - 1]));
}

/* --- the pane ------------------------------------------------------------------------------- */

static char *subject(const struct ms_json *row)
{
	return ms_strdup(is_alert(row) ? ms_entry_text(row, "model_id") : "message");
}

static const char *advice(const char *kind)
{
	static const char *const table[][2] = {
		{"price_jump",
		 "Look at the price upstream; take tiers away that it is too dear for."},
		{"free_to_paid",
		 "It costs money now: take it out of the free tier, or leave it there "
		 "on purpose."},
		{"alias_moved",
		 "The alias stands for another model now: see whether its tiers still "
		 "fit."},
		{"expiry_announced",
		 "Upstream will switch it off: choose a successor before that."},
		{"api_fallback", "Activate models, or see why the database could not be reached."},
		{"active_model_gone", "Users cannot reach it any more: activate a replacement."},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(kind, table[i][0]) == 0)
			return table[i][1];
	return "";
}

static void lines(const struct ms_ui *ui, const struct ms_json *row, int width, struct ms_page *out)
{
	const char *kind = ms_entry_text(row, "kind");
	int64_t run = ms_entry_int(row, "run");
	struct ms_text head;
	char when[32];

	(void)ui;
	ms_text_init(&head, 0);
	add_kind(&head, row);
	ms_text_addf(&head, ", %s UTC", ms_entry_when(when, sizeof(when), row, "raised_at"));
	if (run)
		ms_text_addf(&head, ", sync #%" PRId64, run);
	ms_page_add(out, MS_STYLE_HEADING, ms_text_str(&head));
	ms_text_clear(&head);
	ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "", ms_entry_text(row, "message"));
	if (is_alert(row) && *advice(kind))
		ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "What to do: ", advice(kind));
}

/* --- acknowledging -------------------------------------------------------------------------- */

static struct ms_browse *messages(struct ms_ui *ui)
{
	return &ui->browses[MS_FEED_ALERTS];
}

static bool is_target(const struct ms_list *l, const struct ms_list_row *row)
{
	return row->id > 0 && (l->marked ? row->is_marked : row == ms_list_current(l));
}

static size_t count_targets(const struct ms_list *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += is_target(l, &l->rows[i]);
	return n;
}

static void acknowledge(struct ms_ui *ui, int64_t unused)
{
	struct ms_list *l = &messages(ui)->list;
	struct ms_effect effect = {.kind = MS_EFFECT_ACKNOWLEDGE};

	(void)unused;
	effect.ids = ms_alloc_array(l->count + 1, sizeof(*effect.ids));
	for (size_t i = 0; i < l->count; i++)
		if (is_target(l, &l->rows[i]))
			effect.ids[effect.number++] = l->rows[i].id;
	ms_effects_push(&ui->effects, effect);
}

void ms_do_acknowledge(struct ms_ui *ui)
{
	size_t n = count_targets(&messages(ui)->list);
	char question[80];

	if (n == 0) {
		ms_ui_note(ui, MS_NOTE_HINT, "only alerts are acknowledged, and this is none");
	} else if (!ui->is_connected) {
		ms_ui_note(ui, MS_NOTE_HINT, "acknowledging needs the database: not connected");
	} else if (n == 1) {
		acknowledge(ui, 0);
	} else {
		(void)snprintf(question, sizeof(question), "Acknowledge the %zu marked alerts?", n);
		ms_confirm(ui, question, acknowledge, 0);
	}
}

void ms_acknowledged(struct ms_ui *ui, int64_t count, const struct ms_error *err)
{
	if (err) {
		ms_ui_error(ui, "not acknowledged", err);
		return;
	}
	ms_list_mark_clear(&messages(ui)->list);
	ms_ui_note(ui, MS_NOTE_HINT, "%" PRId64 " %s acknowledged", count,
		   count == 1 ? "alert" : "alerts");
	ms_ui_effect(ui, MS_EFFECT_LOAD_STATUS);
	ms_browse_load(ui);
}

static void shown(struct ms_ui *ui)
{
	ui->notes.unseen = 0;
	ms_browse_load(ui);
}

static const struct ms_browse_class browse = {
	.feed = MS_FEED_ALERTS,
	.list = {columns, sizeof(columns) / sizeof(columns[0]), id_of, style_of},
	.empty = "No open alerts, and no messages in this session.",
	.add_rows = add_notes,
	.subject = subject,
	.lines = lines,
};

const struct ms_screen_class ms_screen_messages = {
	.name = "Messages",
	.scope = MS_SCOPE_MESSAGES,
	.full_scope = MS_SCOPE_MESSAGES,
	.browse = &browse,
	.shown = shown,
	MS_BROWSE_SCREEN,
};
