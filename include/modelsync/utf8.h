/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UTF8_H
#define MODELSYNC_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MS_UTF8_BAD UINT32_C(0xFFFD)

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. On failure *bad_at = offset. */
bool ms_utf8_is_valid(const char *s, size_t len, size_t *bad_at);

/*
 * Decodes one code point from s (len > 0 bytes) and stores the bytes used in *used (≥ 1).
 * An invalid byte gives MS_UTF8_BAD and is one byte long.
 */
uint32_t ms_utf8_decode(const char *s, size_t len, size_t *used);

/* Encodes into buf (≥ 4 bytes), returns the bytes written. */
size_t ms_utf8_encode(uint32_t cp, char *buf);

/* C0, DEL, C1, and the bidirectional and invisible format characters that can spoof a screen. */
bool ms_utf8_is_control(uint32_t cp);

/*
 * Terminal columns of a code point: 0 for combining, 2 for wide, 1 otherwise; -1 for control
 * characters. Independent of the locale.
 */
int ms_utf8_width(uint32_t cp);

/* Columns of a whole string; control characters count 1 (they are drawn as '?'). */
size_t ms_utf8_columns(const char *s);

#endif
