/* SPDX-License-Identifier: MIT */
/* Texts that name keys: "{undo} drops them" is shown as "u drops them", or whatever key it has. */
#include <stdio.h>
#include <string.h>

#include "key.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "ui.h"

static const char *names_here(const struct ms_ui *ui, const struct ms_action_info *info,
			      enum ms_action action)
{
	unsigned here = info->scopes & ms_screen_scopes(ui);
	const char *names = "";

	if (ui->dialog)
		names = ms_keymap_names(ui->keymap, action, (unsigned)ui->dialog->class->scope);
	return *names ? names : ms_keymap_names(ui->keymap, action, here ? here : info->scopes);
}

const char *ms_ui_key(const struct ms_ui *ui, enum ms_action action, char name[MS_KEY_NAME_MAX])
{
	const struct ms_action_info *info = ms_action_info(action);
	const char *names = names_here(ui, info, action);
	int len = (int)ms_keymap_first(names);

	if (len == 0)
		return info->name;
	(void)snprintf(name, MS_KEY_NAME_MAX, "%.*s", len, names);
	return name;
}

/* The action whose name begins there and ends in '}', or MS_ACTION_NONE. */
static enum ms_action named(const char *s)
{
	for (int a = 1; a < MS_ACTION_COUNT; a++) {
		const char *name = ms_action_info((enum ms_action)a)->name;
		size_t len = strlen(name);

		if (strncmp(s, name, len) == 0 && s[len] == '}')
			return (enum ms_action)a;
	}
	return MS_ACTION_NONE;
}

static char *expand(const struct ms_ui *ui, char *buf, size_t size, const char *text,
		    const char *percent)
{
	size_t n = 0;

	while (*text && n + 1 < size) {
		enum ms_action action = *text == '{' ? named(text + 1) : MS_ACTION_NONE;
		char name[MS_KEY_NAME_MAX];
		const char *key;

		if (action == MS_ACTION_NONE) {
			buf[n++] = *text++;
			continue;
		}
		key = ms_ui_key(ui, action, name);
		n += (size_t)snprintf(buf + n, size - n, "%s",
				      strcmp(key, "%") == 0 ? percent : key);
		text += strlen(ms_action_info(action)->name) + 2;
	}
	buf[n < size ? n : size - 1] = '\0';
	return buf;
}

char *ms_ui_keyed(const struct ms_ui *ui, char *buf, size_t size, const char *text)
{
	return expand(ui, buf, size, text, "%");
}

int ms_ui_keyed_text(const struct ms_ui *ui, struct ms_canvas *c, struct ms_rect r,
		     enum ms_style style, const char *text)
{
	char buf[300];

	return ms_canvas_text(c, r.x, r.y, r.w, style, ms_ui_keyed(ui, buf, sizeof(buf), text));
}

char *ms_ui_keyed_format(const struct ms_ui *ui, char *buf, size_t size, const char *fmt)
{
	return expand(ui, buf, size, fmt, "%%");
}

struct ms_keymap *ms_ui_load_keys(struct ms_ui *ui)
{
	struct ms_keymap *map;
	struct ms_text problems;
	char *path, *line, *rest;

	ms_text_init(&problems, 0);
	ms_keymap_load(&map, &path, &problems);
	if (map)
		ui->keymap = map;
	for (rest = problems.data; rest && (line = strsep(&rest, "\n")) && *line;)
		ms_ui_note(ui, MS_NOTE_ERROR, "default keys are in use: %s", line);
	ms_text_clear(&problems);
	ms_free(path);
	return map;
}
