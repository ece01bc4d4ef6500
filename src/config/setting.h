/* SPDX-License-Identifier: MIT */
/* What the readers of a configuration file share; the part of the room that knows libconfig. */
#ifndef MS_CONFIG_SETTING_H
#define MS_CONFIG_SETTING_H

#include <sys/types.h>

#include <libconfig.h>

#include "private.h"

struct reading {
	struct ms_config *config;
	const char *path;
	enum layer layer;
	mode_t mode;
};

/* "PATH:LINE: section.name: unknown WHAT, did you mean …; allowed: …"; section may be NULL. */
bool setting_fail_unknown(const struct reading *r, const config_setting_t *s, const char *what,
			  const char *section, const char *const *known, struct ms_error *err);
/* "a number", "text in quotes" … */
const char *setting_type_name(const config_setting_t *s);
bool setting_fits(enum ms_option_type type, const config_setting_t *s);
/* Its value, which fits the type. Owned. */
char *setting_text(enum ms_option_type type, const config_setting_t *s);

/*
 * The lists `rules` and `auth_keys`. A list in a higher layer replaces the whole of a lower one.
 * LIST_NAMES has their names, NULL-terminated.
 */
#define LIST_NAMES_SIZE 3
extern const char *const LIST_NAMES[LIST_NAMES_SIZE];
bool cfg_is_list(const char *name);
bool cfg_read_list(const struct reading *r, const config_setting_t *list,
		   struct ms_error *err) MS_MUST_CHECK;

#endif
