/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_TEXT_H
#define MODELSYNC_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A growing string with a cap. Always NUL-terminated once something was added. When an addition
 * would exceed `max` bytes nothing of it is added and `overflow` becomes true, to be checked once
 * at the end.
 */
struct ms_text {
	char *data; /* owned; NULL while empty */
	size_t len, cap, max;
	bool overflow;
};

void ms_text_init(struct ms_text *t, size_t max); /* max 0: no cap */
void ms_text_clear(struct ms_text *t);            /* frees; may be used again */
void ms_text_reset(struct ms_text *t);            /* empties, keeps the memory */
bool ms_text_add(struct ms_text *t, const char *s);
bool ms_text_add_bytes(struct ms_text *t, const void *s, size_t len);
bool ms_text_addf(struct ms_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *ms_text_take(struct ms_text *t); /* hands the string over ("" when empty); t is empty then */
const char *ms_text_str(const struct ms_text *t); /* "" when empty */

/* Distance in single-character edits, case ignored: to name the nearest option, field or command. */
size_t ms_text_distance(const char *a, const char *b);

/*
 * The entry of `names` (NULL-terminated) nearest to `word`, or NULL when none is near enough to be
 * a likely typing mistake.
 */
const char *ms_text_nearest(const char *word, const char *const *names);

/*
 * Shows a place in a text: the text, control characters as '?', and on the next line a caret below
 * byte `at`, with tildes below the rest of the `len` bytes from there. No line break at the end.
 */
void ms_text_point_at(struct ms_text *out, const char *text, size_t at, size_t len);

/* A whole number in decimal digits, from min to max; otherwise *out stays. */
bool ms_text_integer(const char *text, int64_t min, int64_t max, int64_t *out);

/*
 * The beginning of foreign text as one harmless line, for messages: runs of white space become one
 * blank, control characters and invalid UTF-8 vanish, what does not fit is cut at a character and
 * marked "…". Returns buf (size ≥ 8).
 */
char *ms_text_excerpt(char *buf, size_t size, const char *text, size_t len);

/* Stars in the place of a secret (NULL = none) wherever text, of len bytes or NULL, has it. */
void ms_text_hide(char *text, size_t len, const char *secret);

/* 12345678 → "12,345,678" in buf; returns buf. */
char *ms_text_group_digits(char *buf, size_t size, long long n);

#endif
