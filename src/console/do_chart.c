/* SPDX-License-Identifier: MIT */
/* Actions about the chart of the runs. */
#include "layout.h"
#include "ui.h"

void ms_do_chart_metric(struct ms_ui *ui)
{
	ui->chart.metric = (enum ms_metric)((ui->chart.metric + 1) % MS_METRIC_COUNT);
}

static void zoom_to(struct ms_ui *ui, size_t level)
{
	const struct ms_run_zoom *zoom = ms_run_zoom(level);

	ui->chart.zoom = level;
	ms_ui_note(ui, MS_NOTE_HINT, zoom->runs == 1 ? "a bar is one run" : "a bar is %zu runs",
		   zoom->runs);
	ms_browse_move(ui, 0); /* older runs may have to be loaded */
}

void ms_do_chart_in(struct ms_ui *ui)
{
	if (ui->chart.zoom > 0)
		zoom_to(ui, ui->chart.zoom - 1);
	else
		ms_ui_note(ui, MS_NOTE_HINT, "the bars are as wide as they get");
}

void ms_do_chart_out(struct ms_ui *ui)
{
	if (ui->chart.zoom + 1 < MS_RUN_ZOOM_COUNT)
		zoom_to(ui, ui->chart.zoom + 1);
	else
		ms_ui_note(ui, MS_NOTE_HINT, "a bar holds no more runs than that");
}

/* Chart and table, where there is room for both; else table, then chart. */
void ms_do_chart_table(struct ms_ui *ui)
{
	bool fits_both = ms_run_chart_fits_beside(ui);
	enum ms_chart_mode *mode = &ui->chart.mode;

	(void)ms_screen_leave_pane(ui);
	if (*mode == MS_CHART_ALONE)
		*mode = fits_both ? MS_CHART_NEVER : MS_CHART_BESIDE;
	else
		*mode = *mode == MS_CHART_BESIDE || !fits_both ? MS_CHART_ALONE : MS_CHART_BESIDE;
	ms_browse_move(ui, 0);
}

/* To the left are older runs, and the list has them further down. */
void ms_do_run_older(struct ms_ui *ui)
{
	ms_browse_move(ui, 1);
}

void ms_do_run_newer(struct ms_ui *ui)
{
	ms_browse_move(ui, -1);
}
