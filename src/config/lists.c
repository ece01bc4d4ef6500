/* SPDX-License-Identifier: MIT */
/*
 * The lists `rules` and `auth_keys`: which keys their entries have and of which type. What they
 * mean is for those who use them.
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "modelsync/memory.h"
#include "setting.h"

static const struct ms_list_key_info rule_keys[MS_RULE_KEY_COUNT] = {
/* clang-format off */
#define MS_RULE_KEY(id, key, type, sample, help) [MS_RULE_##id] = {#key, MS_TYPE_##type, 0, sample, help},
/* clang-format on */
#include "modelsync/rule_keys.def"
#undef MS_RULE_KEY
};

static const struct ms_list_key_info auth_keys[MS_AUTH_KEY_COUNT] = {
/* clang-format off */
#define MS_AUTH_KEY(id, key, type, flags, sample, help) \
	[MS_AUTH_##id] = {#key, MS_TYPE_##type, flags, sample, help},
/* clang-format on */
#include "modelsync/auth_keys.def"
#undef MS_AUTH_KEY
};

const struct ms_list_key_info *ms_rule_key_info(enum ms_rule_key key)
{
	return &rule_keys[key];
}

const struct ms_list_key_info *ms_auth_key_info(enum ms_auth_key key)
{
	return &auth_keys[key];
}

size_t ms_config_rules(const struct ms_config *c, const struct ms_rule_text **out)
{
	*out = c->rules;
	return c->rule_count;
}

size_t ms_config_auth_keys(const struct ms_config *c, const struct ms_auth_key_text **out)
{
	*out = c->auth_keys;
	return c->auth_key_count;
}

/* --- a list of either kind ---------------------------------------------------------------- */

const char *const LIST_NAMES[LIST_NAMES_SIZE] = {"rules", "auth_keys", NULL};

/* Entries are an origin and then so many keys, whatever their type is called. */
struct list {
	const char *name;
	const struct ms_list_key_info *infos;
	size_t key_count, entry_size, count;
	void *entries;
};
static_assert(offsetof(struct ms_rule_text, keys) == offsetof(struct ms_auth_key_text, keys),
	      "entries begin alike");

static struct list list_of_rules(const struct ms_config *c)
{
	return (struct list){LIST_NAMES[0],	rule_keys,
			     MS_RULE_KEY_COUNT, sizeof(struct ms_rule_text),
			     c->rule_count,	c->rules};
}

static struct list list_of_auth_keys(const struct ms_config *c)
{
	return (struct list){LIST_NAMES[1],	auth_keys,
			     MS_AUTH_KEY_COUNT, sizeof(struct ms_auth_key_text),
			     c->auth_key_count, c->auth_keys};
}

static const char **origin_of(const struct list *l, size_t i)
{
	return (void *)((char *)l->entries + i * l->entry_size);
}

static struct ms_key_text *keys_of(const struct list *l, size_t i)
{
	return (void *)((char *)origin_of(l, i) + offsetof(struct ms_rule_text, keys));
}

static void free_list(struct list l)
{
	for (size_t i = 0; i < l.count; i++) {
		struct ms_key_text *keys = keys_of(&l, i);

		ms_free((char *)*origin_of(&l, i));
		for (size_t k = 0; k < l.key_count; k++) {
			ms_free((char *)keys[k].value);
			ms_free((char *)keys[k].origin);
			ms_free((char *)keys[k].content);
		}
	}
	ms_free(l.entries);
}

void cfg_free_lists(struct ms_config *c)
{
	free_list(list_of_rules(c));
	free_list(list_of_auth_keys(c));
}

static bool fail_unknown(const struct reading *r, const config_setting_t *s, const struct list *l,
			 struct ms_error *err)
{
	const char *names[16] = {NULL};

	assert(l->key_count < sizeof(names) / sizeof(names[0]));
	for (size_t k = 0; k < l->key_count; k++)
		names[k] = l->infos[k].key;
	return setting_fail_unknown(r, s, "key", l->name, names, err);
}

/* A secret, or the file that holds one or a public key. */
static bool take_care(const struct reading *r, const struct ms_list_key_info *info,
		      struct ms_key_text *key, struct ms_error *err)
{
	bool is_secret = info->flags & MS_OPTION_SECRET;
	struct ms_text content;
	bool ok;

	if (!(info->flags & MS_OPTION_FILE))
		return !is_secret || !*key->value || !(r->mode & S_IROTH) ||
		       ms_fail(err, MS_ERR_CONFIG,
			       "%s: %s: everyone on this machine can read this secret; run: chmod o= %s",
			       key->origin, info->key, r->path);
	ok = cfg_read_text_file(r->config, key->value, key->origin, is_secret, &content, err);
	if (ok)
		key->content = ms_text_take(&content);
	ms_text_clear(&content);
	return ok;
}

static bool read_key(const struct reading *r, const config_setting_t *s, const struct list *l,
		     struct ms_key_text *keys, struct ms_error *err)
{
	const char *name = config_setting_name(s), *wanted, *problem;
	const struct ms_list_key_info *info;
	size_t k = 0;

	while (k < l->key_count && strcmp(l->infos[k].key, name) != 0)
		k++;
	if (k == l->key_count)
		return fail_unknown(r, s, l, err);
	info = &l->infos[k];
	if (!setting_fits(info->type, s)) {
		wanted = info->type == MS_TYPE_INT    ? "a whole number"
			 : info->type == MS_TYPE_BOOL ? "true, false"
						      : "text in quotes";
		return ms_fail(err, MS_ERR_CONFIG, "%s:%u: %s.%s: is %s; allowed: %s", r->path,
			       s->line, l->name, info->key, setting_type_name(s), wanted);
	}
	keys[k].value = setting_text(info->type, s);
	keys[k].origin = ms_format("%s:%u", r->path, s->line);
	problem = cfg_text_problem(keys[k].value);
	if (problem)
		return ms_fail(err, MS_ERR_CONFIG, "%s:%u: %s.%s: %s", r->path, s->line, l->name,
			       info->key, problem);
	return take_care(r, info, &keys[k], err);
}

static bool read_entry(const struct reading *r, const config_setting_t *group, const struct list *l,
		       size_t at, struct ms_error *err)
{
	if (!config_setting_is_group(group))
		return ms_fail(err, MS_ERR_CONFIG, "%s:%u: %s: is %s; allowed: { … }, …", r->path,
			       group->line, l->name, setting_type_name(group));
	*origin_of(l, at) = ms_format("%s:%u", r->path, group->line);
	for (int i = 0; i < config_setting_length(group); i++)
		if (!read_key(r, config_setting_get_elem(group, (unsigned)i), l, keys_of(l, at),
			      err))
			return false;
	return true;
}

static bool read_entries(const struct reading *r, const config_setting_t *setting,
			 const struct list *l, struct ms_error *err)
{
	for (size_t i = 0; i < l->count; i++)
		if (!read_entry(r, config_setting_get_elem(setting, (unsigned)i), l, i, err) &&
		    !cfg_goes_on(r->config, err))
			return false;
	return true;
}

bool cfg_is_list(const char *name)
{
	return strcmp(name, LIST_NAMES[0]) == 0 || strcmp(name, LIST_NAMES[1]) == 0;
}

bool cfg_read_list(const struct reading *r, const config_setting_t *setting, struct ms_error *err)
{
	struct ms_config *c = r->config;
	bool is_rules = strcmp(config_setting_name(setting), LIST_NAMES[0]) == 0;
	struct list l = is_rules ? list_of_rules(c) : list_of_auth_keys(c);

	if (!config_setting_is_list(setting))
		return ms_fail(err, MS_ERR_CONFIG, "%s:%u: %s: is %s; allowed: %s = ( { … }, … )",
			       r->path, setting->line, l.name, setting_type_name(setting), l.name);
	free_list(l);
	l.count = (size_t)config_setting_length(setting);
	l.entries = ms_alloc_array(l.count ? l.count : 1, l.entry_size);
	if (is_rules) {
		c->rules = l.entries;
		c->rule_count = l.count;
	} else {
		c->auth_keys = l.entries;
		c->auth_key_count = l.count;
	}
	return read_entries(r, setting, &l, err);
}
