/* SPDX-License-Identifier: MIT */
#include "theme.h"

#include <string.h>

static const struct {
	struct ms_look dark, light, mono;
	char letter;
} styles[MS_STYLE_COUNT] = {
#define MS_STYLE(id, ch, dfg, dbg, lfg, lbg, at, mono_at)                                          \
	[MS_STYLE_##id] = {                                                                        \
		.dark = {MS_COLOUR_##dfg, MS_COLOUR_##dbg, at},                                    \
		.light = {MS_COLOUR_##lfg, MS_COLOUR_##lbg, at},                                   \
		.mono = {MS_COLOUR_DEFAULT, MS_COLOUR_DEFAULT, mono_at},                           \
		.letter = ch,                                                                      \
	},
#include "style.def"
#undef MS_STYLE
};

enum ms_theme ms_theme_choose(const char *name, const char *no_color)
{
	if ((no_color && *no_color) || strcmp(name, "mono") == 0)
		return MS_THEME_MONO;
	return strcmp(name, "light") == 0 ? MS_THEME_LIGHT : MS_THEME_DARK;
}

struct ms_look ms_theme_look(enum ms_theme theme, enum ms_style style)
{
	switch (theme) {
	case MS_THEME_LIGHT:
		return styles[style].light;
	case MS_THEME_MONO:
		return styles[style].mono;
	case MS_THEME_DARK:
		break;
	}
	return styles[style].dark;
}

char ms_theme_letter(enum ms_style style)
{
	return styles[style].letter;
}
