/* SPDX-License-Identifier: MIT */
/* One value of a field term becomes a node: what it means depends on the type of the field. */
#include "filter_parser.h"

#include <math.h>
#include <string.h>

#include "date.h"
#include "decimal.h"
#include "fold.h"
#include "modelsync/clock.h"
#include "words.h"

const char *ms_value_takes(struct ms_parser *p, const struct ms_field_row *row)
{
	struct ms_text list;
	const char *words;

	switch (row->field.type) {
	case MS_FIELD_TEXT:
		return "a text, \"several words\", none or *";
	case MS_FIELD_NUMBER:
		return "a number such as 128k, a range such as 32k..128k, none or *";
	case MS_FIELD_PRICE:
		return "a price such as 0.25, a range such as 0.1..2, variable, known or none";
	case MS_FIELD_TIME:
		return "an age such as 7d, a date such as 2026-06 or 2026-06-07, a range of dates, "
		       "none or *";
	case MS_FIELD_SET:
		if (!row->field.values)
			return "words such as text+image, none or *";
		break;
	case MS_FIELD_ENUM:
	case MS_FIELD_FLAGS:
		break;
	}
	ms_text_init(&list, 0);
	ms_words_list(&list, row->field.values);
	if (row->field.type == MS_FIELD_SET)
		ms_text_add(&list, ", several joined by +, none");
	words = ms_arena_strdup(p->filter->arena, ms_text_str(&list));
	ms_text_clear(&list);
	return words;
}

static struct ms_node *bad_value(struct ms_parser *p, const struct ms_field_row *row,
				 const struct ms_token *t)
{
	const char *nearest =
		row->field.values ? ms_text_nearest(t->text, row->field.values) : NULL;

	ms_parser_fail_at(p, t, "%s takes %s; not \"%s\"%s%s%s", row->field.name,
			  ms_value_takes(p, row), ms_parser_quote(p, t),
			  nearest ? ", did you mean \"" : "", nearest ? nearest : "",
			  nearest ? "\"?" : "");
	return NULL;
}

static bool is_keyword(const struct ms_token *t, const char *word)
{
	return t->kind == MS_TOKEN_WORD && ms_fold_compare(t->text, word) == 0;
}

/* Whether the operator asks about the whole value rather than a part or an age. */
static bool is_exact(enum ms_operator op)
{
	return op == MS_OP_EQ || op == MS_OP_NE;
}

static bool is_equality(enum ms_operator op)
{
	return op == MS_OP_HAS || is_exact(op);
}

static struct ms_node *text_value(struct ms_parser *p, const struct ms_field_row *row,
				  enum ms_operator op, const struct ms_token *t)
{
	struct ms_node *n = ms_node_new(p, MS_NODE_TEXT, row);

	n->pattern = ms_pattern_new(p->filter->arena, t->text, t->text_len,
				    (is_exact(op) ? MS_PATTERN_WHOLE : 0u) |
					    (t->kind == MS_TOKEN_QUOTED ? MS_PATTERN_LITERAL : 0u));
	return n;
}

/* Index of the word in the field's list, or a negative number with the error noted. */
static int word_value(struct ms_parser *p, const struct ms_field_row *row, const struct ms_token *t)
{
	int i = ms_words_find(row->field.values, t->text, t->text_len);

	if (i == MS_WORDS_AMBIGUOUS)
		ms_parser_fail_at(p, t, "\"%s\" begins more than one of %s", ms_parser_quote(p, t),
				  ms_value_takes(p, row));
	else if (i < 0)
		bad_value(p, row, t);
	return i;
}

static struct ms_node *status_value(struct ms_parser *p, const struct ms_field_row *row,
				    const struct ms_token *t)
{
	int i = word_value(p, row, t);
	struct ms_node *n;

	if (i < 0)
		return NULL;
	n = ms_node_new(p, MS_NODE_STATUS, row);
	n->bits = 1u << i;
	return n;
}

/* Takes the part before the next '+' off *rest; a quoted value is one part. */
static bool next_part(struct ms_token *rest, struct ms_token *part)
{
	const char *plus = rest->kind == MS_TOKEN_WORD ? strchr(rest->text, '+') : NULL;

	*part = *rest;
	if (!plus)
		return false;
	part->len = part->text_len = (size_t)(plus - rest->text);
	rest->text += part->len + 1;
	rest->text_len -= part->len + 1;
	rest->at += part->len + 1;
	rest->len -= part->len + 1;
	return true;
}

/* The part with a text of its own, for functions that want it terminated. */
static struct ms_token cut_part(struct ms_parser *p, struct ms_token part)
{
	part.text = ms_arena_strndup(p->filter->arena, part.text, part.text_len);
	return part;
}

/* The next of a list of words: its index in the field's words, or -1 after an error. */
static int next_word_value(struct ms_parser *p, const struct ms_field_row *row, struct ms_token *rest,
			   bool *more)
{
	struct ms_token part;

	*more = next_part(rest, &part);
	part = cut_part(p, part);
	return word_value(p, row, &part);
}

static struct ms_node *tiers_value(struct ms_parser *p, const struct ms_field_row *row,
				   enum ms_operator op, struct ms_token rest)
{
	struct ms_node *n = ms_node_new(p, is_exact(op) ? MS_NODE_TIERS_EXACT : MS_NODE_TIERS, row);
	bool more;

	do {
		int i = next_word_value(p, row, &rest, &more);

		if (i < 0)
			return NULL;
		n->bits |= 1u << i;
	} while (more);
	return n;
}

static struct ms_node *flags_value(struct ms_parser *p, const struct ms_field_row *row,
				   struct ms_token rest)
{
	struct ms_node *first = NULL, **end = &first;
	bool more;

	do {
		int i = next_word_value(p, row, &rest, &more);

		if (i < 0)
			return NULL;
		*end = ms_node_new(p, MS_NODE_FLAG, row);
		(*end)->flag = i;
		end = &(*end)->next;
	} while (more);
	return ms_node_join(p, MS_NODE_AND, first);
}

/* a+b: has both; with = also no others, so that the number of words must be the same. */
static struct ms_node *elements_value(struct ms_parser *p, const struct ms_field_row *row,
				      enum ms_operator op, struct ms_token rest)
{
	struct ms_node *first = NULL, **end = &first;
	struct ms_token part;
	size_t count = 0;
	bool more;

	do {
		more = next_part(&rest, &part);
		part = cut_part(p, part);
		if (part.text_len == 0)
			return bad_value(p, row, &part);
		*end = text_value(p, row, MS_OP_EQ, &part);
		(*end)->kind = MS_NODE_ELEMENT;
		end = &(*end)->next;
		count++;
	} while (more);
	if (is_exact(op)) {
		*end = ms_node_new(p, MS_NODE_ELEMENTS, row);
		(*end)->count = count;
	}
	return ms_node_join(p, MS_NODE_AND, first);
}

static struct ms_node *set_value(struct ms_parser *p, const struct ms_field_row *row,
				 enum ms_operator op, const struct ms_token *t)
{
	return ms_field_is_tiers(row) ? tiers_value(p, row, op, *t)
				      : elements_value(p, row, op, *t);
}

/* Reads a number of that field, in the unit in which models keep it. */
static bool read_number(const struct ms_field_row *row, const char *s, size_t len, double *out)
{
	struct ms_decimal d;

	if (row->field.type == MS_FIELD_NUMBER)
		return ms_number_parse(s, len, out) && (*out >= 0.0 || row->is_percent);
	if (len && *s == '$') {
		s++;
		len--;
	}
	if (!ms_decimal_parse(&d, s, len) || d.negative)
		return false;
	if (ms_price_is_per_token(row->field.price))
		d.exponent -= 6; /* people type USD per million */
	*out = ms_decimal_to_double(&d);
	return true;
}

/* One end of a..b; `*` and nothing at all leave it open. */
static bool is_open(const char *s, size_t len)
{
	return len == 0 || (len == 1 && *s == '*');
}

static bool read_range(const struct ms_field_row *row, const char *s, const char *dots,
		       struct ms_range *r)
{
	const char *b = dots + 2;
	size_t len_a = (size_t)(dots - s), len_b = strlen(b);

	if (is_open(s, len_a) && is_open(b, len_b))
		return false;
	return (is_open(s, len_a) || read_number(row, s, len_a, &r->low)) &&
	       (is_open(b, len_b) || read_number(row, b, len_b, &r->high));
}

static struct ms_node *empty_range(struct ms_parser *p, const struct ms_token *t)
{
	ms_parser_fail_at(p, t, "the range is empty: write the smaller end first");
	return NULL;
}

static struct ms_node *number_value(struct ms_parser *p, const struct ms_field_row *row,
				    enum ms_operator op, const struct ms_token *t)
{
	struct ms_node *n = ms_node_new(
		p, row->field.type == MS_FIELD_PRICE ? MS_NODE_PRICE : MS_NODE_NUMBER, row);
	const char *dots = is_equality(op) ? strstr(t->text, "..") : NULL;
	struct ms_range *r = &n->range;
	double value;

	r->low = -INFINITY;
	r->high = INFINITY;
	if (dots) {
		if (!read_range(row, t->text, dots, r))
			return bad_value(p, row, t);
		return r->low > r->high ? empty_range(p, t) : n;
	}
	if (!read_number(row, t->text, t->text_len, &value))
		return bad_value(p, row, t);
	if (op != MS_OP_LT && op != MS_OP_LE)
		r->low = value;
	if (op != MS_OP_GT && op != MS_OP_GE)
		r->high = value;
	r->without_low = op == MS_OP_GT;
	r->without_high = op == MS_OP_LT;
	return n;
}

static struct ms_node *price_value(struct ms_parser *p, const struct ms_field_row *row,
				   enum ms_operator op, const struct ms_token *t)
{
	bool variable = is_keyword(t, "variable");
	struct ms_node *n;

	if (!is_equality(op) || (!variable && !is_keyword(t, "known")))
		return number_value(p, row, op, t);
	n = ms_node_new(p, MS_NODE_PRICE_STATE, row);
	n->state = variable ? MS_PRICE_VARIABLE : MS_PRICE_KNOWN;
	return n;
}

/* The last 7d, or the next where the field speaks of what is to come. */
static struct ms_span span_of_age(int64_t seconds, bool looks_ahead)
{
	return looks_ahead ? (struct ms_span){1, seconds + 1, true}
			   : (struct ms_span){-seconds, 1, true};
}

static bool read_dates(const char *s, const char *dots, struct ms_span *span)
{
	const char *b = dots + 2;
	size_t len_a = (size_t)(dots - s), len_b = strlen(b);
	int64_t unused;

	if (is_open(s, len_a) && is_open(b, len_b))
		return false;
	return (is_open(s, len_a) || ms_date_parse(s, len_a, &span->from, &unused)) &&
	       (is_open(b, len_b) || ms_date_parse(b, len_b, &unused, &span->until));
}

static void compare_with_date(struct ms_span *span, enum ms_operator op, int64_t from,
			      int64_t until)
{
	if (op == MS_OP_GT)
		span->from = until;
	else if (op != MS_OP_LT && op != MS_OP_LE)
		span->from = from;
	if (op == MS_OP_LT)
		span->until = from;
	else if (op != MS_OP_GT && op != MS_OP_GE)
		span->until = until;
}

static struct ms_node *time_value(struct ms_parser *p, const struct ms_field_row *row,
				  enum ms_operator op, const struct ms_token *t)
{
	struct ms_node *n = ms_node_new(p, MS_NODE_TIME, row);
	const char *dots = is_equality(op) ? strstr(t->text, "..") : NULL;
	int64_t seconds, from, until;

	n->span = (struct ms_span){INT64_MIN, INT64_MAX, false};
	if (dots) {
		if (!read_dates(t->text, dots, &n->span))
			return bad_value(p, row, t);
		return n->span.from >= n->span.until ? empty_range(p, t) : n;
	}
	if (ms_duration_parse(t->text, &seconds)) {
		if (is_equality(op)) {
			n->span = span_of_age(seconds, row->looks_ahead);
			return n;
		}
		ms_parser_fail_at(p, t,
				  "an age is not compared: write %s:%s for within, "
				  "-%s:%s for not within",
				  row->field.name, ms_parser_quote(p, t), row->field.name,
				  ms_parser_quote(p, t));
		return NULL;
	}
	if (!ms_date_parse(t->text, t->text_len, &from, &until))
		return bad_value(p, row, t);
	compare_with_date(&n->span, op, from, until);
	return n;
}

/* Whether a model can be without a value of that field. */
static bool is_optional(const struct ms_field_row *row)
{
	return row->field.type != MS_FIELD_ENUM && row->field.type != MS_FIELD_FLAGS;
}

struct ms_node *ms_value_parse(struct ms_parser *p, const struct ms_field_row *row,
			       enum ms_operator op, const struct ms_token *t)
{
	if (is_optional(row) && is_equality(op)) {
		if (is_keyword(t, "*"))
			return ms_node_new(p, MS_NODE_SET, row);
		if (is_keyword(t, "none"))
			return ms_node_not(p, ms_node_new(p, MS_NODE_SET, row));
	}
	switch (row->field.type) {
	case MS_FIELD_TEXT:
		return text_value(p, row, op, t);
	case MS_FIELD_ENUM:
		return status_value(p, row, t);
	case MS_FIELD_SET:
		return set_value(p, row, op, t);
	case MS_FIELD_NUMBER:
		return number_value(p, row, op, t);
	case MS_FIELD_PRICE:
		return price_value(p, row, op, t);
	case MS_FIELD_TIME:
		return time_value(p, row, op, t);
	case MS_FIELD_FLAGS:
		return flags_value(p, row, *t);
	}
	return NULL;
}
