/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONFIG_H
#define MODELSYNC_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/error.h"
#include "modelsync/log.h"
#include "modelsync/rule.h"
#include "modelsync/text.h"

/*
 * Settings. include/modelsync/options.def has one row per option; it drives parsing, `config show`,
 * `config check`, the sample modelsync-tui.conf and the manual. Precedence: default, system file,
 * user file, environment, command line.
 */
enum ms_option {
#define MS_OPTION(id, section, key, type, fallback, min, max, values, env, flags, help) MS_OPT_##id,
#include "modelsync/options.def"
#undef MS_OPTION
	MS_OPT_COUNT
};

enum ms_option_type { MS_TYPE_STRING, MS_TYPE_INT, MS_TYPE_BOOL, MS_TYPE_ENUM };
enum ms_option_flag {
	MS_OPTION_SECRET = 1, /* masked everywhere */
	MS_OPTION_FILE = 2,   /* the value is a path that holds the value of the option before it */
	MS_OPTION_URL = 4     /* a URL or connection string: the password in it is masked everywhere */
};

struct ms_option_info {
	const char *section, *key;
	enum ms_option_type type;
	const char *fallback; /* as text */
	int64_t min, max;     /* of integers */
	const char *values;   /* of enums: "a|b|c" */
	const char *env;      /* environment name people already use, or NULL; MODELSYNC_SECTION_KEY
				 works for every option */
	unsigned flags;
	const char *help;     /* one sentence; units included */
};
const struct ms_option_info *ms_option_info(enum ms_option option);
/* What the option accepts, in words: "whole numbers from 1 to 300", "dark, light, mono". */
void ms_option_allowed(enum ms_option option, struct ms_text *out);
/* The option called "section.key", or MS_OPT_COUNT. */
enum ms_option ms_option_by_name(const char *name);

/* The keys of an entry in the lists `rules` and `auth_keys`; rule_keys.def and auth_keys.def have one
 * row per key. */
struct ms_list_key_info {
	const char *key;
	enum ms_option_type type;
	unsigned flags; /* MS_OPTION_SECRET; MS_OPTION_FILE: a path, whose content is wanted */
	const char *sample;
	const char *help; /* one sentence */
};
const struct ms_list_key_info *ms_rule_key_info(enum ms_rule_key key);

/* A key that tokens are verified with. */
enum ms_auth_key {
#define MS_AUTH_KEY(id, key, type, flags, sample, help) MS_AUTH_##id,
#include "modelsync/auth_keys.def"
#undef MS_AUTH_KEY
	MS_AUTH_KEY_COUNT
};
struct ms_auth_key_text {
	const char *origin; /* "FILE:LINE" where it begins */
	struct ms_key_text keys[MS_AUTH_KEY_COUNT];
};
const struct ms_list_key_info *ms_auth_key_info(enum ms_auth_key key);

struct ms_config;

/* Where to read from. */
struct ms_config_source {
	const char *file;           /* --config: replaces both standard files; NULL = those */
	const char *const *environ; /* "NAME=value" strings, NULL-terminated; NULL = none */
	bool is_strict; /* a standard file that is there but cannot be read is an error, no warning */
	struct ms_text *problems; /* NULL = fail at the first; else all go there, one a line */
};

/*
 * Reads everything. Unknown sections and keys, wrong types and out-of-range values fail with
 * category `config`: "FILE:LINE: section.key: what is wrong; allowed: …". A file with a secret in
 * it that others can read is refused.
 */
bool ms_config_load(struct ms_config **out, const struct ms_config_source *source,
		    struct ms_error *err) MS_MUST_CHECK;
void ms_config_free(struct ms_config *c);
/* One more owner, on any thread, each of whom frees it; from then on nobody may change it. */
struct ms_config *ms_config_share(struct ms_config *c);

/* Sets one value as the command line does; checked like in a file. */
bool ms_config_set(struct ms_config *c, enum ms_option option, const char *value,
		   struct ms_error *err) MS_MUST_CHECK;

/* Values; strings are borrowed from c, "" when unset. Enums read as strings. */
const char *ms_config_string(const struct ms_config *c, enum ms_option option);
int64_t ms_config_int(const struct ms_config *c, enum ms_option option);
bool ms_config_bool(const struct ms_config *c, enum ms_option option);
bool ms_config_is_set(const struct ms_config *c, enum ms_option option); /* not the default */

/*
 * The list `rules` of the file that wins, checked for keys and types; ms_rules_new() makes sense of
 * it. Returns how many; they are borrowed from c.
 */
size_t ms_config_rules(const struct ms_config *c, const struct ms_rule_text **out);

/* The same of the list `auth_keys`; the files that they name have been read. */
size_t ms_config_auth_keys(const struct ms_config *c, const struct ms_auth_key_text **out);

/* Where the value came from: "default", "/etc/modelsync-tui.conf:12", "environment DATABASE_URL". */
const char *ms_config_origin(const struct ms_config *c, enum ms_option option);

/* The value for people: secrets as "********", passwords inside connection strings and URLs too. */
void ms_config_masked(const struct ms_config *c, enum ms_option option, struct ms_text *out);

/* Masks the password in a libpq connection string (either form) or any URL. */
void ms_config_mask_conninfo(const char *conninfo, struct ms_text *out);

/* Sets up logging as section `log` says; a level that is not set is `otherwise`. */
void ms_config_apply_log(const struct ms_config *c, enum ms_log_level otherwise);

/* Problems that are no errors ("email goes to smtp://localhost …"), one per line; "" = none. */
void ms_config_warnings(const struct ms_config *c, struct ms_text *out);

#endif
