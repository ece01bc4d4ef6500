/* SPDX-License-Identifier: MIT */
/* The Models screen: its table is view_table.c, its pane detail.c, its actions most of do_*.c. */
#include "detail.h"
#include "modelsync/memory.h"
#include "view.h"

static bool is_motion(enum ms_action action)
{
	return action >= MS_ACTION_down && action <= MS_ACTION_column_right;
}

static bool lacks_row(struct ms_ui *ui, const struct ms_action_info *info)
{
	if (!((info->flags & MS_ACTION_ROW) && !ms_rows_current(&ui->rows)) &&
	    !((info->flags & MS_ACTION_TARGET) && ms_ui_target_count(ui) == 0))
		return false;
	ms_ui_note(ui, MS_NOTE_HINT, "%s: no model under the cursor", info->name);
	return true;
}

/* A range ends with the first key that does something else than moving. */
static bool end_range(struct ms_ui *ui, enum ms_action action)
{
	bool keep = action != MS_ACTION_cancel && action != MS_ACTION_interrupt;

	if (ui->rows.range_from == MS_ROW_NONE || is_motion(action) || action == MS_ACTION_redraw ||
	    action == MS_ACTION_suspend)
		return false;
	ms_rows_range_end(&ui->rows, keep);
	return action == MS_ACTION_range || action == MS_ACTION_mark || !keep;
}

static bool act(struct ms_ui *ui, enum ms_action action)
{
	return lacks_row(ui, ms_action_info(action)) || end_range(ui, action);
}

static void move(struct ms_ui *ui, long step)
{
	if (step != 0)
		ms_rows_move_by(&ui->rows, step);
	ms_ui_cursor_moved(ui);
}

static void draw(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	if (l->table.h > 0)
		ms_view_table(ui, l, c);
	ms_view_pane(ui, l, c);
	if (l->chart.h > 0)
		ms_run_chart_draw(ui, l->chart, c);
	ms_view_filter(ui, l, c);
}

static char *subject(const struct ms_ui *ui)
{
	const struct ms_model *m = ms_detail_model(ui);

	if (!m)
		return NULL;
	return ms_format("%s%s", m->id, ms_detail_is_history(ui) ? ": history" : "");
}

const struct ms_screen_class ms_screen_models = {
	.name = "Models",
	.scope = MS_SCOPE_TABLE,
	.full_scope = MS_SCOPE_DETAIL,
	.move = move,
	.follow = ms_detail_follow,
	.act = act,
	.shown = ms_browse_load,
	.draw = draw,
	.subject = subject,
	.lines = ms_detail_lines,
};
