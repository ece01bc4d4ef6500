/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "key.h"
#include "layout.h"
#include "modelsync/memory.h"
#include "ui.h"

#define CHOICES_MAX 6

struct menu {
	struct ms_dialog dialog;
	char title[200];
	struct ms_choice choices[CHOICES_MAX];
	size_t count;
	ms_choice_fn chosen;
};

static void menu_key(struct ms_ui *ui, struct ms_dialog *d, uint32_t key, enum ms_action action,
		     bool is_pasted)
{
	struct menu *m = (struct menu *)d;

	if (action == MS_ACTION_cancel || action == MS_ACTION_interrupt) {
		ms_dialog_close(ui, d);
		return;
	}
	for (size_t i = 0; i < m->count && !is_pasted; i++) {
		if (m->choices[i].key == key) {
			ms_choice_fn chosen = m->chosen;
			int64_t value = m->choices[i].value;

			ms_dialog_close(ui, d);
			if (chosen)
				chosen(ui, value);
			return;
		}
	}
}

static void menu_draw(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c)
{
	const struct menu *m = (const struct menu *)d;
	struct ms_layout l;
	int x;

	ms_layout_get(ui, &l);
	ms_canvas_fill(c, l.pending, MS_STYLE_QUESTION);
	x = ms_canvas_textf(c, 1, l.pending.y, l.pending.w - 2, MS_STYLE_QUESTION, "%s ", m->title);
	ms_canvas_cursor(c, 1 + x, l.pending.y);
	for (size_t i = 0; i < m->count; i++) {
		char name[12];

		if (i > 0 && m->choices[i].value == m->choices[i - 1].value)
			continue; /* another key for the same */
		x += ms_canvas_textf(c, 2 + x, l.pending.y, l.pending.w - 3 - x, MS_STYLE_QUESTION,
				     " %s %s ", ms_key_name(name, sizeof(name), m->choices[i].key),
				     m->choices[i].label);
	}
	ms_canvas_text(c, 3 + x, l.pending.y, l.pending.w - 3 - x, MS_STYLE_QUESTION, "Esc cancel");
}

static void menu_free(struct ms_dialog *d)
{
	ms_free(d);
}

void ms_menu_open(struct ms_ui *ui, const char *title, const struct ms_choice *choices, size_t n,
		  ms_choice_fn chosen)
{
	static const struct ms_dialog_class class = {
		.scope = MS_SCOPE_MENU, .key = menu_key, .draw = menu_draw, .free = menu_free};
	struct menu *m = ms_alloc(sizeof(*m));

	m->dialog.class = &class;
	m->count = n < CHOICES_MAX ? n : CHOICES_MAX;
	m->chosen = chosen;
	(void)snprintf(m->title, sizeof(m->title), "%s", title);
	memcpy(m->choices, choices, m->count * sizeof(*choices));
	ms_dialog_open(ui, &m->dialog);
}

void ms_confirm(struct ms_ui *ui, const char *question, ms_choice_fn yes, int64_t value)
{
	const struct ms_choice choices[] = {{'y', "yes", value}};

	ms_menu_open(ui, question, choices, 1, yes);
}
