/* SPDX-License-Identifier: MIT */
#include "base64.h"

#include <stdint.h>
#include <string.h>

void ms_base64_add(struct ms_text *out, const char *bytes, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)p[i] << 16 | (n > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
			     (n > 2 ? (uint32_t)p[i + 2] : 0);
		char four[4] = {digits[v >> 18], digits[v >> 12 & 63],
				n > 1 ? digits[v >> 6 & 63] : '=', n > 2 ? digits[v & 63] : '='};

		ms_text_add_bytes(out, four, 4);
	}
}

static void add_plain(struct ms_text *out, const char *text, const char *escape)
{
	ms_text_addf(out, "%s]52;c;", escape);
	ms_base64_add(out, text, strlen(text));
	ms_text_add(out, "\a");
}

/*
 * tmux takes the plain form when set-clipboard is on, and passes the wrapped one on (its ESC
 * doubled) when allow-passthrough is: both are sent, the other one is ignored. screen only knows
 * the wrapped form.
 */
void ms_osc52_add(struct ms_text *out, const char *text, const char *within)
{
	if (strcmp(within, "screen") != 0)
		add_plain(out, text, "\033");
	if (strcmp(within, "tmux") == 0) {
		ms_text_add(out, "\033Ptmux;");
		add_plain(out, text, "\033\033");
		ms_text_add(out, "\033\\");
	} else if (strcmp(within, "screen") == 0) {
		ms_text_add(out, "\033P");
		add_plain(out, text, "\033");
		ms_text_add(out, "\033\\");
	}
}
