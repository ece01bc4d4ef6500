/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_FILTER_PARSER_H
#define MODELSYNC_CATALOG_FILTER_PARSER_H

#include "filter_node.h"
#include "modelsync/error.h"
#include "modelsync/view.h"

/* Shared by filter_lex.c, filter_parse.c and filter_term.c. */

enum ms_operator {
	MS_OP_HAS, /* : */
	MS_OP_EQ,
	MS_OP_NE,
	MS_OP_LT,
	MS_OP_LE,
	MS_OP_GT,
	MS_OP_GE,
	MS_OP_REGEX,
	MS_OP_NO_REGEX
};
const char *ms_operator_text(enum ms_operator op);

enum ms_token_kind {
	MS_TOKEN_END,
	MS_TOKEN_OPEN,
	MS_TOKEN_CLOSE,
	MS_TOKEN_NOT,
	MS_TOKEN_OR,
	MS_TOKEN_WORD,
	MS_TOKEN_QUOTED,
	MS_TOKEN_REGEX,
	MS_TOKEN_VIEW, /* @name; its text is the name */
	MS_TOKEN_FIELD /* a name and an operator; values follow */
};

/* A piece of the expression and what it says once quotes and escapes are taken off. */
struct ms_token {
	enum ms_token_kind kind;
	size_t at, len;
	const char *text; /* in the filter's arena; for a field its name */
	size_t text_len;
	enum ms_operator op;
};

struct ms_parser {
	const char *text;
	size_t len, at; /* `at`: what is not read yet */
	struct ms_filter *filter;
	struct ms_filter_error *err;
	struct ms_token token; /* the one being looked at */
	size_t depth;	       /* of parentheses and negations */
	const struct ms_views *views; /* NULL: there are none here */
	size_t view_depth;	      /* of views within each other */
	size_t *views_left;	      /* how many more may be written out, over all of them */
	bool has_order;		      /* `sort:` counts: false in a view within () or after - */
};

/* Notes what is wrong at that place and returns false. */
bool ms_parser_fail(struct ms_parser *p, size_t at, size_t len, const char *fmt, ...)
	MS_PRINTF(4, 5);
bool ms_parser_fail_at(struct ms_parser *p, const struct ms_token *t, const char *fmt, ...)
	MS_PRINTF(3, 4);

/* A piece of the expression for a message: shortened, without control characters. */
const char *ms_parser_quote(struct ms_parser *p, const struct ms_token *t);

/* Reads the next token at the start of a term into p->token. */
bool ms_lex_term(struct ms_parser *p);
/* Reads one value after an operator or a comma: MS_TOKEN_WORD or MS_TOKEN_QUOTED. */
bool ms_lex_value(struct ms_parser *p, struct ms_token *t);
/* Reads the regular expression after `~`: /re/, "re", or up to the next space. */
bool ms_lex_regex(struct ms_parser *p, struct ms_token *t);
/* Takes a comma if there is one. */
bool ms_lex_comma(struct ms_parser *p);

struct ms_node *ms_node_new(struct ms_parser *p, enum ms_node_kind kind,
			    const struct ms_field_row *row);
struct ms_node *ms_node_not(struct ms_parser *p, struct ms_node *child);
/* Puts siblings under one node of that kind, unless there is only one; NULL gives NULL. */
struct ms_node *ms_node_join(struct ms_parser *p, enum ms_node_kind kind, struct ms_node *first);

/* The regex node of that kind, or NULL with the error noted. */
struct ms_node *ms_node_regex(struct ms_parser *p, enum ms_node_kind kind,
			      const struct ms_field_row *row, const struct ms_token *t);

/*
 * Parses the values of the field term that p->token begins. *out is its node, or NULL for a
 * `sort:` term. The next token is not read yet.
 */
bool ms_term_parse(struct ms_parser *p, struct ms_node **out);

/* What values the field takes, for messages. */
const char *ms_value_takes(struct ms_parser *p, const struct ms_field_row *row);

/* The node of one value, or NULL with the error noted. */
struct ms_node *ms_value_parse(struct ms_parser *p, const struct ms_field_row *row,
			       enum ms_operator op, const struct ms_token *t);

#endif
