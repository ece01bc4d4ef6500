/* SPDX-License-Identifier: MIT */
/* The pane and the lines below everything. */
#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "modelsync/memory.h"
#include "modelsync/utf8.h"
#include "view.h"

/* --- the pane about a row --------------------------------------------------------------------- */

static const char *rule_hint(const struct ms_ui *ui, const struct ms_layout *l)
{
	if (l->pane != MS_PANE_FULL)
		return " {detail}: full ";
	if (ui->screen != MS_SCREEN_MODELS)
		return " {back}: back ";
	return ms_detail_is_history(ui) ? " {back}: back, {history}: full "
					: " {back}: back, {history}: history ";
}

static void draw_rule(const struct ms_ui *ui, const struct ms_layout *l, const char *subject,
		      struct ms_canvas *c)
{
	char hint[60];
	struct ms_rect r = l->pane_rule;
	int width = (int)ms_utf8_columns(ms_ui_keyed(ui, hint, sizeof(hint), rule_hint(ui, l)));

	if (l->pane == MS_PANE_RIGHT) {
		ms_canvas_vline(c, r.x, r.y, r.h, MS_STYLE_BORDER);
		return;
	}
	ms_canvas_hline(c, r.x, r.y, r.w, MS_STYLE_BORDER);
	if (!subject)
		return;
	ms_canvas_textf(c, r.x + 2, r.y, r.w - width - 6, MS_STYLE_HEADING, " %s ", subject);
	ms_canvas_right(c, r.x, r.y, r.w - 2, MS_STYLE_BORDER, hint);
}

void ms_view_pane(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	const struct ms_screen_class *screen = ms_screen_now(ui);
	const struct ms_pane_state *pane = &ui->panes[ui->screen];
	struct ms_rect r = l->detail;
	struct ms_page page = {.top = pane->top};
	char *subject;

	if (l->pane == MS_PANE_NONE)
		return;
	subject = screen->subject(ui);
	draw_rule(ui, l, subject, c);
	if (l->pane == MS_PANE_RIGHT) {
		ms_canvas_text(c, r.x, r.y, r.w,
			       pane->has_focus ? MS_STYLE_CURSOR : MS_STYLE_HEADING,
			       subject ? subject : "");
		r.y++;
		r.h--;
	}
	screen->lines(ui, r.w, &page);
	ms_page_draw(&page, c, r);
	ms_page_clear(&page);
	ms_free(subject);
	if (l->pane == MS_PANE_FULL || pane->has_focus)
		ms_canvas_cursor(c, r.x, r.y);
}

/* --- staged edits ----------------------------------------------------------------------------- */

/* "status new>active, pro off>on" of the only row, else what is staged for how many. */
static void describe_staged(const struct ms_ui *ui, char *buf, size_t size)
{
	const struct ms_stage_summary *s = &ui->stage.summary;
	struct ms_edit effect;
	const struct ms_model *m;

	buf[0] = '\0';
	if (s->rows != 1)
		return;
	m = &ui->catalog->models[s->only->model];
	ms_stage_effect(s->only, m, &effect);
	buf[0] = ':';
	buf[1] = ' ';
	ms_edit_describe(buf + 2, size - 2, &effect, m);
}

static void draw_staged(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	const struct ms_stage_summary *s = &ui->stage.summary;
	const char *hint = ui->screen != MS_SCREEN_MODELS ? "{review} review"
			   : r.w < 60			  ? "{review} review  {undo} undo"
				      : "{review} review  {undo} undo  {drop-all} drop";
	char what[300], conflicts[40] = "", keys[80];
	int room = r.w - 2 - (int)ms_utf8_columns(ms_ui_keyed(ui, keys, sizeof(keys), hint));

	describe_staged(ui, what, sizeof(what));
	if (s->conflicts)
		(void)snprintf(conflicts, sizeof(conflicts), ", %zu in conflict", s->conflicts);
	ms_canvas_textf(c, r.x, r.y, room, MS_STYLE_PENDING, "%zu pending (%zu %s%s)%s", s->fields,
			s->rows, s->rows == 1 ? "row" : "rows", conflicts, what);
	ms_canvas_right(c, r.x, r.y, r.w - 1, MS_STYLE_KEY, keys);
}

static void draw_writing(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	const struct ms_writing *w = &ui->writing;
	long long seconds = (long long)(ui->now - w->started_at);
	char rows[40] = "", elapsed[24] = "";

	if (w->rows)
		(void)snprintf(rows, sizeof(rows), " %zu %s", w->rows,
			       w->rows == 1 ? "row" : "rows");
	if (seconds > 0)
		(void)snprintf(elapsed, sizeof(elapsed), " %lld s", seconds);
	ms_canvas_textf(c, r.x, r.y, r.w, MS_STYLE_PENDING, "%s%s...%s",
			w->was_cancelled   ? "cancelling"
			: ui->undo_pending ? "undoing"
					   : "writing",
			rows, elapsed);
	if (!w->was_cancelled)
		ms_canvas_right(c, r.x, r.y, r.w - 1, MS_STYLE_KEY, "^C cancel");
}

/* --- hints ------------------------------------------------------------------------------------ */

static char box_sign(const struct ms_ui *ui, enum ms_tier tier)
{
	size_t on = 0;

	for (size_t i = 0; i < ui->catalog->count; i++)
		on += ms_rows_is_marked(&ui->rows, (uint32_t)i) &&
		      (ms_stage_tiers(&ui->stage, ui->catalog, (uint32_t)i) & (unsigned)tier);
	return on == 0 ? ' ' : on == ui->rows.marked ? 'x' : '-';
}

static int draw_marked(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	if (ui->rows.marked == 0 || ms_screen_scope(ui) != MS_SCOPE_TABLE || ui->dialog)
		return 0;
	return 2 + ms_canvas_textf(c, r.x, r.y, r.w, MS_STYLE_MARKED,
				   "%zu marked F[%c] P[%c] E[%c]", ui->rows.marked,
				   box_sign(ui, MS_TIER_FREE), box_sign(ui, MS_TIER_PRO),
				   box_sign(ui, MS_TIER_ENTERPRISE));
}

/* The next hint from action *at on that fits between x and end; false when there is none. */
static bool next_hint(const struct ms_ui *ui, int x, int end, int *at, const char **key,
		      int *key_len)
{
	unsigned scope = (unsigned)(ui->dialog ? ui->dialog->class->scope : ms_screen_scope(ui));

	for (; *at < MS_ACTION_COUNT; ++*at) {
		const struct ms_action_info *info = ms_action_info((enum ms_action) * at);
		bool is_shown = (info->hints & scope) &&
				(*at != MS_ACTION_complete || ms_input_completes(ui)) &&
				!(ui->read_only && (info->flags & MS_ACTION_WRITES));

		*key = ms_keymap_names(ui->keymap, (enum ms_action) * at, scope);
		*key_len = (int)ms_keymap_first(*key);
		if (is_shown && *key_len && x + *key_len + 1 + (int)strlen(info->name) <= end)
			return true;
	}
	return false;
}

static void draw_hints(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	int x = r.x + draw_marked(ui, r, c), len;
	const char *key;

	for (int i = 1; next_hint(ui, x, r.x + r.w, &i, &key, &len); i++) {
		x += ms_canvas_textf(c, x, r.y, len, MS_STYLE_KEY, "%.*s", len, key) + 1;
		x += ms_canvas_text(c, x, r.y, r.w, MS_STYLE_NORMAL,
				    ms_action_info((enum ms_action)i)->name) +
		     2;
	}
}

enum ms_action ms_view_hint_at(const struct ms_ui *ui, struct ms_rect r, int column)
{
	struct ms_canvas *nowhere = ms_canvas_new(1, 1, false);
	int x = r.x + draw_marked(ui, r, nowhere), len;
	const char *key;

	ms_canvas_free(nowhere);
	for (int i = 1; next_hint(ui, x, r.x + r.w, &i, &key, &len); i++) {
		int width = len + 1 + (int)strlen(ms_action_info((enum ms_action)i)->name);

		if (column >= x && column < x + width)
			return (enum ms_action)i;
		x += width + 2;
	}
	return MS_ACTION_NONE;
}

static void draw_note(const struct ms_ui *ui, const struct ms_note *note, struct ms_rect r,
		      struct ms_canvas *c)
{
	static const enum ms_style styles[] = {MS_STYLE_NORMAL, MS_STYLE_NORMAL, MS_STYLE_WARNING,
					       MS_STYLE_ERROR};
	static const char *const words[] = {"", "", "warning: ", "error: "};

	char more[40];
	int width = (int)(ms_utf8_columns(words[note->kind]) + ms_utf8_columns(note->text));

	ms_canvas_fill(c, r, MS_STYLE_NORMAL);
	if (!ui->dialog && width > r.w && note->kind != MS_NOTE_HINT) {
		ms_ui_keyed(ui, more, sizeof(more),
			    r.w < 60 ? " ({screen-messages})" : "  {screen-messages} shows all");
		ms_canvas_right(c, r.x, r.y, r.w, MS_STYLE_KEY, more);
		r.w -= (int)ms_utf8_columns(more);
	}
	ms_canvas_textf(c, r.x, r.y, r.w, styles[note->kind], "%s%s", words[note->kind],
			note->text);
}

/*
 * Two lines where there is room: staged edits above, hints below; a new note takes the lower one
 * until the next key. On a small screen they share one.
 */
void ms_view_footer(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	const struct ms_note *note = ui->notes.current;
	struct ms_rect low = l->hints.h ? l->hints : l->pending;

	if (!l->hints.h && ui->dialog) /* a question or an input stands there */
		low.y--;
	if (l->hints.h)
		draw_hints(ui, l->hints, c);
	if (ui->writing.is_running)
		draw_writing(ui, l->pending, c);
	else if (ui->stage.summary.rows)
		draw_staged(ui, l->pending, c);
	else if (!l->hints.h)
		draw_hints(ui, l->pending, c);
	if (note)
		draw_note(ui, note, low, c);
}
