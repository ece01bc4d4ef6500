/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "private.h"

#define SHOWN_MAX 20

/* Upstream's text may hold anything; what a terminal would obey is replaced. */
void print_clean(const char *prefix, const char *s)
{
	struct ms_text clean;

	ms_text_init(&clean, 0);
	terminal_clean(&clean, s, stdout);
	printf("%s%s\n", prefix, ms_text_str(&clean));
	ms_text_clear(&clean);
}

static void print_more(size_t shown, size_t total)
{
	if (total > shown)
		printf("  and %zu more\n", total - shown);
}

static void print_list(const char *title, char *const *lines, size_t count, size_t total)
{
	if (!count)
		return;
	printf("%s:\n", title);
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
		print_clean("  ", lines[i]);
	print_more(count < SHOWN_MAX ? count : SHOWN_MAX, total);
}

static const char *change_sign(const char *kind)
{
	static const char *const signs[][2] = {
		{"added", "+"}, {"removed", "-"}, {"returned", "<"}, {"changed", "~"}};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strcmp(kind, signs[i][0]) == 0)
			return signs[i][1];
	return "?";
}

static void print_changes(const struct ms_run_report *r)
{
	struct ms_text line;

	ms_text_init(&line, 0);
	if (r->change_count)
		puts("changes (+ added, - gone, < back, ~ changed):");
	for (size_t i = 0; i < r->change_count && i < SHOWN_MAX; i++) {
		const struct ms_run_change *c = &r->changes[i];

		ms_text_reset(&line);
		ms_text_addf(&line, "%s %s%s%s", change_sign(c->kind), c->model_id,
			     *c->summary ? "  " : "", c->summary);
		print_clean("  ", ms_text_str(&line));
	}
	print_more(r->change_count < SHOWN_MAX ? r->change_count : SHOWN_MAX, r->changes_total);
	ms_text_clear(&line);
}

static void print_counts(const struct ms_run_report *r)
{
	const struct ms_run_counts *n = &r->counts;

	printf("%" PRId64 " models: %" PRId64 " added, %" PRId64 " updated, %" PRId64
	       " back, %" PRId64 " gone, %" PRId64 " unchanged",
	       n->valid, n->added, n->updated, n->returned, n->marked_inactive, n->unchanged);
	if (n->invalid)
		printf(", %" PRId64 " skipped as invalid", n->invalid);
	if (n->duplicates)
		printf(", %" PRId64 " duplicates ignored", n->duplicates);
	putchar('\n');
}

static void print_headline(const struct ms_run_report *r)
{
	switch (r->state) {
	case MS_RUN_PREVIEW:
		puts("dry run: nothing was written");
		break;
	case MS_RUN_HELD:
		printf("run %" PRId64 " is held as hold %" PRId64 ": nothing was applied\n", r->run,
		       r->hold);
		break;
	case MS_RUN_RUNNING:
	case MS_RUN_COMPLETED:
	case MS_RUN_FAILED:
		printf("run %" PRId64 " %s", r->run, ms_run_state_name(r->state));
		if (r->changeset)
			printf(", changeset %" PRId64, r->changeset);
		putchar('\n');
		break;
	}
}

#define RULE_IDS_MAX 5

/* "    a/b, c/d and 3 more" */
static void print_ids(const char *prefix, char *const *ids, size_t count, size_t total)
{
	struct ms_text line;
	size_t shown = count < RULE_IDS_MAX ? count : RULE_IDS_MAX;

	ms_text_init(&line, 0);
	for (size_t i = 0; i < shown; i++)
		ms_text_addf(&line, "%s%s", i ? ", " : "", ids[i]);
	if (total > shown)
		ms_text_addf(&line, " and %zu more", total - shown);
	print_clean(prefix, ms_text_str(&line));
	ms_text_clear(&line);
}

static void print_rule(const struct ms_run_rule *rule)
{
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s: %zu, %s", rule->name, rule->models, rule->decision);
	print_clean("  ", ms_text_str(&line));
	ms_text_clear(&line);
	if (rule->models)
		print_ids("    ", rule->ids, rule->id_count, rule->models);
	if (rule->refused)
		print_ids(
			"    refused, paid and the free tier (allow_paid_free = true allows it): ",
			rule->refused_ids, rule->refused_id_count, rule->refused);
}

/* What rules did with new models, or would do. */
static void print_rules(const struct ms_run_report *report)
{
	const struct ms_run_rules *r = report->rules;

	if (!r)
		return;
	printf("rules %s %zu new model%s",
	       report->state == MS_RUN_COMPLETED ? "looked at" : "would look at", r->looked_at,
	       r->looked_at == 1 ? "" : "s");
	if (r->changeset)
		printf(", changeset %" PRId64, r->changeset);
	puts(r->count || r->unmatched ? ":" : "");
	for (size_t i = 0; i < r->count; i++)
		print_rule(&r->items[i]);
	if (r->unmatched)
		printf("  no rule: %zu\n", r->unmatched);
	if (r->decided)
		printf("  somebody else decided first: %zu\n", r->decided);
	if (r->waiting)
		printf("  the next sync looks at them: %zu\n", r->waiting);
	if (r->problem)
		print_clean("  because: ", r->problem);
}

void report_print(const struct cli *cli, const struct ms_run_report *r)
{
	print_headline(r);
	print_list(r->state == MS_RUN_PREVIEW ? "it would be held because" : "reasons", r->guard,
		   r->guard_count, r->guard_count);
	if (r->state == MS_RUN_HELD)
		printf("look at the changes below (again: add --dry-run), then decide:\n"
		       "  %s sync --apply-held %" PRId64 "\n"
		       "  %s sync --discard-held %" PRId64 "\n",
		       session_program(cli), r->hold, session_program(cli), r->hold);
	report_print_body(r);
}

static void print_times(const struct ms_run_report *r)
{
	const struct ms_run_timing *t = &r->timing;

	printf("fetch %.0f ms (", t->fetch);
	if (r->is_not_modified)
		printf("upstream: not modified");
	else
		printf("%.1f MB", (double)r->bytes / 1e6);
	printf("), database %.0f ms", t->database);
	if (t->database > 0)
		printf(" (validate %.0f, compare %.0f, apply %.0f, record %.0f)", t->validate,
		       t->compare, t->apply, t->record);
	putchar('\n');
}

void report_print_body(const struct ms_run_report *r)
{
	print_counts(r);
	print_changes(r);
	print_rules(r);
	print_list("warnings", r->findings, r->finding_count, r->findings_total);
	print_list(
		"drift: upstream's format changed (show MODEL --raw shows what is not known; look "
		"for a newer version of this program)",
		r->drift, r->drift_count, r->drift_count);
	print_list("alerts", r->alerts, r->alert_count, r->alert_count);
	print_list("flapping prices: no news, so no alert (setting flap_runs)", r->flapping,
		   r->flapping_count, r->flapping_count);
	if (r->quality)
		printf("quality: %s; see db quality\n", r->quality);
	print_times(r);
}

void write_result_print(const struct ms_write_result *r, const char *noun, const char *verb)
{
	static const char *const words[] = {"applied", "unchanged", "conflict", "unknown"};
	struct ms_text line;
	size_t shown = 0;

	if (r->changeset)
		printf("changeset %" PRId64 ": ", r->changeset);
	printf("%zu %s%s %s", r->applied, noun, r->applied == 1 ? "" : "s", verb);
	if (r->unchanged)
		printf(", %zu had it already", r->unchanged);
	if (r->conflicts)
		printf(", %zu left alone because somebody else changed it meanwhile", r->conflicts);
	if (r->unknown)
		printf(", %zu unknown", r->unknown);
	putchar('\n');
	ms_text_init(&line, 0);
	for (size_t i = 0; i < r->row_count && shown < SHOWN_MAX; i++) {
		const struct ms_write_row *row = &r->rows[i];

		if (row->outcome == MS_WRITE_UNCHANGED)
			continue;
		ms_text_reset(&line);
		ms_text_addf(&line, "%s: %s%s%s", words[row->outcome], row->model_id,
			     row->note ? ", now " : "", row->note ? row->note : "");
		print_clean("  ", ms_text_str(&line));
		shown++;
	}
	print_more(shown, r->conflicts + r->unknown);
	ms_text_clear(&line);
}
