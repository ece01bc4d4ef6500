/* SPDX-License-Identifier: MIT */
#include "fold.h"

#include <string.h>

#include "modelsync/utf8.h"

#define BYTES_4(n)  (n), (n) + 1, (n) + 2, (n) + 3
#define BYTES_16(n) BYTES_4(n), BYTES_4((n) + 4), BYTES_4((n) + 8), BYTES_4((n) + 12)
#define BYTES_64(n) BYTES_16(n), BYTES_16((n) + 16), BYTES_16((n) + 32), BYTES_16((n) + 48)

const unsigned char ms_same_bytes[256] = {BYTES_64(0), BYTES_64(64), BYTES_64(128), BYTES_64(192)};

/* clang-format off */
const unsigned char ms_fold_bytes[256] = {
	BYTES_64(0),
	'@', BYTES_4('a'), BYTES_4('e'), BYTES_4('i'), BYTES_4('m'), BYTES_4('q'), BYTES_4('u'),
	'y', 'z', '[', '\\', ']', '^', '_',
	BYTES_16(96), BYTES_16(112), BYTES_64(128), BYTES_64(192),
};
/* clang-format on */

/* Latin Extended-A: pairs of upper and lower case, in three runs and with a few singles between. */
static uint32_t fold_latin_a(uint32_t cp)
{
	if (cp == 0x178)
		return 0xFF; /* Y with diaeresis has its lower case in Latin-1 */
	if ((cp >= 0x100 && cp <= 0x12F) || (cp >= 0x132 && cp <= 0x137) ||
	    (cp >= 0x14A && cp <= 0x177))
		return cp | 1;
	if ((cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17E))
		return cp + (cp & 1);
	return cp;
}

uint32_t ms_fold(uint32_t cp)
{
	if (cp < 0x80)
		return ms_fold_bytes[cp];
	if (cp >= 0xC0 && cp <= 0xDE)
		return cp == 0xD7 ? cp : cp + 32; /* the multiplication sign */
	if (cp >= 0x100 && cp <= 0x17E)
		return fold_latin_a(cp);
	if ((cp >= 0x391 && cp <= 0x3AB && cp != 0x3A2) || (cp >= 0x410 && cp <= 0x42F))
		return cp + 32;
	if (cp >= 0x400 && cp <= 0x40F)
		return cp + 80;
	return cp;
}

size_t ms_fold_char(const char *s, size_t len, char *buf)
{
	size_t used;
	uint32_t cp = ms_utf8_decode(s, len, &used);

	if (cp == MS_UTF8_BAD && used == 1)
		buf[0] = s[0];
	else
		ms_utf8_encode(ms_fold(cp), buf);
	return used;
}

bool ms_fold_has_upper(const char *s, size_t len)
{
	for (size_t i = 0, used; i < len; i += used) {
		uint32_t cp = ms_utf8_decode(s + i, len - i, &used);

		if (ms_fold(cp) != cp)
			return true;
	}
	return false;
}

int ms_fold_compare(const char *a, const char *b)
{
	size_t used_a = 1, used_b = 1;

	for (; *a && *b; a += used_a, b += used_b) {
		uint32_t x = ms_fold_bytes[(unsigned char)*a], y = ms_fold_bytes[(unsigned char)*b];

		if (x < 0x80 && y < 0x80) {
			used_a = used_b = 1;
		} else {
			x = ms_fold(ms_utf8_decode(a, strnlen(a, 4), &used_a));
			y = ms_fold(ms_utf8_decode(b, strnlen(b, 4), &used_b));
		}
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (*a != '\0') - (*b != '\0');
}
