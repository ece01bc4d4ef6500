/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "modelsync/memory.h"
#include "setting.h"

static bool read_setting(const struct reading *r, enum ms_option option, const config_setting_t *s,
			 struct ms_error *err)
{
	const struct ms_option_info *o = ms_option_info(option);
	char *origin = ms_format("%s:%u", r->path, s->line), *text = NULL, problem[80];
	bool ok;

	if (!setting_fits(o->type, s)) {
		snprintf(problem, sizeof(problem), "is %s", setting_type_name(s));
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

static bool read_member(const struct reading *r, const config_setting_t *s, const char *section,
			const char *const *keys, struct ms_error *err)
{
	char *name = ms_format("%s.%s", section, config_setting_name(s));
	enum ms_option option = ms_option_by_name(name);

	ms_free(name);
	if (option == MS_OPT_COUNT)
		return setting_fail_unknown(r, s, "key", section, keys, err);
	return read_setting(r, option, s, err);
}

static bool read_section(const struct reading *r, const config_setting_t *group,
			 struct ms_error *err)
{
	const char *section = config_setting_name(group), *keys[MS_OPT_COUNT + LIST_NAMES_SIZE];
	size_t n;

	if (cfg_is_list(section))
		return cfg_read_list(r, group, err);
	if (!cfg_names(section, keys)) {
		n = cfg_names(NULL, keys);
		memcpy(&keys[n], LIST_NAMES, sizeof(LIST_NAMES));
		return setting_fail_unknown(r, group, "section", NULL, keys, err);
	}
	if (!config_setting_is_group(group))
		return ms_fail(err, MS_ERR_CONFIG, "%s:%u: %s: is %s; allowed: %s = { … }", r->path,
			       group->line, section, setting_type_name(group), section);
	for (int i = 0; i < config_setting_length(group); i++)
		if (!read_member(r, config_setting_get_elem(group, (unsigned)i), section, keys,
				 err) &&
		    !cfg_goes_on(r->config, err))
			return false;
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
			ok = read_section(r, config_setting_get_elem(root, (unsigned)i), err) ||
			     cfg_goes_on(r->config, err);
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
