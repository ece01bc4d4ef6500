/* SPDX-License-Identifier: MIT */
/* Help, palette and messages: lists made from the action table and the notes. */
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "ui.h"

static void run(struct ms_ui *ui, int64_t action)
{
	const struct ms_action_info *info = ms_action_info((enum ms_action)action);

	if (!info->run) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s works only inside its dialog", info->name);
		return;
	}
	ms_history_add(&ui->commands, info->name);
	ms_ui_do(ui, (enum ms_action)action);
}

void ms_help_open(struct ms_ui *ui)
{
	struct ms_pick picks[MS_ACTION_COUNT];
	size_t n = 0;

	for (int i = 1; i < MS_ACTION_COUNT; i++) {
		const struct ms_action_info *info = ms_action_info((enum ms_action)i);

		picks[n++] = (struct ms_pick){info->keys, info->help, info->name, i};
	}
	ms_picker_open(ui, "Keys: type to narrow, Enter runs", picks, n, true, run);
}

static size_t age_of(const struct ms_ui *ui, const char *name)
{
	for (size_t i = ui->commands.count; i > 0; i--)
		if (strcmp(ui->commands.items[i - 1], name) == 0)
			return ui->commands.count - i;
	return SIZE_MAX;
}

/* The commands used last come first. */
void ms_palette_open(struct ms_ui *ui)
{
	struct ms_pick picks[MS_ACTION_COUNT];
	size_t n = 0;

	for (int i = 1; i < MS_ACTION_COUNT; i++) {
		const struct ms_action_info *info = ms_action_info((enum ms_action)i);
		size_t at = n;

		if (!info->run || !(info->scopes & ms_screen_scopes(ui)))
			continue;
		while (at > 0 && age_of(ui, info->name) < age_of(ui, picks[at - 1].left)) {
			picks[at] = picks[at - 1];
			at--;
		}
		picks[at] = (struct ms_pick){info->name, info->help, info->keys, i};
		n++;
	}
	ms_picker_open(ui, "Command", picks, n, false, run);
}

void ms_messages_open(struct ms_ui *ui)
{
	static const char *const words[] = {"", "", "warning: ", "error: "};
	static const enum ms_style styles[] = {MS_STYLE_NORMAL, MS_STYLE_NORMAL, MS_STYLE_WARNING,
					       MS_STYLE_WARNING};
	struct ms_page page = {0};
	char at[24];

	for (size_t i = ui->notes.count; i > 0; i--) {
		const struct ms_note *note = &ui->notes.items[i - 1];
		char *line = ms_format("%s  %s%s", ms_time_format(at, sizeof(at), note->at) + 11,
				       words[note->kind], note->text);

		ms_page_add_wrapped(&page, styles[note->kind], ms_page_width(ui), "", line);
		ms_free(line);
	}
	if (page.count == 0)
		ms_page_add(&page, MS_STYLE_NORMAL, "No messages in this session.");
	ui->notes.unseen = 0;
	ms_page_open(ui, "Messages, newest first, UTC", &page, NULL, NULL, 0);
}
