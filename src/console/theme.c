/* SPDX-License-Identifier: MIT */
#include "theme.h"

#include <string.h>

static const struct {
	struct ms_look looks[MS_THEME_COUNT];
	char letter;
} styles[MS_STYLE_COUNT] = {
#define MS_STYLE(id, ch, dfg, dbg, lfg, lbg, sfg, sbg, at, mono_at)                                \
	[MS_STYLE_##id] = {                                                                        \
		.looks = {[MS_THEME_DARK] = {MS_COLOUR_##dfg, MS_COLOUR_##dbg, at},                \
			  [MS_THEME_LIGHT] = {MS_COLOUR_##lfg, MS_COLOUR_##lbg, at},               \
			  [MS_THEME_SAFE] = {MS_COLOUR_##sfg, MS_COLOUR_##sbg, at},                \
			  [MS_THEME_MONO] = {MS_COLOUR_DEFAULT, MS_COLOUR_DEFAULT, mono_at}},      \
		.letter = ch,                                                                      \
	},
#include "style.def"
#undef MS_STYLE
};

static const char *const theme_names[MS_THEME_COUNT] = {
	[MS_THEME_DARK] = "dark",
	[MS_THEME_LIGHT] = "light",
	[MS_THEME_SAFE] = "colour-blind",
	[MS_THEME_MONO] = "mono",
};

enum ms_theme ms_theme_choose(const char *name, const char *no_color)
{
	enum ms_theme theme = MS_THEME_DARK;

	if (no_color && *no_color)
		return MS_THEME_MONO;
	for (int i = 0; i < MS_THEME_COUNT; i++)
		if (strcmp(name, theme_names[i]) == 0)
			theme = (enum ms_theme)i;
	return theme;
}

const char *ms_theme_name(enum ms_theme theme)
{
	return theme_names[theme];
}

/* Of 256 colours, and what stands for it where there are eight. */
static const struct {
	int of_256, of_8;
} fine_colours[] = {
	[MS_COLOUR_PURE_BLACK] = {16, MS_COLOUR_BLACK},
	[MS_COLOUR_PURE_WHITE] = {231, MS_COLOUR_WHITE},
	[MS_COLOUR_DEEP_BLUE] = {25, MS_COLOUR_BLUE},
	[MS_COLOUR_SKY] = {32, MS_COLOUR_CYAN},
	[MS_COLOUR_BLUISH_GREEN] = {29, MS_COLOUR_CYAN},
	[MS_COLOUR_ORANGE] = {214, MS_COLOUR_YELLOW},
	[MS_COLOUR_VERMILION] = {166, MS_COLOUR_YELLOW},
	[MS_COLOUR_PURPLE] = {132, MS_COLOUR_MAGENTA},
};

int ms_colour_number(enum ms_colour colour, int colours)
{
	if (colour <= MS_COLOUR_WHITE)
		return (int)colour;
	return colours >= 256 ? fine_colours[colour].of_256 : fine_colours[colour].of_8;
}

struct ms_look ms_theme_look(enum ms_theme theme, enum ms_style style)
{
	return styles[style].looks[theme];
}

char ms_theme_letter(enum ms_style style)
{
	return styles[style].letter;
}
