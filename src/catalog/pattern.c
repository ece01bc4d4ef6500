/* SPDX-License-Identifier: MIT */
/*
 * A pattern is cut at its stars into segments that must follow each other in the text:
 *
 *   gpt*mini    as a part:  … gpt … mini …       as a whole:  gpt … mini
 *
 * Segments are folded once, when the pattern is made. The text is folded while it is compared: byte
 * by byte through a table when the segments are ASCII or case counts, else character by character.
 */
#include "pattern.h"

#include <string.h>

#include "fold.h"

struct segment {
	const char *s;
	size_t len;
};

struct ms_pattern {
	const unsigned char *map; /* what a byte of the text counts as */
	bool by_character;	  /* the map is not enough */
	bool whole;
	size_t count;
	struct segment segments[];
};

static char *fold_copy(struct ms_arena *arena, const char *text, size_t len)
{
	char *copy = ms_arena_strndup(arena, text, len);

	for (size_t i = 0; i < len;) {
		char folded[4];
		size_t used = ms_fold_char(text + i, len - i, folded);

		memcpy(copy + i, folded, used);
		i += used;
	}
	return copy;
}

static bool is_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

struct ms_pattern *ms_pattern_new(struct ms_arena *arena, const char *text, size_t len,
				  unsigned flags)
{
	bool ignore_case = !ms_fold_has_upper(text, len);
	const char *s =
		ignore_case ? fold_copy(arena, text, len) : ms_arena_strndup(arena, text, len);
	const char *end = s + len, *star;
	struct ms_pattern *p;
	size_t stars = 0;

	if (!(flags & MS_PATTERN_LITERAL))
		for (size_t i = 0; i < len; i++)
			stars += s[i] == '*';
	p = ms_arena_alloc(arena, sizeof(*p) + (stars + 1) * sizeof(p->segments[0]));
	p->map = ignore_case ? ms_fold_bytes : ms_same_bytes;
	p->by_character = ignore_case && !is_ascii(s, len);
	p->whole = flags & MS_PATTERN_WHOLE;
	while (p->count < stars) {
		star = memchr(s, '*', (size_t)(end - s));
		p->segments[p->count++] = (struct segment){s, (size_t)(star - s)};
		s = star + 1;
	}
	p->segments[p->count++] = (struct segment){s, (size_t)(end - s)};
	return p;
}

/* Whether the segment stands at s, which has at least that many bytes. */
static bool stands_at(const struct ms_pattern *p, const struct segment *seg, const char *s)
{
	char folded[4];

	if (!p->by_character) {
		for (size_t i = 0; i < seg->len; i++)
			if (p->map[(unsigned char)s[i]] != (unsigned char)seg->s[i])
				return false;
		return true;
	}
	for (size_t i = 0, used; i < seg->len; i += used) {
		used = ms_fold_char(s + i, seg->len - i, folded);
		if (memcmp(folded, seg->s + i, used) != 0)
			return false;
	}
	return true;
}

/* Whether a segment that begins with `first` may begin at a text's byte. */
static bool may_begin(const struct ms_pattern *p, unsigned char first, unsigned char byte)
{
	return p->map[byte] == first || (p->by_character && first >= 0x80 && byte >= 0x80);
}

/* Where the segment first stands between s and end, or NULL. */
static const char *find(const struct ms_pattern *p, const struct segment *seg, const char *s,
			const char *end)
{
	unsigned char first;

	if (seg->len == 0)
		return s;
	if ((size_t)(end - s) < seg->len)
		return NULL;
	first = (unsigned char)seg->s[0];
	for (end -= seg->len; s <= end; s++)
		if (may_begin(p, first, (unsigned char)*s) && stands_at(p, seg, s))
			return s;
	return NULL;
}

bool ms_pattern_match(const struct ms_pattern *p, const char *s)
{
	const struct segment *seg = p->segments, *last = p->segments + p->count;
	const char *end;

	if (!s)
		s = "";
	end = s + strlen(s);
	if (p->whole) {
		const struct segment *tail = last - 1;

		if (p->count == 1)
			return (size_t)(end - s) == seg->len && stands_at(p, seg, s);
		if ((size_t)(end - s) < seg->len + tail->len || !stands_at(p, seg, s) ||
		    !stands_at(p, tail, end - tail->len))
			return false;
		s += seg->len;
		end -= tail->len;
		seg++;
		last--;
	}
	for (; seg < last; seg++) {
		s = find(p, seg, s, end);
		if (!s)
			return false;
		s += seg->len;
	}
	return true;
}
