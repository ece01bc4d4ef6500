/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_KEY_H
#define MODELSYNC_CONSOLE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A key is a code point, a control character (^A = 1 … ^Z = 26), or one of these.
 */
enum ms_key {
	MS_KEY_TAB = 9,
	MS_KEY_ENTER = 13,
	MS_KEY_ESC = 27,
	MS_KEY_SPECIAL = 0x110000,
	MS_KEY_UP,
	MS_KEY_DOWN,
	MS_KEY_LEFT,
	MS_KEY_RIGHT,
	MS_KEY_HOME,
	MS_KEY_END,
	MS_KEY_PAGE_UP,
	MS_KEY_PAGE_DOWN,
	MS_KEY_INSERT,
	MS_KEY_DELETE,
	MS_KEY_BACKSPACE,
	MS_KEY_BACKTAB,
	MS_KEY_F1,
	MS_KEY_F12 = MS_KEY_F1 + 11,
	/* No keys, but reported like them, and without names: */
	MS_KEY_MOUSE, /* what happened is in the decoder */
	MS_KEY_READY  /* the terminal has drawn what was sent before it was asked */
};
#define MS_KEY_CTRL(letter) ((uint32_t)((letter)&0x1f))

/* "j", "Space", "PgDn", "^N", "F5" → the key; 0 when there is no such name. */
uint32_t ms_key_from_name(const char *name, size_t len);
/* The name of a key, as above; returns buf. */
#define MS_KEY_NAME_MAX 12
char *ms_key_name(char *buf, size_t size, uint32_t key);

/* The names of keys that are no characters; ends with NULL. */
const char *const *ms_key_names(void);

/* True for what can be typed into a text field. */
bool ms_key_is_text(uint32_t key);

#define MS_KEY_PENDING_MAX 32 /* longest escape sequence */
#define MS_KEY_EXTRA_MAX   32 /* sequences taken from terminfo */

/*
 * Turns the terminal's bytes into keys. Escape sequences that nobody knows are swallowed whole, so
 * that their letters never run commands; so is the tail of a sequence that a slow link tore apart
 * after its Esc. Text between the marks of a bracketed paste is flagged as pasted.
 */
enum ms_mouse_button {
	MS_MOUSE_LEFT,
	MS_MOUSE_MIDDLE,
	MS_MOUSE_RIGHT,
	MS_MOUSE_WHEEL_UP = 64,
	MS_MOUSE_WHEEL_DOWN
};

/* A button was pressed, or the wheel turned; column and row from 0. */
struct ms_mouse {
	enum ms_mouse_button button;
	int x, y;
};

struct ms_key_decoder {
	bool utf8;	/* else bytes from 0x80 on are dropped */
	bool has_mouse; /* the terminal was asked to report it */
	bool in_paste;
	size_t len; /* bytes waiting in `pending` */
	char pending[MS_KEY_PENDING_MAX];
	struct ms_mouse mouse; /* of the last MS_KEY_MOUSE */
	int64_t esc_at_ms;     /* when a lone Esc was reported; 0 = tail no longer expected */
	size_t extra_count;
	struct {
		char sequence[12];
		uint32_t key;
	} extra[MS_KEY_EXTRA_MAX];
};

typedef void (*ms_key_fn)(void *arg, uint32_t key, bool is_pasted);

void ms_key_decoder_init(struct ms_key_decoder *d, bool utf8);
/* Teaches a sequence of this terminal; ignored when too long or the table is full. */
void ms_key_decoder_learn(struct ms_key_decoder *d, const char *sequence, uint32_t key);
void ms_key_decoder_feed(struct ms_key_decoder *d, const char *bytes, size_t len, int64_t now_ms,
			 ms_key_fn fn, void *arg);
/* True while an Esc may be the start of more: call ms_key_decoder_expire() after the delay. */
bool ms_key_decoder_is_waiting(const struct ms_key_decoder *d);
void ms_key_decoder_expire(struct ms_key_decoder *d, int64_t now_ms, ms_key_fn fn, void *arg);

#endif
