/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include "ui.h"

static const struct ms_screen_class *const classes[MS_SCREEN_COUNT] = {
	[MS_SCREEN_MODELS] = &ms_screen_models,	    [MS_SCREEN_SYNC] = &ms_screen_sync,
	[MS_SCREEN_CHANGES] = &ms_screen_changes,   [MS_SCREEN_AUDIT] = &ms_screen_audit,
	[MS_SCREEN_MESSAGES] = &ms_screen_messages,
};

const struct ms_screen_class *ms_screen_class(enum ms_screen screen)
{
	return classes[screen];
}

const struct ms_screen_class *ms_screen_now(const struct ms_ui *ui)
{
	return classes[ui->screen];
}

enum ms_scope ms_screen_scope(const struct ms_ui *ui)
{
	const struct ms_screen_class *s = ms_screen_now(ui);

	return ui->panes[ui->screen].is_full ? s->full_scope : s->scope;
}

/* Those of the sync result say themselves what they need. */
unsigned ms_screen_scopes(const struct ms_ui *ui)
{
	const struct ms_screen_class *s = ms_screen_now(ui);
	unsigned scopes = (unsigned)s->scope | (unsigned)s->full_scope | MS_SCOPE_SYNC;

	return ui->dialog ? scopes | (unsigned)ui->dialog->class->scope : scopes;
}

void ms_screen_show(struct ms_ui *ui, enum ms_screen screen)
{
	if (ui->screen == screen) {
		(void)ms_screen_leave_pane(ui);
		return;
	}
	ui->screen = screen;
	classes[screen]->move(ui, 0); /* the screen may have another size by now */
	if (classes[screen]->shown)
		classes[screen]->shown(ui);
}

bool ms_screen_leave_pane(struct ms_ui *ui)
{
	struct ms_pane_state *pane = &ui->panes[ui->screen];

	if (!pane->is_full && !pane->has_focus)
		return false;
	pane->is_full = pane->has_focus = false;
	pane->top = 0;
	ms_screen_now(ui)->move(ui, 0);
	return true;
}

void ms_do_screen_models(struct ms_ui *ui)
{
	ms_screen_show(ui, MS_SCREEN_MODELS);
}

void ms_do_screen_sync(struct ms_ui *ui)
{
	ms_screen_show(ui, MS_SCREEN_SYNC);
}

void ms_do_screen_changes(struct ms_ui *ui)
{
	ms_screen_show(ui, MS_SCREEN_CHANGES);
}

void ms_do_screen_audit(struct ms_ui *ui)
{
	ms_screen_show(ui, MS_SCREEN_AUDIT);
}

void ms_do_screen_messages(struct ms_ui *ui)
{
	ms_screen_show(ui, MS_SCREEN_MESSAGES);
}
