/* SPDX-License-Identifier: MIT */
/*
 * Three-valued logic (Kleene): false < unknown < true, so AND is the least, OR the greatest, and
 * NOT the mirror image. A condition about a value that nobody knows is unknown, and its negation
 * too; only what is certainly true matches.
 */
#include "filter_node.h"

#include <string.h>

enum truth { FALSE_, UNKNOWN, TRUE_ };

static enum truth truth(bool b)
{
	return b ? TRUE_ : FALSE_;
}

static enum truth absent(const struct ms_field_row *row)
{
	return row->absence == MS_ABSENT_UNKNOWN ? UNKNOWN : FALSE_;
}

static bool in_range(const struct ms_range *r, double value)
{
	return (r->without_low ? value > r->low : value >= r->low) &&
	       (r->without_high ? value < r->high : value <= r->high);
}

static enum truth number(const struct ms_node *n, const struct ms_model *m)
{
	int32_t value;

	if (!ms_field_number(n->row, m, &value))
		return absent(n->row);
	return truth(in_range(&n->range, value));
}

static enum truth price(const struct ms_node *n, const struct ms_model *m)
{
	const struct ms_price *value = ms_field_price(n->row, m);

	if (ms_price_state(*value) != MS_PRICE_KNOWN)
		return UNKNOWN;
	return truth(in_range(&n->range, value->usd));
}

static enum truth time_in_span(const struct ms_node *n, const struct ms_model *m, int64_t now)
{
	int64_t value;

	if (!ms_field_time(n->row, m, &value))
		return absent(n->row);
	if (n->span.relative)
		value -= now;
	return truth(value >= n->span.from && value < n->span.until);
}

/* Calls for each word of "a,b,c" until one fits the pattern; counts those seen. */
static bool find_element(const char *s, const struct ms_pattern *pattern, size_t *count)
{
	char word[64];

	*count = 0;
	while (s && *s) {
		size_t len = strcspn(s, ",");

		++*count;
		if (pattern && len < sizeof(word)) {
			memcpy(word, s, len);
			word[len] = '\0';
			if (ms_pattern_match(pattern, word))
				return true;
		}
		s += len + (s[len] == ',');
	}
	return false;
}

static bool holds(const struct ms_node *n, const struct ms_model *m, unsigned row_flags,
		  int64_t now)
{
	size_t count;

	switch (n->kind) {
	case MS_NODE_WORD:
		return ms_pattern_match(n->pattern, m->id) || ms_pattern_match(n->pattern, m->name);
	case MS_NODE_WORD_REGEX:
		return ms_regex_match(n->regex, m->id) || ms_regex_match(n->regex, m->name);
	case MS_NODE_TEXT:
		return ms_pattern_match(n->pattern, ms_field_text(n->row, m));
	case MS_NODE_TEXT_REGEX:
		return ms_regex_match(n->regex, ms_field_text(n->row, m));
	case MS_NODE_STATUS:
		return n->bits >> m->status & 1u;
	case MS_NODE_TIERS:
		return (m->tiers & n->bits) == n->bits;
	case MS_NODE_TIERS_EXACT:
		return m->tiers == n->bits;
	case MS_NODE_ELEMENT:
		return find_element(ms_field_text(n->row, m), n->pattern, &count);
	case MS_NODE_ELEMENTS:
		find_element(ms_field_text(n->row, m), NULL, &count);
		return count == n->count;
	case MS_NODE_PRICE_STATE:
		return ms_price_state(*ms_field_price(n->row, m)) == n->state;
	case MS_NODE_FLAG:
		return ms_flag_is(n->flag, m, row_flags, now);
	case MS_NODE_SET:
		return ms_field_is_set(n->row, m);
	default:
		return false;
	}
}

static enum truth eval(const struct ms_node *n, const struct ms_model *m, unsigned row_flags,
		       int64_t now)
{
	/* What one child can settle: false ends an AND, true an OR. */
	enum truth settled = n->kind == MS_NODE_AND ? FALSE_ : TRUE_;
	enum truth result = n->kind == MS_NODE_AND ? TRUE_ : FALSE_;

	switch (n->kind) {
	case MS_NODE_AND:
	case MS_NODE_OR:
		for (n = n->child; n && result != settled; n = n->next) {
			enum truth t = eval(n, m, row_flags, now);

			if (t == settled || t == UNKNOWN)
				result = t;
		}
		return result;
	case MS_NODE_NOT:
		return (enum truth)(TRUE_ - eval(n->child, m, row_flags, now));
	case MS_NODE_NUMBER:
		return number(n, m);
	case MS_NODE_PRICE:
		return price(n, m);
	case MS_NODE_TIME:
		return time_in_span(n, m, now);
	default:
		return truth(holds(n, m, row_flags, now));
	}
}

bool ms_filter_find_unmet(const struct ms_filter *f, const struct ms_model *m, int64_t now,
			  size_t *at, size_t *len)
{
	const struct ms_node *n = f->root;

	if (!n || eval(n, m, 0, now) == TRUE_)
		return false;
	if (n->kind == MS_NODE_AND && !n->len) /* of terms, and no term itself */
		for (n = n->child; eval(n, m, 0, now) == TRUE_;)
			n = n->next;
	*at = n->at;
	*len = n->len;
	return true;
}

bool ms_filter_match(const struct ms_filter *f, const struct ms_model *m, unsigned row_flags,
		     int64_t now)
{
	return !f->root || eval(f->root, m, row_flags, now) == TRUE_;
}
