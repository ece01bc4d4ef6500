/* SPDX-License-Identifier: MIT */
/*
 * What a character means depends on where it stands: ids contain ':' '/' '-' and '~', which are
 * operators elsewhere. So there is no stream of tokens but three questions that the parser asks
 * where it knows what to expect: the start of a term, a value, a regular expression.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "filter_parser.h"
#include "modelsync/utf8.h"

#define QUOTE_MAX 24

static void note(struct ms_filter_error *err, size_t at, size_t len, const char *fmt, va_list ap)
	__attribute__((format(printf, 4, 0)));

static void note(struct ms_filter_error *err, size_t at, size_t len, const char *fmt, va_list ap)
{
	err->at = at;
	err->len = len;
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
}

bool ms_parser_fail(struct ms_parser *p, size_t at, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(p->err, at, len, fmt, ap);
	va_end(ap);
	return false;
}

bool ms_parser_fail_at(struct ms_parser *p, const struct ms_token *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(p->err, t->at, t->len, fmt, ap);
	va_end(ap);
	return false;
}

const char *ms_parser_quote(struct ms_parser *p, const struct ms_token *t)
{
	char *out = ms_arena_alloc(p->filter->arena, QUOTE_MAX + sizeof("..."));
	size_t len = 0;

	for (size_t i = 0, used; i < t->text_len; i += used) {
		uint32_t cp = ms_utf8_decode(t->text + i, t->text_len - i, &used);

		if (len + used > QUOTE_MAX) {
			memcpy(out + len, "...", 3);
			break;
		}
		if (ms_utf8_is_control(cp) || cp == MS_UTF8_BAD) {
			out[len++] = '?';
		} else {
			memcpy(out + len, t->text + i, used);
			len += used;
		}
	}
	return out;
}

static char peek(const struct ms_parser *p, size_t ahead)
{
	return p->at + ahead < p->len ? p->text[p->at + ahead] : '\0';
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Ends a bare word wherever it stands. */
static bool is_boundary(char c)
{
	return c == '\0' || is_space(c) || c == '(' || c == ')' || c == '"';
}

static void set_text(struct ms_parser *p, struct ms_token *t, enum ms_token_kind kind,
		     const char *s, size_t len)
{
	t->kind = kind;
	t->len = p->at - t->at;
	t->text = ms_arena_strndup(p->filter->arena, s, len);
	t->text_len = len;
}

/* Text between two delimiters. A backslash keeps the delimiter from ending it. */
static bool lex_delimited(struct ms_parser *p, struct ms_token *t, enum ms_token_kind kind,
			  char delimiter)
{
	char *text = ms_arena_alloc(p->filter->arena, p->len - p->at + 1);
	size_t len = 0;

	t->at = p->at++;
	for (; p->at < p->len && peek(p, 0) != delimiter; p->at++) {
		bool quotes_backslash = delimiter == '"' && peek(p, 1) == '\\';

		if (peek(p, 0) == '\\' && (peek(p, 1) == delimiter || quotes_backslash))
			p->at++;
		else if (peek(p, 0) == '\\' && delimiter == '/' && p->at + 1 < p->len)
			text[len++] = p->text[p->at++];
		text[len++] = p->text[p->at];
	}
	if (p->at == p->len)
		return ms_parser_fail(
			p, t->at, p->len - t->at, "%s is not closed: add %c at its end",
			delimiter == '"' ? "the quotation" : "the regular expression", delimiter);
	p->at++;
	set_text(p, t, kind, text, len);
	return true;
}

static const struct {
	char text[3];
	enum ms_operator op;
} operators[] = {
	{"!=", MS_OP_NE}, {"!~", MS_OP_NO_REGEX}, {"<=", MS_OP_LE},
	{">=", MS_OP_GE}, {":", MS_OP_HAS},	  {"=", MS_OP_EQ},
	{"<", MS_OP_LT},  {">", MS_OP_GT},	  {"~", MS_OP_REGEX},
};
#define OPERATOR_COUNT (sizeof(operators) / sizeof(operators[0]))

const char *ms_operator_text(enum ms_operator op)
{
	size_t i = 0;

	while (operators[i].op != op)
		i++;
	return operators[i].text;
}

/* Letters and underscores directly before an operator make a field; anything else is a word. */
static bool lex_field(struct ms_parser *p, struct ms_token *t)
{
	size_t name = 0;

	while (is_name(peek(p, name)))
		name++;
	if (name == 0)
		return false;
	for (size_t i = 0; i < OPERATOR_COUNT; i++) {
		size_t len = strlen(operators[i].text);

		if (p->len - p->at - name < len ||
		    memcmp(p->text + p->at + name, operators[i].text, len) != 0)
			continue;
		t->at = p->at;
		p->at += name;
		set_text(p, t, MS_TOKEN_FIELD, p->text + t->at, name);
		t->op = operators[i].op;
		p->at += len;
		return true;
	}
	return false;
}

static bool is_word(const struct ms_token *t, const char *word)
{
	return t->text_len == strlen(word) && memcmp(t->text, word, t->text_len) == 0;
}

static bool lex_word(struct ms_parser *p, struct ms_token *t)
{
	t->at = p->at;
	while (!is_boundary(peek(p, 0)))
		p->at++;
	set_text(p, t, MS_TOKEN_WORD, p->text + t->at, p->at - t->at);
	if (is_word(t, "OR"))
		t->kind = MS_TOKEN_OR;
	else if (is_word(t, "AND"))
		return ms_parser_fail_at(p, t,
					 "leave AND out: terms side by side must all match; "
					 "quote it to search for the word");
	else if (is_word(t, "NOT"))
		return ms_parser_fail_at(p, t,
					 "write -term instead of NOT term; "
					 "quote it to search for the word");
	else if (t->text[0] == '@')
		set_text(p, t, MS_TOKEN_VIEW, p->text + t->at + 1, t->len - 1);
	return true;
}

static bool lex_sign(struct ms_parser *p, struct ms_token *t, enum ms_token_kind kind)
{
	t->at = p->at++;
	set_text(p, t, kind, p->text + t->at, 1);
	return true;
}

bool ms_lex_term(struct ms_parser *p)
{
	struct ms_token *t = &p->token;

	while (p->at < p->len && is_space(peek(p, 0)))
		p->at++;
	t->at = p->at;
	if (p->at == p->len) {
		set_text(p, t, MS_TOKEN_END, "", 0);
		return true;
	}
	switch (peek(p, 0)) {
	case '(':
		return lex_sign(p, t, MS_TOKEN_OPEN);
	case ')':
		return lex_sign(p, t, MS_TOKEN_CLOSE);
	case '-':
	case '!':
		return lex_sign(p, t, MS_TOKEN_NOT);
	case '"':
		return lex_delimited(p, t, MS_TOKEN_QUOTED, '"');
	case '/':
		return lex_delimited(p, t, MS_TOKEN_REGEX, '/');
	default:
		return lex_field(p, t) || lex_word(p, t);
	}
}

bool ms_lex_value(struct ms_parser *p, struct ms_token *t)
{
	if (peek(p, 0) == '"')
		return lex_delimited(p, t, MS_TOKEN_QUOTED, '"');
	t->at = p->at;
	while (!is_boundary(peek(p, 0)) && peek(p, 0) != ',')
		p->at++;
	set_text(p, t, MS_TOKEN_WORD, p->text + t->at, p->at - t->at);
	return true;
}

bool ms_lex_comma(struct ms_parser *p)
{
	if (peek(p, 0) != ',')
		return false;
	p->at++;
	return true;
}

bool ms_lex_regex(struct ms_parser *p, struct ms_token *t)
{
	size_t open = 0;

	if (peek(p, 0) == '/' || peek(p, 0) == '"')
		return lex_delimited(p, t, MS_TOKEN_REGEX, peek(p, 0));
	t->at = p->at;
	for (; p->at < p->len && !is_space(peek(p, 0)); p->at++) {
		if (peek(p, 0) == '\\' && p->at + 1 < p->len)
			p->at++;
		else if (peek(p, 0) == '(')
			open++;
		else if (peek(p, 0) == ')' && open > 0)
			open--;
		else if (peek(p, 0) == ')')
			break; /* closes a group of terms, not of the expression */
	}
	set_text(p, t, MS_TOKEN_REGEX, p->text + t->at, p->at - t->at);
	return true;
}
