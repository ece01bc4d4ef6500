/* SPDX-License-Identifier: MIT */
#include "run_rules.h"

#include "modelsync/memory.h"

static size_t number(const struct ms_json *v, const char *name)
{
	return (size_t)ms_json_int(ms_json_get(v, name), 0);
}

static char **parse_ids(const struct ms_json *list, size_t *count)
{
	size_t n = ms_json_is_array(list) ? ms_json_count(list) : 0;
	char **ids = n ? ms_alloc_array(n, sizeof(char *)) : NULL;
	const struct ms_json *id = n ? ms_json_first(list) : NULL;

	for (*count = 0; id && *count < n; id = ms_json_next(id))
		ids[(*count)++] = ms_strdup(ms_json_text(id));
	return ids;
}

static void free_ids(char **ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ms_free(ids[i]);
	ms_free(ids);
}

static void parse_rule(struct ms_run_rule *rule, const struct ms_json *v)
{
	rule->name = ms_strdup(ms_json_text(ms_json_get(v, "rule")));
	rule->decision = ms_strdup(ms_json_text(ms_json_get(v, "decision")));
	rule->models = number(v, "models");
	rule->refused = number(v, "refused");
	rule->ids = parse_ids(ms_json_get(v, "ids"), &rule->id_count);
	rule->refused_ids = parse_ids(ms_json_get(v, "refused_ids"), &rule->refused_id_count);
}

struct ms_run_rules *ms_run_rules_parse(const struct ms_json *v)
{
	const struct ms_json *list = ms_json_get(v, "by_rule");
	size_t n = ms_json_is_array(list) ? ms_json_count(list) : 0;
	const struct ms_json *rule = n ? ms_json_first(list) : NULL;
	struct ms_run_rules *r;

	if (!ms_json_is_object(v))
		return NULL;
	r = ms_alloc(sizeof(*r));
	r->changeset = ms_json_int(ms_json_get(v, "changeset"), 0);
	r->looked_at = number(v, "models");
	r->unmatched = number(v, "unmatched");
	r->decided = number(v, "decided");
	r->waiting = number(v, "waiting");
	r->problem = ms_strdup(ms_json_string(ms_json_get(v, "problem")));
	r->items = n ? ms_alloc_array(n, sizeof(*r->items)) : NULL;
	for (; rule && r->count < n; rule = ms_json_next(rule))
		parse_rule(&r->items[r->count++], rule);
	return r;
}

void ms_run_rules_free(struct ms_run_rules *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++) {
		ms_free(r->items[i].name);
		ms_free(r->items[i].decision);
		free_ids(r->items[i].ids, r->items[i].id_count);
		free_ids(r->items[i].refused_ids, r->items[i].refused_id_count);
	}
	ms_free(r->items);
	ms_free(r->problem);
	ms_free(r);
}
