/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <string.h>

#include "fold.h"

static bool begins_with(const char *word, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (ms_fold_bytes[(unsigned char)word[i]] != ms_fold_bytes[(unsigned char)s[i]])
			return false;
	return true;
}

int ms_words_find(const char *const *words, const char *word, size_t len)
{
	int found = MS_WORDS_UNKNOWN;

	if (len == 0)
		return MS_WORDS_UNKNOWN;
	for (int i = 0; words[i]; i++) {
		if (strlen(words[i]) < len || !begins_with(words[i], word, len))
			continue;
		if (words[i][len] == '\0')
			return i;
		found = found == MS_WORDS_UNKNOWN ? i : MS_WORDS_AMBIGUOUS;
	}
	return found;
}

void ms_words_list(struct ms_text *t, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		ms_text_addf(t, "%s%s", i ? ", " : "", words[i]);
}
