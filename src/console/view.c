/* SPDX-License-Identifier: MIT */
#include "view.h"

static void draw_dialogs(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c)
{
	if (!d)
		return;
	draw_dialogs(ui, d->below, c); /* from the bottom up */
	d->class->draw(ui, d, c);
}

bool ms_view_is_too_small(const struct ms_ui *ui)
{
	return ui->width < MS_UI_MIN_WIDTH || ui->height < MS_UI_MIN_HEIGHT;
}

static void draw_too_small(const struct ms_ui *ui, struct ms_canvas *c)
{
	ms_canvas_textf(c, 0, 0, ui->width, MS_STYLE_NORMAL, "%dx%d is too small", ui->width,
			ui->height);
	ms_canvas_textf(c, 0, 1, ui->width, MS_STYLE_NORMAL, "needs %dx%d", MS_UI_MIN_WIDTH,
			MS_UI_MIN_HEIGHT);
	ms_ui_keyed_text(ui, c, (struct ms_rect){0, 2, ui->width, 1}, MS_STYLE_NORMAL,
			 "{back} quits");
	if (ui->dialog)
		ui->dialog->class->draw(ui, ui->dialog, c);
}

void ms_ui_draw(const struct ms_ui *ui, struct ms_canvas *c)
{
	struct ms_layout l;

	ms_canvas_clear(c);
	if (ms_view_is_too_small(ui)) {
		draw_too_small(ui, c);
		return;
	}
	ms_layout_get(ui, &l);
	ms_view_header(ui, &l, c);
	ms_screen_now(ui)->draw(ui, &l, c);
	ms_view_footer(ui, &l, c); /* on small screens a note covers the last row */
	draw_dialogs(ui, ui->dialog, c);
}
