/* SPDX-License-Identifier: MIT */
#include "keymap.h"

#include <stdio.h>
#include <string.h>

#include "key.h"
#include "keymap_private.h"
#include "modelsync/memory.h"

static void set_default(struct ms_keymap *map)
{
	for (int a = 1; a < MS_ACTION_COUNT; a++)
		for (int s = 0; s < MS_SCOPE_COUNT; s++)
			if (ms_action_info((enum ms_action)a)->scopes & (1u << s))
				map->keys[a][s] = ms_action_info((enum ms_action)a)->keys;
}

struct ms_keymap *keymap_new(void)
{
	struct ms_keymap *map = ms_alloc(sizeof(*map));

	set_default(map);
	return map;
}

const struct ms_keymap *ms_keymap_default(void)
{
	static struct ms_keymap map;

	if (!map.keys[MS_ACTION_quit][0])
		set_default(&map);
	return &map;
}

void ms_keymap_free(struct ms_keymap *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->owned_count; i++)
		ms_free(map->owned[i]);
	ms_free(map->owned);
	ms_free(map);
}

const char *keymap_next(const char *names, uint32_t *key)
{
	size_t len = ms_keymap_first(names);

	*key = ms_key_from_name(names, len);
	names += len;
	return names + strspn(names, " ");
}

bool keymap_has(const char *names, uint32_t key)
{
	while (names && *names) {
		uint32_t k;

		names = keymap_next(names, &k);
		if (k == key)
			return true;
	}
	return false;
}

enum ms_action ms_keymap_action(const struct ms_keymap *map, enum ms_scope scope, uint32_t key)
{
	int s = keymap_scope_index(scope);

	for (int a = 1; a < MS_ACTION_COUNT; a++)
		if (keymap_has(map->keys[a][s], key))
			return (enum ms_action)a;
	return MS_ACTION_NONE;
}

const char *ms_keymap_names(const struct ms_keymap *map, enum ms_action action, unsigned scopes)
{
	for (int s = 0; s < MS_SCOPE_COUNT; s++)
		if ((scopes & (1u << s)) && map->keys[action][s] && *map->keys[action][s])
			return map->keys[action][s];
	return "";
}

size_t ms_keymap_first(const char *names)
{
	return strcspn(names, " ");
}

int keymap_scope_index(enum ms_scope scope)
{
	int s = 0;

	while (!((unsigned)scope & (1u << s)))
		s++;
	return s;
}

const char *keymap_scope_name(int s)
{
	const struct ms_scope_name *name = ms_scope_names;

	while (name->scopes != 1u << s)
		name++;
	return name->name;
}

/* --- printing ------------------------------------------------------------------------------- */

/* The scopes of the action, from `s` on, that have the same keys as scope s. */
static unsigned scopes_alike(const struct ms_keymap *map, int action, int s)
{
	unsigned alike = 0;

	for (int t = s; t < MS_SCOPE_COUNT; t++)
		if (map->keys[action][t] && strcmp(map->keys[action][t], map->keys[action][s]) == 0)
			alike |= 1u << t;
	return alike;
}

static void print_line(const struct ms_keymap *map, int action, int s, unsigned scopes,
		       struct ms_text *out)
{
	const struct ms_action_info *info = ms_action_info((enum ms_action)action);
	const char *keys = map->keys[action][s];

	ms_text_addf(out, "%-18s = %-18s # %s (", info->name, *keys ? keys : "none", info->help);
	ms_action_scope_names(scopes, out);
	ms_text_add(out, ")\n");
}

/* First what holds wherever the action works; then, by section, what does not. */
void ms_keymap_print(const struct ms_keymap *map, struct ms_text *out)
{
	unsigned apart[MS_ACTION_COUNT] = {0};

	for (int a = 1; a < MS_ACTION_COUNT; a++) {
		unsigned scopes = ms_action_info((enum ms_action)a)->scopes, alike;
		int first = keymap_scope_index((enum ms_scope)scopes);

		alike = scopes_alike(map, a, first);
		apart[a] = scopes & ~alike;
		print_line(map, a, first, alike, out);
	}
	for (int s = 0; s < MS_SCOPE_COUNT; s++) {
		bool has_head = false;

		for (int a = 1; a < MS_ACTION_COUNT; a++) {
			if (!(apart[a] & (1u << s)))
				continue;
			if (!has_head)
				ms_text_addf(out, "\n[%s]\n", keymap_scope_name(s));
			has_head = true;
			print_line(map, a, s, 1u << s, out);
		}
	}
}

/* --- keys that never arrive ------------------------------------------------------------------ */

static void warn(const struct ms_keymap *map, int action, int s, uint32_t key, const char *taker,
		 struct ms_text *out)
{
	const char *names = map->keys[action][s];
	bool is_only = !strchr(names, ' ');
	char name[MS_KEY_NAME_MAX];

	ms_text_addf(out, "# %s: %s is %s (", ms_action_info((enum ms_action)action)->name,
		     ms_key_name(name, sizeof(name), key), taker);
	if (is_only)
		ms_text_add(out, "and it has no other key");
	else
		ms_text_addf(out, "all its keys: %s", names);
	ms_text_add(out, ")\n");
}

static void warn_about(const struct ms_keymap *map, uint32_t key, const char *taker,
		       struct ms_text *out)
{
	for (int a = 1; a < MS_ACTION_COUNT; a++) {
		unsigned seen = 0;

		for (int s = 0; s < MS_SCOPE_COUNT; s++) {
			if ((seen & (1u << s)) || !keymap_has(map->keys[a][s], key))
				continue;
			warn(map, a, s, key, taker, out);
			seen |= scopes_alike(map, a, s);
		}
	}
}

void ms_keymap_warnings(const struct ms_keymap *map, uint32_t tmux_prefix, struct ms_text *out)
{
	static const char flow[] = {'S', 'Q', '\\'};

	for (size_t i = 0; i < sizeof(flow); i++)
		warn_about(map, MS_KEY_CTRL(flow[i]), "kept by the terminal itself", out);
	warn_about(map, tmux_prefix ? tmux_prefix : MS_KEY_CTRL('B'), "the prefix of tmux", out);
	warn_about(map, MS_KEY_CTRL('A'), "the prefix of screen", out);
}
