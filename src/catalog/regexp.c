/* SPDX-License-Identifier: MIT */
/*
 * The C library compiles an expression by copying what is repeated: "(a{500}){500}" or a dozen
 * nested "+" want gigabytes. So the size is estimated first: a character costs 1, a group what is
 * inside, and a repetition multiplies what stands before it.
 *
 * It is also several times slower when it ignores case or counts in UTF-8 characters. So an
 * expression without upper-case letters is asked of the folded text instead, and one that can only
 * match ASCII, where bytes and characters are the same, is compiled for the C locale.
 */
#include "regexp.h"

#include <locale.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "modelsync/memory.h"

#define COST_MAX  1000UL
#define DEPTH_MAX 20

#define FOLDED_MAX 512 /* longer texts, which names and ids are not, are folded on the heap */

struct ms_regex {
	regex_t compiled;
	bool fold; /* ask it of the folded text */
};

struct estimate {
	unsigned long total[DEPTH_MAX + 1]; /* cost of the open groups, the outermost first */
	unsigned long last;		    /* cost of the last atom, part of the total */
	size_t depth;
};

static void add_atom(struct estimate *e, unsigned long cost)
{
	e->last = cost;
	e->total[e->depth] += cost;
}

static void multiply(struct estimate *e, unsigned long factor)
{
	unsigned long more = e->last * (factor > 1 ? factor - 1 : 0);

	e->last += more;
	e->total[e->depth] += more;
}

/* Length of the bracket expression at s: a ']' first in it, and those of [:class:], do not end it.
 */
static size_t bracket_length(const char *s)
{
	size_t i = 1;

	if (s[i] == '^')
		i++;
	if (s[i] == ']')
		i++;
	while (s[i] && s[i] != ']') {
		char kind = s[i + 1];

		if (s[i] == '[' && (kind == ':' || kind == '.' || kind == '=')) {
			i += 2;
			while (s[i] && !(s[i] == kind && s[i + 1] == ']'))
				i++;
			i += s[i] ? 2 : 0;
		} else {
			i++;
		}
	}
	return i + (s[i] != '\0');
}

/* The larger number of "{n,m}", which copies its atom that often. */
static unsigned long bound_of(const char *s)
{
	char *end;
	unsigned long low = strtoul(s + 1, &end, 10), high = 0;

	if (*end == ',')
		high = strtoul(end + 1, NULL, 10);
	if (low > COST_MAX || high > COST_MAX)
		return COST_MAX + 1;
	return (high > low ? high : low) + 1;
}

static bool over(struct estimate *e)
{
	return e->total[e->depth] > COST_MAX;
}

static const char *check_escape(char c)
{
	return c >= '1' && c <= '9' ? "back-references are not supported" : NULL;
}

static const char *estimate_group(struct estimate *e, char c)
{
	unsigned long inside;

	if (c == '(') {
		if (e->depth == DEPTH_MAX)
			return "groups are nested too deep";
		e->total[++e->depth] = 0;
		e->last = 0;
	} else if (e->depth > 0) {
		inside = e->total[e->depth--];
		add_atom(e, inside + 1);
	}
	return NULL;
}

/* NULL when the expression is affordable, else why not. */
static const char *check_cost(const char *s)
{
	struct estimate e = {.depth = 0};
	const char *why = NULL;

	while (*s && !why) {
		size_t used = 1;

		if (*s == '\\' && s[1]) {
			why = check_escape(s[1]);
			used = 2;
			add_atom(&e, 1);
		} else if (*s == '[') {
			used = bracket_length(s);
			add_atom(&e, 1);
		} else if (*s == '(' || *s == ')') {
			why = estimate_group(&e, *s);
		} else if (*s == '+') {
			multiply(&e, 2);
		} else if (*s == '{' && strchr(s, '}')) {
			multiply(&e, bound_of(s));
			used = strcspn(s, "}") + 1;
		} else if (*s != '*' && *s != '?') {
			add_atom(&e, 1);
		}
		if (over(&e))
			why = "its repetitions multiply to too much";
		s += used;
	}
	return why;
}

/* Upper-case letters that are written, not the letter of an escape such as \W. */
static bool has_upper(const char *s)
{
	for (; *s; s++) {
		size_t len = 1;

		if (*s == '\\' && s[1]) {
			s++;
			continue;
		}
		while ((s[len] & 0xC0) == 0x80)
			len++;
		if (ms_fold_has_upper(s, len))
			return true;
		s += len - 1;
	}
	return false;
}

/* Whether nothing in it can match a character beyond ASCII. */
static bool is_ascii_only(const char *s)
{
	if (strstr(s, "[^") || strchr(s, '.') || strstr(s, "[:") || strstr(s, "[="))
		return false;
	for (; *s; s++) {
		if ((unsigned char)*s >= 0x80)
			return false;
		if (*s == '\\' && s[1] && !strchr("\\/()[]{}*+?|^$", *++s))
			return false; /* \w \< and the like ask what a letter is */
	}
	return true;
}

static int compile(regex_t *compiled, const char *pattern)
{
	const int flags = REG_EXTENDED | REG_NOSUB;
	locale_t c, before;
	int code;

	if (!is_ascii_only(pattern))
		return regcomp(compiled, pattern, flags);
	c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	before = uselocale(c);
	code = regcomp(compiled, pattern, flags);
	uselocale(before);
	if (c)
		freelocale(c);
	return code;
}

struct ms_regex *ms_regex_new(const char *pattern, char *why, size_t size)
{
	const char *unaffordable = check_cost(pattern);
	struct ms_regex *r;
	int code;

	if (unaffordable) {
		snprintf(why, size, "%s", unaffordable);
		return NULL;
	}
	r = ms_alloc(sizeof(*r));
	r->fold = !has_upper(pattern) && !strstr(pattern, "[:upper:]");
	code = compile(&r->compiled, pattern);
	if (code == 0)
		return r;
	regerror(code, NULL, why, size);
	ms_free(r);
	return NULL;
}

void ms_regex_free(struct ms_regex *r)
{
	if (!r)
		return;
	regfree(&r->compiled);
	ms_free(r);
}

static void fold_text(char *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		if ((unsigned char)s[i] < 0x80) {
			out[i] = (char)ms_fold_bytes[(unsigned char)s[i]];
			i++;
		} else {
			char folded[4];
			size_t used = ms_fold_char(s + i, len - i, folded);

			memcpy(out + i, folded, used);
			i += used;
		}
	}
	out[len] = '\0';
}

bool ms_regex_match(const struct ms_regex *r, const char *s)
{
	char buf[FOLDED_MAX], *folded = buf;
	size_t len = s ? strlen(s) : 0;
	bool found;

	if (!r->fold)
		return regexec(&r->compiled, s ? s : "", 0, NULL, 0) == 0;
	if (len >= sizeof(buf))
		folded = ms_alloc(len + 1);
	fold_text(folded, s ? s : "", len);
	found = regexec(&r->compiled, folded, 0, NULL, 0) == 0;
	if (folded != buf)
		ms_free(folded);
	return found;
}
