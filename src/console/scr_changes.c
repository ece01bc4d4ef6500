/* SPDX-License-Identifier: MIT */
/* The Changes screen: what happened to models, as seen from outside. */
#include "browse.h"
#include "entry_text.h"
#include "modelsync/memory.h"
#include "ui.h"

static void add_time(struct ms_text *out, const struct ms_json *row)
{
	ms_entry_add_when(out, row, "at");
}

static void add_model(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, ms_entry_text(row, "model_id"));
}

static const struct ms_list_column columns[] = {
	{"time", "TIME UTC", 11, 2, false, add_time},
	{"type", "TYPE", 10, 0, false, ms_event_type},
	{"model", "MODEL", 0, 0, false, add_model},
	{"change", "CHANGE", 28, 1, false, ms_event_text},
	{"who", "WHO", 18, 3, false, ms_entry_actor},
};

static int64_t id_of(const struct ms_json *row)
{
	return ms_entry_int(row, "event_id");
}

/* What was undone is no longer so. */
static enum ms_style style_of(const struct ms_json *row)
{
	return ms_entry_int(row, "undone_by") ? MS_STYLE_DIM : MS_STYLE_NORMAL;
}

static char *subject(const struct ms_json *row)
{
	return ms_strdup(ms_entry_text(row, "model_id"));
}

static void lines(const struct ms_ui *ui, const struct ms_json *row, int width, struct ms_page *out)
{
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_event_type(&line, row);
	ms_text_add(&line, "  ");
	ms_event_text(&line, row);
	ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "", ms_text_str(&line));
	ms_text_clear(&line);
	ms_changeset_lines(ui, ms_entry_int(row, "changeset"), width, out);
}

static const struct ms_browse_class browse = {
	.feed = MS_FEED_EVENTS,
	.list = {columns, sizeof(columns) / sizeof(columns[0]), id_of, style_of},
	.empty = "Nothing has changed yet: the first sync fills this list.",
	.subject = subject,
	.lines = lines,
};

const struct ms_screen_class ms_screen_changes = {
	.name = "Changes",
	.scope = MS_SCOPE_CHANGES,
	.full_scope = MS_SCOPE_CHANGES,
	.browse = &browse,
	.shown = ms_browse_load,
	MS_BROWSE_SCREEN,
};
