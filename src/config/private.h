/* SPDX-License-Identifier: MIT */
#ifndef MS_CONFIG_PRIVATE_H
#define MS_CONFIG_PRIVATE_H

#include <stdatomic.h>

#include "modelsync/config.h"

/* Where a value came from; a higher layer replaces a lower one. */
enum layer { LAYER_DEFAULT, LAYER_SYSTEM_FILE, LAYER_USER_FILE, LAYER_ENVIRONMENT, LAYER_COMMAND_LINE };

struct value {
	char *text;
	int64_t number; /* of integers; 0 or 1 of booleans */
	char *origin;
	enum layer layer;
	bool is_from_secret_file;
};

struct ms_config {
	atomic_int shares; /* owners beside the first */
	struct value values[MS_OPT_COUNT];
	struct ms_rule_text *rules; /* their strings are owned */
	size_t rule_count;
	struct ms_auth_key_text *auth_keys; /* the same */
	size_t auth_key_count;
	struct ms_text warnings; /* lines, in the order they were met */
	struct ms_text *problems; /* while reading, where they are collected; NULL = they are not */
};

/* --- option.c */

/* The canonical form of text ("yes" → "true") if the option accepts it. `origin` begins the error. */
bool cfg_check(enum ms_option option, const char *text, const char *origin, struct value *out,
		  struct ms_error *err) MS_MUST_CHECK;
/* Fails with "origin: section.key: problem; allowed: …". */
bool cfg_fail(enum ms_option option, const char *origin, const char *problem,
		 struct ms_error *err);
/* Section names or, with a section, its keys; NULL-terminated. Returns how many. */
size_t cfg_names(const char *section, const char *names[MS_OPT_COUNT + 1]);
/* Why that is no text for a setting (encoding, control characters), or NULL. */
const char *cfg_text_problem(const char *text);
/* "a, b, c" */
void cfg_join(struct ms_text *out, const char *const *names);

/* --- config.c */

/* Checks text and takes it over unless a higher layer has set the option already. */
bool cfg_assign(struct ms_config *c, enum ms_option option, const char *text, enum layer layer,
		   const char *origin, struct ms_error *err) MS_MUST_CHECK;
void cfg_warn(struct ms_config *c, const char *fmt, ...) MS_PRINTF(2, 3);
/* What has failed is noted, and reading goes on; false where problems are not collected. */
bool cfg_goes_on(struct ms_config *c, const struct ms_error *err);

/* --- file.c, file_text.c; what they share with rules.c is in setting.h */

#define CONFIG_FILE_MAX (1024 * 1024)

enum cfg_demand {
	CFG_DEMANDED,   /* must be there */
	CFG_IF_THERE,   /* may be missing */
	CFG_IF_READABLE /* may be missing, and with a warning unreadable */
};
bool cfg_read_file(struct ms_config *c, const char *path, enum layer layer, enum cfg_demand demand,
		   struct ms_error *err) MS_MUST_CHECK;
/*
 * Makes text safe for libconfig: refuses include directives, gives integers that need 64 bits
 * their `L`, refuses those that need more.
 */
bool cfg_prepare_text(const char *path, const char *text, size_t len, struct ms_text *out,
		       struct ms_error *err) MS_MUST_CHECK;

/* --- lists.c */

void cfg_free_lists(struct ms_config *c);

/* --- environ.c */

bool cfg_read_environ(struct ms_config *c, const char *const *environ, struct ms_error *err) MS_MUST_CHECK;
const char *cfg_getenv(const char *const *environ, const char *name); /* NULL when unset or empty */

/* --- secret.c, mask.c */

/*
 * What a file holds that the setting at `origin` names, without the line breaks at its end; one that
 * everybody can read gets a warning if it is secret. To be cleared by ms_text_clear() in any case.
 */
bool cfg_read_text_file(struct ms_config *c, const char *path, const char *origin, bool is_secret,
			struct ms_text *out, struct ms_error *err) MS_MUST_CHECK;
/* Reads the file that a `…_file` option names, if that option is set and wins. */
bool cfg_read_secret(struct ms_config *c, enum ms_option file_option,
		    struct ms_error *err) MS_MUST_CHECK;
/* True when value is, or contains, something that nobody else may see. */
bool cfg_is_secret(enum ms_option option, const char *value);

#endif
