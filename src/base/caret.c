/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/text.h"
#include "modelsync/utf8.h"

/* Copies s, control characters as '?', and returns the columns it takes. */
static size_t add_plain(struct ms_text *out, const char *s, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0, used; i < len; i += used) {
		int width = ms_utf8_width(ms_utf8_decode(s + i, len - i, &used));

		if (width < 0)
			ms_text_add(out, "?");
		else
			ms_text_add_bytes(out, s + i, used);
		columns += width < 0 ? 1 : (size_t)width;
	}
	return columns;
}

static void add_repeated(struct ms_text *out, char c, size_t n)
{
	while (n-- > 0)
		ms_text_add_bytes(out, &c, 1);
}

void ms_text_point_at(struct ms_text *out, const char *text, size_t at, size_t len)
{
	size_t end = strlen(text), from = at < end ? at : end;
	size_t marked = len < end - from ? len : end - from;
	size_t before, width;

	before = add_plain(out, text, from);
	width = add_plain(out, text + from, marked);
	add_plain(out, text + from + marked, end - from - marked);
	ms_text_add(out, "\n");
	add_repeated(out, ' ', before);
	ms_text_add(out, "^");
	add_repeated(out, '~', width > 1 ? width - 1 : 0);
}
