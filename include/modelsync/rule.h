/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_RULE_H
#define MODELSYNC_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/edit.h"
#include "modelsync/error.h"
#include "modelsync/filter.h"
#include "modelsync/model.h"
#include "modelsync/text.h"

/*
 * Rules decide about new models: an ordered list of filter → status, tiers, limits. The first rule
 * whose filter matches takes the model; the ones after it are not asked. See docs/rules.md.
 */

enum ms_rule_key {
#define MS_RULE_KEY(id, key, type, sample, help) MS_RULE_##id,
#include "modelsync/rule_keys.def"
#undef MS_RULE_KEY
	MS_RULE_KEY_COUNT
};

/* One key of an entry in a list of the configuration, which owns the strings. */
struct ms_key_text {
	const char *value;   /* numbers and booleans too; NULL = not given */
	const char *origin;  /* "FILE:LINE" */
	const char *content; /* of the file that a key of type FILE names; NULL = not given */
};

/* A rule as it stands in the configuration. */
struct ms_rule_text {
	const char *origin; /* "FILE:LINE" where it begins */
	struct ms_key_text keys[MS_RULE_KEY_COUNT];
};

struct ms_rule {
	char *name, *match, *origin;
	struct ms_filter *filter;
	struct ms_edit edit;
	bool allow_paid_free;
};
struct ms_rules {
	struct ms_rule *items;
	size_t count;
};

/* A filter that cannot be read: `text` is borrowed from the configuration, NULL = all can. */
struct ms_rule_fault {
	const char *text;
	struct ms_filter_error where;
};

/*
 * Owned; NULL with category `config` and "FILE:LINE: …" when a rule lacks a key, has a filter,
 * status, tier or limit that is not understood, decides nothing, or has the name of another one.
 * `fault` may be NULL.
 */
struct ms_rules *ms_rules_new(const struct ms_rule_text *texts, size_t count,
			      struct ms_rule_fault *fault, struct ms_error *err) MS_MUST_CHECK;
void ms_rules_free(struct ms_rules *r); /* NULL is fine */

/* Tells what is wrong with each rule that ms_rules_new() would fail at, in their order. */
typedef void (*ms_rule_wrong_fn)(void *arg, const struct ms_error *why,
				 const struct ms_rule_fault *fault);
void ms_rules_explain(const struct ms_rule_text *texts, size_t count, ms_rule_wrong_fn wrong,
		      void *arg);

/* Rules that can never be reached, one per line. */
void ms_rules_warnings(const struct ms_rules *r, struct ms_text *out);

/* The first rule that matches, or NULL. now: epoch s, for ages in filters. */
const struct ms_rule *ms_rules_find(const struct ms_rules *r, const struct ms_model *m,
				    int64_t now);

/* Whether the rule would grant a paid model to the free tier and may not: it then does nothing. */
bool ms_rule_refuses(const struct ms_rule *rule, const struct ms_model *m);

/*
 * The part of the rule's filter that the model does not match: "price<5"; "" when it matches.
 * Returns buf.
 */
char *ms_rule_unmet(char *buf, size_t size, const struct ms_rule *rule, const struct ms_model *m,
		    int64_t now);

/* "status active, tiers free+pro, daily limit 100"; returns buf. */
char *ms_rule_describe(char *buf, size_t size, const struct ms_rule *rule);

#endif
