/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "private.h"

#define PREFIX "MODELSYNC_"

/* Names beginning with MODELSYNC_ that are no options: the test harness and the scripts use them.
 */
static const char *const program_names[] = {"MODELSYNC_BIN", "MODELSYNC_CONNINFO",
					    "MODELSYNC_SRCDIR", "MODELSYNC_POSTGRES_ROOT", NULL};

#define OPTION_NAME_MAX 80

static void option_env_name(enum ms_option option, char name[OPTION_NAME_MAX])
{
	const struct ms_option_info *o = ms_option_info(option);

	snprintf(name, OPTION_NAME_MAX, PREFIX "%s_%s", o->section, o->key);
	for (char *p = name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
}

/* An empty variable counts as unset: compose files and units often pass empty ones along. */
const char *cfg_getenv(const char *const *environ, const char *name)
{
	size_t len = strlen(name);

	for (; environ && *environ; environ++)
		if (strncmp(*environ, name, len) == 0 && (*environ)[len] == '=')
			return (*environ)[len + 1] ? *environ + len + 1 : NULL;
	return NULL;
}

static bool assign(struct ms_config *c, enum ms_option option, const char *name, const char *value,
		   struct ms_error *err)
{
	char origin[OPTION_NAME_MAX + 20];

	snprintf(origin, sizeof(origin), "environment %s", name);
	return cfg_assign(c, option, value, LAYER_ENVIRONMENT, origin, err);
}

/* Our own name wins over the one that other programs read too. */
static bool read_option(struct ms_config *c, enum ms_option option, const char *const *environ,
			struct ms_error *err)
{
	const char *known = ms_option_info(option)->env;
	const char *shared = known ? cfg_getenv(environ, known) : NULL;
	char name[OPTION_NAME_MAX];
	const char *own;

	option_env_name(option, name);
	own = cfg_getenv(environ, name);
	if (own && shared && strcmp(own, shared) != 0)
		cfg_warn(c, "environment: %s and %s differ; %s counts", name, known, name);
	if (own)
		return assign(c, option, name, own, err);
	return !shared || assign(c, option, known, shared, err);
}

static bool is_named(const char *entry, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(entry, name, len) == 0;
}

static bool is_known(const char *entry, size_t len)
{
	char name[OPTION_NAME_MAX];

	for (int i = 0; i < MS_OPT_COUNT; i++) {
		const char *shared = ms_option_info((enum ms_option)i)->env;

		option_env_name((enum ms_option)i, name);
		if (is_named(entry, len, name) || (shared && is_named(entry, len, shared)))
			return true;
	}
	for (int i = 0; program_names[i]; i++)
		if (is_named(entry, len, program_names[i]))
			return true;
	return false;
}

static const char *nearest_name(const char *word, char nearest[OPTION_NAME_MAX])
{
	const char *list[] = {nearest, NULL};
	size_t best = SIZE_MAX;
	char name[OPTION_NAME_MAX];

	nearest[0] = '\0';
	for (int i = 0; i < MS_OPT_COUNT; i++) {
		option_env_name((enum ms_option)i, name);
		if (ms_text_distance(word, name) < best) {
			best = ms_text_distance(word, name);
			memcpy(nearest, name, sizeof(name));
		}
	}
	return ms_text_nearest(word, list);
}

/* A misspelt variable would otherwise be obeyed by nobody, silently. */
static void warn_unknown(struct ms_config *c, const char *entry)
{
	const char *equals = strchr(entry, '=');
	char word[OPTION_NAME_MAX], buf[OPTION_NAME_MAX];
	const char *nearest;
	size_t len = equals ? (size_t)(equals - entry) : 0;

	if (!len || len >= sizeof(word) || !equals[1] || is_known(entry, len))
		return;
	memcpy(word, entry, len);
	word[len] = '\0';
	nearest = strncmp(word, PREFIX, strlen(PREFIX)) == 0 ? nearest_name(word, buf) : NULL;
	if (nearest)
		cfg_warn(c, "environment: %s is no option and is ignored; did you mean %s?", word,
			 nearest);
	else
		cfg_warn(c, "environment: %s is no option of this version and is ignored", word);
}

bool cfg_read_environ(struct ms_config *c, const char *const *environ, struct ms_error *err)
{
	for (int i = 0; environ && i < MS_OPT_COUNT; i++)
		if (!read_option(c, (enum ms_option)i, environ, err) && !cfg_goes_on(c, err))
			return false;
	for (; environ && *environ; environ++)
		if (strncmp(*environ, PREFIX, strlen(PREFIX)) == 0 ||
		    strncmp(*environ, "MODEL_SYNC_", 11) == 0)
			warn_unknown(c, *environ);
	return true;
}
