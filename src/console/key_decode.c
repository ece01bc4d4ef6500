/* SPDX-License-Identifier: MIT */
/*
 * From bytes to keys.
 *
 * A terminal sends one byte for a letter, up to four for a UTF-8 character and a sequence for the
 * other keys:
 *
 *	ESC [ params final	CSI: params 0x20-0x3F, final 0x40-0x7E	cursor, paging, F-keys
 *	ESC O final		SS3: the same keys in application mode, F1-F4
 *	ESC [ [ A-E		F1-F5 of the Linux console
 *	ESC [ < b ; x ; y M	mouse: button (with modifiers 4, 8, 16) at x, y from 1; "m":
 *released ESC [ M b x y		the same of older terminals, as bytes plus 32 ESC [ 0 n
 *answer to ESC [ 5 n
 *
 * Bytes are collected in `pending` until they are a whole key. A lone ESC cannot be told from the
 * start of a sequence except by waiting, so the caller sets a timer while is_waiting() and then
 * calls expire(). On a slow link the rest of the sequence may still come later, in pieces: a "[" or
 * "O" within a second of a lone ESC starts a sequence that is decoded, however long it takes, but
 * dropped.
 */
#include "key.h"

#include <stdio.h>
#include <string.h>

#include "modelsync/utf8.h"

#define ESC	     '\x1b'
#define TORN_TAIL_MS 1000

/* What became of the bytes at the front of `pending`. */
enum step {
	STEP_MORE, /* not complete yet */
	STEP_KEY,
	STEP_SKIP, /* a whole sequence without a meaning */
	STEP_PASTE_ON,
	STEP_PASTE_OFF
};

void ms_key_decoder_init(struct ms_key_decoder *d, bool utf8)
{
	memset(d, 0, sizeof(*d));
	d->utf8 = utf8;
}

void ms_key_decoder_learn(struct ms_key_decoder *d, const char *sequence, uint32_t key)
{
	size_t n = d->extra_count;
	size_t len = strlen(sequence);

	if (n == MS_KEY_EXTRA_MAX || len < 2 || len >= sizeof(d->extra[n].sequence))
		return;
	memcpy(d->extra[n].sequence, sequence, len + 1);
	d->extra[n].key = key;
	d->extra_count = n + 1;
}

static uint32_t cursor_key(char final)
{
	switch (final) {
	case 'A':
		return MS_KEY_UP;
	case 'B':
		return MS_KEY_DOWN;
	case 'C':
		return MS_KEY_RIGHT;
	case 'D':
		return MS_KEY_LEFT;
	case 'F':
		return MS_KEY_END;
	case 'H':
		return MS_KEY_HOME;
	case 'Z':
		return MS_KEY_BACKTAB;
	case 'M':
		return MS_KEY_ENTER;
	default:
		return 0;
	}
}

/* ESC [ number ~ */
static uint32_t numbered_key(unsigned number)
{
	static const uint8_t f_keys[] = {11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24};
	static const uint32_t keys[] = {0,	    MS_KEY_HOME,    MS_KEY_INSERT,    MS_KEY_DELETE,
					MS_KEY_END, MS_KEY_PAGE_UP, MS_KEY_PAGE_DOWN, MS_KEY_HOME,
					MS_KEY_END};

	if (number < sizeof(keys) / sizeof(keys[0]))
		return keys[number];
	for (uint32_t i = 0; i < sizeof(f_keys); i++)
		if (f_keys[i] == number)
			return MS_KEY_F1 + i;
	return 0;
}

static enum step found(uint32_t found_key, uint32_t *key)
{
	*key = found_key;
	return found_key ? STEP_KEY : STEP_SKIP;
}

static enum step mouse(struct ms_key_decoder *d, int button, int x, int y, uint32_t *key)
{
	const int modifiers = 4 | 8 | 16, moved = 32;

	if (!d->has_mouse || (button & moved) || x < 1 || y < 1)
		return STEP_SKIP;
	d->mouse = (struct ms_mouse){(enum ms_mouse_button)(button & ~modifiers), x - 1, y - 1};
	return found(MS_KEY_MOUSE, key);
}

static enum step decode_old_mouse(struct ms_key_decoder *d, uint32_t *key, size_t *used)
{
	const unsigned char *p = (const unsigned char *)d->pending;

	*used = 6;
	if (d->len < 6)
		return STEP_MORE;
	if ((p[3] & 3) == 3) /* released */
		return STEP_SKIP;
	return mouse(d, p[3] - 32, p[4] - 32, p[5] - 32, key);
}

/* ESC [ < b ; x ; y */
static enum step decode_mouse(struct ms_key_decoder *d, uint32_t *key)
{
	char text[MS_KEY_PENDING_MAX + 1] = "";
	int button, x, y;
	char end;

	memcpy(text, d->pending, d->len);
	if (sscanf(text + 3, "%4d;%4d;%4d%c", &button, &x, &y, &end) != 4 || end != 'M')
		return STEP_SKIP;
	return mouse(d, button, x, y, key);
}

static enum step decode_csi(struct ms_key_decoder *d, uint32_t *key, size_t *used)
{
	const char *p = d->pending;
	size_t len = d->len;
	unsigned number = 0;
	size_t i = 2;

	if (len > 2 && p[2] == 'M' && d->has_mouse)
		return decode_old_mouse(d, key, used);
	if (len > 2 && p[2] == '[') { /* Linux console: ESC [ [ A … E */
		*used = 4;
		if (len < 4)
			return STEP_MORE;
		return found(p[3] >= 'A' && p[3] <= 'E' ? MS_KEY_F1 + (uint32_t)(p[3] - 'A') : 0,
			     key);
	}
	while (i < len && p[i] >= '0' && p[i] <= '9' && number < 1000)
		number = number * 10 + (unsigned)(p[i++] - '0');
	while (i < len && p[i] >= 0x20 && p[i] <= 0x3f)
		i++;
	if (i == len)
		return STEP_MORE;
	*used = i + 1;
	if (p[2] == '<')
		return decode_mouse(d, key);
	if (p[i] == 'n' && number == 0 && i == 3)
		return found(MS_KEY_READY, key);
	if (p[i] != '~')
		return found(p[i] == 'M' ? 0 : cursor_key(p[i]), key);
	if (number == 200)
		return STEP_PASTE_ON;
	if (number == 201)
		return STEP_PASTE_OFF;
	return found(numbered_key(number), key);
}

static enum step decode_ss3(const char *p, size_t len, uint32_t *key, size_t *used)
{
	if (len < 3)
		return STEP_MORE;
	*used = 3;
	if (p[2] >= 'P' && p[2] <= 'S')
		return found(MS_KEY_F1 + (uint32_t)(p[2] - 'P'), key);
	return found(cursor_key(p[2]), key);
}

static enum step decode_learned(const struct ms_key_decoder *d, uint32_t *key, size_t *used)
{
	enum step step = STEP_SKIP;

	for (size_t i = 0; i < d->extra_count; i++) {
		size_t n = strlen(d->extra[i].sequence);

		if (d->len >= n && memcmp(d->pending, d->extra[i].sequence, n) == 0) {
			*used = n;
			return found(d->extra[i].key, key);
		}
		if (d->len < n && memcmp(d->pending, d->extra[i].sequence, d->len) == 0)
			step = STEP_MORE;
	}
	return step;
}

static enum step decode_escape(struct ms_key_decoder *d, uint32_t *key, size_t *used)
{
	if (decode_learned(d, key, used) == STEP_KEY)
		return STEP_KEY;
	if (d->len < 2)
		return STEP_MORE;
	if (d->pending[1] == '[')
		return decode_csi(d, key, used);
	if (d->pending[1] == 'O')
		return decode_ss3(d->pending, d->len, key, used);
	if (decode_learned(d, key, used) == STEP_MORE)
		return STEP_MORE;
	/* Esc followed by an ordinary key: two keys. */
	*used = 1;
	return found(MS_KEY_ESC, key);
}

static size_t utf8_need(unsigned char lead)
{
	return lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
}

static enum step decode_text(const struct ms_key_decoder *d, uint32_t *key, size_t *used)
{
	unsigned char c = (unsigned char)d->pending[0];

	*used = 1;
	if (c == 0x7f || c == '\b')
		return found(MS_KEY_BACKSPACE, key);
	if (c == '\n')
		return found(MS_KEY_ENTER, key);
	if (c < 0x80)
		return found(c, key);
	if (!d->utf8)
		return STEP_SKIP;
	if (d->len < utf8_need(c)) {
		bool is_going_on = d->len == 1 || (d->pending[d->len - 1] & 0xc0) == 0x80;

		return is_going_on ? STEP_MORE : STEP_SKIP;
	}
	*key = ms_utf8_decode(d->pending, d->len, used);
	return *key == MS_UTF8_BAD || ms_utf8_is_control(*key) ? STEP_SKIP : STEP_KEY;
}

static enum step decode(struct ms_key_decoder *d, uint32_t *key, size_t *used)
{
	return d->pending[0] == ESC ? decode_escape(d, key, used) : decode_text(d, key, used);
}

static void consume(struct ms_key_decoder *d, size_t n)
{
	d->len -= n;
	memmove(d->pending, d->pending + n, d->len);
}

static void act(struct ms_key_decoder *d, enum step step, uint32_t key, ms_key_fn fn, void *arg)
{
	if (step == STEP_PASTE_ON)
		d->in_paste = true;
	else if (step == STEP_PASTE_OFF)
		d->in_paste = false;
	else if (step == STEP_KEY)
		fn(arg, key, d->in_paste);
}

/* The tail of a torn sequence gets its Esc back, so that it is recognised, and is then dropped. */
static bool take_torn_tail(struct ms_key_decoder *d, char byte, int64_t now_ms)
{
	bool is_torn = d->esc_at_ms != 0 && now_ms - d->esc_at_ms <= TORN_TAIL_MS && d->len == 0 &&
		       (byte == '[' || byte == 'O');

	if (!is_torn) {
		d->esc_at_ms = 0;
		return false;
	}
	d->pending[0] = ESC;
	d->pending[1] = byte;
	d->len = 2;
	return true;
}

static void drain(struct ms_key_decoder *d, ms_key_fn fn, void *arg)
{
	while (d->len > 0) {
		uint32_t key = 0;
		size_t used = 1;
		enum step step = decode(d, &key, &used);

		if (step == STEP_MORE) {
			if (d->len < sizeof(d->pending))
				return;
			used = d->len; /* longer than any real sequence */
			step = STEP_SKIP;
		}
		if (d->esc_at_ms != 0 && d->pending[0] == ESC && used > 1)
			step = STEP_SKIP; /* the torn tail */
		d->esc_at_ms = 0;
		consume(d, used);
		act(d, step, key, fn, arg);
	}
}

void ms_key_decoder_feed(struct ms_key_decoder *d, const char *bytes, size_t len, int64_t now_ms,
			 ms_key_fn fn, void *arg)
{
	for (size_t i = 0; i < len; i++) {
		if (d->esc_at_ms != 0 && d->len == 0 && take_torn_tail(d, bytes[i], now_ms))
			continue;
		d->pending[d->len++] = bytes[i];
		drain(d, fn, arg);
	}
}

bool ms_key_decoder_is_waiting(const struct ms_key_decoder *d)
{
	return d->len > 0 && d->pending[0] == ESC && d->esc_at_ms == 0;
}

void ms_key_decoder_expire(struct ms_key_decoder *d, int64_t now_ms, ms_key_fn fn, void *arg)
{
	bool is_lone = d->len == 1 && d->pending[0] == ESC;

	if (!ms_key_decoder_is_waiting(d))
		return;
	d->len = 0;
	if (!is_lone)
		return; /* half a sequence: nothing anybody meant to type */
	d->esc_at_ms = now_ms > 0 ? now_ms : 1;
	fn(arg, MS_KEY_ESC, false);
}
