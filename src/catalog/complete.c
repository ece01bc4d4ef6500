/* SPDX-License-Identifier: MIT */
#include "modelsync/complete.h"

#include <string.h>
#include <strings.h>

#include "field_row.h"

#define VALUE_MAX 400 /* bytes; longer ones are not worth typing */
#define OPERATORS ":=<>~!"

void ms_completion_clear(struct ms_completion *c)
{
	for (size_t i = 0; i < c->count; i++)
		ms_free(c->items[i]);
	ms_free(c->items);
	*c = (struct ms_completion){0};
}

static void insert(struct ms_completion *c, size_t at, const char *item)
{
	c->items = ms_realloc_array(c->items, c->count + 1, sizeof(*c->items));
	memmove(&c->items[at + 1], &c->items[at], (c->count - at) * sizeof(*c->items));
	c->items[at] = ms_strdup(item);
	c->count++;
}

bool ms_completion_add(struct ms_completion *c, const char *item)
{
	if (c->count == MS_COMPLETIONS_MAX)
		return false;
	insert(c, c->count, item);
	return true;
}

size_t ms_completion_common(const struct ms_completion *c)
{
	size_t len = c->count ? strlen(c->items[0]) : 0;

	for (size_t i = 1; i < c->count; i++)
		while (strncasecmp(c->items[0], c->items[i], len) != 0)
			len--;
	while (len > 0 && ((unsigned char)c->items[0][len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* --- what is being typed --------------------------------------------------------------------- */

/* Start of the term that byte `at` is in or ends; its sign is left out. */
static size_t term_start(const char *text, size_t at)
{
	bool in_quotes = false;
	size_t start = 0;

	for (size_t i = 0; i < at; i++) {
		if (text[i] == '"' && (i == 0 || text[i - 1] != '\\'))
			in_quotes = !in_quotes;
		else if (!in_quotes && strchr(" ()", text[i]))
			start = i + 1;
	}
	while (start < at && strchr("-!", text[start]))
		start++;
	return start;
}

/* Start of the last of the values: they are separated by ',', those of a set also by '+'. */
static size_t value_start(const char *text, size_t from, size_t at, const char *separators)
{
	bool in_quotes = false;

	for (size_t i = from; i < at; i++) {
		if (text[i] == '"' && text[i - 1] != '\\')
			in_quotes = !in_quotes;
		else if (!in_quotes && strchr(separators, text[i]))
			from = i + 1;
	}
	return from;
}

struct typed {
	const char *text; /* not terminated */
	size_t len;
};

static bool begins(const char *candidate, const struct typed *typed)
{
	return strncasecmp(candidate, typed->text, typed->len) == 0;
}

/* --- fields and fixed words ------------------------------------------------------------------ */

static void add_fields(struct ms_completion *out, const struct typed *typed, bool for_sorting)
{
	const struct ms_field *f;

	for (size_t i = 0; (f = ms_field_at(i)); i++) {
		bool has_words = f->type == MS_FIELD_TEXT || f->type == MS_FIELD_ENUM ||
				 f->type == MS_FIELD_SET || f->type == MS_FIELD_FLAGS;
		char *name = ms_format("%s%s", f->name, has_words && !for_sorting ? ":" : "");

		if (begins(f->name, typed) && !(for_sorting && f->type == MS_FIELD_FLAGS))
			(void)ms_completion_add(out, name);
		ms_free(name);
	}
	if (!for_sorting && begins(MS_FIELD_SORT, typed))
		(void)ms_completion_add(out, MS_FIELD_SORT ":");
}

static void add_words(struct ms_completion *out, const struct typed *typed,
		      const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (begins(words[i], typed))
			(void)ms_completion_add(out, words[i]);
}

static void add_views(struct ms_completion *out, const struct typed *typed,
		      const struct ms_views *views)
{
	for (size_t i = 0; i < views->count; i++) {
		char *name = ms_format("@%s", views->items[i].name);

		if (begins(name, typed))
			(void)ms_completion_add(out, name);
		ms_free(name);
	}
}

/* --- values of the catalogue ----------------------------------------------------------------- */

char *ms_filter_quote(const char *value)
{
	struct ms_text out;

	if (!strpbrk(value, " ()\",*+") && *value != '/')
		return ms_strdup(value);
	ms_text_init(&out, 0);
	ms_text_add(&out, "\"");
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			ms_text_add(&out, "\\");
		ms_text_add_bytes(&out, value, 1);
	}
	ms_text_add(&out, "\"");
	return ms_text_take(&out);
}

static void add_value(struct ms_completion *out, const struct typed *typed, const char *value)
{
	size_t low = 0, high = out->count;
	char *item;

	if (!*value || !begins(value, typed))
		return;
	item = ms_filter_quote(value);
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(out->items[middle], item) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if ((low == out->count || strcmp(out->items[low], item) != 0) &&
	    out->count < MS_COMPLETIONS_MAX)
		insert(out, low, item);
	ms_free(item);
}

static void add_values(struct ms_completion *out, const struct typed *typed,
		       const struct ms_field *f, const struct ms_catalog *catalog)
{
	for (size_t i = 0; i < catalog->count; i++) {
		const char *text = ms_field_text(ms_field_row(f), &catalog->models[i]);
		char value[VALUE_MAX];

		while (text && *text) {
			size_t len = f->type == MS_FIELD_SET ? strcspn(text, ",") : strlen(text);

			if (len < sizeof(value)) {
				memcpy(value, text, len);
				value[len] = '\0';
				add_value(out, typed, value);
			}
			text += len + (text[len] == ',');
		}
	}
}

static void complete_value(struct ms_completion *out, const struct typed *typed,
			   const struct ms_field *f, const struct ms_catalog *catalog)
{
	static const char *const prices[] = {"none", "known", "variable", NULL};
	static const char *const times[] = {"1d", "7d", "30d", "1y", "none", NULL};
	static const char *const none[] = {"none", NULL};

	if (f->values)
		add_words(out, typed, f->values);
	else if (f->type == MS_FIELD_PRICE)
		add_words(out, typed, prices);
	else if (f->type == MS_FIELD_TIME)
		add_words(out, typed, times);
	else if (f->type == MS_FIELD_NUMBER)
		add_words(out, typed, none);
	else if (catalog)
		add_values(out, typed, f, catalog);
}

/* What follows `name` and its operator, which stands at op_at. */
static void complete_term(struct ms_completion *out, const char *text, size_t at, const char *name,
			  size_t op_at, const struct ms_catalog *catalog)
{
	const struct ms_field *f = ms_field_by_name(name);
	bool is_sort = strcasecmp(name, MS_FIELD_SORT) == 0;
	bool is_set = f && (f->type == MS_FIELD_SET || f->type == MS_FIELD_FLAGS);
	struct typed typed;

	while (op_at < at && strchr(OPERATORS, text[op_at]))
		op_at++;
	out->from = value_start(text, op_at, at, is_set ? ",+" : ",");
	if (is_sort && out->from < at && text[out->from] == '-')
		out->from++;
	typed = (struct typed){text + out->from, at - out->from};
	if (typed.len > 0 && *typed.text == '"') { /* the entries bring their own quotes */
		typed.text++;
		typed.len--;
	}
	if (is_sort)
		add_fields(out, &typed, true);
	else if (f)
		complete_value(out, &typed, f, catalog);
}

void ms_filter_complete(const char *text, size_t at, const struct ms_catalog *catalog,
			const struct ms_views *views, struct ms_completion *out)
{
	size_t start = term_start(text, at), op_at = start;
	const struct typed typed = {text + start, at - start};
	char *name;

	*out = (struct ms_completion){.from = start, .to = at};
	while (op_at < at && !strchr(OPERATORS "\"@", text[op_at]))
		op_at++;
	if (typed.len > 0 && *typed.text == '@') {
		if (views)
			add_views(out, &typed, views);
	} else if (op_at == at) {
		add_fields(out, &typed, false);
	} else if (op_at > start && strchr(OPERATORS, text[op_at])) {
		name = ms_strndup(text + start, op_at - start);
		complete_term(out, text, at, name, op_at, catalog);
		ms_free(name);
	}
}
