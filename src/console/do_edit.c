/* SPDX-License-Identifier: MIT */
/* Actions that stage edits. Nothing here writes. */
#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "layout.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "ui.h"

static void ask(struct ms_ui *ui, uint32_t model, void *edit)
{
	ms_stage_ask(&ui->stage, ui->catalog, model, edit);
}

static char *selection(const struct ms_ui *ui)
{
	const struct ms_rows *r = &ui->rows;
	char at[24], hidden[60] = "";

	ms_time_format(at, sizeof(at), ui->now);
	at[16] = '\0'; /* without seconds */
	if (!r->marked || ui->panes[MS_SCREEN_MODELS].is_full)
		return ms_format("the row under the cursor, at %s UTC", at + 11);
	if (r->marked_hidden)
		(void)snprintf(hidden, sizeof(hidden), ", %zu of them outside the filter",
			       r->marked_hidden);
	return ms_format("%zu marked %s (%s)%s, at %s UTC", r->marked,
			 r->marked == 1 ? "row" : "rows", r->marked_how ? r->marked_how : "by hand",
			 hidden, at + 11);
}

static void stage(struct ms_ui *ui, struct ms_edit edit)
{
	char *how = selection(ui);
	size_t before = ui->stage.summary.rows;
	size_t n;

	ms_stage_begin(&ui->stage, how);
	ms_free(how);
	n = ms_ui_each_target(ui, ask, &edit);
	ms_stage_summarise(&ui->stage, ui->catalog);
	if (before == 0 && ui->stage.summary.rows == 0)
		ms_ui_note(ui, MS_NOTE_HINT,
			   n == 1 ? "the row has that already" : "all %zu rows have that already",
			   n);
}

/* --- status ----------------------------------------------------------------------------------- */

static void status_chosen(struct ms_ui *ui, int64_t status)
{
	stage(ui, (struct ms_edit){.set = MS_EDIT_STATUS, .status = (enum ms_status)status});
}

void ms_do_status(struct ms_ui *ui)
{
	static const struct ms_choice choices[] = {
		{'n', "new", MS_STATUS_NEW},
		{'a', "active", MS_STATUS_ACTIVE},
		{'i', "inactive", MS_STATUS_INACTIVE},
		{'d', "disabled", MS_STATUS_DISABLED},
	};
	size_t n = ms_ui_target_count(ui);
	char title[64];

	(void)snprintf(title, sizeof(title), "status of %zu %s:", n, n == 1 ? "row" : "rows");
	ms_menu_open(ui, title, choices, 4, status_chosen);
}

/* --- tiers ------------------------------------------------------------------------------------ */

struct tier_count {
	unsigned tier;
	size_t on;
};

static void count_tier(struct ms_ui *ui, uint32_t model, void *arg)
{
	struct tier_count *count = arg;

	count->on += (ms_stage_tiers(&ui->stage, ui->catalog, model) & count->tier) != 0;
}

/* All on: off. Otherwise, mixed too: on. */
static void toggle(struct ms_ui *ui, enum ms_tier tier, enum ms_edit_field field)
{
	struct tier_count count = {.tier = tier};
	size_t n = ms_ui_each_target(ui, count_tier, &count);

	stage(ui, (struct ms_edit){.set = field, .tiers = count.on == n ? 0 : (unsigned)tier});
}

void ms_do_tier_free(struct ms_ui *ui)
{
	toggle(ui, MS_TIER_FREE, MS_EDIT_FREE);
}

void ms_do_tier_pro(struct ms_ui *ui)
{
	toggle(ui, MS_TIER_PRO, MS_EDIT_PRO);
}

void ms_do_tier_enterprise(struct ms_ui *ui)
{
	toggle(ui, MS_TIER_ENTERPRISE, MS_EDIT_ENTERPRISE);
}

/* --- limits and the cell under the cursor ------------------------------------------------------
 */

static bool stage_limit(struct ms_ui *ui, const char *key, const char *text)
{
	struct ms_edit edit = {0};
	struct ms_error err;
	char *assignment;
	bool is_good;

	if (!*text)
		return true; /* nothing typed, nothing changed */
	assignment = ms_format("%s=%s", key, text);
	is_good = ms_edit_parse(&edit, assignment, &err);
	ms_free(assignment);
	if (is_good)
		stage(ui, edit);
	else
		ms_ui_note(ui, MS_NOTE_HINT, "%s", err.message);
	return is_good;
}

static bool daily_accepted(struct ms_ui *ui, const char *text)
{
	return stage_limit(ui, "daily_limit", text);
}

static bool monthly_accepted(struct ms_ui *ui, const char *text)
{
	return stage_limit(ui, "monthly_limit", text);
}

static void ask_limit(struct ms_ui *ui, bool is_daily)
{
	static const struct ms_input_class daily = {.prompt = "daily limit (number or none): ",
						    .accept = daily_accepted};
	static const struct ms_input_class monthly = {.prompt = "monthly limit (number or none): ",
						      .accept = monthly_accepted};

	ms_input_open(ui, is_daily ? &daily : &monthly, "", NULL);
}

static void edit_chosen(struct ms_ui *ui, int64_t field)
{
	switch ((enum ms_edit_field)field) {
	case MS_EDIT_STATUS:
		ms_do_status(ui);
		break;
	case MS_EDIT_FREE:
		ms_do_tier_free(ui);
		break;
	case MS_EDIT_PRO:
		ms_do_tier_pro(ui);
		break;
	case MS_EDIT_ENTERPRISE:
		ms_do_tier_enterprise(ui);
		break;
	case MS_EDIT_DAILY:
	case MS_EDIT_MONTHLY:
		ask_limit(ui, field == MS_EDIT_DAILY);
		break;
	}
}

static int64_t field_of_column(const struct ms_ui *ui)
{
	struct ms_columns columns;
	const struct ms_column *c = ms_ui_columns(ui, &columns);

	if (!ui->has_column || ui->panes[MS_SCREEN_MODELS].is_full)
		return 0;
	if (c->kind == MS_COLUMN_STATUS)
		return MS_EDIT_STATUS;
	if (c->kind == MS_COLUMN_TIER)
		return c->tier == MS_TIER_FREE	? MS_EDIT_FREE
		       : c->tier == MS_TIER_PRO ? MS_EDIT_PRO
						: MS_EDIT_ENTERPRISE;
	if (strcmp(c->field->name, "daily") == 0)
		return MS_EDIT_DAILY;
	return strcmp(c->field->name, "monthly") == 0 ? MS_EDIT_MONTHLY : 0;
}

void ms_do_edit(struct ms_ui *ui)
{
	static const struct ms_choice choices[] = {
		{'s', "status", MS_EDIT_STATUS}, {'f', "free", MS_EDIT_FREE},
		{'p', "pro", MS_EDIT_PRO},	 {'e', "enterprise", MS_EDIT_ENTERPRISE},
		{'d', "daily", MS_EDIT_DAILY},	 {'m', "monthly", MS_EDIT_MONTHLY},
	};
	int64_t field = field_of_column(ui);

	if (field)
		edit_chosen(ui, field);
	else
		ms_menu_open(ui, "edit:", choices, 6, edit_chosen);
}

/* --- taking back --------------------------------------------------------------------------------
 */

static void propose_undo(struct ms_ui *ui)
{
	if (ui->written_count == 0) {
		ms_ui_note(ui, MS_NOTE_HINT, "nothing staged, and nothing written in this session");
		return;
	}
	ms_undo_ask(ui, ui->written[ui->written_count - 1]);
}

void ms_do_undo(struct ms_ui *ui)
{
	size_t n = ms_stage_take_back(&ui->stage, ui->catalog);

	if (n == 0)
		propose_undo(ui);
	else
		ms_ui_note(ui, MS_NOTE_HINT, "took back the last staged edit (%zu %s)", n,
			   n == 1 ? "row" : "rows");
}

static void drop_confirmed(struct ms_ui *ui, int64_t unused)
{
	(void)unused;
	ms_stage_drop_all(&ui->stage, ui->catalog);
	ms_rows_refilter(&ui->rows, ui->now);
	ms_ui_cursor_moved(ui);
}

void ms_do_drop_all(struct ms_ui *ui)
{
	char question[80];
	size_t n = ui->stage.summary.rows;

	if (n == 0) {
		ms_ui_note(ui, MS_NOTE_HINT, "nothing is staged");
		return;
	}
	(void)snprintf(question, sizeof(question), "Drop the staged edits of %zu %s?", n,
		       n == 1 ? "row" : "rows");
	ms_confirm(ui, question, drop_confirmed, 0);
}

void ms_do_review(struct ms_ui *ui)
{
	if (ui->stage.summary.rows == 0)
		ms_ui_note(ui, MS_NOTE_HINT, "nothing is staged; S, F, P, E and e stage edits");
	else
		ms_review_open(ui);
}
