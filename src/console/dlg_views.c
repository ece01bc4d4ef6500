/* SPDX-License-Identifier: MIT */
/* Saved views: the list, to use, to save and to delete. */
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"
#include "scroll.h"
#include "ui.h"

#define VIEWS_WIDTH 76
#define NAME_WIDTH  20
#define NAME_NARROW 12

struct list {
	struct ms_dialog dialog;
	size_t cursor, top;
};

static struct ms_rect place(const struct ms_ui *ui)
{
	int rows = ui->views.count ? (int)ui->views.count : 1;

	return ms_dialog_place(ui, VIEWS_WIDTH, rows + 2);
}

static void move_to(const struct ms_ui *ui, struct list *d, size_t at)
{
	d->cursor = ms_scroll_by(at, ui->views.count, 0);
	d->top = ms_scroll_top(d->top, d->cursor, ui->views.count, place(ui).h - 2);
}

static const struct ms_view *current(const struct ms_ui *ui, const struct list *d)
{
	return d->cursor < ui->views.count ? &ui->views.items[d->cursor] : NULL;
}

/* --- using one -------------------------------------------------------------------------------- */

static void use(struct ms_ui *ui, const struct ms_view *view)
{
	ms_history_add(&ui->filters, ui->rows.filter_text);
	ms_rows_sort_by_text(&ui->rows, view->sort, ui->now);
	if (*view->columns)
		ms_column_set_read(&ui->columns, view->columns);
	ms_ui_set_filter(ui, view->filter);
	if (ui->has_filter_error)
		ms_ui_note(ui, MS_NOTE_WARNING, "filter of view %s: %s", view->name,
			   ui->filter_error.message);
	ui->has_filter_error = false;
}

/* --- changing the file ------------------------------------------------------------------------ */

static void push(struct ms_ui *ui, const struct ms_view *set, const char *remove)
{
	struct ms_effect effect = {.kind = MS_EFFECT_CHANGE_VIEWS,
				   .text = remove ? ms_strdup(remove) : NULL};

	if (set)
		(void)ms_views_set(&effect.views, set);
	ms_effects_push(&ui->effects, effect);
}

/* What is on the screen now, under that name. */
static void save(struct ms_ui *ui, const char *name)
{
	char *sort = ms_rows_sort_text(&ui->rows);
	struct ms_text columns;
	struct ms_view view = {.filter = ui->rows.filter_text, .sort = sort};

	ms_text_init(&columns, 0);
	ms_column_set_write(&ui->columns, &columns);
	view.name = ms_strdup(name); /* it may be one of the list's */
	view.columns = (char *)ms_text_str(&columns);
	push(ui, &view, NULL);
	ms_free(view.name);
	ms_text_clear(&columns);
	ms_free(sort);
}

static void replace(struct ms_ui *ui, int64_t at)
{
	if ((size_t)at < ui->views.count)
		save(ui, ui->views.items[at].name);
}

static bool save_accepted(struct ms_ui *ui, const char *name)
{
	const struct ms_view *there = ms_views_find(&ui->views, name + (*name == '@'));
	struct ms_error err;
	char question[100];

	name += *name == '@';
	if (!ms_view_name_check(name, &err)) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s", err.message);
		return false;
	}
	if (!there) {
		save(ui, name);
		return true;
	}
	(void)snprintf(question, sizeof(question), "Replace the view %s?", name);
	ms_confirm(ui, question, replace, there - ui->views.items);
	return true;
}

static void ask_name(struct ms_ui *ui)
{
	static const struct ms_input_class class = {
		.prompt = "save this filter, order and columns as ", .accept = save_accepted};

	ms_input_open(ui, &class, "", NULL);
}

static void delete (struct ms_ui *ui, int64_t at)
{
	if ((size_t)at < ui->views.count)
		push(ui, NULL, ui->views.items[at].name);
}

static void ask_delete(struct ms_ui *ui, const struct list *d)
{
	char question[100];

	if (!current(ui, d))
		return;
	(void)snprintf(question, sizeof(question), "Delete the view %s?", current(ui, d)->name);
	ms_confirm(ui, question, delete, (int64_t)d->cursor);
}

/* --- the dialog ------------------------------------------------------------------------------- */

static void views_key(struct ms_ui *ui, struct ms_dialog *dialog, uint32_t key,
		      enum ms_action action, bool is_pasted)
{
	struct list *d = (struct list *)dialog;
	const struct ms_view *view = current(ui, d);
	long step = ms_scroll_step(action, place(ui).h - 3);

	(void)key;
	(void)is_pasted;
	switch ((int)action) {
	case MS_ACTION_cancel:
	case MS_ACTION_interrupt:
	case MS_ACTION_back:
		ms_dialog_close(ui, dialog);
		return;
	case MS_ACTION_accept:
		if (view)
			use(ui, view);
		ms_dialog_close(ui, dialog);
		return;
	case MS_ACTION_view_save:
		ask_name(ui);
		return;
	case MS_ACTION_view_delete:
		ask_delete(ui, d);
		return;
	case MS_ACTION_help:
		ms_help_open(ui);
		return;
	default:
		if (step)
			move_to(ui, d, ms_scroll_by(d->cursor, ui->views.count, step));
	}
}

static void draw_view(const struct ms_view *view, bool is_current, struct ms_rect r,
		      struct ms_canvas *c)
{
	enum ms_style style = is_current ? MS_STYLE_CURSOR : MS_STYLE_NORMAL;
	int name = r.w < 60 ? NAME_NARROW : NAME_WIDTH;
	int order = r.w < 60 ? 0 : (int)ms_utf8_columns(view->sort);

	ms_canvas_fill(c, r, style);
	ms_canvas_text(c, r.x, r.y, name, is_current ? style : MS_STYLE_KEY, view->name);
	ms_canvas_text(c, r.x + name + 1, r.y, r.w - name - order - 2, style,
		       *view->filter ? view->filter : "(all models)");
	ms_canvas_right(c, r.x + r.w - order, r.y, order, style, order ? view->sort : "");
	if (is_current)
		ms_canvas_cursor(c, r.x, r.y);
}

static void views_draw(const struct ms_ui *ui, const struct ms_dialog *dialog, struct ms_canvas *c)
{
	const struct list *d = (const struct list *)dialog;
	struct ms_rect in = ms_canvas_box(c, place(ui), "Views: @name in a filter");

	if (ui->views.count == 0) {
		ms_ui_keyed_text(ui, c, in, MS_STYLE_NORMAL,
				 "none yet: {save} saves what is shown now");
		ms_canvas_cursor(c, in.x, in.y);
	}
	for (int y = 0; y < in.h && d->top + (size_t)y < ui->views.count; y++) {
		size_t at = d->top + (size_t)y;

		draw_view(&ui->views.items[at], at == d->cursor,
			  (struct ms_rect){in.x, in.y + y, in.w, 1}, c);
	}
}

static void views_free(struct ms_dialog *d)
{
	ms_free(d);
}

static void views_refresh(struct ms_ui *ui, struct ms_dialog *dialog)
{
	struct list *d = (struct list *)dialog;

	move_to(ui, d, d->cursor);
}

/* Another console may have saved some meanwhile: the file is read again. */
void ms_do_views(struct ms_ui *ui)
{
	static const struct ms_dialog_class class = {.scope = MS_SCOPE_VIEWS,
						     .key = views_key,
						     .draw = views_draw,
						     .free = views_free,
						     .refresh = views_refresh};
	struct list *d = ms_alloc(sizeof(*d));

	d->dialog.class = &class;
	ms_dialog_open(ui, &d->dialog);
	push(ui, NULL, NULL);
}

void ms_views_changed(struct ms_ui *ui, struct ms_json *json, const char *saved,
		      const struct ms_error *err)
{
	struct ms_error wrong;

	if (!err && !ms_views_read(&ui->views, json, &wrong)) {
		(void)ms_error_prefix(&wrong, MS_VIEWS_FILE);
		err = &wrong;
	}
	ms_json_free(json);
	if (err)
		ms_ui_note(ui, MS_NOTE_WARNING, "saved views: %s", err->message);
	else if (saved)
		ms_ui_note(ui, MS_NOTE_HINT, "saved; @%s stands for its filter", saved);
	if (strchr(ui->rows.filter_text, '@') && !ms_input_in_filter_line(ui))
		ms_ui_set_filter(ui, ui->rows.filter_text);
}
