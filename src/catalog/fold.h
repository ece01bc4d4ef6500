/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_FOLD_H
#define MODELSYNC_CATALOG_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Case folding that depends on no locale: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic, one
 * character to one character. Every pair has the same length in UTF-8, so that folding a text moves
 * none of its bytes; letters without such a pair are left as they are.
 */
uint32_t ms_fold(uint32_t cp);

/* Bytes 'A' to 'Z' to lower case, all others to themselves; and the identity. */
extern const unsigned char ms_fold_bytes[256];
extern const unsigned char ms_same_bytes[256];

/*
 * Folds the character at s (len > 0 bytes left) into buf (4 bytes), returns its length in both.
 * Bytes that are not UTF-8 are copied.
 */
size_t ms_fold_char(const char *s, size_t len, char *buf);

/* Whether folding would change s. */
bool ms_fold_has_upper(const char *s, size_t len);

/* Order for people: by folded code points. */
int ms_fold_compare(const char *a, const char *b);

#endif
