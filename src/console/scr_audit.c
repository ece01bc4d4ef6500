/* SPDX-License-Identifier: MIT */
/* The Audit screen: every action, refused ones too, and whether the log is still what was written.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "browse.h"
#include "entry_text.h"
#include "modelsync/memory.h"
#include "ui.h"

/* --- the table ------------------------------------------------------------------------------ */

static void add_number(struct ms_text *out, const struct ms_json *row)
{
	ms_text_addf(out, "%" PRId64, ms_entry_int(row, "audit_id"));
}

static void add_time(struct ms_text *out, const struct ms_json *row)
{
	ms_entry_add_when(out, row, "at");
}

static void add_action(struct ms_text *out, const struct ms_json *row)
{
	const char *action = ms_entry_text(row, "action");

	for (; *action; action++)
		ms_text_add_bytes(out, *action == '_' ? " " : action, 1);
}

static void add_outcome(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, ms_entry_text(row, "outcome"));
}

static void add_from(struct ms_text *out, const struct ms_json *row)
{
	ms_text_add(out, ms_entry_text(row, "source"));
}

static void add_part(struct ms_text *out, const char *label, int64_t n)
{
	if (n != 0)
		ms_text_addf(out, "%s%s%" PRId64, out->len ? ", " : "", label, n);
}

/* "#17, 3 models, sync #881: upstream said 429" */
static void add_what(struct ms_text *out, const struct ms_json *row)
{
	const struct ms_json *detail = ms_json_get(row, "detail");
	const char *message = ms_entry_text(detail, "message");
	const char *reason = ms_entry_text(row, "reason");
	struct ms_text what;

	ms_text_init(&what, 0);
	add_part(&what, "#", ms_entry_int(row, "changeset"));
	add_part(&what, "undoes #", ms_entry_int(detail, "undoes"));
	add_part(&what, "run ", ms_entry_int(row, "run"));
	add_part(&what, "hold #", ms_entry_int(detail, "hold"));
	add_part(&what, "models: ", ms_entry_int(detail, "models"));
	add_part(&what, "alerts: ", (int64_t)ms_json_count(ms_json_get(detail, "alerts")));
	add_part(&what, "conflicts: ", ms_entry_int(detail, "conflicts"));
	if (*message)
		ms_text_addf(&what, "%s%s", what.len ? ": " : "", message);
	if (*reason)
		ms_text_addf(&what, "%s%s", what.len ? "  " : "", reason);
	ms_text_add(out, ms_text_str(&what));
	ms_text_clear(&what);
}

static const struct ms_list_column columns[] = {
	{"entry", "ENTRY", 6, 4, true, add_number},
	{"time", "TIME UTC", 11, 1, false, add_time},
	{"action", "ACTION", 11, 0, false, add_action},
	{"outcome", "OUTCOME", 7, 0, false, add_outcome},
	{"who", "BY", 18, 2, false, ms_entry_actor},
	{"from", "FROM", 15, 3, false, add_from},
	{"what", "WHAT", 0, 0, false, add_what},
};

static int64_t id_of(const struct ms_json *row)
{
	return ms_entry_int(row, "audit_id");
}

static enum ms_style style_of(const struct ms_json *row)
{
	return strcmp(ms_entry_text(row, "outcome"), "done") == 0 ? MS_STYLE_NORMAL
								  : MS_STYLE_WARNING;
}

/* --- the pane ------------------------------------------------------------------------------- */

static char *subject(const struct ms_json *row)
{
	return ms_format("entry %" PRId64, ms_entry_int(row, "audit_id"));
}

static void add_field(struct ms_page *out, int width, const char *label, const char *value)
{
	char first[12];

	if (!*value)
		return;
	(void)snprintf(first, sizeof(first), "%-9s ", label);
	ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, first, value);
}

static void add_detail(const struct ms_json *row, int width, struct ms_page *out)
{
	const struct ms_json *detail = ms_json_get(row, "detail");
	char *text = ms_json_print(detail);

	if (strcmp(text, "{}") != 0)
		add_field(out, width, "detail", text);
	ms_free(text);
}

static void lines(const struct ms_ui *ui, const struct ms_json *row, int width, struct ms_page *out)
{
	char when[32];
	char *line = ms_format("%s %s, %s UTC", ms_entry_text(row, "action"),
			       ms_entry_text(row, "outcome"),
			       ms_entry_when(when, sizeof(when), row, "at"));
	char *who = ms_format("%s, %s from %s", ms_entry_text(row, "actor"),
			      ms_entry_text(row, "origin"), ms_entry_text(row, "source"));
	int64_t changeset = ms_entry_int(row, "changeset");

	ms_page_add(out, MS_STYLE_HEADING, line);
	add_field(out, width, "by", who);
	if (!changeset)
		add_field(out, width, "reason", ms_entry_text(row, "reason"));
	add_detail(row, width, out);
	add_field(out, width, "hash", ms_entry_text(row, "hash"));
	if (changeset)
		ms_page_add(out, MS_STYLE_NORMAL, "");
	ms_changeset_lines(ui, changeset, width, out);
	ms_free(who);
	ms_free(line);
}

/* --- verifying ------------------------------------------------------------------------------ */

void ms_do_verify(struct ms_ui *ui)
{
	struct ms_verify_state *v = &ui->verify;

	if (v->is_running) {
		v->was_cancelled = true;
		ms_ui_effect(ui, MS_EFFECT_VERIFY_CANCEL);
	} else if (!ui->is_connected) {
		ms_ui_note(ui, MS_NOTE_HINT, "verifying needs the database: not connected");
	} else {
		*v = (struct ms_verify_state){.is_running = true, .started_at = ui->now};
		ms_ui_effect(ui, MS_EFFECT_VERIFY);
	}
}

static void add_problem(const struct ms_json *p, int width, struct ms_page *page)
{
	char *line = ms_format("entry %" PRId64 " %s: %s", ms_entry_int(p, "audit_id"),
			       ms_entry_text(p, "kind"), ms_entry_text(p, "message"));

	/* a changeset without an entry has no number */
	ms_page_add_wrapped(page, MS_STYLE_WARNING, width, "",
			    ms_entry_int(p, "audit_id") ? line : ms_entry_text(p, "message"));
	ms_free(line);
}

static void show_problems(struct ms_ui *ui, const struct ms_json *verdict)
{
	const struct ms_json *problems = ms_json_get(verdict, "problems");
	int64_t total = ms_entry_int(verdict, "problems_total");
	int width = ms_page_width(ui);
	struct ms_page page = {0};

	ms_page_add_wrapped(
		&page, MS_STYLE_HEADING, width, "",
		"The log is not what was written. Keep a copy of the database, and find "
		"out who could write to the tables of the schema modelsync.");
	for (const struct ms_json *p = ms_json_first(problems); p; p = ms_json_next(p))
		add_problem(p, width, &page);
	if (total > (int64_t)ms_json_count(problems))
		ms_page_addf(&page, MS_STYLE_DIM, "and %" PRId64 " more",
			     total - (int64_t)ms_json_count(problems));
	ms_page_open(ui, "Audit: problems", &page, NULL, NULL, 0);
}

void ms_verify_done(struct ms_ui *ui, struct ms_json *verdict, const struct ms_error *err)
{
	struct ms_verify_state *v = &ui->verify;
	int64_t entries = ms_entry_int(verdict, "entries");
	int64_t problems = ms_entry_int(verdict, "problems_total");

	*v = (struct ms_verify_state){
		.has_verdict = verdict != NULL, .entries = entries, .problems = problems};
	if (!verdict && err->category == MS_ERR_CANCELLED)
		ms_ui_note(ui, MS_NOTE_INFO, "the verification was stopped; nothing is known");
	else if (!verdict)
		ms_ui_error(ui, "not verified", err);
	else if (ms_json_bool(ms_json_get(verdict, "ok")))
		ms_ui_note(ui, MS_NOTE_INFO,
			   "audit log verified: all %" PRId64 " entries are as they were written",
			   entries);
	else
		ms_ui_note(ui, MS_NOTE_ERROR, "audit log: %" PRId64 " %s in %" PRId64 " entries",
			   problems, problems == 1 ? "problem" : "problems", entries);
	if (problems)
		show_problems(ui, verdict);
	ms_json_free(verdict);
}

static void add_verdict(struct ms_text *out, const struct ms_ui *ui)
{
	const struct ms_verify_state *v = &ui->verify;

	if (v->is_running)
		ms_text_addf(out, "%s %" PRId64 " s",
			     v->was_cancelled ? "stopping..." : "verifying...",
			     ui->now - v->started_at);
	else if (!v->has_verdict)
		ms_text_add(out, "not verified yet");
	else if (v->problems)
		ms_text_addf(out, "%" PRId64 " PROBLEMS", v->problems);
	else
		ms_text_addf(out, "%" PRId64 " entries verified", v->entries);
}

static int summary_height(const struct ms_ui *ui)
{
	(void)ui;
	return 1;
}

/* The hash is what an admin notes elsewhere: as much of it as there is room. */
static void draw_summary(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c)
{
	const struct ms_json *head = ms_json_get(ui->status, "audit_head");
	struct ms_text verdict;
	int room;

	ms_text_init(&verdict, 0);
	add_verdict(&verdict, ui);
	room = r.w - 3 - (int)verdict.len;
	if (ms_entry_int(head, "audit_id"))
		ms_canvas_textf(c, r.x + 1, r.y, room, MS_STYLE_NORMAL, "head %s",
				ms_entry_text(head, "hash"));
	ms_canvas_right(c, r.x, r.y, r.w - 1,
			ui->verify.problems ? MS_STYLE_ERROR : MS_STYLE_HEADING,
			ms_text_str(&verdict));
	ms_text_clear(&verdict);
}

static const struct ms_browse_class browse = {
	.feed = MS_FEED_AUDIT,
	.list = {columns, sizeof(columns) / sizeof(columns[0]), id_of, style_of},
	.empty = "Nothing has been done yet.",
	.wants_status = true,
	.summary_height = summary_height,
	.draw_summary = draw_summary,
	.subject = subject,
	.lines = lines,
};

const struct ms_screen_class ms_screen_audit = {
	.name = "Audit",
	.scope = MS_SCOPE_AUDIT,
	.full_scope = MS_SCOPE_AUDIT,
	.browse = &browse,
	.shown = ms_browse_load,
	MS_BROWSE_SCREEN,
};
