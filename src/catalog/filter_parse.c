/* SPDX-License-Identifier: MIT */
/*
 * Recursive descent over
 *
 *   expr := and (OR and)*     and := term+
 *   term := [-|!] ( word | "text" | /re/ | @view | field | (expr) )
 *
 * `sort:` terms are orders, not conditions: they are noted in the filter and leave no node. One may
 * stand anywhere a condition may that holds for the whole list, so not inside (), - or OR.
 */
#include "filter_parser.h"

#include <string.h>

#define TEXT_MAX       4096
#define DEPTH_MAX      50
#define VIEW_DEPTH_MAX 5
#define VIEW_COUNT_MAX 100

static bool parse_or(struct ms_parser *p, struct ms_node **out);

struct ms_node *ms_node_new(struct ms_parser *p, enum ms_node_kind kind,
			    const struct ms_field_row *row)
{
	struct ms_node *n = ms_arena_alloc(p->filter->arena, sizeof(*n));

	n->kind = kind;
	n->row = row;
	return n;
}

struct ms_node *ms_node_not(struct ms_parser *p, struct ms_node *child)
{
	struct ms_node *n = ms_node_new(p, MS_NODE_NOT, NULL);

	n->child = child;
	return n;
}

struct ms_node *ms_node_join(struct ms_parser *p, enum ms_node_kind kind, struct ms_node *first)
{
	struct ms_node *n;

	if (!first || !first->next)
		return first;
	n = ms_node_new(p, kind, NULL);
	n->child = first;
	return n;
}

struct ms_node *ms_node_regex(struct ms_parser *p, enum ms_node_kind kind,
			      const struct ms_field_row *row, const struct ms_token *t)
{
	struct ms_filter *f = p->filter;
	struct ms_node *n = ms_node_new(p, kind, row);
	char why[128];
	struct ms_regex *r;

	if (t->text_len == 0) {
		ms_parser_fail_at(p, t, "the regular expression is empty");
		return NULL;
	}
	r = ms_regex_new(t->text, why, sizeof(why));
	if (!r) {
		ms_parser_fail_at(p, t, "the regular expression is wrong: %s", why);
		return NULL;
	}
	f->regexes = ms_realloc_array(f->regexes, f->regex_count + 1, sizeof(struct ms_regex *));
	f->regexes[f->regex_count++] = r;
	n->regex = r;
	return n;
}

static struct ms_node *parse_text(struct ms_parser *p)
{
	const struct ms_token *t = &p->token;
	struct ms_node *n = ms_node_new(p, MS_NODE_WORD, NULL);

	n->pattern = ms_pattern_new(p->filter->arena, t->text, t->text_len,
				    t->kind == MS_TOKEN_QUOTED ? MS_PATTERN_LITERAL : 0);
	return n;
}

static bool enter(struct ms_parser *p)
{
	if (p->depth == DEPTH_MAX)
		return ms_parser_fail_at(p, &p->token, "nested more than %d deep", DEPTH_MAX);
	p->depth++;
	return true;
}

static bool parse_group(struct ms_parser *p, struct ms_node **out)
{
	struct ms_token open = p->token;

	if (!enter(p) || !ms_lex_term(p))
		return false;
	if (p->token.kind == MS_TOKEN_CLOSE)
		return ms_parser_fail(p, open.at, 2, "nothing between the parentheses");
	if (!parse_or(p, out))
		return false;
	if (p->token.kind != MS_TOKEN_CLOSE)
		return ms_parser_fail_at(p, &open, "this parenthesis is not closed: add )");
	p->depth--;
	return true;
}

static bool parse_all(struct ms_parser *p, struct ms_node **out);

static bool unknown_view(struct ms_parser *p, const struct ms_token *t)
{
	const char *nearest;

	if (!p->views)
		return ms_parser_fail_at(p, t,
					 "saved views are one user's own: write out what it stands "
					 "for, or quote it to search for the text");
	nearest = ms_views_nearest(p->views, t->text);
	return ms_parser_fail_at(p, t,
				 "no saved view \"%s\"%s%s%s Quote it to search for the text.",
				 ms_parser_quote(p, t), nearest ? ", did you mean \"" : "",
				 nearest ? nearest : "", nearest ? "\"?" : ".");
}

/* What is wrong inside of a view is shown at its name. */
static bool broken_view(struct ms_parser *p, const struct ms_token *t)
{
	char *inner = ms_arena_strndup(p->filter->arena, p->err->message, strlen(p->err->message));

	return ms_parser_fail_at(p, t, "in the saved view \"%s\": %s", ms_parser_quote(p, t),
				 inner);
}

/* The expression of a saved view, as if it stood here in parentheses. */
static bool parse_view(struct ms_parser *p, struct ms_node **out)
{
	const struct ms_token t = p->token;
	const struct ms_view *view = p->views ? ms_views_find(p->views, t.text) : NULL;
	struct ms_parser inner = {
		.filter = p->filter, .err = p->err, .views = p->views, .views_left = p->views_left};
	struct ms_node *child = NULL;

	if (!view)
		return unknown_view(p, &t);
	if (p->view_depth == VIEW_DEPTH_MAX)
		return ms_parser_fail_at(p, &t, "saved views within each other more than %d deep",
					 VIEW_DEPTH_MAX);
	if (*p->views_left == 0)
		return ms_parser_fail_at(p, &t, "more than %d saved views, those within counted",
					 VIEW_COUNT_MAX);
	--*p->views_left;
	inner.text = view->filter;
	inner.len = strnlen(view->filter, TEXT_MAX + 1);
	inner.view_depth = p->view_depth + 1;
	inner.has_order = p->has_order && p->depth == 0;
	if (!parse_all(&inner, &child))
		return broken_view(p, &t);
	*out = ms_node_new(p, MS_NODE_AND, NULL);
	(*out)->child = child;
	return true;
}

static bool parse_term(struct ms_parser *p, struct ms_node **out);

static bool parse_not(struct ms_parser *p, struct ms_node **out)
{
	struct ms_token sign = p->token;
	struct ms_node *child;

	if (!enter(p) || !ms_lex_term(p))
		return false;
	if (p->token.kind == MS_TOKEN_END || p->token.kind == MS_TOKEN_CLOSE ||
	    p->token.kind == MS_TOKEN_OR || p->token.at != sign.at + 1)
		return ms_parser_fail_at(p, &sign,
					 "\"%s\" needs a term directly after it; "
					 "quote it to search for the sign",
					 sign.text);
	if (!parse_term(p, &child))
		return false;
	*out = ms_node_not(p, child);
	p->depth--;
	return true;
}

/* One term, and reads the token after it. */
static bool parse_term(struct ms_parser *p, struct ms_node **out)
{
	switch (p->token.kind) {
	case MS_TOKEN_OPEN:
		if (!parse_group(p, out))
			return false;
		break;
	case MS_TOKEN_NOT:
		return parse_not(p, out); /* the negated term has read the next token */
	case MS_TOKEN_FIELD:
		if (!ms_term_parse(p, out))
			return false;
		break;
	case MS_TOKEN_REGEX:
		*out = ms_node_regex(p, MS_NODE_WORD_REGEX, NULL, &p->token);
		if (!*out)
			return false;
		break;
	case MS_TOKEN_VIEW:
		if (!parse_view(p, out))
			return false;
		break;
	default:
		*out = parse_text(p);
		break;
	}
	return ms_lex_term(p);
}

static bool ends_and(const struct ms_parser *p)
{
	return p->token.kind == MS_TOKEN_END || p->token.kind == MS_TOKEN_CLOSE ||
	       p->token.kind == MS_TOKEN_OR;
}

/* *out may become NULL: only sort terms. */
static bool parse_and(struct ms_parser *p, struct ms_node **out)
{
	struct ms_node *first = NULL, **end = &first;

	if (ends_and(p))
		return ms_parser_fail_at(p, &p->token,
					 "OR needs a term on both sides; "
					 "quote it to search for the word");
	while (!ends_and(p)) {
		struct ms_node *n = NULL;
		size_t at = p->token.at;

		if (!parse_term(p, &n))
			return false;
		if (n) {
			n->at = at;
			n->len = p->token.at - at;
			*end = n;
			end = &n->next;
		}
	}
	*out = ms_node_join(p, MS_NODE_AND, first);
	return true;
}

static bool parse_or(struct ms_parser *p, struct ms_node **out)
{
	struct ms_node *first = NULL, **end = &first;
	struct ms_token sign = p->token;
	bool more;

	do {
		if (!parse_and(p, end))
			return false;
		more = p->token.kind == MS_TOKEN_OR;
		if (!*end && (more || first))
			return ms_parser_fail_at(
				p, more ? &p->token : &sign,
				"OR needs a condition on both sides; sort: is none");
		if (*end)
			end = &(*end)->next;
		sign = p->token;
		if (more && !ms_lex_term(p))
			return false;
	} while (more);
	*out = ms_node_join(p, MS_NODE_OR, first);
	return true;
}

static bool parse_all(struct ms_parser *p, struct ms_node **out)
{
	if (p->len > TEXT_MAX)
		return ms_parser_fail(p, TEXT_MAX, p->len - TEXT_MAX,
				      "longer than %d bytes: shorten it", TEXT_MAX);
	if (!ms_lex_term(p))
		return false;
	if (p->token.kind == MS_TOKEN_END)
		return true;
	if (!parse_or(p, out))
		return false;
	if (p->token.kind == MS_TOKEN_CLOSE)
		return ms_parser_fail_at(p, &p->token, "this parenthesis closes nothing");
	return true;
}

struct ms_filter *ms_filter_parse(const char *text, struct ms_filter_error *err)
{
	return ms_filter_parse_with(text, NULL, err);
}

struct ms_filter *ms_filter_parse_with(const char *text, const struct ms_views *views,
				       struct ms_filter_error *err)
{
	struct ms_filter *f = ms_alloc(sizeof(*f));
	size_t views_left = VIEW_COUNT_MAX;
	struct ms_parser p = {.text = text,
			      .filter = f,
			      .err = err,
			      .views = views,
			      .views_left = &views_left,
			      .has_order = true};

	p.len = strnlen(text, TEXT_MAX + 1);
	memset(err, 0, sizeof(*err));
	f->arena = ms_arena_new();
	if (parse_all(&p, &f->root))
		return f;
	ms_filter_free(f);
	return NULL;
}

void ms_filter_free(struct ms_filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->regex_count; i++)
		ms_regex_free(f->regexes[i]);
	ms_free(f->regexes);
	ms_arena_free(f->arena);
	ms_free(f);
}

bool ms_filter_is_empty(const struct ms_filter *f)
{
	return f->root == NULL;
}

size_t ms_filter_sort(const struct ms_filter *f, struct ms_sort_key keys[MS_SORT_KEYS_MAX])
{
	memcpy(keys, f->sort, f->sort_count * sizeof(keys[0]));
	return f->sort_count;
}
