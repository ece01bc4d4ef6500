/* SPDX-License-Identifier: MIT */
/*
 * The key file, line by line. What a line says is first put into the map; at the end every scope is
 * looked through for keys that mean two things, and for places with no way out. All that is wrong
 * is said at once, each with its line.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "key.h"
#include "keymap_private.h"
#include "modelsync/console.h"
#include "modelsync/memory.h"
#include "modelsync/userfile.h"
#include "modelsync/utf8.h"

#define FILE_NAME    "keys.conf"
#define KEYS_MAX     8
#define PROBLEMS_MAX 20
#define BLANKS	     " \t\r"

/* Where what is typed is text, or answers a question. */
#define SCOPES_OF_TEXT (MS_SCOPE_INPUT | MS_SCOPE_PICKER | MS_SCOPE_MENU)

struct reading {
	struct ms_keymap *map;
	const char *path;
	int line;
	unsigned scopes;			       /* of the section */
	int lines[MS_ACTION_COUNT][MS_SCOPE_COUNT];    /* where it was set, 0 = default */
	int breadths[MS_ACTION_COUNT][MS_SCOPE_COUNT]; /* for how many scopes at once */
	struct ms_text *problems;
	int problem_count;
};

static void complain(struct reading *r, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void complain(struct reading *r, int line, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	if (++r->problem_count > PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	ms_text_addf(r->problems, "%s:%d: %s\n", r->path, line, what);
}

/* "; did you mean NAME?" or nothing. */
static const char *guess(char *buf, size_t size, const char *word, const char *const *names)
{
	const char *nearest = ms_text_nearest(word, names);

	(void)snprintf(buf, size, "%s%s%s", nearest ? "; did you mean " : "",
		       nearest ? nearest : "", nearest ? "?" : "");
	return buf;
}

/* --- one line -------------------------------------------------------------------------------- */

static void take_section(struct reading *r, char *line)
{
	const char *names[MS_SCOPE_COUNT + 3];
	size_t len = strlen(line), n = 0;
	char hint[60];

	if (line[len - 1] != ']') {
		complain(r, r->line, "a section looks like [Models]");
		return;
	}
	line[len - 1] = '\0';
	for (const struct ms_scope_name *s = ms_scope_names; s->name; s++) {
		if (strcasecmp(s->name, line + 1) == 0) {
			r->scopes = s->scopes;
			return;
		}
		names[n++] = s->name;
	}
	names[n] = NULL;
	r->scopes = 0; /* its lines are checked, and do nothing */
	complain(r, r->line, "no section is called %s%s", line + 1,
		 guess(hint, sizeof(hint), line + 1, names));
}

static enum ms_action find_action(struct reading *r, const char *name)
{
	const char *names[MS_ACTION_COUNT];
	char hint[60];

	for (int a = 1; a < MS_ACTION_COUNT; a++) {
		names[a - 1] = ms_action_info((enum ms_action)a)->name;
		if (strcmp(names[a - 1], name) == 0)
			return (enum ms_action)a;
	}
	names[MS_ACTION_COUNT - 1] = NULL;
	complain(r, r->line, "no action is called %s%s", name,
		 guess(hint, sizeof(hint), name, names));
	return MS_ACTION_NONE;
}

/* Appends the key of that name as ms_key_name() has it. */
static bool add_key(struct reading *r, const char *word, struct ms_text *out)
{
	uint32_t key = ms_key_from_name(word, strlen(word));
	char name[MS_KEY_NAME_MAX], hint[60];

	if (!key) {
		complain(r, r->line, "no key is called %s%s", word,
			 guess(hint, sizeof(hint), word, ms_key_names()));
		return false;
	}
	ms_text_addf(out, "%s%s", out->len ? " " : "", ms_key_name(name, sizeof(name), key));
	return true;
}

/* The names of the keys, "" for none, or NULL after a complaint. Owned. */
static char *read_keys(struct reading *r, char *keys)
{
	struct ms_text out;
	bool ok = true, is_none = false;
	char *word;
	int n = 0;

	ms_text_init(&out, 0);
	while (ok && (word = strsep(&keys, BLANKS))) {
		if (!*word)
			continue;
		if (strcmp(word, "#") == 0 && (n > 0 || is_none))
			break; /* a comment; as the first one it is a key */
		if (strcmp(word, "none") == 0 && n == 0)
			is_none = true;
		else if (is_none || n++ == KEYS_MAX)
			ok = false;
		else
			ok = add_key(r, word, &out);
	}
	if (is_none && !ok)
		complain(r, r->line, "none stands alone");
	else if (n > KEYS_MAX)
		complain(r, r->line, "more than %d keys", KEYS_MAX);
	else if (n == 0 && !is_none)
		complain(r, r->line, "no key is given; write none to take its keys away");
	if (ok && (n > 0 || is_none))
		return ms_text_take(&out);
	ms_text_clear(&out);
	return NULL;
}

static const char *own(struct ms_keymap *map, char *names)
{
	map->owned = ms_realloc_array(map->owned, map->owned_count + 1, sizeof(*map->owned));
	map->owned[map->owned_count++] = names;
	return names;
}

/* What is said for fewer scopes wins, wherever in the file it stands. */
static void assign(struct reading *r, enum ms_action action, unsigned scopes, const char *names)
{
	const int breadth = __builtin_popcount(r->scopes);
	int before = r->problem_count;

	for (int s = 0; s < MS_SCOPE_COUNT; s++) {
		int *line = &r->lines[action][s], *widest = &r->breadths[action][s];

		if (!(scopes & (1u << s)) || (*line && *widest < breadth))
			continue;
		if (*line && *widest == breadth && r->problem_count == before)
			complain(r, r->line, "%s was given keys in line %d already",
				 ms_action_info(action)->name, *line);
		r->map->keys[action][s] = names;
		*line = r->line;
		*widest = breadth;
	}
}

static void take_assignment(struct reading *r, char *name, char *keys)
{
	enum ms_action action = find_action(r, name);
	unsigned works = ms_action_info(action)->scopes;
	struct ms_text where;
	char *names;

	if (!action || !(names = read_keys(r, keys)))
		return;
	if (r->scopes && !(works & r->scopes)) {
		ms_text_init(&where, 0);
		ms_action_scope_names(works, &where);
		complain(r, r->line, "%s does nothing in this section, only in: %s", name,
			 ms_text_str(&where));
		ms_text_clear(&where);
	}
	assign(r, action, works & r->scopes, own(r->map, names));
}

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, BLANKS);
	len = strlen(s);
	while (len > 0 && strchr(BLANKS, s[len - 1]))
		s[--len] = '\0';
	return s;
}

/* The first '=' ends the name: it may be a key as well. */
static void take_line(struct reading *r, char *line)
{
	char *equals;

	line = trim(line);
	if (*line == '\0' || *line == '#')
		return;
	if (*line == '[') {
		take_section(r, line);
		return;
	}
	equals = strchr(line, '=');
	if (!equals) {
		complain(r, r->line, "not understood; a line looks like: filter = / F3");
		return;
	}
	*equals = '\0';
	take_assignment(r, trim(line), trim(equals + 1));
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The review has a line for the reason, which these keys end. */
static bool ends_a_line(int action)
{
	return action == MS_ACTION_cancel || action == MS_ACTION_interrupt ||
	       action == MS_ACTION_accept || action == MS_ACTION_field_next;
}

/* Keys that cannot be an action there. */
static void check_text(struct reading *r, int action, int s)
{
	const char *names = r->map->keys[action][s];
	const char *what = ((1u << s) & SCOPES_OF_TEXT) ||
					   ((1u << s) == MS_SCOPE_REVIEW && ends_a_line(action))
				   ? "typed as text or answers a question"
				   : NULL;
	char name[MS_KEY_NAME_MAX];

	while (*names) {
		uint32_t key;
		bool answers;

		names = keymap_next(names, &key);
		answers = ((1u << s) == MS_SCOPE_REVIEW &&
			   (key == 'y' || (key >= '0' && key <= '9'))) ||
			  ((1u << s) == MS_SCOPE_TEXT && key == 'y');
		if (answers || (what && ms_key_is_text(key)))
			complain(r, r->lines[action][s], "%s is %s in %s",
				 ms_key_name(name, sizeof(name), key),
				 what ? what : "how a question is answered", keymap_scope_name(s));
	}
}

static void check_pair(struct reading *r, int a, int b, int s)
{
	int line_a = r->lines[a][s], line_b = r->lines[b][s];
	const char *names = r->map->keys[a][s];
	char name[MS_KEY_NAME_MAX];

	while (*names) {
		uint32_t key;
		bool b_is_newer = line_b > line_a;

		names = keymap_next(names, &key);
		if (keymap_has(r->map->keys[b][s], key))
			complain(r, b_is_newer ? line_b : line_a,
				 "%s already means %s in %s; give that one other keys, or none",
				 ms_key_name(name, sizeof(name), key),
				 ms_action_info((enum ms_action)(b_is_newer ? a : b))->name,
				 keymap_scope_name(s));
	}
}

/* A pair that clashes in several scopes is said once. */
static void check_conflicts(struct reading *r)
{
	for (int a = 1; a < MS_ACTION_COUNT; a++) {
		for (int b = a + 1; b < MS_ACTION_COUNT; b++) {
			int before = r->problem_count;

			for (int s = 0; s < MS_SCOPE_COUNT && r->problem_count == before; s++)
				if (r->map->keys[a][s] && r->map->keys[b][s] &&
				    (r->lines[a][s] || r->lines[b][s]))
					check_pair(r, a, b, s);
		}
	}
}

/* Nobody may be locked in. */
static void check_ways_out(struct reading *r)
{
	static const enum ms_action ways[][2] = {{MS_ACTION_cancel, MS_ACTION_cancel},
						 {MS_ACTION_quit, MS_ACTION_back}};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		enum ms_action a = ways[i][0], b = ways[i][1];

		for (int s = 0; s < MS_SCOPE_COUNT; s++) {
			const char *names = r->map->keys[a][s], *others = r->map->keys[b][s];

			if (!names || *names || (others && *others))
				continue;
			complain(r, r->lines[a][s], "%s needs a key in %s%s%s",
				 ms_action_info(a)->name, keymap_scope_name(s),
				 a == b ? "" : ", or ", a == b ? "" : ms_action_info(b)->name);
			break;
		}
	}
}

static void check(struct reading *r)
{
	for (int a = 1; a < MS_ACTION_COUNT; a++)
		for (int s = 0; s < MS_SCOPE_COUNT; s++)
			if (r->lines[a][s])
				check_text(r, a, s);
	check_conflicts(r);
	check_ways_out(r);
	if (r->problem_count > PROBLEMS_MAX)
		ms_text_addf(r->problems, "%s: and %d more\n", r->path,
			     r->problem_count - PROBLEMS_MAX);
}

struct ms_keymap *ms_keymap_parse(const char *path, const char *text, size_t len,
				  struct ms_text *problems)
{
	struct reading *r = ms_alloc(sizeof(*r));
	char *copy = ms_strndup(text, len), *rest = copy, *line;
	struct ms_keymap *map;
	size_t bad_at;
	bool ok;

	*r = (struct reading){
		.map = keymap_new(), .path = path, .scopes = MS_SCOPE_ALL, .problems = problems};
	if (strlen(copy) != len || !ms_utf8_is_valid(copy, len, &bad_at))
		complain(r, 1, "is no text in UTF-8");
	else
		while ((line = strsep(&rest, "\n"))) {
			r->line++;
			take_line(r, line);
		}
	check(r);
	map = r->map;
	ok = r->problem_count == 0;
	ms_free(copy);
	ms_free(r);
	if (ok)
		return map;
	ms_keymap_free(map);
	return NULL;
}

/* "C-b" of tmux → ^B; 0 for what is none of ours. */
static uint32_t tmux_key(const char *name)
{
	char ours[3] = {'^', '\0', '\0'};

	if (!name || strncmp(name, "C-", 2) != 0 || strlen(name) != 3)
		return 0;
	ours[1] = name[2];
	return ms_key_from_name(ours, 2);
}

bool ms_console_check_keys(const char *tmux_prefix, struct ms_text *out, struct ms_text *problems,
			   struct ms_error *err)
{
	struct ms_keymap *map;
	const struct ms_keymap *used;
	struct ms_text warnings;
	char *path;
	bool ok;

	ms_text_init(&warnings, 0);
	ms_keymap_load(&map, &path, problems);
	used = map ? map : ms_keymap_default();
	ms_keymap_print(used, out);
	ms_keymap_warnings(used, tmux_key(tmux_prefix), &warnings);
	ms_text_addf(out, "%s%s", warnings.len ? "\n# Keys that may not arrive:\n" : "",
		     ms_text_str(&warnings));
	ok = !problems->len || ms_fail(err, MS_ERR_CONFIG, "%s is wrong: the default keys are used",
				       path ? path : "the key file");
	ms_text_clear(&warnings);
	ms_keymap_free(map);
	ms_free(path);
	return ok;
}

void ms_keymap_load(struct ms_keymap **out, char **path, struct ms_text *problems)
{
	struct ms_text text;
	struct ms_error err;
	bool is_there = false;

	*out = NULL;
	*path = ms_user_config_path(FILE_NAME);
	if (!*path)
		return;
	ms_text_init(&text, 0);
	if (!ms_user_file_read(*path, MS_KEYMAP_FILE_MAX, &text, &is_there, &err))
		ms_text_addf(problems, "%s\n", err.message);
	else if (is_there)
		*out = ms_keymap_parse(*path, ms_text_str(&text), text.len, problems);
	ms_text_clear(&text);
}
