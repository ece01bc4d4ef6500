/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <libconfig.h>

#include "modelsync/memory.h"
#include "private.h"

struct reading {
	struct ms_config *config;
	const char *path;
	enum layer layer;
	mode_t mode;
};

static bool fail_unknown(const struct reading *r, const config_setting_t *s, const char *what,
			 const char *section, const char *const *known, struct ms_error *err)
{
	const char *name = config_setting_name(s);
	const char *nearest = ms_text_nearest(name, known);
	struct ms_text list;

	ms_text_init(&list, 0);
	cfg_join(&list, known);
	ms_fail(err, MS_ERR_CONFIG, "%s:%u: %s%s%.80s: unknown %s%s%s%s; allowed: %s", r->path,
		s->line, section ? section : "", section ? "." : "", name, what,
		nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"" : "",
		ms_text_str(&list));
	ms_text_clear(&list);
	return false;
}

static const char *type_name(const config_setting_t *s)
{
	static const char *const names[] = {
		[CONFIG_TYPE_GROUP] = "a group",
		[CONFIG_TYPE_INT] = "a number",
		[CONFIG_TYPE_INT64] = "a number",
		[CONFIG_TYPE_FLOAT] = "a number with a fraction",
		[CONFIG_TYPE_STRING] = "text in quotes",
		[CONFIG_TYPE_BOOL] = "true or false",
		[CONFIG_TYPE_ARRAY] = "an array",
		[CONFIG_TYPE_LIST] = "a list",
	};
	int type = config_setting_type(s);

	return type > CONFIG_TYPE_NONE && type <= CONFIG_TYPE_LIST ? names[type] : "nothing";
}

static bool type_fits(enum ms_option_type type, const config_setting_t *s)
{
	int found = config_setting_type(s);

	switch (type) {
	case MS_TYPE_INT:
		return found == CONFIG_TYPE_INT || found == CONFIG_TYPE_INT64;
	case MS_TYPE_BOOL:
		return found == CONFIG_TYPE_BOOL;
	case MS_TYPE_STRING:
	case MS_TYPE_ENUM:
		return found == CONFIG_TYPE_STRING;
	}
	return false;
}

static char *setting_text(enum ms_option_type type, const config_setting_t *s)
{
	if (type == MS_TYPE_BOOL)
		return ms_strdup(config_setting_get_bool(s) ? "true" : "false");
	if (type != MS_TYPE_INT)
		return ms_strdup(config_setting_get_string(s));
	if (config_setting_type(s) == CONFIG_TYPE_INT64)
		return ms_format("%lld", config_setting_get_int64(s));
	return ms_format("%d", config_setting_get_int(s));
}

static bool read_setting(const struct reading *r, enum ms_option option, const config_setting_t *s,
			 struct ms_error *err)
{
	const struct ms_option_info *o = ms_option_info(option);
	char *origin = ms_format("%s:%u", r->path, s->line), *text = NULL, problem[80];
	bool ok;

	if (!type_fits(o->type, s)) {
		snprintf(problem, sizeof(problem), "is %s", type_name(s));
		ok = cfg_fail(option, origin, problem, err);
	} else {
		text = setting_text(o->type, s);
		if (cfg_is_secret(option, text) && (r->mode & S_IROTH))
			ok = ms_fail(err, MS_ERR_CONFIG,
				     "%s: %s.%s: everyone on this machine can read this secret; "
				     "run: chmod o= %s",
				     origin, o->section, o->key, r->path);
		else
			ok = cfg_assign(r->config, option, text, r->layer, origin, err);
	}
	ms_free(text);
	ms_free(origin);
	return ok;
}

static bool read_section(const struct reading *r, const config_setting_t *group,
			 struct ms_error *err)
{
	const char *section = config_setting_name(group), *keys[MS_OPT_COUNT + 1];

	if (!cfg_names(section, keys)) {
		cfg_names(NULL, keys);
		return fail_unknown(r, group, "section", NULL, keys, err);
	}
	if (!config_setting_is_group(group))
		return ms_fail(err, MS_ERR_CONFIG, "%s:%u: %s: is %s; allowed: %s = { … }", r->path,
			       group->line, section, type_name(group), section);
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		char *name = ms_format("%s.%s", section, config_setting_name(s));
		enum ms_option option = ms_option_by_name(name);

		ms_free(name);
		if (option == MS_OPT_COUNT)
			return fail_unknown(r, s, "key", section, keys, err);
		if (!read_setting(r, option, s, err))
			return false;
	}
	return true;
}

static bool parse(const struct reading *r, const char *text, struct ms_error *err)
{
	const config_setting_t *root;
	config_t file;
	bool ok = true;

	config_init(&file);
	if (config_read_string(&file, text) != CONFIG_TRUE) {
		ok = ms_fail(err, MS_ERR_CONFIG,
			     "%s:%d: %s; a setting looks like: console = { theme = \"dark\"; };",
			     r->path, config_error_line(&file), config_error_text(&file));
	} else {
		root = config_root_setting(&file);
		for (int i = 0; ok && i < config_setting_length(root); i++)
			ok = read_section(r, config_setting_get_elem(root, (unsigned)i), err);
	}
	config_destroy(&file);
	return ok;
}

static bool read_open_file(struct reading *r, FILE *f, struct ms_error *err)
{
	struct ms_text raw, text;
	char buf[8192];
	struct stat st;
	size_t n;
	bool ok;

	ms_text_init(&raw, CONFIG_FILE_MAX);
	ms_text_init(&text, 0);
	if (fstat(fileno(f), &st) != 0 || S_ISDIR(st.st_mode)) {
		ok = ms_fail(err, MS_ERR_CONFIG, "%s: is a directory, not a configuration file",
			     r->path);
	} else {
		r->mode = st.st_mode;
		while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && ms_text_add_bytes(&raw, buf, n))
			;
		if (raw.overflow)
			ok = ms_fail(err, MS_ERR_CONFIG, "%s: is larger than %d bytes", r->path,
				     CONFIG_FILE_MAX);
		else if (ferror(f))
			ok = ms_fail(err, MS_ERR_CONFIG, "%s: cannot be read", r->path);
		else
			ok = cfg_prepare_text(r->path, ms_text_str(&raw), raw.len, &text, err) &&
			     parse(r, ms_text_str(&text), err);
	}
	ms_text_clear(&raw);
	ms_text_clear(&text);
	return ok;
}

bool cfg_read_file(struct ms_config *c, const char *path, enum layer layer, enum cfg_demand demand,
		   struct ms_error *err)
{
	struct reading r = {.config = c, .path = path, .layer = layer};
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f && demand != CFG_DEMANDED && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (!f && demand == CFG_IF_READABLE && errno == EACCES) {
		cfg_warn(c, "%s: not readable for this user, skipped", path);
		return true;
	}
	if (!f)
		return ms_fail(err, MS_ERR_CONFIG, "%s: %s", path, strerror(errno));
	ok = read_open_file(&r, f, err);
	fclose(f);
	return ok;
}
