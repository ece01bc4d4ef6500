/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <inttypes.h>
#include <string.h>

#include "modelsync/memory.h"
#include "ui.h"

#define FORMAT	      1
#define DATABASES_MAX 50 /* those used last are kept */

static const struct {
	const char *name;
	size_t offset; /* of a struct ms_history */
} histories[] = {
	{"filter", offsetof(struct ms_ui, filters)},
	{"list", offsetof(struct ms_ui, list_filters)},
	{"find", offsetof(struct ms_ui, finds)},
	{"mark", offsetof(struct ms_ui, marks)},
	{"command", offsetof(struct ms_ui, commands)},
	{"file", offsetof(struct ms_ui, files)},
};
#define HISTORY_COUNT (sizeof(histories) / sizeof(histories[0]))

static bool check_format(const struct ms_json *json, struct ms_error *err)
{
	int64_t format = ms_json_int(ms_json_get(json, "format"), 0);

	return !json || format == FORMAT ||
	       ms_fail(err, MS_ERR_CONFIG, "%s has format %" PRId64 ", not %d", MS_STATE_FILE,
		       format, FORMAT);
}

/* --- coming back ------------------------------------------------------------------------------ */

static unsigned hints_of(const struct ms_json *json)
{
	const struct ms_json *list = ms_json_get(json, "hints");
	unsigned bits = 0;

	for (const struct ms_json *e = ms_json_first(list); e; e = ms_json_next(e))
		for (int i = 0; i < MS_HINT_COUNT; i++)
			if (strcmp(ms_json_text(e), ms_hint_name((enum ms_hint)i)) == 0)
				bits |= 1u << i;
	return bits;
}

static void add_history(struct ms_history *h, const struct ms_json *json, const char *name)
{
	const struct ms_json *list = ms_json_get(ms_json_get(json, "history"), name);

	for (const struct ms_json *e = ms_json_first(list); e; e = ms_json_next(e))
		if (strlen(ms_json_text(e)) <= MS_LINE_MAX)
			ms_history_add(h, ms_json_text(e));
}

bool ms_state_take(struct ms_ui *ui, struct ms_json *json, struct ms_error *err)
{
	if (!check_format(json, err)) {
		ms_json_free(json);
		return false;
	}
	ui->hints_read = hints_of(json);
	for (size_t i = 0; i < HISTORY_COUNT; i++)
		add_history((void *)((char *)ui + histories[i].offset), json, histories[i].name);
	ui->remembered = json;
	ms_hints_follow(ui);
	return true;
}

static const struct ms_json *find_database(const struct ms_json *json, const char *name)
{
	const struct ms_json *list = ms_json_get(json, "databases");

	for (const struct ms_json *e = ms_json_first(list); e; e = ms_json_next(e))
		if (strcmp(ms_json_text(ms_json_get(e, "name")), name) == 0)
			return e;
	return NULL;
}

/* Somebody who has begun to filter, or came with a filter, wants that one. */
static void restore_filter(struct ms_ui *ui, const char *text)
{
	if (!*text || *ui->rows.filter_text || ui->dialog)
		return;
	ms_ui_set_filter(ui, text);
	if (ui->has_filter_error)
		ms_ui_note(ui, MS_NOTE_WARNING, "the filter of last time, %s: %s", text,
			   ui->filter_error.message);
	else
		ms_ui_note(ui, MS_NOTE_HINT,
			   "the filter of last time; {drop-term} drops its last term");
	ui->has_filter_error = false;
}

static void restore_theme(struct ms_ui *ui, const char *name)
{
	if (!*name || ui->is_theme_fixed || ui->is_theme_chosen)
		return;
	ui->theme = ms_theme_choose(name, NULL);
	ui->is_theme_chosen = true;
	ms_ui_effect(ui, MS_EFFECT_LOOKS);
}

void ms_state_connected(struct ms_ui *ui)
{
	const struct ms_json *db = find_database(ui->remembered, ui->database);

	if (db) {
		const char *columns = ms_json_text(ms_json_get(db, "columns"));

		ms_rows_sort_by_text(&ui->rows, ms_json_text(ms_json_get(db, "sort")), ui->now);
		if (*columns)
			ms_column_set_read(&ui->columns, columns);
		restore_filter(ui, ms_json_text(ms_json_get(db, "filter")));
		restore_theme(ui, ms_json_text(ms_json_get(db, "theme")));
	}
	ms_json_free(ui->remembered);
	ui->remembered = NULL;
}

/* --- being written ---------------------------------------------------------------------------- */

static void write_hints(const struct ms_ui *ui, const struct ms_json *before, struct ms_json *out)
{
	struct ms_json *list = ms_json_new_array();
	unsigned bits = ui->hints_read | hints_of(before);

	for (int i = 0; i < MS_HINT_COUNT; i++)
		if (bits & 1u << i)
			ms_json_add_string(list, NULL, ms_hint_name((enum ms_hint)i));
	ms_json_add(out, "hints", list);
}

/* What other sessions added meanwhile, and then this one's. */
static struct ms_json *joined_history(const struct ms_history *h, const struct ms_json *before,
				      const char *name)
{
	struct ms_history all = {0};
	struct ms_json *list = ms_json_new_array();

	add_history(&all, before, name);
	for (size_t i = 0; i < h->count; i++)
		ms_history_add(&all, h->items[i]);
	for (size_t i = 0; i < all.count; i++)
		ms_json_add_string(list, NULL, all.items[i]);
	ms_history_clear(&all);
	return list;
}

static struct ms_json *database_json(const struct ms_ui *ui)
{
	struct ms_json *o = ms_json_new_object();
	char *sort = ms_rows_sort_text(&ui->rows);
	struct ms_text columns;

	ms_text_init(&columns, 0);
	ms_column_set_write(&ui->columns, &columns);
	ms_json_add_string(o, "name", ui->database);
	ms_json_add_string(o, "filter", ui->rows.filter_text);
	ms_json_add_string(o, "sort", sort);
	ms_json_add_string(o, "columns", ms_text_str(&columns));
	if (ui->is_theme_chosen)
		ms_json_add_string(o, "theme", ms_theme_name(ui->theme));
	ms_text_clear(&columns);
	ms_free(sort);
	return o;
}

/* The one of this session last; too many, and the first ones go. */
static struct ms_json *databases_json(const struct ms_ui *ui, const struct ms_json *before)
{
	const struct ms_json *old = ms_json_get(before, "databases");
	size_t count = ms_json_count(old), at = 0;
	struct ms_json *list = ms_json_new_array();

	for (const struct ms_json *e = ms_json_first(old); e; e = ms_json_next(e), at++)
		if (strcmp(ms_json_text(ms_json_get(e, "name")), ui->database) != 0 &&
		    count - at < DATABASES_MAX)
			ms_json_add(list, NULL, ms_json_copy(e));
	if (*ui->database)
		ms_json_add(list, NULL, database_json(ui));
	return list;
}

struct ms_json *ms_state_json(const struct ms_ui *ui, const struct ms_json *before,
			      struct ms_error *err)
{
	struct ms_json *out, *all;

	if (!check_format(before, err))
		return NULL;
	out = ms_json_new_object();
	all = ms_json_new_object();
	for (size_t i = 0; i < HISTORY_COUNT; i++)
		ms_json_add(all, histories[i].name,
			    joined_history((const void *)((const char *)ui + histories[i].offset),
					   before, histories[i].name));
	ms_json_add_int(out, "format", FORMAT);
	write_hints(ui, before, out);
	ms_json_add(out, "history", all);
	ms_json_add(out, "databases", databases_json(ui, before));
	return out;
}
