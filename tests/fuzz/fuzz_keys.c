/* SPDX-License-Identifier: MIT */
/*
 * Feeds bytes to the decoder of the terminal's keys: whole, split in two, and with an expired delay
 * in between. Whatever comes, it hands out keys only, and never loses its place for good.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/utf8.h"
#include "src/console/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t last_key;

static void check_key(void *arg, uint32_t key, bool is_pasted)
{
	(void)is_pasted;
	*(size_t *)arg += 1;
	last_key = key;
	if (key == 0 || key > MS_KEY_READY ||
	    (key >= 0x80 && key < MS_KEY_SPECIAL && ms_utf8_is_control(key)))
		abort();
}

static size_t feed(const char *bytes, size_t size, size_t split, bool expires, bool has_mouse)
{
	struct ms_key_decoder d;
	size_t keys = 0;

	ms_key_decoder_init(&d, true);
	d.has_mouse = has_mouse;
	ms_key_decoder_learn(&d, "\033OA", MS_KEY_UP);
	ms_key_decoder_feed(&d, bytes, split, 1000, check_key, &keys);
	if (expires)
		ms_key_decoder_expire(&d, 1050, check_key, &keys);
	ms_key_decoder_feed(&d, bytes + split, size - split, 1060, check_key, &keys);
	ms_key_decoder_expire(&d, 2000, check_key, &keys);
	/* After any nonsense and a pause, a letter is a letter. */
	for (int i = 0; i < MS_KEY_PENDING_MAX + 2; i++)
		ms_key_decoder_feed(&d, "~", 1, 9000, check_key, &keys);
	ms_key_decoder_feed(&d, "j", 1, 9000, check_key, &keys);
	if (last_key != 'j')
		abort();
	return keys;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	size_t split = size ? data[0] % (size + 1) : 0;

	for (int has_mouse = 0; has_mouse <= 1; has_mouse++) {
		size_t whole = feed(bytes, size, 0, false, has_mouse);

		if (whole != feed(bytes, size, split, false, has_mouse)) {
			fprintf(stderr, "splitting at %zu changes the keys\n", split);
			abort();
		}
		feed(bytes, size, split, true, has_mouse);
	}
	return 0;
}
