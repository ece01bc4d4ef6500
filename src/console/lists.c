/* SPDX-License-Identifier: MIT */
/* Help and palette: lists made from the action table. */
#include <string.h>

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

/* The keys it has here, else where it works. */
static const char *names_of(const struct ms_ui *ui, int action)
{
	unsigned scopes = ms_action_info((enum ms_action)action)->scopes;
	unsigned here = scopes & ms_screen_scopes(ui);

	return ms_keymap_names(ui->keymap, (enum ms_action)action, here ? here : scopes);
}

/* What works here comes first. */
void ms_help_open(struct ms_ui *ui)
{
	struct ms_pick picks[MS_ACTION_COUNT];
	size_t n = 0;

	for (int is_elsewhere = 0; is_elsewhere <= 1; is_elsewhere++) {
		for (int i = 1; i < MS_ACTION_COUNT; i++) {
			const struct ms_action_info *info = ms_action_info((enum ms_action)i);

			if (((info->scopes & ms_screen_scopes(ui)) == 0) == is_elsewhere)
				picks[n++] = (struct ms_pick){names_of(ui, i), info->help,
							      info->name, i};
		}
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
		picks[at] = (struct ms_pick){info->name, info->help, names_of(ui, i), i};
		n++;
	}
	ms_picker_open(ui, "Command", picks, n, false, run);
}
