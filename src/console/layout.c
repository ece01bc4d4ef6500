/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include "run_chart.h"
#include "ui.h"

#define WIDE	    120 /* columns from which the detail pane stands on the right */
#define BELOW_LINES 4
#define BELOW_WIDTH 60

static enum ms_pane choose_pane(const struct ms_ui *ui)
{
	if (ui->panes[ui->screen].is_full)
		return MS_PANE_FULL;
	if (ui->panes[ui->screen].is_hidden || ui->low_bandwidth)
		return MS_PANE_NONE;
	if (ui->width >= WIDE)
		return MS_PANE_RIGHT;
	return ui->height >= MS_UI_TALL && ui->width >= BELOW_WIDTH ? MS_PANE_BELOW : MS_PANE_NONE;
}

static void place_right(struct ms_layout *l, int width)
{
	int pane = width >= 160 ? width * 2 / 5 : width * 3 / 8;

	l->table.w = l->head.w = width - pane - 1;
	l->pane_rule = (struct ms_rect){l->table.w, l->head.y, 1, l->table.h + 1};
	l->detail = (struct ms_rect){l->table.w + 2, l->head.y, pane - 1, l->table.h + 1};
}

static void place_below(struct ms_layout *l, int width)
{
	l->table.h -= BELOW_LINES + 1;
	l->pane_rule = (struct ms_rect){0, l->table.y + l->table.h, width, 1};
	l->detail = (struct ms_rect){1, l->pane_rule.y + 1, width - 1, BELOW_LINES};
}

static void place_full(struct ms_layout *l, int width)
{
	l->pane_rule = (struct ms_rect){0, l->filter.y, width, 1};
	l->detail = (struct ms_rect){1, l->filter.y + 1, width - 1, l->table.h + l->summary.h + 1};
	l->filter.h = l->summary.h = l->head.h = l->table.h = 0;
}

static int summary_height(const struct ms_ui *ui, bool is_tall)
{
	const struct ms_browse_class *browse = ms_screen_now(ui)->browse;
	int h = browse && browse->summary_height ? browse->summary_height(ui) : 0;

	return !is_tall && h > 1 ? 1 : h;
}

void ms_layout_get(const struct ms_ui *ui, struct ms_layout *out)
{
	const int w = ui->width;
	const int tall = ui->height >= MS_UI_TALL ? 1 : 0;
	const int banner = tall || !ui->is_connected ? 1 : 0;
	const int bottom = ui->height - 1 - tall;
	struct ms_layout l = {.pane = choose_pane(ui)};

	l.title = (struct ms_rect){0, 0, w, 1};
	l.tabs = (struct ms_rect){0, 1, w, banner};
	l.filter = (struct ms_rect){0, 1 + banner, w, 1};
	l.summary = (struct ms_rect){0, l.filter.y + 1, w, summary_height(ui, tall)};
	l.head = (struct ms_rect){0, l.summary.y + l.summary.h, w, 1};
	l.table = (struct ms_rect){0, l.head.y + 1, w, bottom - l.head.y - 1};
	l.pending = (struct ms_rect){0, bottom, w, 1};
	l.hints = (struct ms_rect){0, bottom + 1, w, tall};
	if (l.pane == MS_PANE_RIGHT)
		place_right(&l, w);
	else if (l.pane == MS_PANE_BELOW)
		place_below(&l, w);
	else if (l.pane == MS_PANE_FULL)
		place_full(&l, w);
	ms_run_chart_place(ui, &l);
	*out = l;
}
