/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "modelsync/edit.h"
#include "modelsync/memory.h"
#include "private.h"

#define DECISION_MAX 200
#define UNDECIDED    "status:new"

static bool require_rules(const struct cli *cli, struct ms_error *err)
{
	return cli->rules->count > 0 ||
	       ms_fail(err, MS_ERR_CONFIG,
		       "no rules are configured; a rule looks like: rules = ( { name = \"free\"; "
		       "match = \"is:free\"; status = \"active\"; tiers = \"free\"; } );");
}

/* --- rules --------------------------------------------------------------------------------------
 */

/* How many models a rule finds. */
struct tally {
	int64_t matches, takes, refuses;
};

static struct tally *count_models(const struct ms_rules *rules, const struct ms_catalog *c)
{
	struct tally *tallies = ms_alloc_array(rules->count, sizeof(*tallies));

	for (size_t i = 0; i < c->count; i++) {
		const struct ms_model *m = &c->models[i];
		const struct ms_rule *first = ms_rules_find(rules, m, c->loaded_at);

		if (!first || ms_model_is_missing(m))
			continue;
		for (size_t r = 0; r < rules->count; r++)
			tallies[r].matches +=
				ms_filter_match(rules->items[r].filter, m, 0, c->loaded_at);
		tallies[first - rules->items].takes++;
		tallies[first - rules->items].refuses += ms_rule_refuses(first, m);
	}
	return tallies;
}

static void print_rules(const struct ms_rules *rules, const struct tally *tallies)
{
	static const char *const titles[] = {"RULE", "MATCH", "DECIDES", "MATCHES", "TAKES"};
	struct table *t = table_new(5);
	struct ms_text decision;
	char buf[DECISION_MAX];

	for (size_t i = 0; i < 5; i++)
		table_head(t, i, titles[i], i > 2);
	ms_text_init(&decision, 0);
	for (size_t i = 0; i < rules->count; i++) {
		const struct ms_rule *rule = &rules->items[i];

		ms_text_reset(&decision);
		ms_text_addf(&decision, "%s%s", ms_rule_describe(buf, sizeof(buf), rule),
			     rule->allow_paid_free ? " (paid too)" : "");
		table_add(t, rule->name);
		table_add(t, rule->match);
		table_add(t, ms_text_str(&decision));
		table_add_int(t, tallies[i].matches);
		table_add_int(t, tallies[i].takes);
	}
	table_print(t, stdout);
	for (size_t i = 0; i < rules->count; i++)
		if (tallies[i].refuses)
			printf("%s: refuses %" PRId64 " of them: it grants the free tier to paid "
			       "models only with allow_paid_free = true\n",
			       rules->items[i].name, tallies[i].refuses);
	ms_text_clear(&decision);
	table_free(t);
}

static void print_rules_json(const struct ms_rules *rules, const struct tally *tallies)
{
	struct ms_json *list = ms_json_new_array();
	char buf[DECISION_MAX];

	for (size_t i = 0; i < rules->count; i++) {
		const struct ms_rule *rule = &rules->items[i];
		struct ms_json *o = ms_json_new_object();

		ms_json_add_string(o, "rule", rule->name);
		ms_json_add_string(o, "match", rule->match);
		ms_json_add_string(o, "decision", ms_rule_describe(buf, sizeof(buf), rule));
		ms_json_add_bool(o, "allow_paid_free", rule->allow_paid_free);
		ms_json_add_string(o, "origin", rule->origin);
		ms_json_add_int(o, "matches", tallies[i].matches);
		ms_json_add_int(o, "takes", tallies[i].takes);
		ms_json_add_int(o, "refuses", tallies[i].refuses);
		ms_json_add(list, NULL, o);
	}
	print_json(list);
	ms_json_free(list);
}

bool command_rules(struct cli *cli, struct ms_error *err)
{
	struct ms_catalog *c;
	struct tally *tallies;

	if (!require_rules(cli, err) || !session_open(cli, err) ||
	    !ms_models_load(cli->db, &c, err))
		return false;
	tallies = count_models(cli->rules, c);
	if (args_has(cli, ARG_JSON))
		print_rules_json(cli->rules, tallies);
	else
		print_rules(cli->rules, tallies);
	ms_free(tallies);
	ms_catalog_free(c);
	return true;
}

/* --- rules test ---------------------------------------------------------------------------------
 */

/* "free models: is:free; cheap: price<5": what the model lacks for the rules before that one. */
static void add_unmet(struct ms_text *out, const struct ms_rules *rules,
		      const struct ms_rule *until, const struct ms_model *m, int64_t now)
{
	char unmet[100];

	for (size_t i = 0; i < rules->count && &rules->items[i] != until; i++)
		ms_text_addf(out, "%s%s: %s", out->len ? "; " : "", rules->items[i].name,
			     ms_rule_unmet(unmet, sizeof(unmet), &rules->items[i], m, now));
}

static void print_test(const struct cli *cli, const struct selection *s)
{
	static const char *const titles[] = {"MODEL", "RULE", "DECIDES", "WHAT EARLIER RULES MISS"};
	struct table *t = table_new(4);
	struct ms_text unmet;
	char buf[DECISION_MAX];

	for (size_t i = 0; i < 4; i++)
		table_head(t, i, titles[i], false);
	ms_text_init(&unmet, 0);
	for (size_t i = 0; i < s->count; i++) {
		const struct ms_model *m = s->models[i];
		const struct ms_rule *rule = ms_rules_find(cli->rules, m, s->catalog->loaded_at);

		ms_text_reset(&unmet);
		add_unmet(&unmet, cli->rules, rule, m, s->catalog->loaded_at);
		table_add(t, m->id);
		table_add(t, rule ? rule->name : "none");
		table_add(t, !rule			? ""
			     : ms_rule_refuses(rule, m) ? "refused: a paid model, and the free tier"
							: ms_rule_describe(buf, sizeof(buf), rule));
		table_add(t, ms_text_str(&unmet));
	}
	table_print(t, stdout);
	ms_text_clear(&unmet);
	table_free(t);
}

static struct ms_json *unmet_json(const struct ms_rules *rules, const struct ms_rule *until,
				  const struct ms_model *m, int64_t now)
{
	struct ms_json *list = ms_json_new_array();
	char unmet[200];

	for (size_t i = 0; i < rules->count && &rules->items[i] != until; i++) {
		struct ms_json *o = ms_json_new_object();

		ms_json_add_string(o, "rule", rules->items[i].name);
		ms_json_add_string(o, "unmet",
				   ms_rule_unmet(unmet, sizeof(unmet), &rules->items[i], m, now));
		ms_json_add(list, NULL, o);
	}
	return list;
}

static void print_test_json(const struct cli *cli, const struct selection *s)
{
	struct ms_json *list = ms_json_new_array();
	int64_t now = s->catalog->loaded_at;
	char buf[DECISION_MAX];

	for (size_t i = 0; i < s->count; i++) {
		const struct ms_model *m = s->models[i];
		const struct ms_rule *rule = ms_rules_find(cli->rules, m, now);
		struct ms_json *o = ms_json_new_object();

		ms_json_add_string(o, "model_id", m->id);
		ms_json_add_string(o, "rule", rule ? rule->name : NULL);
		ms_json_add_string(o, "decision",
				   rule ? ms_rule_describe(buf, sizeof(buf), rule) : NULL);
		ms_json_add_bool(o, "refused", rule && ms_rule_refuses(rule, m));
		ms_json_add(o, "earlier", unmet_json(cli->rules, rule, m, now));
		ms_json_add(list, NULL, o);
	}
	print_json(list);
	ms_json_free(list);
}

/* The id of a model means that one, and not those whose ids contain it. */
static void narrow_to_id(struct selection *s, const char *id)
{
	size_t at = ms_catalog_find(s->catalog, id);

	if (at == SIZE_MAX || s->count == 0)
		return;
	s->models[0] = &s->catalog->models[at];
	s->count = 1;
}

static bool select_models(struct cli *cli, const char *otherwise, struct selection *s,
			  struct ms_error *err)
{
	char *filter = cli->word_count ? args_join(cli, 0) : ms_strdup(otherwise);
	bool ok = require_rules(cli, err) && selection_load(cli, filter, NULL, s, err);

	if (ok)
		narrow_to_id(s, filter);
	ms_free(filter);
	return ok;
}

bool command_rules_test(struct cli *cli, struct ms_error *err)
{
	struct selection s;

	if (!select_models(cli, NULL, &s, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_test_json(cli, &s);
	else
		print_test(cli, &s);
	if (!s.count)
		fputs("no model matches\n", stderr);
	selection_clear(&s);
	return true;
}

/* --- rules apply --------------------------------------------------------------------------------
 */

/* What became of the models of a selection. */
struct sorting {
	struct ms_edit_batch *batch;
	size_t *taken; /* by rule */
	size_t matched, unmatched, refused;
	const char *first_refused;
};

static void sort_model(struct sorting *to, const struct ms_rules *rules, const struct ms_model *m,
		       int64_t now)
{
	const struct ms_rule *rule = ms_rules_find(rules, m, now);
	struct ms_edit e;

	if (!rule) {
		to->unmatched++;
	} else if (ms_rule_refuses(rule, m)) {
		if (to->refused++ == 0)
			to->first_refused = m->id;
	} else {
		to->matched++;
		to->taken[rule - rules->items]++;
		e = rule->edit;
		if (ms_edit_reduce(&e, m))
			ms_edit_batch_add_by_rule(to->batch, m, &e, rule->name);
	}
}

/* On stderr like the review that follows. */
static void print_sorting(const struct sorting *s, const struct ms_rules *rules)
{
	char buf[DECISION_MAX];

	for (size_t i = 0; i < rules->count; i++)
		if (s->taken[i])
			fprintf(stderr, "rule %s: %zu model%s: %s\n", rules->items[i].name,
				s->taken[i], s->taken[i] == 1 ? "" : "s",
				ms_rule_describe(buf, sizeof(buf), &rules->items[i]));
	if (s->unmatched)
		fprintf(stderr, "no rule: %zu\n", s->unmatched);
	if (s->refused)
		fprintf(stderr,
			"refused: %zu, such as %s: a rule grants the free tier to paid models only "
			"with allow_paid_free = true\n",
			s->refused, s->first_refused);
}

bool command_rules_apply(struct cli *cli, struct ms_error *err)
{
	struct selection s;
	struct sorting sorting = {0};
	bool ok;

	if (!args_has(cli, ARG_DRY_RUN) && !session_require_write(cli, err))
		return false;
	if (!select_models(cli, UNDECIDED, &s, err))
		return false;
	sorting.batch = ms_edit_batch_new();
	sorting.taken = ms_alloc_array(cli->rules->count, sizeof(*sorting.taken));
	ms_edit_batch_set_reason(sorting.batch, cli->values[ARG_REASON]);
	for (size_t i = 0; i < s.count; i++)
		sort_model(&sorting, cli->rules, s.models[i], s.catalog->loaded_at);
	print_sorting(&sorting, cli->rules);
	ok = edit_review_and_write(cli, &s, sorting.batch, sorting.matched, err);
	ms_edit_batch_free(sorting.batch);
	ms_free(sorting.taken);
	selection_clear(&s);
	return ok;
}
