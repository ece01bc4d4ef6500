/* SPDX-License-Identifier: MIT */
#include "dialog.h"

#include <stddef.h>

#include "ui.h"

void ms_dialog_open(struct ms_ui *ui, struct ms_dialog *d)
{
	d->below = ui->dialog;
	ui->dialog = d;
	if (d->class->refresh)
		d->class->refresh(ui, d);
}

void ms_dialog_close(struct ms_ui *ui, struct ms_dialog *d)
{
	struct ms_dialog **at = &ui->dialog;

	while (*at && *at != d)
		at = &(*at)->below;
	if (!*at)
		return;
	*at = d->below;
	d->class->free(d);
}

void ms_dialog_close_all(struct ms_ui *ui)
{
	while (ui->dialog)
		ms_dialog_close(ui, ui->dialog);
}

struct ms_dialog *ms_dialog_of_class(const struct ms_ui *ui, const struct ms_dialog_class *class)
{
	struct ms_dialog *d = ui->dialog;

	while (d && d->class != class)
		d = d->below;
	return d;
}

struct ms_rect ms_dialog_place(const struct ms_ui *ui, int w, int h)
{
	bool is_small = ui->height < 18; /* every line counts */
	int most_w = ui->width - (ui->width > 60 ? 4 : 0);
	int most_h = ui->height - (is_small ? 1 : 3);

	if (w > most_w)
		w = most_w;
	if (h > most_h)
		h = most_h;
	return (struct ms_rect){(ui->width - w) / 2, (is_small ? 0 : 1) + (most_h - h) / 2, w, h};
}
