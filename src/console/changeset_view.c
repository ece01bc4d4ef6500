/* SPDX-License-Identifier: MIT */
#include "changeset_view.h"

#include <inttypes.h>
#include <string.h>

#include "entry_text.h"
#include "modelsync/memory.h"
#include "ui.h"

void ms_changeset_clear(struct ms_changeset_view *v)
{
	ms_json_free(v->json);
	ms_free(v->problem);
	*v = (struct ms_changeset_view){0};
}

static bool is_here(const struct ms_changeset_view *v, int64_t changeset)
{
	return v->json && ms_entry_int(v->json, "changeset") == changeset;
}

void ms_changeset_follow(struct ms_ui *ui, int64_t changeset)
{
	struct ms_changeset_view *v = &ui->changeset;
	bool is_new = v->wanted != changeset;

	if (changeset == 0 || !ui->is_connected || (v->is_asked && !is_new) ||
	    (is_here(v, changeset) && !v->is_stale))
		return;
	v->wanted = changeset;
	v->is_asked = true;
	ms_effects_push(&ui->effects,
			(struct ms_effect){.kind = MS_EFFECT_LOAD_CHANGESET, .number = changeset});
}

void ms_changeset_loaded(struct ms_ui *ui, int64_t changeset, struct ms_json *json,
			 const struct ms_error *err)
{
	struct ms_changeset_view *v = &ui->changeset;

	if (changeset != v->wanted) { /* the cursor is elsewhere by now */
		ms_json_free(json);
		return;
	}
	ms_changeset_clear(v);
	v->wanted = changeset;
	v->json = json;
	v->problem = json ? NULL : ms_strdup(err->message);
}

/* All changes of the model that `change` is the first one of; returns the first one after them. */
static const struct ms_json *add_model(struct ms_page *out, int width, const struct ms_json *change)
{
	const char *id = ms_entry_text(change, "model_id");
	const char *rule = ms_entry_text(change, "rule");
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s  ", id);
	for (const char *comma = ""; change; change = ms_json_next(change), comma = ", ") {
		if (strcmp(ms_entry_text(change, "model_id"), id) != 0)
			break;
		ms_text_add(&line, comma);
		if (strncmp(ms_entry_text(change, "type"), "model_", 6) == 0)
			ms_event_type(&line, change);
		else
			ms_change_text(&line, change);
	}
	if (*rule)
		ms_text_addf(&line, "  rule: %s", rule);
	ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "  ", ms_text_str(&line));
	ms_text_clear(&line);
	return change;
}

void ms_changes_lines(const struct ms_json *changes, int width, struct ms_page *out)
{
	const struct ms_json *change = ms_json_first(changes);

	while (change)
		change = add_model(out, width, change);
}

static void add_head(const struct ms_json *c, int width, struct ms_page *out)
{
	const char *reason = ms_entry_text(c, "reason");
	int64_t undoes = ms_entry_int(c, "undoes"), undone_by = ms_entry_int(c, "undone_by");
	struct ms_text line;
	char when[32];

	ms_text_init(&line, 0);
	ms_text_addf(&line, "changeset #%" PRId64 ", %s", ms_entry_int(c, "changeset"),
		     ms_entry_text(c, "kind"));
	if (ms_entry_int(c, "run"))
		ms_text_addf(&line, " #%" PRId64, ms_entry_int(c, "run"));
	ms_text_addf(&line, " by %s, %s, %s UTC", ms_entry_text(c, "actor"),
		     ms_entry_text(c, "origin"), ms_entry_when(when, sizeof(when), c, "at"));
	ms_page_add_wrapped(out, MS_STYLE_HEADING, width, "", ms_text_str(&line));
	ms_text_clear(&line);
	if (*reason)
		ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "reason: ", reason);
	if (undoes)
		ms_page_addf(out, MS_STYLE_NORMAL, "undoes changeset #%" PRId64, undoes);
	if (undone_by)
		ms_page_addf(out, MS_STYLE_WARNING, "undone by changeset #%" PRId64, undone_by);
}

void ms_changeset_lines(const struct ms_ui *ui, int64_t changeset, int width, struct ms_page *out)
{
	const struct ms_changeset_view *v = &ui->changeset;
	const struct ms_json *changes = ms_json_get(v->json, "changes");
	int64_t fields = ms_entry_int(v->json, "fields");

	if (changeset == 0)
		return;
	if (!is_here(v, changeset)) {
		bool has_failed = v->problem && v->wanted == changeset;

		ms_page_add_wrapped(out, has_failed ? MS_STYLE_WARNING : MS_STYLE_DIM, width, "",
				    has_failed	       ? v->problem
				    : ui->is_connected ? "loading..."
						       : "not connected");
		return;
	}
	add_head(v->json, width, out);
	ms_page_addf(out, MS_STYLE_NORMAL, "%" PRId64 " %s of %" PRId64 " %s:", fields,
		     fields == 1 ? "value" : "values", ms_entry_int(v->json, "models"),
		     ms_entry_int(v->json, "models") == 1 ? "model" : "models");
	ms_changes_lines(changes, width, out);
	if (ms_json_count(changes) >= MS_CHANGES_MAX)
		ms_page_addf(out, MS_STYLE_DIM, "  only the first %d are shown", MS_CHANGES_MAX);
}
