/* SPDX-License-Identifier: MIT */
#include "state.h"

#include "ui.h"

static const struct {
	const char *name, *text;
} hints[MS_HINT_COUNT] = {
	[MS_HINT_WELCOME] =
		{"welcome",
		 "{help} lists all keys, {command} runs anything by its name, {back} quits"},
	[MS_HINT_FILTER] =
		{"filter",
		 "{drop-term} drops the last term, {views} saves the filter under a name"},
	[MS_HINT_MARKS] = {"marks",
			   "what you edit now is edited in all marked rows; {mark-clear} clears"},
	[MS_HINT_STAGED] =
		{"staged",
		 "nothing is written yet: {review} shows all of it and asks, {undo} takes back"},
};

const char *ms_hint_name(enum ms_hint hint)
{
	return hints[hint].name;
}

static bool is_due(const struct ms_ui *ui, enum ms_hint hint)
{
	switch (hint) {
	case MS_HINT_WELCOME:
		return true;
	case MS_HINT_FILTER:
		return *ui->rows.filter_text != '\0';
	case MS_HINT_MARKS:
		return ui->rows.marked > 0;
	case MS_HINT_STAGED:
		return ui->stage.summary.rows > 0;
	case MS_HINT_COUNT:
		break;
	}
	return false;
}

void ms_hints_follow(struct ms_ui *ui)
{
	char text[160];

	if (ui->dialog || ui->notes.current)
		return;
	for (int i = 0; i < MS_HINT_COUNT; i++) {
		if ((ui->hints_read & 1u << i) || !is_due(ui, (enum ms_hint)i))
			continue;
		ui->hints_read |= 1u << i;
		ms_ui_note(ui, MS_NOTE_HINT, "%s",
			   ms_ui_keyed(ui, text, sizeof(text), hints[i].text));
		return;
	}
}
