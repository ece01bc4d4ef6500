/* SPDX-License-Identifier: MIT */
/* What a click or a turn of the wheel means. Dialogs take no clicks: questions are answered by key.
 */
#include "layout.h"
#include "view.h"

#define WHEEL_ROWS 3
#define DOUBLE_MS  400 /* between the clicks of a double one */

static bool is_inside(struct ms_rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

/* As if the first key of the action had been pressed. */
static void press(struct ms_ui *ui, enum ms_action action)
{
	unsigned scope = (unsigned)(ui->dialog ? ui->dialog->class->scope : ms_screen_scope(ui));
	const char *names = ms_keymap_names(ui->keymap, action, scope);
	uint32_t key = ms_key_from_name(names, ms_keymap_first(names));

	if (key)
		ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_KEY, .key = key});
}

static void turn(struct ms_ui *ui, bool is_down)
{
	bool is_list = ui->dialog && ui->dialog->class->scope == MS_SCOPE_PICKER;
	enum ms_action down = is_list ? MS_ACTION_list_down : MS_ACTION_down;
	enum ms_action up = is_list ? MS_ACTION_list_up : MS_ACTION_up;

	for (int i = 0; i < WHEEL_ROWS; i++)
		press(ui, is_down ? down : up);
}

/* Where the cursor is among the rows shown, and which one is at the top. */
static bool where(const struct ms_ui *ui, size_t *cursor, size_t *top, size_t *shown)
{
	const struct ms_browse *b = ms_browse_shown_list(ui);

	if (ui->screen == MS_SCREEN_MODELS) {
		*cursor = ui->rows.cursor;
		*top = ui->rows.top;
		*shown = ui->rows.shown;
		return true;
	}
	if (!b)
		return false;
	*cursor = b->list.cursor;
	*top = b->list.top;
	*shown = b->list.shown;
	return true;
}

static void click_row(struct ms_ui *ui, int line, bool is_double)
{
	size_t cursor, top, shown, row;

	if (!where(ui, &cursor, &top, &shown))
		return;
	row = top + (size_t)line;
	if (row >= shown)
		return;
	ms_screen_now(ui)->move(ui, (long)row - (long)cursor);
	if (is_double)
		ms_ui_do(ui, MS_ACTION_detail);
}

bool ms_clicks_second(struct ms_clicks *c, const struct ms_mouse *m, int64_t now_ms)
{
	bool is_second = m->button == MS_MOUSE_LEFT && m->x == c->last.x && m->y == c->last.y &&
			 now_ms - c->at_ms <= DOUBLE_MS;

	c->last = *m;
	c->at_ms = is_second ? 0 : now_ms;
	return is_second;
}

void ms_mouse(struct ms_ui *ui, const struct ms_mouse *m, bool is_double)
{
	struct ms_layout l;
	enum ms_action hint;

	if (m->button == MS_MOUSE_WHEEL_UP || m->button == MS_MOUSE_WHEEL_DOWN) {
		turn(ui, m->button == MS_MOUSE_WHEEL_DOWN);
		return;
	}
	if (m->button != MS_MOUSE_LEFT || ui->dialog || ms_view_is_too_small(ui))
		return;
	ms_layout_get(ui, &l);
	hint = is_inside(l.hints, m->x, m->y) ? ms_view_hint_at(ui, l.hints, m->x) : MS_ACTION_NONE;
	if (hint != MS_ACTION_NONE)
		press(ui, hint);
	else if (is_inside(l.tabs, m->x, m->y) && ui->is_connected)
		press(ui, ms_view_tab_at(ui, l.tabs, m->x));
	else if (is_inside(l.table, m->x, m->y))
		click_row(ui, m->y - l.table.y, is_double);
	else if (is_inside(l.detail, m->x, m->y) && is_double)
		ms_ui_do(ui, MS_ACTION_detail);
}
