/* SPDX-License-Identifier: MIT */
#include "modelsync/utf8.h"

#include "utf8_width.h"

#include <string.h>

/*
 * Length of the well-formed sequence at s, 0 if there is none (RFC 3629 §4; the second byte's
 * bounds exclude overlong forms, surrogates and values above U+10FFFF).
 */
static size_t sequence_length(const unsigned char *s, size_t len)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xC2 && s[0] <= 0xDF)
		n = 2;
	else if (s[0] >= 0xE0 && s[0] <= 0xEF)
		n = 3;
	else if (s[0] >= 0xF0 && s[0] <= 0xF4)
		n = 4;
	else
		return 0;
	if (len < n)
		return 0;
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return n;
}

bool ms_utf8_is_valid(const char *s, size_t len, size_t *bad_at)
{
	const unsigned char *p = (const unsigned char *)s;

	for (size_t i = 0; i < len;) {
		size_t n = sequence_length(p + i, len - i);

		if (n == 0) {
			*bad_at = i;
			return false;
		}
		i += n;
	}
	return true;
}

uint32_t ms_utf8_decode(const char *s, size_t len, size_t *used)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n = len ? sequence_length(p, len) : 0;
	uint32_t cp;

	if (n == 0) {
		*used = 1;
		return MS_UTF8_BAD;
	}
	*used = n;
	if (n == 1)
		return p[0];
	cp = p[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++)
		cp = cp << 6 | (p[i] & 0x3Fu);
	return cp;
}

size_t ms_utf8_encode(uint32_t cp, char *buf)
{
	if (cp < 0x80) {
		buf[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		buf[0] = (char)(0xC0 | cp >> 6);
		buf[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		buf[0] = (char)(0xE0 | cp >> 12);
		buf[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		buf[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	buf[0] = (char)(0xF0 | cp >> 18);
	buf[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	buf[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	buf[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

static bool is_in(uint32_t cp, const struct ms_range *ranges, size_t count)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp > ranges[mid].last)
			low = mid + 1;
		else if (cp < ranges[mid].first)
			high = mid;
		else
			return true;
	}
	return false;
}

bool ms_utf8_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x061C ||
	       (cp >= 0x200B && cp <= 0x200F && cp != 0x200D) || (cp >= 0x2028 && cp <= 0x202E) ||
	       (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF || (cp >= 0xE0000 && cp <= 0xE007F);
}

int ms_utf8_width(uint32_t cp)
{
	if (cp >= 0x20 && cp < 0x7F)
		return 1;
	if (ms_utf8_is_control(cp))
		return -1;
	if (is_in(cp, ms_zero_width, ms_zero_width_count))
		return 0;
	return is_in(cp, ms_double_width, ms_double_width_count) ? 2 : 1;
}

size_t ms_utf8_columns(const char *s)
{
	size_t len = strlen(s), columns = 0, used;

	for (size_t i = 0; i < len; i += used) {
		int width = ms_utf8_width(ms_utf8_decode(s + i, len - i, &used));

		columns += width < 0 ? 1 : (size_t)width;
	}
	return columns;
}
