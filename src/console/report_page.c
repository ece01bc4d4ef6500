/* SPDX-License-Identifier: MIT */
#include "report_page.h"

#include <inttypes.h>
#include <stdio.h>

#include "modelsync/memory.h"

static void add_counts(const struct ms_run_report *r, struct ms_page *p, int width)
{
	const struct ms_run_counts *n = &r->counts;
	char invalid[40] = "";
	char *line;

	if (n->invalid)
		(void)snprintf(invalid, sizeof(invalid), ", %" PRId64 " invalid", n->invalid);
	line = ms_format("%" PRId64 " models: %" PRId64 " added, %" PRId64 " updated, %" PRId64
			 " unchanged, %" PRId64 " gone, %" PRId64 " back%s",
			 n->total, n->added, n->updated, n->unchanged, n->marked_inactive,
			 n->returned, invalid);

	ms_page_add_wrapped(p, MS_STYLE_NORMAL, width, "", line);
	ms_free(line);
	ms_page_addf(p, MS_STYLE_DIM, "%" PRId64 " kB in %.0f ms, database %.0f ms",
		     (r->bytes + 999) / 1000, r->timing.fetch, r->timing.database);
}

static void add_list(struct ms_page *p, int width, enum ms_style style, const char *title,
		     char *const *items, size_t count, size_t total)
{
	if (count == 0)
		return;
	ms_page_add(p, MS_STYLE_NORMAL, "");
	ms_page_add(p, MS_STYLE_HEADING, title);
	for (size_t i = 0; i < count; i++)
		ms_page_add_wrapped(p, style, width, "  ", items[i]);
	if (total > count)
		ms_page_addf(p, MS_STYLE_DIM, "  and %zu more", total - count);
}

static void add_headline(const struct ms_run_report *r, struct ms_page *p, int width)
{
	char line[120];

	switch (r->state) {
	case MS_RUN_HELD:
		(void)snprintf(line, sizeof(line),
			       "HELD: the answer looked suspicious; no model was changed (hold "
			       "#%" PRId64 ")",
			       r->hold);
		ms_page_add_wrapped(p, MS_STYLE_WARNING, width, "", line);
		break;
	case MS_RUN_FAILED:
		if (r->category == MS_ERR_CANCELLED)
			(void)snprintf(line, sizeof(line), "CANCELLED: no model was changed");
		else
			(void)snprintf(line, sizeof(line), "FAILED (%s): no model was changed",
				       ms_category_name(r->category));
		ms_page_add_wrapped(p, MS_STYLE_ERROR, width, "", line);
		ms_page_add_wrapped(p, MS_STYLE_NORMAL, width, "", r->message ? r->message : "");
		ms_page_add_wrapped(p, MS_STYLE_NORMAL, width,
				    "What to do: ", ms_category_hint(r->category));
		break;
	case MS_RUN_PREVIEW:
		ms_page_add(p, MS_STYLE_GOOD, "DRY RUN: nothing was written");
		break;
	case MS_RUN_RUNNING:
		ms_page_addf(p, MS_STYLE_HEADING, "RUNNING: run #%" PRId64, r->run);
		break;
	case MS_RUN_COMPLETED:
		ms_page_addf(p, MS_STYLE_GOOD, "COMPLETED: run #%" PRId64, r->run);
		break;
	}
}

#define RULE_IDS_MAX 10

/* "a/b, c/d and 3 more" */
static void add_ids(struct ms_page *p, enum ms_style style, int width, const char *prefix,
		    char *const *ids, size_t count, size_t total)
{
	size_t shown = count < RULE_IDS_MAX ? count : RULE_IDS_MAX;
	struct ms_text line;

	ms_text_init(&line, 0);
	for (size_t i = 0; i < shown; i++)
		ms_text_addf(&line, "%s%s", i ? ", " : "", ids[i]);
	if (total > shown)
		ms_text_addf(&line, " and %zu more", total - shown);
	ms_page_add_wrapped(p, style, width, prefix, ms_text_str(&line));
	ms_text_clear(&line);
}

static void add_rule(const struct ms_run_rule *rule, struct ms_page *p, int width)
{
	char *line = ms_format("%s: %zu, %s", rule->name, rule->models, rule->decision);

	ms_page_add_wrapped(p, MS_STYLE_NORMAL, width, "  ", line);
	ms_free(line);
	if (rule->models)
		add_ids(p, MS_STYLE_DIM, width, "    ", rule->ids, rule->id_count, rule->models);
	if (!rule->refused)
		return;
	ms_page_add_wrapped(p, MS_STYLE_WARNING, width, "    ",
			    "refused: paid models, and the rule lacks allow_paid_free = true");
	add_ids(p, MS_STYLE_WARNING, width, "    ", rule->refused_ids, rule->refused_id_count,
		rule->refused);
}

static void add_rules(const struct ms_run_report *report, struct ms_page *p, int width)
{
	const struct ms_run_rules *r = report->rules;

	if (!r)
		return;
	ms_page_add(p, MS_STYLE_NORMAL, "");
	ms_page_addf(p, MS_STYLE_HEADING, "What rules %s with %zu new model%s",
		     report->state == MS_RUN_COMPLETED ? "did" : "would do", r->looked_at,
		     r->looked_at == 1 ? "" : "s");
	for (size_t i = 0; i < r->count; i++)
		add_rule(&r->items[i], p, width);
	if (r->unmatched)
		ms_page_addf(p, MS_STYLE_NORMAL, "  no rule: %zu", r->unmatched);
	if (r->decided)
		ms_page_addf(p, MS_STYLE_NORMAL, "  somebody else decided first: %zu", r->decided);
	if (r->waiting)
		ms_page_addf(p, MS_STYLE_WARNING, "  the next sync looks at them: %zu", r->waiting);
	if (r->problem)
		ms_page_add_wrapped(p, MS_STYLE_WARNING, width, "  because: ", r->problem);
}

void ms_report_lines(const struct ms_run_report *r, int width, struct ms_page *p)
{
	add_headline(r, p, width);
	if (r->state != MS_RUN_FAILED && r->state != MS_RUN_RUNNING)
		add_counts(r, p, width);
	add_list(p, width, MS_STYLE_WARNING, "Why it was held", r->guard, r->guard_count,
		 r->guard_count);
	add_list(p, width, MS_STYLE_WARNING, "Upstream's format changed: look for a newer version",
		 r->drift, r->drift_count, r->drift_count);
	add_list(p, width, MS_STYLE_WARNING, "Alerts", r->alerts, r->alert_count, r->alert_count);
	add_list(p, width, MS_STYLE_NORMAL, "Flapping prices: back where they were, no alert",
		 r->flapping, r->flapping_count, r->flapping_count);
	add_list(p, width, MS_STYLE_NORMAL, "Findings: these were skipped or repaired", r->findings,
		 r->finding_count, r->findings_total);
	add_rules(r, p, width);
}

void ms_report_changes(const struct ms_run_report *r, int width, struct ms_page *p)
{
	if (r->change_count == 0)
		return;
	ms_page_add(p, MS_STYLE_NORMAL, "");
	ms_page_add(p, MS_STYLE_HEADING, "Changes");
	for (size_t i = 0; i < r->change_count; i++) {
		const struct ms_run_change *c = &r->changes[i];
		char *line = ms_format("%s  %s", c->model_id, c->summary);
		char kind[16];

		(void)snprintf(kind, sizeof(kind), "  %-8s ", c->kind);
		ms_page_add_wrapped(p, MS_STYLE_NORMAL, width, kind, line);
		ms_free(line);
	}
	if (r->changes_total > r->change_count)
		ms_page_addf(p, MS_STYLE_DIM, "  and %zu more", r->changes_total - r->change_count);
}
