/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_FILTER_NODE_H
#define MODELSYNC_CATALOG_FILTER_NODE_H

#include <stdint.h>

#include "field_row.h"
#include "pattern.h"
#include "regexp.h"

/* What a parsed filter is made of; filter_parse.c and filter_term.c build it, filter_eval.c asks
 * it. */
enum ms_node_kind {
	MS_NODE_AND, /* of all children */
	MS_NODE_OR,
	MS_NODE_NOT,	     /* of its one child */
	MS_NODE_WORD,	     /* pattern in id or name */
	MS_NODE_WORD_REGEX,  /* regex in id or name */
	MS_NODE_TEXT,	     /* pattern in the text of a field */
	MS_NODE_TEXT_REGEX,  /* regex in the text of a field */
	MS_NODE_STATUS,	     /* bits: the statuses it may have, bit n for status n */
	MS_NODE_TIERS,	     /* bits: has all of them */
	MS_NODE_TIERS_EXACT, /* bits: has exactly them */
	MS_NODE_ELEMENT,     /* pattern is one of the comma-separated words of a field */
	MS_NODE_ELEMENTS,    /* a field has that many comma-separated words */
	MS_NODE_NUMBER,	     /* range */
	MS_NODE_PRICE,	     /* range, USD per token or unit */
	MS_NODE_PRICE_STATE, /* state */
	MS_NODE_TIME,	     /* span */
	MS_NODE_FLAG,	     /* flag */
	MS_NODE_SET	     /* the field has a value */
};

struct ms_range {
	double low, high;
	bool without_low, without_high; /* the ends themselves do not belong to it */
};

struct ms_span {
	int64_t from, until; /* from ≤ t < until */
	bool relative;	     /* both count from now */
};

struct ms_node {
	enum ms_node_kind kind;
	struct ms_node *child, *next; /* first child, next sibling */
	size_t at, len;		      /* of a term: where it stands, with blanks after it */
	const struct ms_field_row *row;
	union {
		const struct ms_pattern *pattern;
		const struct ms_regex *regex;
		unsigned bits;
		size_t count;
		int flag;
		enum ms_price_state state;
		struct ms_range range;
		struct ms_span span;
	};
};

struct ms_filter {
	struct ms_arena *arena;
	struct ms_node *root; /* NULL matches everything */
	struct ms_sort_key sort[MS_SORT_KEYS_MAX];
	size_t sort_count;
	struct ms_regex **regexes; /* to be freed; nodes borrow them */
	size_t regex_count;
};

#endif
