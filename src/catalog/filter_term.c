/* SPDX-License-Identifier: MIT */
/* A term about a field: its name, its operator, and one or more values; and `sort:`. */
#include "filter_parser.h"

#include <string.h>

#include "fold.h"
#include "words.h"

static bool unknown_field(struct ms_parser *p, const struct ms_token *name)
{
	const char *names[MS_FIELD_NAMES_MAX];
	const char *nearest;
	struct ms_text list;

	ms_field_names(names, true);
	nearest = ms_text_nearest(name->text, names);
	ms_field_names(names, false);
	ms_text_init(&list, 0);
	ms_words_list(&list, names);
	ms_parser_fail_at(p, name,
			  "no field \"%s\"%s%s%s Fields: %s. Quote it to search for the text.",
			  ms_parser_quote(p, name), nearest ? ", did you mean \"" : "",
			  nearest ? nearest : "", nearest ? "\"?" : ".", ms_text_str(&list));
	ms_text_clear(&list);
	return false;
}

static bool is_order(enum ms_operator op)
{
	return op == MS_OP_LT || op == MS_OP_LE || op == MS_OP_GT || op == MS_OP_GE;
}

static bool is_regex(enum ms_operator op)
{
	return op == MS_OP_REGEX || op == MS_OP_NO_REGEX;
}

static bool bad_operator(struct ms_parser *p, const struct ms_token *name, const char *takes)
{
	const char *op = ms_operator_text(name->op);

	return ms_parser_fail(p, name->at + name->len, strlen(op), "%s does not take %s: use %s",
			      name->text, op, takes);
}

static bool check_operator(struct ms_parser *p, const struct ms_token *name,
			   const struct ms_field_row *row)
{
	switch (row->field.type) {
	case MS_FIELD_TEXT:
		return !is_order(name->op) || bad_operator(p, name, ": = != ~ !~");
	case MS_FIELD_ENUM:
	case MS_FIELD_SET:
	case MS_FIELD_FLAGS:
		return !(is_order(name->op) || is_regex(name->op)) ||
		       bad_operator(p, name, ": = !=");
	case MS_FIELD_NUMBER:
	case MS_FIELD_PRICE:
	case MS_FIELD_TIME:
		break;
	}
	return !is_regex(name->op) || bad_operator(p, name, ": = != < <= > >=");
}

static bool no_value(struct ms_parser *p, const struct ms_token *name, const char *takes,
		     const struct ms_token *value)
{
	return ms_parser_fail(p, value->at, 1, "%s%s needs a value: %s", name->text,
			      ms_operator_text(name->op), takes);
}

static bool parse_values(struct ms_parser *p, const struct ms_token *name,
			 const struct ms_field_row *row, struct ms_node **out)
{
	struct ms_node *first = NULL, **end = &first;
	struct ms_token value;

	do {
		if (!ms_lex_value(p, &value))
			return false;
		if (value.kind == MS_TOKEN_WORD && value.text_len == 0)
			return no_value(p, name, ms_value_takes(p, row), &value);
		if (first && is_order(name->op))
			return ms_parser_fail_at(p, &value, "%s%s takes one value", name->text,
						 ms_operator_text(name->op));
		*end = ms_value_parse(p, row, name->op, &value);
		if (!*end)
			return false;
		end = &(*end)->next;
	} while (ms_lex_comma(p));
	*out = ms_node_join(p, MS_NODE_OR, first);
	return true;
}

static bool parse_regex(struct ms_parser *p, const struct ms_token *name,
			const struct ms_field_row *row, struct ms_node **out)
{
	struct ms_token value;

	if (!ms_lex_regex(p, &value))
		return false;
	if (value.len == 0)
		return no_value(p, name, "a regular expression such as ^gpt", &value);
	*out = ms_node_regex(p, MS_NODE_TEXT_REGEX, row, &value);
	return *out != NULL;
}

static bool add_sort_key(struct ms_parser *p, const struct ms_token *name, struct ms_token *value)
{
	struct ms_filter *f = p->filter;
	bool descending = value->text_len > 0 && value->text[0] == '-';
	const struct ms_field *field;

	if (descending) {
		value->text++;
		value->text_len--;
		value->at++;
		value->len--;
	}
	if (value->text_len == 0)
		return no_value(p, name, "a field, with - before it for descending order", value);
	field = ms_field_by_name(value->text);
	if (!field)
		return unknown_field(p, value);
	if (field->type == MS_FIELD_FLAGS)
		return ms_parser_fail_at(p, value, "%s has no order: sort by another field",
					 field->name);
	if (!p->has_order || (p->view_depth && f->sort_count == MS_SORT_KEYS_MAX))
		return true;
	if (f->sort_count == MS_SORT_KEYS_MAX)
		return ms_parser_fail_at(p, value, "more than %d sort keys: leave some out",
					 MS_SORT_KEYS_MAX);
	f->sort[f->sort_count++] = (struct ms_sort_key){field, descending};
	return true;
}

static bool parse_sort(struct ms_parser *p, const struct ms_token *name)
{
	struct ms_token value;

	if (name->op != MS_OP_HAS && name->op != MS_OP_EQ)
		return bad_operator(p, name, ":");
	if (p->depth > 0)
		return ms_parser_fail_at(p, name,
					 "%s orders the whole list: put it outside of () "
					 "and without - or ! before it",
					 name->text);
	do {
		if (!ms_lex_value(p, &value) || !add_sort_key(p, name, &value))
			return false;
	} while (ms_lex_comma(p));
	return true;
}

bool ms_term_parse(struct ms_parser *p, struct ms_node **out)
{
	struct ms_token name = p->token;
	const struct ms_field *field = ms_field_by_name(name.text);
	const struct ms_field_row *row;

	if (ms_fold_compare(name.text, MS_FIELD_SORT) == 0) {
		*out = NULL;
		return parse_sort(p, &name);
	}
	if (!field)
		return unknown_field(p, &name);
	row = ms_field_row(field);
	if (!check_operator(p, &name, row))
		return false;
	if (!(is_regex(name.op) ? parse_regex(p, &name, row, out)
				: parse_values(p, &name, row, out)))
		return false;
	if (name.op == MS_OP_NE || name.op == MS_OP_NO_REGEX)
		*out = ms_node_not(p, *out);
	return true;
}
