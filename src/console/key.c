/* SPDX-License-Identifier: MIT */
#include "key.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "modelsync/utf8.h"

/* Names and keys in the same order. */
static const char *const names[] = {
	"Space", "Tab",	 "Enter", "Esc", "Up",	   "Down",  "Left", "Right", "Home", "End",
	"PgUp",	 "PgDn", "Ins",	  "Del", "BSpace", "S-Tab", "F1",   "F2",    "F3",   "F4",
	"F5",	 "F6",	 "F7",	  "F8",	 "F9",	   "F10",   "F11",  "F12",   NULL,
};
static const uint32_t keys[] = {
	' ',	       MS_KEY_TAB,    MS_KEY_ENTER,	MS_KEY_ESC,
	MS_KEY_UP,     MS_KEY_DOWN,   MS_KEY_LEFT,	MS_KEY_RIGHT,
	MS_KEY_HOME,   MS_KEY_END,    MS_KEY_PAGE_UP,	MS_KEY_PAGE_DOWN,
	MS_KEY_INSERT, MS_KEY_DELETE, MS_KEY_BACKSPACE, MS_KEY_BACKTAB,
	MS_KEY_F1,     MS_KEY_F1 + 1, MS_KEY_F1 + 2,	MS_KEY_F1 + 3,
	MS_KEY_F1 + 4, MS_KEY_F1 + 5, MS_KEY_F1 + 6,	MS_KEY_F1 + 7,
	MS_KEY_F1 + 8, MS_KEY_F1 + 9, MS_KEY_F1 + 10,	MS_KEY_F12,
};
#define NAME_COUNT (sizeof(keys) / sizeof(keys[0]))
_Static_assert(sizeof(names) / sizeof(names[0]) == NAME_COUNT + 1, "a name for each key");

const char *const *ms_key_names(void)
{
	return names;
}

/* Of those that have two, the one that key_decode.c reports. */
static uint32_t control_key(char letter)
{
	uint32_t key = MS_KEY_CTRL(letter);

	return key == '\b' ? MS_KEY_BACKSPACE : key == '\n' ? MS_KEY_ENTER : key;
}

uint32_t ms_key_from_name(const char *name, size_t len)
{
	size_t used;
	uint32_t cp;

	for (size_t i = 0; i < NAME_COUNT; i++)
		if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0)
			return keys[i];
	if (len == 2 && name[0] == '^' && name[1] > '@' && name[1] <= 'z' && name[1] != '`')
		return control_key(name[1]);
	if (len == 0)
		return 0;
	cp = ms_utf8_decode(name, len, &used);
	return used == len && !ms_utf8_is_control(cp) ? cp : 0;
}

char *ms_key_name(char *buf, size_t size, uint32_t key)
{
	char utf8[4];

	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (keys[i] == key) {
			(void)snprintf(buf, size, "%s", names[i]);
			return buf;
		}
	}
	if (key < 0x20)
		(void)snprintf(buf, size, "^%c", (char)(key + '@'));
	else
		(void)snprintf(buf, size, "%.*s", (int)ms_utf8_encode(key, utf8), utf8);
	return buf;
}

bool ms_key_is_text(uint32_t key)
{
	return key >= ' ' && key < MS_KEY_SPECIAL && !ms_utf8_is_control(key);
}
