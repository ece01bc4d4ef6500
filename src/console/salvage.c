/* SPDX-License-Identifier: MIT */
#include "salvage.h"

#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "ui.h"

#define FORMAT 1

static struct ms_json *edit_json(const struct ms_staged *e)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, "model_id", e->id);
	ms_json_add_int(o, "version", e->version);
	ms_json_add_int(o, "set", e->edit.set);
	ms_json_add_string(o, "status", ms_status_name(e->edit.status));
	ms_json_add_int(o, "tiers", e->edit.tiers);
	ms_json_add_int(o, "daily_limit", e->edit.daily_limit);
	ms_json_add_int(o, "monthly_limit", e->edit.monthly_limit);
	return o;
}

struct ms_json *ms_salvage_json(const struct ms_ui *ui)
{
	const struct ms_stage *s = &ui->stage;
	struct ms_json *out, *edits;

	if (s->summary.rows == 0)
		return NULL;
	out = ms_json_new_object();
	edits = ms_json_new_array();
	for (size_t i = 0; i < s->count; i++)
		if (s->entries[i].edit.set && s->entries[i].state != MS_STAGED_WRITTEN)
			ms_json_add(edits, NULL, edit_json(&s->entries[i]));
	ms_json_add_int(out, "format", FORMAT);
	ms_json_add_string(out, "database", ui->database);
	ms_json_add_int(out, "at", ui->now);
	ms_json_add(out, "edits", edits);
	return out;
}

/* --- coming back --------------------------------------------------------------------------------
 */

static bool read_edit(const struct ms_json *o, struct ms_edit *out)
{
	const char *status = ms_json_text(ms_json_get(o, "status"));
	int64_t set = ms_json_int(ms_json_get(o, "set"), 0);

	out->set =
		(unsigned)set & (MS_EDIT_STATUS | MS_EDIT_TIERS | MS_EDIT_DAILY | MS_EDIT_MONTHLY);
	out->tiers = (unsigned)ms_json_int(ms_json_get(o, "tiers"), 0) &
		     (MS_TIER_FREE | MS_TIER_PRO | MS_TIER_ENTERPRISE);
	out->daily_limit = (int32_t)ms_json_int(ms_json_get(o, "daily_limit"), -1);
	out->monthly_limit = (int32_t)ms_json_int(ms_json_get(o, "monthly_limit"), -1);
	return ms_status_from_name(status, &out->status) && out->set != 0;
}

/* Based on the row that was looked at then: what changed since is a conflict, as it would have
 * been. */
static bool stage_again(struct ms_ui *ui, const struct ms_json *o)
{
	size_t model = ms_catalog_find(ui->catalog, ms_json_text(ms_json_get(o, "model_id")));
	struct ms_edit edit;

	if (model == SIZE_MAX || !read_edit(o, &edit) || ms_stage_at(&ui->stage, (uint32_t)model))
		return false;
	ms_stage_ask(&ui->stage, ui->catalog, (uint32_t)model, &edit);
	ms_stage_at(&ui->stage, (uint32_t)model)->version =
		ms_json_int(ms_json_get(o, "version"), 0);
	return true;
}

static void stage_all(struct ms_ui *ui)
{
	const struct ms_json *edits = ms_json_get(ui->salvage.json, "edits");
	size_t all = ms_json_count(edits), n = 0;
	char how[80], at[24];

	ms_time_format(at, sizeof(at), ms_json_int(ms_json_get(ui->salvage.json, "at"), 0));
	(void)snprintf(how, sizeof(how), "kept from a console that was cut off, %s", at);
	ms_stage_begin(&ui->stage, how);
	for (const struct ms_json *o = ms_json_first(edits); o; o = ms_json_next(o))
		n += stage_again(ui, o);
	ms_stage_summarise(&ui->stage, ui->catalog);
	if (n < all)
		ms_ui_note(ui, MS_NOTE_WARNING,
			   "%zu of %zu edits are staged again; the other models are gone, or were "
			   "edited here already",
			   n, all);
	else
		ms_ui_note(ui, MS_NOTE_INFO, "%zu %s staged again; {review} reviews them", n,
			   n == 1 ? "edit is" : "edits are");
}

static void chosen(struct ms_ui *ui, int64_t is_wanted)
{
	if (is_wanted && !ui->catalog)
		return;
	if (is_wanted)
		stage_all(ui);
	else
		ms_ui_note(ui, MS_NOTE_INFO, "the kept edits were dropped");
	ms_ui_effect_text(ui, MS_EFFECT_DROP_SALVAGE, ui->salvage.path);
	ms_salvage_clear(ui);
}

void ms_salvage_found(struct ms_ui *ui, struct ms_json *json, const char *path)
{
	ms_salvage_clear(ui);
	ui->salvage.json = json;
	ui->salvage.path = ms_strdup(path);
}

/* Not while somebody types something else: the answer must be one. */
void ms_salvage_offer(struct ms_ui *ui)
{
	static const struct ms_choice choices[] = {{'y', "stage them again", 1},
						   {'X', "drop them", 0}};
	size_t n = ms_json_count(ms_json_get(ui->salvage.json, "edits"));
	char question[160], at[24];

	if (!ui->salvage.json || ui->salvage.is_asked || ui->dialog || !ui->catalog)
		return;
	ui->salvage.is_asked = true; /* Esc: the next console asks again */
	ms_time_format(at, sizeof(at), ms_json_int(ms_json_get(ui->salvage.json, "at"), 0));
	at[16] = '\0'; /* without seconds */
	(void)snprintf(question, sizeof(question),
		       "A console was cut off at %s UTC with staged edits of %zu %s.", at, n,
		       n == 1 ? "model" : "models");
	ms_menu_open(ui, question, choices, 2, chosen);
}

void ms_salvage_clear(struct ms_ui *ui)
{
	ms_json_free(ui->salvage.json);
	ms_free(ui->salvage.path);
	ui->salvage = (struct ms_salvage){0};
}
