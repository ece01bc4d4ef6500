/* SPDX-License-Identifier: MIT */
#include "keep.h"

#include "modelsync/memory.h"
#include "modelsync/userfile.h"
#include "modelsync/view.h"
#include "state.h"
#include "ui.h"

static bool read_views(struct ms_json **out, struct ms_error *err)
{
	return ms_user_state_read(MS_VIEWS_FILE, MS_VIEWS_FILE_MAX, out, err);
}

void ms_keep_load(struct ms_ui *ui)
{
	struct ms_json *views, *state;
	struct ms_error err;
	bool ok = read_views(&views, &err);

	ms_views_changed(ui, views, NULL, ok ? NULL : &err);
	ok = ms_user_state_read(MS_STATE_FILE, MS_STATE_FILE_MAX, &state, &err);
	if (!ok || !ms_state_take(ui, state, &err))
		ms_ui_note(ui, MS_NOTE_WARNING, "%s; nothing of last time is known", err.message);
}

static struct ms_json *change_state(void *arg, const struct ms_json *before, struct ms_error *err)
{
	return ms_state_json(arg, before, err);
}

bool ms_keep_save(const struct ms_ui *ui, struct ms_error *err)
{
	char *path = ms_user_state_path(MS_STATE_FILE);
	bool has_home = path != NULL;

	ms_free(path);
	return !has_home || ms_user_state_update(MS_STATE_FILE, MS_STATE_FILE_MAX, change_state,
						 (void *)ui, err);
}

static struct ms_json *change_views(void *arg, const struct ms_json *before, struct ms_error *err)
{
	const struct ms_effect *change = arg;
	struct ms_json *out = NULL;
	struct ms_views all = {0};
	bool ok = ms_views_read(&all, before, err);

	if (ok && change->text)
		(void)ms_views_remove(&all, change->text); /* or another console was faster */
	for (size_t i = 0; ok && i < change->views.count; i++)
		ok = ms_views_set(&all, &change->views.items[i]) ||
		     ms_fail(err, MS_ERR_CONFIG, "there are %d already: delete one first",
			     MS_VIEWS_MAX);
	if (ok)
		out = ms_views_json(&all);
	ms_views_clear(&all);
	return out;
}

bool ms_keep_views(const struct ms_effect *change, struct ms_json **out, struct ms_error *err)
{
	*out = NULL;
	if ((change->text || change->views.count) &&
	    !ms_user_state_update(MS_VIEWS_FILE, MS_VIEWS_FILE_MAX, change_views, (void *)change,
				  err))
		return false;
	return read_views(out, err);
}
