/* SPDX-License-Identifier: MIT */
#include "key.h"

#include <stdio.h>
#include <string.h>

#include "modelsync/utf8.h"

static const struct {
	const char *name;
	uint32_t key;
} names[] = {
	{"Space", ' '},
	{"Tab", MS_KEY_TAB},
	{"Enter", MS_KEY_ENTER},
	{"Esc", MS_KEY_ESC},
	{"Up", MS_KEY_UP},
	{"Down", MS_KEY_DOWN},
	{"Left", MS_KEY_LEFT},
	{"Right", MS_KEY_RIGHT},
	{"Home", MS_KEY_HOME},
	{"End", MS_KEY_END},
	{"PgUp", MS_KEY_PAGE_UP},
	{"PgDn", MS_KEY_PAGE_DOWN},
	{"Ins", MS_KEY_INSERT},
	{"Del", MS_KEY_DELETE},
	{"BSpace", MS_KEY_BACKSPACE},
	{"S-Tab", MS_KEY_BACKTAB},
	{"F10", MS_KEY_F1 + 9},
	{"F11", MS_KEY_F1 + 10},
	{"F12", MS_KEY_F12},
};
#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

uint32_t ms_key_from_name(const char *name, size_t len)
{
	size_t used;
	uint32_t cp;

	for (size_t i = 0; i < NAME_COUNT; i++)
		if (strlen(names[i].name) == len && memcmp(names[i].name, name, len) == 0)
			return names[i].key;
	if (len == 2 && name[0] == '^' && name[1] >= '@' && name[1] <= '_')
		return MS_KEY_CTRL(name[1]);
	if (len == 2 && name[0] == 'F' && name[1] >= '1' && name[1] <= '9')
		return MS_KEY_F1 + (uint32_t)(name[1] - '1');
	if (len == 0)
		return 0;
	cp = ms_utf8_decode(name, len, &used);
	return used == len && !ms_utf8_is_control(cp) ? cp : 0;
}

char *ms_key_name(char *buf, size_t size, uint32_t key)
{
	char utf8[4];

	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (names[i].key == key) {
			(void)snprintf(buf, size, "%s", names[i].name);
			return buf;
		}
	}
	if (key < 0x20)
		(void)snprintf(buf, size, "^%c", (char)(key + '@'));
	else if (key >= MS_KEY_F1 && key <= MS_KEY_F12)
		(void)snprintf(buf, size, "F%u", (unsigned)(key - MS_KEY_F1 + 1));
	else
		(void)snprintf(buf, size, "%.*s", (int)ms_utf8_encode(key, utf8), utf8);
	return buf;
}

bool ms_key_is_text(uint32_t key)
{
	return key >= ' ' && key < MS_KEY_SPECIAL && !ms_utf8_is_control(key);
}
