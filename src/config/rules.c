/* SPDX-License-Identifier: MIT */
/* The list `rules`: which keys there are and of which type. What they mean is the catalogue's. */
#include <string.h>

#include "modelsync/memory.h"
#include "setting.h"

static const struct ms_rule_key_info keys[MS_RULE_KEY_COUNT] = {
/* clang-format off */
#define MS_RULE_KEY(id, key, type, sample, help) [MS_RULE_##id] = {#key, MS_TYPE_##type, sample, help},
/* clang-format on */
#include "modelsync/rule_keys.def"
#undef MS_RULE_KEY
};

const struct ms_rule_key_info *ms_rule_key_info(enum ms_rule_key key)
{
	return &keys[key];
}

size_t ms_config_rules(const struct ms_config *c, const struct ms_rule_text **out)
{
	*out = c->rules;
	return c->rule_count;
}

void cfg_free_rules(struct ms_config *c)
{
	for (size_t i = 0; i < c->rule_count; i++) {
		ms_free((char *)c->rules[i].origin);
		for (int k = 0; k < MS_RULE_KEY_COUNT; k++) {
			ms_free((char *)c->rules[i].keys[k].value);
			ms_free((char *)c->rules[i].keys[k].origin);
		}
	}
	ms_free(c->rules);
	c->rules = NULL;
	c->rule_count = 0;
}

static enum ms_rule_key find_key(const char *name)
{
	int k = 0;

	while (k < MS_RULE_KEY_COUNT && strcmp(keys[k].key, name) != 0)
		k++;
	return (enum ms_rule_key)k;
}

static bool fail_unknown(const struct reading *r, const config_setting_t *s, struct ms_error *err)
{
	const char *names[MS_RULE_KEY_COUNT + 1] = {NULL};

	for (int k = 0; k < MS_RULE_KEY_COUNT; k++)
		names[k] = keys[k].key;
	return setting_fail_unknown(r, s, "key", SECTION_RULES, names, err);
}

static bool read_key(const struct reading *r, const config_setting_t *s, struct ms_rule_text *rule,
		     struct ms_error *err)
{
	enum ms_rule_key key = find_key(config_setting_name(s));
	const char *wanted, *problem;

	if (key == MS_RULE_KEY_COUNT)
		return fail_unknown(r, s, err);
	if (!setting_fits(keys[key].type, s)) {
		wanted = keys[key].type == MS_TYPE_INT	  ? "a whole number"
			 : keys[key].type == MS_TYPE_BOOL ? "true, false"
							  : "text in quotes";
		return ms_fail(err, MS_ERR_CONFIG,
			       "%s:%u: " SECTION_RULES ".%s: is %s; allowed: %s", r->path, s->line,
			       keys[key].key, setting_type_name(s), wanted);
	}
	rule->keys[key].value = setting_text(keys[key].type, s);
	rule->keys[key].origin = ms_format("%s:%u", r->path, s->line);
	problem = cfg_text_problem(rule->keys[key].value);
	return !problem || ms_fail(err, MS_ERR_CONFIG, "%s:%u: " SECTION_RULES ".%s: %s", r->path,
				   s->line, keys[key].key, problem);
}

static bool read_rule(const struct reading *r, const config_setting_t *group,
		      struct ms_rule_text *rule, struct ms_error *err)
{
	if (!config_setting_is_group(group))
		return ms_fail(err, MS_ERR_CONFIG,
			       "%s:%u: " SECTION_RULES ": is %s; allowed: { … }, …", r->path,
			       group->line, setting_type_name(group));
	rule->origin = ms_format("%s:%u", r->path, group->line);
	for (int i = 0; i < config_setting_length(group); i++)
		if (!read_key(r, config_setting_get_elem(group, (unsigned)i), rule, err))
			return false;
	return true;
}

bool cfg_read_rules(const struct reading *r, const config_setting_t *list, struct ms_error *err)
{
	struct ms_config *c = r->config;
	size_t count = (size_t)config_setting_length(list);

	if (!config_setting_is_list(list))
		return ms_fail(err, MS_ERR_CONFIG,
			       "%s:%u: " SECTION_RULES ": is %s; allowed: " SECTION_RULES
			       " = ( { … }, … )",
			       r->path, list->line, setting_type_name(list));
	cfg_free_rules(c);
	c->rules = ms_alloc_array(count ? count : 1, sizeof(*c->rules));
	while (c->rule_count < count) {
		size_t i = c->rule_count++;

		if (!read_rule(r, config_setting_get_elem(list, (unsigned)i), &c->rules[i], err))
			return false;
	}
	return true;
}
