/* SPDX-License-Identifier: MIT */
/* Settings of the console that can be changed while it runs. */
#include "ui.h"

static void set_theme(struct ms_ui *ui, enum ms_theme theme)
{
	ui->theme = theme;
	ui->is_theme_chosen = true;
	ms_ui_effect(ui, MS_EFFECT_LOOKS);
	ms_ui_note(ui, MS_NOTE_HINT, "theme %s", ms_theme_name(theme));
}

void ms_do_set_theme_dark(struct ms_ui *ui)
{
	set_theme(ui, MS_THEME_DARK);
}

void ms_do_set_theme_light(struct ms_ui *ui)
{
	set_theme(ui, MS_THEME_LIGHT);
}

void ms_do_set_theme_safe(struct ms_ui *ui)
{
	set_theme(ui, MS_THEME_SAFE);
}

void ms_do_set_theme_mono(struct ms_ui *ui)
{
	set_theme(ui, MS_THEME_MONO);
}

void ms_do_set_mouse(struct ms_ui *ui)
{
	ui->mouse = !ui->mouse;
	ms_ui_effect(ui, MS_EFFECT_LOOKS);
	ms_ui_note(ui, MS_NOTE_HINT, "mouse %s", ui->mouse ? "on" : "off");
}

/* Panes beside the table come and go with it. */
void ms_do_set_low_bandwidth(struct ms_ui *ui)
{
	ui->low_bandwidth = !ui->low_bandwidth;
	(void)ms_screen_leave_pane(ui);
	ms_screen_now(ui)->move(ui, 0);
	ms_ui_note(ui, MS_NOTE_HINT, "low bandwidth %s", ui->low_bandwidth ? "on" : "off");
}
