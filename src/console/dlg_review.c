/* SPDX-License-Identifier: MIT */
/*
 * The last stop before writing: what was selected and when, what really changes, what that does,
 * what is strange about it, and a deliberate confirmation. Enter alone never writes.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "layout.h"
#include "modelsync/memory.h"
#include "ui.h"

#define REVIEW_WIDTH 100
#define SMALL_BATCH  10 /* rows that a plain y confirms */
#define LISTED_ROWS  1000
#define FIXED_LINES  3	/* reason, confirmation, rule */
#define NARROW	     60 /* columns below which words are left out */

struct review {
	struct ms_dialog dialog;
	struct ms_page page;
	struct ms_line reason, count;
	bool in_reason;
	size_t rows;	  /* rows that would really change */
	size_t stale;	  /* of them, changed since: these will be skipped */
	bool needs_count; /* typing the row count, not just y */
	const char *why_count;
	const char *complaint; /* static; about what was typed */
};

/* --- what is shown ------------------------------------------------------------------------------
 */

struct tally {
	const char *what;
	size_t asked, changed;
};

enum {
	TALLY_STATUS,
	TALLY_ON = MS_STATUS_COUNT,
	TALLY_OFF = TALLY_ON + 3,
	TALLY_DAILY = TALLY_OFF + 3,
	TALLY_MONTHLY,
	TALLY_COUNT
};

static const char *const tier_names[3] = {"free", "pro", "enterprise"};

static const char *const tally_names[TALLY_COUNT] = {
	"status > new", "status > active",  "status > inactive", "status > disabled",
	"free > on",	"pro > on",	    "enterprise > on",	 "free > off",
	"pro > off",	"enterprise > off", "daily limit",	 "monthly limit",
};

static void tally_edit(const struct ms_edit *e, size_t counts[TALLY_COUNT])
{
	static const enum ms_edit_field tier_fields[3] = {MS_EDIT_FREE, MS_EDIT_PRO,
							  MS_EDIT_ENTERPRISE};

	if (e->set & MS_EDIT_STATUS)
		counts[TALLY_STATUS + (int)e->status]++;
	for (int i = 0; i < 3; i++)
		if (e->set & (unsigned)tier_fields[i])
			counts[(e->tiers & (1u << i) ? TALLY_ON : TALLY_OFF) + i]++;
	counts[TALLY_DAILY] += (e->set & MS_EDIT_DAILY) != 0;
	counts[TALLY_MONTHLY] += (e->set & MS_EDIT_MONTHLY) != 0;
}

static void add_changes(const struct ms_ui *ui, int width, struct ms_page *page)
{
	bool is_narrow = width < NARROW;
	size_t asked[TALLY_COUNT] = {0}, changed[TALLY_COUNT] = {0};

	for (size_t i = 0; i < ui->stage.count; i++) {
		const struct ms_staged *e = &ui->stage.entries[i];
		struct ms_edit effect;

		if (e->model == MS_ROW_NONE || e->state == MS_STAGED_WRITTEN)
			continue;
		tally_edit(&e->edit, asked);
		ms_stage_effect(e, &ui->catalog->models[e->model], &effect);
		tally_edit(&effect, changed);
	}
	ms_page_addf(page, MS_STYLE_HEADING, is_narrow ? "%-17s %7s %7s" : "%-24s %12s %15s",
		     "Change", is_narrow ? "rows" : "rows changed",
		     is_narrow ? "have it" : "have it already");
	for (int i = 0; i < TALLY_COUNT; i++)
		if (asked[i])
			ms_page_addf(page, MS_STYLE_NORMAL,
				     is_narrow ? "%-17s %7zu %7zu" : "%-24s %12zu %15zu",
				     tally_names[i], changed[i], asked[i] - changed[i]);
}

static void add_labelled(struct ms_page *page, enum ms_style style, int width, const char *label,
			 const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static void add_labelled(struct ms_page *page, enum ms_style style, int width, const char *label,
			 const char *fmt, ...)
{
	char first[12], text[1000];
	va_list ap;

	(void)snprintf(first, sizeof(first), "%-9s", label);
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ms_page_add_wrapped(page, style, width, first, text);
}

/* "free, pro and enterprise": the tiers from `first` on for which as many models change. */
static void name_users(const struct ms_edit_review *r, int first, struct ms_text *out)
{
	int last = first;

	for (int i = first; i < 3; i++)
		if (r->visible[i] == r->visible[first])
			last = i;
	for (int i = first; i <= last; i++)
		if (r->visible[i] == r->visible[first])
			ms_text_addf(out, "%s%s",
				     i == first	 ? ""
				     : i == last ? " and "
						 : ", ",
				     tier_names[i]);
}

/* One line for each distinct number of models. */
static void add_effects(const struct ms_edit_review *r, int width, struct ms_page *page)
{
	const long *n = r->visible;
	size_t before = page->count;

	for (int i = 0; i < 3; i++) {
		struct ms_text users;

		if (n[i] == 0 || (i > 0 && n[i] == n[i - 1]) || (i > 1 && n[i] == n[0]))
			continue;
		ms_text_init(&users, 0);
		name_users(r, i, &users);
		add_labelled(page, MS_STYLE_NORMAL, width, "Effect", "%+ld %s visible to %s users",
			     n[i], labs(n[i]) == 1 ? "model" : "models", ms_text_str(&users));
		ms_text_clear(&users);
	}
	if (page->count == before)
		add_labelled(page, MS_STYLE_NORMAL, width, "Effect",
			     "nothing changes in what users see");
}

static void add_warnings(const struct ms_edit_review *r, int width, struct ms_page *page)
{
	if (r->paid_to_free)
		add_labelled(page, MS_STYLE_WARNING, width, "Warning",
			     "%zu paid %s becoming free-tier, such as %s", r->paid_to_free,
			     r->paid_to_free == 1 ? "model is" : "models are",
			     r->first_paid_to_free ? r->first_paid_to_free : "?");
	if (r->disables_active)
		add_labelled(page, MS_STYLE_WARNING, width, "Warning",
			     "%zu active %s taken out of service", r->disables_active,
			     r->disables_active == 1 ? "model is" : "models are");
	if (r->without_tier)
		add_labelled(page, MS_STYLE_WARNING, width, "Warning",
			     "%zu active %s left without a tier: nobody sees %s", r->without_tier,
			     r->without_tier == 1 ? "model is" : "models are",
			     r->without_tier == 1 ? "it" : "them");
	if (r->stale)
		add_labelled(page, MS_STYLE_WARNING, width, "Warning",
			     "%zu %s changed since being staged and will be skipped; edit "
			     "again what is still wanted, based on what is there now",
			     r->stale, r->stale == 1 ? "row" : "rows");
}

/* Deciding about what upstream does not list any more takes effect later, if ever. */
static void add_missing(const struct ms_ui *ui, const struct ms_edit_batch *batch, int width,
			struct ms_page *page)
{
	size_t n = 0;

	for (size_t i = 0; i < batch->count; i++) {
		size_t at = ms_catalog_find(ui->catalog, batch->items[i].model_id);

		n += at != SIZE_MAX && (batch->items[i].edit.set & MS_EDIT_STATUS) &&
		     ms_model_is_missing(&ui->catalog->models[at]);
	}
	if (n > 0)
		add_labelled(page, MS_STYLE_NORMAL, width, "Note",
			     "%zu %s gone upstream: the status counts when %s back", n,
			     n == 1 ? "model is" : "models are", n == 1 ? "it is" : "they are");
}

/* A tier that no active model would be in any more. */
static void add_emptied_tiers(const struct ms_ui *ui, int width, struct ms_page *page)
{
	size_t before[3] = {0}, after[3] = {0};

	for (size_t i = 0; i < ui->catalog->count; i++) {
		const struct ms_model *m = &ui->catalog->models[i];
		const struct ms_staged *e = ms_stage_at(&ui->stage, (uint32_t)i);
		unsigned tiers = ms_stage_tiers(&ui->stage, ui->catalog, (uint32_t)i);
		bool is_set = e && (e->edit.set & MS_EDIT_STATUS) && !ms_model_is_missing(m);
		enum ms_status status = is_set ? e->edit.status : (enum ms_status)m->status;

		for (int t = 0; t < 3; t++) {
			before[t] += m->status == MS_STATUS_ACTIVE && (m->tiers >> t & 1);
			after[t] += status == MS_STATUS_ACTIVE && (tiers >> t & 1);
		}
	}
	for (int t = 0; t < 3; t++)
		if (before[t] > 0 && after[t] == 0)
			add_labelled(page, MS_STYLE_WARNING, width, "Warning",
				     "the %s tier is left without any active model", tier_names[t]);
}

static void add_row(const struct ms_model *m, const struct ms_edit_item *item, int width,
		    struct ms_page *page)
{
	bool is_stale = m->version != item->version;
	char what[400];
	char *line = ms_format("%s  %s%s", item->model_id,
			       ms_edit_describe(what, sizeof(what), &item->edit, m),
			       is_stale ? "  (changed since: skipped)" : "");

	ms_page_add_wrapped(page, is_stale ? MS_STYLE_WARNING : MS_STYLE_NORMAL, width, "", line);
	ms_free(line);
}

static void add_rows(const struct ms_ui *ui, const struct ms_edit_batch *batch, int width,
		     struct ms_page *page)
{
	ms_page_add(page, MS_STYLE_NORMAL, "");
	ms_page_add(page, MS_STYLE_HEADING, "Rows");
	for (size_t i = 0; i < batch->count && i < LISTED_ROWS; i++) {
		size_t at = ms_catalog_find(ui->catalog, batch->items[i].model_id);

		if (at != SIZE_MAX)
			add_row(&ui->catalog->models[at], &batch->items[i], width, page);
	}
	if (batch->count > LISTED_ROWS)
		ms_page_addf(page, MS_STYLE_DIM, "and %zu more", batch->count - LISTED_ROWS);
}

static void decide_confirmation(const struct ms_ui *ui, struct review *v,
				const struct ms_edit_review *r)
{
	v->rows = r->rows;
	v->stale = r->stale;
	v->why_count = NULL;
	if (r->rows > SMALL_BATCH)
		v->why_count = "many rows";
	else if (r->disables_active)
		v->why_count = "active models go out of service";
	else if (*ui->label)
		v->why_count = ui->label;
	v->needs_count = v->why_count != NULL;
}

/* What selected the rows: of several steps, the last one. */
static void add_origin(const struct ms_ui *ui, int width, struct ms_page *page)
{
	const char *origin = ms_stage_origin(&ui->stage);
	size_t steps = ms_stage_groups(&ui->stage);

	if (steps > 1)
		add_labelled(page, MS_STYLE_NORMAL, width, "Staged", "in %zu steps, the last: %s",
			     steps, origin);
	else
		add_labelled(page, MS_STYLE_NORMAL, width, "Staged", "%s", origin);
}

static void review_refresh(struct ms_ui *ui, struct ms_dialog *d)
{
	struct review *v = (struct review *)d;
	struct ms_edit_batch *batch = ms_stage_batch(&ui->stage, ui->catalog);
	int width = ms_dialog_place(ui, REVIEW_WIDTH, 99).w - 6; /* border, blanks, scroll sign */
	struct ms_edit_review r;

	ms_edit_batch_review(batch, ui->catalog, &r);
	decide_confirmation(ui, v, &r);
	ms_page_clear(&v->page);
	add_labelled(&v->page, MS_STYLE_NORMAL, width, "Target", "%s%s%s%s", *ui->label ? "[" : "",
		     ui->label, *ui->label ? "] " : "", ui->database);
	add_origin(ui, width, &v->page);
	add_labelled(&v->page, MS_STYLE_NORMAL, width, "Rows",
		     "%zu, frozen when staged: later matches do not join", r.rows);
	ms_page_add(&v->page, MS_STYLE_NORMAL, "");
	add_changes(ui, width, &v->page);
	ms_page_add(&v->page, MS_STYLE_NORMAL, "");
	add_effects(&r, width, &v->page);
	add_missing(ui, batch, width, &v->page);
	add_warnings(&r, width, &v->page);
	add_emptied_tiers(ui, width, &v->page);
	add_rows(ui, batch, width, &v->page);
	ms_edit_batch_free(batch);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static void apply(struct ms_ui *ui, struct review *v)
{
	char *reason = ms_strdup(v->reason.text);

	ms_dialog_close(ui, &v->dialog);
	ms_write_start(ui, reason);
	ms_free(reason);
}

static bool can_apply(struct ms_ui *ui, struct review *v)
{
	v->complaint = !ui->is_connected ? "not connected: the edits stay staged; try again later"
		       : v->rows == 0	 ? "nothing would change any more"
		       : v->stale == v->rows
			       ? "all rows changed since: stage them again, or {undo} drops them"
			       : NULL;
	return !v->complaint;
}

static void accept(struct ms_ui *ui, struct review *v)
{
	char *end;
	unsigned long long n = strtoull(v->count.text, &end, 10);

	if (v->in_reason) {
		v->in_reason = false;
		return;
	}
	if (!v->needs_count) {
		v->complaint = "{accept} alone never writes: press y";
		return;
	}
	if (v->count.len == 0 || *end != '\0' || n != v->rows) {
		v->complaint = "that is not the number of rows";
		return;
	}
	if (can_apply(ui, v))
		apply(ui, v);
}

static enum ms_action editing_action(const struct ms_ui *ui, uint32_t key)
{
	return ms_keymap_action(ui->keymap, MS_SCOPE_INPUT, key);
}

static void type_reason(const struct ms_ui *ui, struct review *v, uint32_t key, bool is_pasted)
{
	enum ms_action action = is_pasted ? MS_ACTION_NONE : editing_action(ui, key);

	if (action != MS_ACTION_NONE)
		ms_line_action(&v->reason, action);
	else
		ms_line_type(&v->reason, is_pasted && key < ' ' ? ' ' : key);
}

static bool type_count(const struct ms_ui *ui, struct review *v, uint32_t key)
{
	if (!v->needs_count)
		return false;
	if (key >= '0' && key <= '9')
		return ms_line_type(&v->count, key);
	return ms_line_action(&v->count, editing_action(ui, key) == MS_ACTION_erase_left
						 ? MS_ACTION_erase_left
						 : MS_ACTION_NONE);
}

static void review_key(struct ms_ui *ui, struct ms_dialog *d, uint32_t key, enum ms_action action,
		       bool is_pasted)
{
	struct review *v = (struct review *)d;
	struct ms_rect r = ms_dialog_place(ui, REVIEW_WIDTH, (int)v->page.count + 2 + FIXED_LINES);

	v->complaint = NULL;
	if (action == MS_ACTION_cancel && v->in_reason) {
		v->in_reason = false; /* what was typed stays */
	} else if (action == MS_ACTION_cancel || action == MS_ACTION_interrupt) {
		ms_dialog_close(ui, d);
	} else if (action == MS_ACTION_accept) {
		accept(ui, v);
	} else if (action == MS_ACTION_field_next) {
		v->in_reason = !v->in_reason;
	} else if (v->in_reason || is_pasted) {
		type_reason(ui, v, key, is_pasted);
	} else if (!v->needs_count && key == 'y') {
		if (can_apply(ui, v))
			apply(ui, v);
	} else if (action == MS_ACTION_back) {
		ms_dialog_close(ui, d);
	} else if (action == MS_ACTION_help) {
		ms_help_open(ui);
	} else if (!type_count(ui, v, key)) {
		ms_page_scroll(&v->page, action, r.h - 2 - FIXED_LINES);
	}
}

/* --- drawing -------------------------------------------------------------------------------------
 */

static void draw_confirmation(const struct ms_ui *ui, const struct review *v, struct ms_canvas *c,
			      struct ms_rect at)
{
	char name[MS_KEY_NAME_MAX];
	const char *accept = ms_ui_key(ui, MS_ACTION_accept, name);
	int x;

	if (v->complaint) {
		ms_ui_keyed_text(ui, c, at, MS_STYLE_ERROR, v->complaint);
		return;
	}
	if (v->in_reason) { /* where a y is a letter, and a number not that of the rows */
		ms_ui_keyed_text(ui, c, at, MS_STYLE_HEADING,
				 at.w < NARROW
					 ? "{accept} ends it, then write"
					 : "{accept} ends the reason; nothing is written yet");
		return;
	}
	if (!v->needs_count) {
		x = ms_ui_keyed_text(
			ui, c, at, MS_STYLE_HEADING,
			at.w < NARROW
				? "y writes  {field-next} reason  {cancel} back "
				: "y writes, {field-next} adds a reason, {cancel} goes back ");
		ms_canvas_cursor(c, at.x + x, at.y);
		return;
	}
	if (at.w < NARROW)
		x = ms_canvas_textf(c, at.x, at.y, at.w - 8, MS_STYLE_HEADING,
				    "Type %zu, %s writes: ", v->rows, accept);
	else
		x = ms_canvas_textf(c, at.x, at.y, at.w - 8, MS_STYLE_HEADING,
				    "Type %zu and %s to write (%s) ", v->rows, accept,
				    v->why_count);
	ms_line_draw(&v->count, c, at.x + x, at.y, at.w - x < 12 ? at.w - x : 12);
}

static void review_draw(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c)
{
	const struct review *v = (const struct review *)d;
	struct ms_rect r = ms_dialog_place(ui, REVIEW_WIDTH, (int)v->page.count + 2 + FIXED_LINES);
	struct ms_rect in = ms_canvas_box(c, r, "Review: nothing is written yet");
	int bottom = in.y + in.h - 1;

	ms_page_draw(&v->page, c, (struct ms_rect){in.x, in.y, in.w, in.h - FIXED_LINES});
	ms_canvas_hline(c, in.x, bottom - 2, in.w, MS_STYLE_BORDER);
	ms_canvas_text(c, in.x, bottom - 1, in.w, MS_STYLE_HEADING, "Reason");
	if (v->in_reason)
		ms_line_draw(&v->reason, c, in.x + 9, bottom - 1, in.w - 9);
	else if (v->reason.len)
		ms_canvas_text(c, in.x + 9, bottom - 1, in.w - 9, MS_STYLE_NORMAL, v->reason.text);
	else
		ms_ui_keyed_text(ui, c, (struct ms_rect){in.x + 9, bottom - 1, in.w - 9, 1},
				 MS_STYLE_DIM, "none ({field-next})");
	draw_confirmation(ui, v, c, (struct ms_rect){in.x, bottom, in.w, 1});
}

static void review_free(struct ms_dialog *d)
{
	struct review *v = (struct review *)d;

	ms_page_clear(&v->page);
	ms_free(v);
}

void ms_review_open(struct ms_ui *ui)
{
	static const struct ms_dialog_class class = {.scope = MS_SCOPE_REVIEW,
						     .key = review_key,
						     .draw = review_draw,
						     .free = review_free,
						     .refresh = review_refresh};
	struct review *v = ms_alloc(sizeof(*v));

	v->dialog.class = &class;
	ms_line_init(&v->reason, "", NULL);
	ms_line_init(&v->count, "", NULL);
	ms_dialog_open(ui, &v->dialog);
}
