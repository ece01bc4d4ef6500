/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_KEYMAP_PRIVATE_H
#define MODELSYNC_CONSOLE_KEYMAP_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keymap.h"

/* Names of keys by action and scope: NULL where the action does not work, "" where it has none. */
struct ms_keymap {
	const char *keys[MS_ACTION_COUNT][MS_SCOPE_COUNT];
	char **owned; /* what a file said; the rest is the action table's */
	size_t owned_count;
};

struct ms_keymap *keymap_new(void); /* with the default keys */
/* Takes the first name off a list; *key is 0 when there is no such key. */
const char *keymap_next(const char *names, uint32_t *key);
bool keymap_has(const char *names, uint32_t key); /* NULL has none */
int keymap_scope_index(enum ms_scope scope);	  /* of the first one */
const char *keymap_scope_name(int index);

#endif
