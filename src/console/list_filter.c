/* SPDX-License-Identifier: MIT */
#include "list_filter.h"

#include <string.h>

#include "modelsync/memory.h"

/* A term ends at a blank outside quotes; the quotes are left out. */
static char *next_term(const char **rest)
{
	const char *s = *rest + strspn(*rest, " ");
	struct ms_text term;
	bool in_quotes = false;

	ms_text_init(&term, 0);
	for (; *s && (in_quotes || *s != ' '); s++) {
		if (*s == '"')
			in_quotes = !in_quotes;
		else
			ms_text_add_bytes(&term, s, 1);
	}
	*rest = s;
	return ms_text_take(&term);
}

static const struct ms_list_column *column_of(const struct ms_list_class *class, const char *term,
					      size_t len)
{
	for (size_t i = 0; i < class->column_count; i++)
		if (strlen(class->columns[i].name) == len &&
		    strncasecmp(class->columns[i].name, term, len) == 0)
			return &class->columns[i];
	return NULL;
}

/* False for what says nothing yet, such as "-" or "type:" while it is being typed. */
static bool parse_term(struct ms_list_term *out, const struct ms_list_class *class,
		       const char *term)
{
	size_t len;

	*out = (struct ms_list_term){.is_negated = *term == '-'};
	term += out->is_negated;
	len = strcspn(term, ":");
	if (term[len] == ':')
		out->column = column_of(class, term, len);
	if (out->column)
		term += len + 1;
	if (!*term)
		return false;
	out->word = ms_strdup(term);
	return true;
}

void ms_list_filter_parse(struct ms_list_filter *f, const struct ms_list_class *class,
			  const char *text)
{
	f->count = 0;
	while (*(text += strspn(text, " ")) && f->count < MS_LIST_TERMS_MAX) {
		char *term = next_term(&text);

		f->count += parse_term(&f->terms[f->count], class, term);
		ms_free(term);
	}
}

void ms_list_filter_clear(struct ms_list_filter *f)
{
	for (size_t i = 0; i < f->count; i++)
		ms_free(f->terms[i].word);
	f->count = 0;
}

static bool has_word(const struct ms_list_term *term, const struct ms_list_class *class,
		     const struct ms_text *cells)
{
	for (size_t i = 0; i < class->column_count; i++)
		if ((!term->column || term->column == &class->columns[i]) &&
		    strcasestr(ms_text_str(&cells[i]), term->word))
			return true;
	return false;
}

bool ms_list_filter_match(const struct ms_list_filter *f, const struct ms_list_class *class,
			  const struct ms_json *row)
{
	struct ms_text cells[MS_LIST_COLUMNS_MAX];
	bool is_match = true;

	if (f->count == 0)
		return true;
	for (size_t i = 0; i < class->column_count; i++) {
		ms_text_init(&cells[i], 0);
		class->columns[i].text(&cells[i], row);
	}
	for (size_t i = 0; i < f->count && is_match; i++)
		is_match = has_word(&f->terms[i], class, cells) != f->terms[i].is_negated;
	for (size_t i = 0; i < class->column_count; i++)
		ms_text_clear(&cells[i]);
	return is_match;
}
