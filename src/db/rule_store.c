/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"

bool ms_rules_load_pending(struct ms_db *db, struct ms_catalog **out, struct ms_error *err)
{
	return db_load_models(db, "modelsync.rules_waiting()", 0, NULL, out, err);
}

static char *rules_text(const struct ms_rules *rules)
{
	struct ms_json *list = ms_json_new_array();
	char *text;

	for (size_t i = 0; i < rules->count; i++) {
		const struct ms_rule *rule = &rules->items[i];
		struct ms_json *o = ms_json_new_object(), *decisions = ms_json_new_object();

		db_add_decisions(decisions, &rule->edit);
		ms_json_add_string(o, "rule", rule->name);
		ms_json_add_bool(o, "allow_paid_free", rule->allow_paid_free);
		ms_json_add(o, "decisions", decisions);
		ms_json_add(list, NULL, o);
	}
	text = ms_json_print(list);
	ms_json_free(list);
	return text;
}

static char *choices_text(const struct ms_rules *rules, const struct ms_rule_choice *choices,
			  size_t count)
{
	struct ms_json *list = ms_json_new_array();
	char *text;

	for (size_t i = 0; i < count; i++) {
		struct ms_json *o = ms_json_new_object();

		ms_json_add_string(o, "model_id", choices[i].model->id);
		ms_json_add_int(o, "version", choices[i].model->version);
		if (choices[i].rule)
			ms_json_add_int(o, "rule", choices[i].rule - rules->items);
		ms_json_add(list, NULL, o);
	}
	text = ms_json_print(list);
	ms_json_free(list);
	return text;
}

static enum ms_rule_result result_of(const char *name)
{
	static const char *const names[] = {
		[MS_RULE_APPLIED] = "applied", [MS_RULE_UNCHANGED] = "unchanged",
		[MS_RULE_NONE] = "none",       [MS_RULE_REFUSED] = "refused",
		[MS_RULE_DECIDED] = "decided", [MS_RULE_STALE] = "stale",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return (enum ms_rule_result)i;
	return MS_RULE_DECIDED; /* seen: another program was faster */
}

/* `others` are the results of some of the choices, in their order. */
static void take_results(struct ms_rule_choice *choices, size_t count, const struct ms_json *others)
{
	const struct ms_json *other = ms_json_first(others);

	for (size_t i = 0; i < count; i++)
		choices[i].result = MS_RULE_APPLIED;
	for (size_t i = 0; i < count && other; i++) {
		if (strcmp(choices[i].model->id, ms_json_text(ms_json_get(other, "model_id"))) != 0)
			continue;
		choices[i].result = result_of(ms_json_text(ms_json_get(other, "result")));
		other = ms_json_next(other);
	}
}

bool ms_rules_apply(struct ms_db *db, int64_t run, const struct ms_rules *rules,
		    struct ms_rule_choice *choices, size_t count, int64_t *changeset,
		    struct ms_error *err)
{
	char number[24], *rule_list = rules_text(rules), *ctx = db_context_text(db, NULL);
	char *models = choices_text(rules, choices, count);
	const char *params[] = {number, rule_list, models, ctx};
	struct ms_json *reply = NULL;
	bool ok;

	snprintf(number, sizeof(number), "%lld", (long long)run);
	ok = db_call(db,
		     "SELECT modelsync.rules_apply($1::bigint, $2::jsonb, $3::jsonb, $4::jsonb)", 4,
		     params, &reply, err);
	if (ok) {
		*changeset = ms_json_int(ms_json_get(reply, "changeset"), 0);
		take_results(choices, count, ms_json_get(reply, "others"));
	}
	ms_json_free(reply);
	ms_free(rule_list);
	ms_free(models);
	ms_free(ctx);
	return ok;
}

bool ms_rules_skip(struct ms_db *db, int64_t run, struct ms_error *err)
{
	char number[24];
	const char *param = number;
	struct ms_json *reply = NULL;
	bool ok;

	snprintf(number, sizeof(number), "%lld", (long long)run);
	ok = db_call(db, "SELECT modelsync.rules_skip($1::bigint)", 1, &param, &reply, err);
	ms_json_free(reply);
	return ok;
}

bool ms_rules_record(struct ms_db *db, int64_t run, const struct ms_json *rules,
		     struct ms_error *err)
{
	char number[24], *text = ms_json_print(rules);
	const char *params[] = {number, text};
	struct ms_json *reply = NULL;
	bool ok;

	snprintf(number, sizeof(number), "%lld", (long long)run);
	ok = db_call(db, "SELECT modelsync.rules_record($1::bigint, $2::jsonb)", 2, params, &reply,
		     err);
	ms_json_free(reply);
	ms_free(text);
	return ok;
}
