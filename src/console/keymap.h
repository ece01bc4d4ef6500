/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_KEYMAP_H
#define MODELSYNC_CONSOLE_KEYMAP_H

#include "action.h"
#include "modelsync/error.h"

/*
 * Which key does what where: the keys of the action table, as a file changes them. A line
 *
 *	action = key key ...	replaces the keys of the action wherever it works
 *	action = none		takes them away
 *	[Sync]			from here on only in that scope
 *	# ...			a comment, also after the keys; as the first key it is one
 *
 * A key that would mean two things in one scope is refused.
 */
struct ms_keymap;

#define MS_KEYMAP_FILE_MAX 65536 /* bytes */

/* The keys of the action table; never freed. */
const struct ms_keymap *ms_keymap_default(void);
void ms_keymap_free(struct ms_keymap *map); /* NULL is fine */

/* What the key does in that scope, or MS_ACTION_NONE. */
enum ms_action ms_keymap_action(const struct ms_keymap *map, enum ms_scope scope, uint32_t key);
/*
 * Names of its keys, "j Down ^N", in the first of these scopes where it has some; "" when it has
 * none. Borrowed from the map.
 */
const char *ms_keymap_names(const struct ms_keymap *map, enum ms_action action, unsigned scopes);
/* Length of the first name in that. */
size_t ms_keymap_first(const char *names);

/*
 * The map that a file's text makes of the default one. Every line that is wrong adds "PATH:LINE:
 * what is wrong" to `problems`, a line each, and the result is NULL.
 */
struct ms_keymap *ms_keymap_parse(const char *path, const char *text, size_t len,
				  struct ms_text *problems);
/*
 * Reads $XDG_CONFIG_HOME/modelsync-tui/keys.conf. Without such a file, or with a wrong one, *out is
 * NULL, in the second case with problems. *path is owned, NULL when there is no place for one.
 */
void ms_keymap_load(struct ms_keymap **out, char **path, struct ms_text *problems);

/* The whole map, an action a line, in the form of the file. */
void ms_keymap_print(const struct ms_keymap *map, struct ms_text *out);
/*
 * Keys that something takes before they arrive, a line each: the terminal (^S ^Q ^\), tmux, whose
 * prefix is given (0 = ^B), and screen (^A).
 */
void ms_keymap_warnings(const struct ms_keymap *map, uint32_t tmux_prefix, struct ms_text *out);

#endif
