/* SPDX-License-Identifier: MIT */
#include "setting.h"

#include "modelsync/memory.h"

bool setting_fail_unknown(const struct reading *r, const config_setting_t *s, const char *what,
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

const char *setting_type_name(const config_setting_t *s)
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

bool setting_fits(enum ms_option_type type, const config_setting_t *s)
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

char *setting_text(enum ms_option_type type, const config_setting_t *s)
{
	if (type == MS_TYPE_BOOL)
		return ms_strdup(config_setting_get_bool(s) ? "true" : "false");
	if (type != MS_TYPE_INT)
		return ms_strdup(config_setting_get_string(s));
	if (config_setting_type(s) == CONFIG_TYPE_INT64)
		return ms_format("%lld", config_setting_get_int64(s));
	return ms_format("%d", config_setting_get_int(s));
}
