/* SPDX-License-Identifier: MIT */
/* Text from outside, made fit for messages. */
#include <string.h>

#include "modelsync/text.h"
#include "modelsync/utf8.h"

#define ELLIPSIS     "…"
#define ELLIPSIS_LEN (sizeof(ELLIPSIS) - 1)
#define SECRET_MIN_LEN 6 /* shorter ones would be found by chance */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *ms_text_excerpt(char *buf, size_t size, const char *text, size_t len)
{
	size_t out = 0, used;
	bool blank = false;

	for (size_t i = 0; i < len; i += used) {
		uint32_t cp = ms_utf8_decode(text + i, len - i, &used);

		if (is_blank(text[i])) {
			blank = out > 0;
			continue;
		}
		if ((cp == MS_UTF8_BAD && used == 1) || ms_utf8_is_control(cp))
			continue;
		if (out + blank + used + ELLIPSIS_LEN >= size) {
			memcpy(buf + out, ELLIPSIS, ELLIPSIS_LEN);
			out += ELLIPSIS_LEN;
			break;
		}
		if (blank)
			buf[out++] = ' ';
		blank = false;
		memcpy(buf + out, text + i, used);
		out += used;
	}
	buf[out] = '\0';
	return buf;
}

void ms_text_hide(char *text, size_t len, const char *secret)
{
	size_t n = secret ? strlen(secret) : 0;
	char *at = text;

	if (n < SECRET_MIN_LEN || !at)
		return;
	while ((at = memmem(at, len - (size_t)(at - text), secret, n)))
		memset(at, '*', n);
}
