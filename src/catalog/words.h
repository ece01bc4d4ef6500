/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_WORDS_H
#define MODELSYNC_CATALOG_WORDS_H

#include <stddef.h>

#include "modelsync/text.h"

/* The fixed words of the domain, NULL-terminated, in the order of their enums. */
extern const char *const ms_status_words[];
extern const char *const ms_tier_words[]; /* entry i is the tier of bit i */

#define MS_WORDS_UNKNOWN   (-1)
#define MS_WORDS_AMBIGUOUS (-2)

/* Index of the word, or of the only word that begins with it, case ignored; else one of the above.
 */
int ms_words_find(const char *const *words, const char *word, size_t len);

/* Adds "a, b, c" to t. */
void ms_words_list(struct ms_text *t, const char *const *words);

#endif
