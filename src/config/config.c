/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/userfile.h"

#ifndef MS_SYSTEM_CONFIG
#define MS_SYSTEM_CONFIG "/etc/modelsync-tui.conf"
#endif

void cfg_warn(struct ms_config *c, const char *fmt, ...)
{
	char line[1000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	ms_text_addf(&c->warnings, "%s\n", line);
}

bool cfg_goes_on(struct ms_config *c, const struct ms_error *err)
{
	if (c->problems)
		ms_text_addf(c->problems, "%s\n", err->message);
	return c->problems != NULL;
}

static void value_replace(struct value *v, struct value *by)
{
	ms_free(v->text);
	ms_free(v->origin);
	*v = *by;
}

bool cfg_assign(struct ms_config *c, enum ms_option option, const char *text, enum layer layer,
		const char *origin, struct ms_error *err)
{
	struct value v;

	if (!cfg_check(option, text, origin, &v, err))
		return false;
	v.layer = layer;
	v.origin = ms_strdup(origin);
	if (layer >= c->values[option].layer)
		value_replace(&c->values[option], &v);
	else
		value_replace(&v, &(struct value){0});
	return true;
}

static bool set_defaults(struct ms_config *c, struct ms_error *err)
{
	for (int i = 0; i < MS_OPT_COUNT; i++)
		if (!cfg_assign(c, (enum ms_option)i, ms_option_info((enum ms_option)i)->fallback,
				LAYER_DEFAULT, "default", err))
			return false;
	return true;
}

static char *user_file(const char *const *environ)
{
	return ms_user_path(cfg_getenv(environ, "XDG_CONFIG_HOME"), cfg_getenv(environ, "HOME"),
			    ".config", "modelsync-tui.conf");
}

static bool read_files(struct ms_config *c, const struct ms_config_source *source,
		       struct ms_error *err)
{
	enum cfg_demand may_miss = source->is_strict ? CFG_IF_THERE : CFG_IF_READABLE;
	char *user;
	bool ok;

	if (source->file)
		return cfg_read_file(c, source->file, LAYER_USER_FILE, CFG_DEMANDED, err);
	if (!cfg_read_file(c, MS_SYSTEM_CONFIG, LAYER_SYSTEM_FILE, may_miss, err))
		return false;
	user = user_file(source->environ);
	ok = !user || cfg_read_file(c, user, LAYER_USER_FILE, may_miss, err);
	ms_free(user);
	return ok;
}

static bool read_secrets(struct ms_config *c, struct ms_error *err)
{
	for (int i = 0; i < MS_OPT_COUNT; i++)
		if ((ms_option_info((enum ms_option)i)->flags & MS_OPTION_FILE) &&
		    !cfg_read_secret(c, (enum ms_option)i, err) && !cfg_goes_on(c, err))
			return false;
	return true;
}

bool ms_config_load(struct ms_config **out, const struct ms_config_source *source,
		    struct ms_error *err)
{
	struct ms_config *c = ms_alloc(sizeof(*c));

	*out = NULL;
	ms_text_init(&c->warnings, 0);
	c->problems = source->problems;
	if (!set_defaults(c, err) || (!read_files(c, source, err) && !cfg_goes_on(c, err)) ||
	    !cfg_read_environ(c, source->environ, err) || !read_secrets(c, err) ||
	    (c->problems && c->problems->len)) {
		ms_config_free(c);
		return false;
	}
	c->problems = NULL;
	*out = c;
	return true;
}

struct ms_config *ms_config_share(struct ms_config *c)
{
	atomic_fetch_add(&c->shares, 1);
	return c;
}

void ms_config_free(struct ms_config *c)
{
	if (!c || atomic_fetch_sub(&c->shares, 1) > 0)
		return;
	for (int i = 0; i < MS_OPT_COUNT; i++)
		value_replace(&c->values[i], &(struct value){0});
	cfg_free_lists(c);
	ms_text_clear(&c->warnings);
	ms_free(c);
}

bool ms_config_set(struct ms_config *c, enum ms_option option, const char *value,
		   struct ms_error *err)
{
	if (!cfg_assign(c, option, value, LAYER_COMMAND_LINE, "command line", err))
		return false;
	return !(ms_option_info(option)->flags & MS_OPTION_FILE) || cfg_read_secret(c, option, err);
}

const char *ms_config_string(const struct ms_config *c, enum ms_option option)
{
	return c->values[option].text;
}

int64_t ms_config_int(const struct ms_config *c, enum ms_option option)
{
	return c->values[option].number;
}

bool ms_config_bool(const struct ms_config *c, enum ms_option option)
{
	return c->values[option].number != 0;
}

bool ms_config_is_set(const struct ms_config *c, enum ms_option option)
{
	return c->values[option].layer != LAYER_DEFAULT;
}

const char *ms_config_origin(const struct ms_config *c, enum ms_option option)
{
	return c->values[option].origin;
}

void ms_config_apply_log(const struct ms_config *c, enum ms_log_level otherwise)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};
	enum ms_log_level level = otherwise;

	for (int i = 0; ms_config_is_set(c, MS_OPT_LOG_LEVEL) && i < 4; i++)
		if (strcmp(ms_config_string(c, MS_OPT_LOG_LEVEL), names[i]) == 0)
			level = (enum ms_log_level)i;
	ms_log_set_level(level);
	ms_log_set_target(strcmp(ms_config_string(c, MS_OPT_LOG_FORMAT), "json") == 0 ? MS_LOG_JSON
										       : MS_LOG_KEYVALUE,
			  strcmp(ms_config_string(c, MS_OPT_LOG_TARGET), "syslog") == 0);
}

void ms_config_warnings(const struct ms_config *c, struct ms_text *out)
{
	ms_text_add(out, ms_text_str(&c->warnings));
}
