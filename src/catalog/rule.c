/* SPDX-License-Identifier: MIT */
#include "modelsync/rule.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "words.h"

#define NAME_MAX_BYTES 100

/* "FILE:LINE: rules.NAME.KEY: …", at the key where there is one. */
static bool fail(const struct ms_rule_text *t, enum ms_rule_key key, struct ms_error *err,
		 const char *fmt, ...) MS_PRINTF(4, 5);

static bool fail(const struct ms_rule_text *t, enum ms_rule_key key, struct ms_error *err,
		 const char *fmt, ...)
{
	static const char *const names[] = {
#define MS_RULE_KEY(id, name, type, sample, help) [MS_RULE_##id] = #name,
#include "modelsync/rule_keys.def"
#undef MS_RULE_KEY
	};
	const char *name = t->keys[MS_RULE_NAME].value, *origin = t->keys[key].origin;
	char problem[sizeof(err->message)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(problem, sizeof(problem), fmt, ap);
	va_end(ap);
	return ms_fail(err, MS_ERR_CONFIG, "%s: rules%s%.100s%s.%s: %s",
		       origin ? origin : t->origin, name ? " \"" : "", name ? name : "",
		       name ? "\"" : "", names[key], problem);
}

static bool check_required(const struct ms_rule_text *t, struct ms_error *err)
{
	static const enum ms_rule_key required[] = {MS_RULE_NAME, MS_RULE_MATCH};

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		const char *value = t->keys[required[i]].value;

		if (!value)
			return fail(t, required[i], err, "is missing");
		if (!value[strspn(value, " \t")])
			return fail(t, required[i], err, "is empty%s",
				    required[i] == MS_RULE_MATCH ? "; * matches every model" : "");
	}
	if (strlen(t->keys[MS_RULE_NAME].value) > NAME_MAX_BYTES)
		return fail(t, MS_RULE_NAME, err, "is longer than %d bytes", NAME_MAX_BYTES);
	return true;
}

static bool take_filter(struct ms_rule *rule, const struct ms_rule_text *t,
			struct ms_rule_fault *fault, struct ms_error *err)
{
	struct ms_sort_key order[MS_SORT_KEYS_MAX];
	struct ms_rule_fault f = {.text = rule->match};

	rule->filter = ms_filter_parse(strcmp(rule->match, "*") == 0 ? "" : rule->match, &f.where);
	if (!rule->filter) {
		f.text = t->keys[MS_RULE_MATCH].value;
		if (fault)
			*fault = f;
		return fail(t, MS_RULE_MATCH, err, "the filter is wrong at character %zu: %s",
			    f.where.at + 1, f.where.message);
	}
	if (ms_filter_sort(rule->filter, order) > 0)
		return fail(t, MS_RULE_MATCH, err, "sort: orders a list; a rule has none");
	return true;
}

/* A decision is written like the assignments of `set`, but for the + between tiers. */
static bool take_decision(struct ms_rule *rule, const struct ms_rule_text *t, enum ms_rule_key key,
			  const char *name, struct ms_error *err)
{
	const char *value = t->keys[key].value;
	struct ms_error why;
	char *assignment;
	bool ok;

	if (!value)
		return true;
	assignment = ms_format("%s=%s", name, value);
	for (char *plus = strchr(assignment, '+'); plus; plus = strchr(plus, '+'))
		*plus = ',';
	ok = ms_edit_parse(&rule->edit, assignment, &why) || fail(t, key, err, "%s", why.message);
	ms_free(assignment);
	return ok;
}

static bool take_decisions(struct ms_rule *rule, const struct ms_rule_text *t, struct ms_error *err)
{
	const char *flag = t->keys[MS_RULE_ALLOW_PAID_FREE].value;

	if (!take_decision(rule, t, MS_RULE_STATUS, "status", err) ||
	    !take_decision(rule, t, MS_RULE_TIERS, "tier", err) ||
	    !take_decision(rule, t, MS_RULE_DAILY_LIMIT, "daily_limit", err) ||
	    !take_decision(rule, t, MS_RULE_MONTHLY_LIMIT, "monthly_limit", err))
		return false;
	if ((rule->edit.set & MS_EDIT_TIERS) && (~rule->edit.set & MS_EDIT_TIERS))
		return fail(t, MS_RULE_TIERS, err,
			    "name the tiers that models get, such as free+pro, or none");
	if (!rule->edit.set)
		return fail(t, MS_RULE_STATUS, err,
			    "the rule decides nothing; status = \"new\" leaves models to admins");
	rule->allow_paid_free = flag && strcmp(flag, "true") == 0;
	return true;
}

static bool check_name(const struct ms_rules *r, const struct ms_rule_text *t, struct ms_error *err)
{
	for (size_t i = 0; i + 1 < r->count; i++)
		if (strcmp(r->items[i].name, t->keys[MS_RULE_NAME].value) == 0)
			return fail(t, MS_RULE_NAME, err, "is the name of the rule at %s already",
				    r->items[i].origin);
	return true;
}

static bool add_rule(struct ms_rules *r, const struct ms_rule_text *t, struct ms_rule_fault *fault,
		     struct ms_error *err)
{
	struct ms_rule *rule = &r->items[r->count];

	if (!check_required(t, err))
		return false;
	r->count++;
	rule->name = ms_strdup(t->keys[MS_RULE_NAME].value);
	rule->match = ms_strdup(t->keys[MS_RULE_MATCH].value);
	rule->origin = ms_strdup(t->origin);
	return check_name(r, t, err) && take_filter(rule, t, fault, err) &&
	       take_decisions(rule, t, err);
}

static struct ms_rules *room_for(size_t count)
{
	struct ms_rules *r = ms_alloc(sizeof(*r));

	r->items = ms_alloc_array(count ? count : 1, sizeof(*r->items));
	return r;
}

struct ms_rules *ms_rules_new(const struct ms_rule_text *texts, size_t count,
			      struct ms_rule_fault *fault, struct ms_error *err)
{
	struct ms_rules *r = room_for(count);

	if (fault)
		fault->text = NULL;
	for (size_t i = 0; i < count; i++)
		if (!add_rule(r, &texts[i], fault, err)) {
			ms_rules_free(r);
			return NULL;
		}
	return r;
}

void ms_rules_explain(const struct ms_rule_text *texts, size_t count, ms_rule_wrong_fn wrong,
		      void *arg)
{
	struct ms_rules *r = room_for(count);

	for (size_t i = 0; i < count; i++) {
		struct ms_rule_fault fault = {.text = NULL};
		struct ms_error why;

		if (!add_rule(r, &texts[i], &fault, &why))
			wrong(arg, &why, &fault);
	}
	ms_rules_free(r);
}

void ms_rules_free(struct ms_rules *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++) {
		ms_free(r->items[i].name);
		ms_free(r->items[i].match);
		ms_free(r->items[i].origin);
		ms_filter_free(r->items[i].filter);
	}
	ms_free(r->items);
	ms_free(r);
}

/* The earlier rule that leaves nothing for rule `at`, or NULL. */
static const struct ms_rule *find_cover(const struct ms_rules *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (ms_filter_is_empty(r->items[i].filter) ||
		    strcmp(r->items[i].match, r->items[at].match) == 0)
			return &r->items[i];
	return NULL;
}

void ms_rules_warnings(const struct ms_rules *r, struct ms_text *out)
{
	for (size_t i = 1; i < r->count; i++) {
		const struct ms_rule *rule = &r->items[i], *cover = find_cover(r, i);

		if (cover)
			ms_text_addf(
				out,
				"%s: rule \"%s\" is never reached: \"%s\" before it takes %s\n",
				rule->origin, rule->name, cover->name,
				ms_filter_is_empty(cover->filter) ? "every model"
								  : "the same models");
	}
}

const struct ms_rule *ms_rules_find(const struct ms_rules *r, const struct ms_model *m, int64_t now)
{
	for (size_t i = 0; i < r->count; i++)
		if (ms_filter_match(r->items[i].filter, m, 0, now))
			return &r->items[i];
	return NULL;
}

bool ms_rule_refuses(const struct ms_rule *rule, const struct ms_model *m)
{
	return !rule->allow_paid_free && (rule->edit.set & MS_EDIT_FREE) &&
	       !(m->tiers & MS_TIER_FREE) && ms_model_is_paid_in_free_tier(m, rule->edit.tiers);
}

char *ms_rule_unmet(char *buf, size_t size, const struct ms_rule *rule, const struct ms_model *m,
		    int64_t now)
{
	size_t at = 0, len = 0;

	if (!ms_filter_find_unmet(rule->filter, m, now, &at, &len)) {
		(void)snprintf(buf, size, "%s", "");
		return buf;
	}
	if (!len)
		len = strlen(rule->match);
	while (len && rule->match[at + len - 1] == ' ')
		len--;
	(void)snprintf(buf, size, "%.*s", (int)len, rule->match + at);
	return buf;
}

static void add_limit(struct ms_text *t, const char *name, int32_t limit)
{
	if (limit < 0)
		ms_text_addf(t, "%s%s limit none", t->len ? ", " : "", name);
	else
		ms_text_addf(t, "%s%s limit %" PRId32, t->len ? ", " : "", name, limit);
}

char *ms_rule_describe(char *buf, size_t size, const struct ms_rule *rule)
{
	const struct ms_edit *e = &rule->edit;
	const char *joint = "";
	struct ms_text t;

	ms_text_init(&t, 0);
	if (e->set & MS_EDIT_STATUS)
		ms_text_addf(&t, "status %s", ms_status_name(e->status));
	if (e->set & MS_EDIT_TIERS)
		ms_text_addf(&t, "%stiers %s", t.len ? ", " : "", e->tiers ? "" : "none");
	for (unsigned i = 0; i < 3 && (e->set & MS_EDIT_TIERS); i++)
		if (e->tiers & (1u << i)) {
			ms_text_addf(&t, "%s%s", joint, ms_tier_words[i]);
			joint = "+";
		}
	if (e->set & MS_EDIT_DAILY)
		add_limit(&t, "daily", e->daily_limit);
	if (e->set & MS_EDIT_MONTHLY)
		add_limit(&t, "monthly", e->monthly_limit);
	(void)snprintf(buf, size, "%s", ms_text_str(&t));
	ms_text_clear(&t);
	return buf;
}
