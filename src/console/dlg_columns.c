/* SPDX-License-Identifier: MIT */
/* The columns of the table of models, to choose and to order; the table behind follows at once. */
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "scroll.h"
#include "ui.h"

#define COLUMNS_WIDTH 76
#define NAME_WIDTH    17
#define NAME_NARROW   14

/* A field keeps its place in the list whether it is shown or not. */
struct entry {
	struct ms_column_pick pick;
	bool is_shown;
};

struct chooser {
	struct ms_dialog dialog;
	struct ms_column_set before; /* for Esc */
	struct entry entries[MS_COLUMN_PICKS_MAX];
	size_t count, cursor, top;
};

/* Those of the table in its order, then all others. */
static void list_all(struct chooser *d, const struct ms_column_set *s)
{
	const struct ms_field *f;

	d->count = s->count;
	for (size_t i = 0; i < s->count; i++)
		d->entries[i] = (struct entry){s->items[i], true};
	for (size_t i = 0; (f = ms_field_at(i)) && d->count < MS_COLUMN_PICKS_MAX; i++)
		if (ms_column_set_find(s, f) == SIZE_MAX)
			d->entries[d->count++] = (struct entry){{f, 0, true}, false};
}

static void apply(struct ms_ui *ui, const struct chooser *d)
{
	ui->columns.count = 0;
	for (size_t i = 0; i < d->count; i++)
		if (d->entries[i].is_shown)
			ui->columns.items[ui->columns.count++] = d->entries[i].pick;
}

static struct ms_rect place(const struct ms_ui *ui, const struct chooser *d)
{
	return ms_dialog_place(ui, COLUMNS_WIDTH, (int)d->count + 2);
}

static void move_to(const struct ms_ui *ui, struct chooser *d, size_t at)
{
	d->cursor = at;
	d->top = ms_scroll_top(d->top, at, d->count, place(ui, d).h - 2);
}

static void toggle(struct ms_ui *ui, struct chooser *d)
{
	struct entry *e = &d->entries[d->cursor];

	if (ms_column_is_fixed(e->pick.field)) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s is always shown", e->pick.field->name);
		return;
	}
	e->is_shown = !e->is_shown || !e->pick.is_wanted;
	e->pick.is_wanted = true;
	apply(ui, d);
}

static void shift(struct ms_ui *ui, struct chooser *d, int step)
{
	size_t to = ms_scroll_by(d->cursor, d->count, step);
	struct entry e = d->entries[d->cursor];

	d->entries[d->cursor] = d->entries[to];
	d->entries[to] = e;
	move_to(ui, d, to);
	apply(ui, d);
}

static void reset(struct ms_ui *ui, struct chooser *d)
{
	ms_column_set_init(&ui->columns);
	list_all(d, &ui->columns);
}

static void chooser_key(struct ms_ui *ui, struct ms_dialog *dialog, uint32_t key,
			enum ms_action action, bool is_pasted)
{
	struct chooser *d = (struct chooser *)dialog;
	long step = ms_scroll_step(action, place(ui, d).h - 3);

	(void)key;
	(void)is_pasted;
	switch ((int)action) {
	case MS_ACTION_cancel:
	case MS_ACTION_interrupt:
		ui->columns = d->before;
		ms_dialog_close(ui, dialog);
		return;
	case MS_ACTION_accept:
	case MS_ACTION_back:
		ms_dialog_close(ui, dialog);
		return;
	case MS_ACTION_column_toggle:
		toggle(ui, d);
		return;
	case MS_ACTION_column_earlier:
		shift(ui, d, -1);
		return;
	case MS_ACTION_column_later:
		shift(ui, d, 1);
		return;
	case MS_ACTION_columns_reset:
		reset(ui, d);
		return;
	case MS_ACTION_help:
		ms_help_open(ui);
		return;
	default:
		if (step)
			move_to(ui, d, ms_scroll_by(d->cursor, d->count, step));
	}
}

static void draw_entry(const struct entry *e, bool is_current, struct ms_rect r,
		       struct ms_canvas *c)
{
	enum ms_style style = is_current ? MS_STYLE_CURSOR : MS_STYLE_NORMAL;
	char sign = !e->is_shown ? ' ' : e->pick.is_wanted ? 'x' : '+';
	int name = r.w < 60 ? NAME_NARROW : NAME_WIDTH;

	ms_canvas_fill(c, r, style);
	ms_canvas_textf(c, r.x, r.y, 3, style, "[%c]", sign);
	ms_canvas_text(c, r.x + 4, r.y, name, is_current ? style : MS_STYLE_KEY,
		       e->pick.field->name);
	ms_canvas_text(c, r.x + 5 + name, r.y, r.w - 5 - name, style, e->pick.field->help);
	if (is_current)
		ms_canvas_cursor(c, r.x + 1, r.y);
}

static void chooser_draw(const struct ms_ui *ui, const struct ms_dialog *dialog,
			 struct ms_canvas *c)
{
	const struct chooser *d = (const struct chooser *)dialog;
	bool is_narrow = ui->width < 60;
	struct ms_rect in =
		ms_canvas_box(c, place(ui, d),
			      is_narrow ? "Columns ([+]: if room)"
					: "Columns: [x] shown, [+] where there is room");
	char place_of[48];

	(void)snprintf(place_of, sizeof(place_of), " %zu of %zu ", d->cursor + 1, d->count);
	ms_canvas_right(c, in.x, in.y + in.h, in.w, MS_STYLE_BORDER, place_of);
	for (int y = 0; y < in.h && d->top + (size_t)y < d->count; y++) {
		size_t at = d->top + (size_t)y;

		draw_entry(&d->entries[at], at == d->cursor,
			   (struct ms_rect){in.x, in.y + y, in.w, 1}, c);
	}
}

static void chooser_free(struct ms_dialog *d)
{
	ms_free(d);
}

static void chooser_refresh(struct ms_ui *ui, struct ms_dialog *dialog)
{
	struct chooser *d = (struct chooser *)dialog;

	move_to(ui, d, d->cursor);
}

/* The cursor begins on the column it is on in the table. */
void ms_columns_open(struct ms_ui *ui)
{
	static const struct ms_dialog_class class = {.scope = MS_SCOPE_COLUMNS,
						     .key = chooser_key,
						     .draw = chooser_draw,
						     .free = chooser_free,
						     .refresh = chooser_refresh};
	struct chooser *d = ms_alloc(sizeof(*d));
	struct ms_columns columns;

	d->dialog.class = &class;
	d->before = ui->columns;
	list_all(d, &ui->columns);
	d->cursor = ms_column_set_find(&ui->columns, ms_ui_columns(ui, &columns)->field);
	ms_dialog_open(ui, &d->dialog);
}
