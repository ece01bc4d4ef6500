/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include "modelsync/log.h"
#include "modelsync/memory.h"

#define LISTED_MAX 1000 /* ids per rule in a report */

static struct ms_rules *rules_of(const struct ms_config *c, struct ms_error *err)
{
	const struct ms_rule_text *texts;
	size_t count = ms_config_rules(c, &texts);

	return ms_rules_new(texts, count, NULL, err);
}

static enum ms_rule_result foresee(const struct ms_rule *rule, const struct ms_model *m)
{
	struct ms_edit edit;

	if (!rule)
		return MS_RULE_NONE;
	if (ms_rule_refuses(rule, m))
		return MS_RULE_REFUSED;
	edit = rule->edit;
	return ms_edit_reduce(&edit, m) ? MS_RULE_APPLIED : MS_RULE_UNCHANGED;
}

static struct ms_rule_choice *choose(const struct ms_rules *rules, const struct ms_catalog *c)
{
	struct ms_rule_choice *choices = ms_alloc_array(c->count ? c->count : 1, sizeof(*choices));

	for (size_t i = 0; i < c->count; i++) {
		const struct ms_model *m = &c->models[i];
		const struct ms_rule *rule = ms_rules_find(rules, m, c->loaded_at);

		choices[i] = (struct ms_rule_choice){m, rule, foresee(rule, m)};
	}
	return choices;
}

/* --- the report ---------------------------------------------------------------------------------
 */

/* NULL when the rule has taken no model. */
static struct ms_json *rule_json(const struct ms_rule *rule, const struct ms_rule_choice *choices,
				 size_t count)
{
	struct ms_json *o, *ids = ms_json_new_array(), *refused_ids = ms_json_new_array();
	int64_t models = 0, refused = 0;
	char decision[200];

	for (size_t i = 0; i < count; i++) {
		const struct ms_rule_choice *c = &choices[i];

		if (c->rule != rule)
			continue;
		if (c->result == MS_RULE_REFUSED && refused++ < LISTED_MAX)
			ms_json_add_string(refused_ids, NULL, c->model->id);
		if ((c->result == MS_RULE_APPLIED || c->result == MS_RULE_UNCHANGED) &&
		    models++ < LISTED_MAX)
			ms_json_add_string(ids, NULL, c->model->id);
	}
	if (models + refused == 0) {
		ms_json_free(ids);
		ms_json_free(refused_ids);
		return NULL;
	}
	o = ms_json_new_object();
	ms_json_add_string(o, "rule", rule->name);
	ms_json_add_string(o, "decision", ms_rule_describe(decision, sizeof(decision), rule));
	ms_json_add_int(o, "models", models);
	ms_json_add_int(o, "refused", refused);
	ms_json_add(o, "ids", ids);
	ms_json_add(o, "refused_ids", refused_ids);
	return o;
}

static int64_t count_of(const struct ms_rule_choice *choices, size_t count,
			enum ms_rule_result result)
{
	int64_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += choices[i].result == result;
	return n;
}

static struct ms_json *outcome_json(const struct ms_rules *rules, size_t rule_count,
				    const struct ms_rule_choice *choices, size_t count,
				    int64_t changeset, const char *problem)
{
	struct ms_json *o = ms_json_new_object(), *list = ms_json_new_array();

	if (changeset)
		ms_json_add_int(o, "changeset", changeset);
	else
		ms_json_add_null(o, "changeset");
	ms_json_add_int(o, "models", (int64_t)count);
	ms_json_add_int(o, "unmatched", count_of(choices, count, MS_RULE_NONE));
	ms_json_add_int(o, "decided", count_of(choices, count, MS_RULE_DECIDED));
	ms_json_add_int(o, "waiting", count_of(choices, count, MS_RULE_STALE));
	ms_json_add_string(o, "problem", problem);
	for (size_t i = 0; i < rule_count; i++) {
		struct ms_json *rule = rule_json(&rules->items[i], choices, count);

		if (rule)
			ms_json_add(list, NULL, rule);
	}
	ms_json_add(o, "by_rule", list);
	return o;
}

/* --- after a run --------------------------------------------------------------------------------
 */

void sync_leave_rules(const struct ms_config *c, struct ms_run_report *report,
		      const struct ms_error *why)
{
	bool is_cancelled = why->category == MS_ERR_CANCELLED;
	const char *problem = is_cancelled ? "cancelled when the run was complete" : why->message;
	const struct ms_rule_text *texts;
	struct ms_json *outcome;

	if (report->rule_pending == 0 || (is_cancelled && ms_config_rules(c, &texts) == 0))
		return;
	ms_log_event(MS_LOG_INFO, "rules_wait", MS_LOG_NUMBER("run", report->run),
		     MS_LOG_TEXT("why", problem));
	outcome = outcome_json(NULL, 0, NULL, 0, 0, problem);
	ms_json_add_int(outcome, "models", (int64_t)report->rule_pending);
	ms_json_add_int(outcome, "waiting", (int64_t)report->rule_pending);
	ms_run_report_set_rules(report, outcome);
}

/* They are written; that the run's row does not say so is no reason to tell otherwise. */
static void record(struct ms_db *db, int64_t run, const struct ms_json *outcome)
{
	struct ms_error err;

	if (!ms_rules_record(db, run, outcome, &err))
		ms_log_event(MS_LOG_WARN, "rules_not_recorded", MS_LOG_NUMBER("run", run),
			     MS_LOG_TEXT("why", err.message));
}

static bool apply_to(struct ms_db *db, const struct ms_rules *rules, const struct ms_catalog *new,
		     struct ms_run_report *report, struct ms_error *err)
{
	struct ms_rule_choice *choices = choose(rules, new);
	struct ms_json *outcome;
	int64_t changeset = 0;
	bool ok = new->count == 0 ||
		  ms_rules_apply(db, report->run, rules, choices, new->count, &changeset, err);

	if (ok && new->count) {
		ms_log_event(MS_LOG_INFO, "rules_applied", MS_LOG_NUMBER("run", report->run),
			     MS_LOG_NUMBER("models", (int64_t)new->count),
			     MS_LOG_NUMBER("changeset", changeset));
		outcome = outcome_json(rules, rules->count, choices, new->count, changeset, NULL);
		record(db, report->run, outcome);
		ms_run_report_set_rules(report, outcome);
	}
	ms_free(choices);
	return ok;
}

static bool apply_rules(struct ms_db *db, const struct ms_rules *rules,
			struct ms_run_report *report, struct ms_error *err)
{
	struct ms_catalog *new;
	bool ok;

	if (rules->count == 0)
		return ms_rules_skip(db, report->run, err);
	if (!ms_rules_load_pending(db, &new, err))
		return false;
	ok = apply_to(db, rules, new, report, err);
	ms_catalog_free(new);
	return ok;
}

void sync_apply_rules(struct ms_db *db, const struct ms_config *c, struct ms_run_report *report)
{
	struct ms_error err;
	struct ms_rules *rules;

	if (report->state != MS_RUN_COMPLETED || report->rule_pending == 0)
		return;
	rules = rules_of(c, &err);
	if (!rules || !apply_rules(db, rules, report, &err))
		sync_leave_rules(c, report, &err);
	ms_rules_free(rules);
}

/* --- before it ----------------------------------------------------------------------------------
 */

static void preview_to(const struct ms_rules *rules, const struct ms_catalog *new,
		       struct ms_run_report *report)
{
	struct ms_rule_choice *choices = choose(rules, new);

	if (new->count)
		ms_run_report_set_rules(
			report, outcome_json(rules, rules->count, choices, new->count, 0, NULL));
	ms_free(choices);
}

bool sync_preview_rules(struct ms_db *db, const struct ms_config *c,
			const struct ms_fetched_pages *pages, struct ms_run_report *report,
			struct ms_error *err)
{
	struct ms_rules *rules = rules_of(c, err);
	struct ms_catalog *new = NULL;
	bool ok = rules != NULL;

	if (ok && rules->count) {
		ok = pages ? ms_run_preview_new(db, pages, c, &new, err)
			   : ms_hold_preview_new(db, report->hold, c, &new, err);
		if (ok)
			preview_to(rules, new, report);
	}
	ms_catalog_free(new);
	ms_rules_free(rules);
	return ok;
}
