/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_THEME_H
#define MODELSYNC_CONSOLE_THEME_H

#include <stdbool.h>

/*
 * What a cell means; a theme says how that looks. No style carries a meaning alone: every state
 * also has a word or a sign.
 */
enum ms_style {
#define MS_STYLE(id, letter, dfg, dbg, lfg, lbg, sfg, sbg, attrs, mono) MS_STYLE_##id,
#include "style.def"
#undef MS_STYLE
	MS_STYLE_COUNT
};

enum ms_attr { MS_ATTR_BOLD = 1, MS_ATTR_DIM = 2, MS_ATTR_REVERSE = 4, MS_ATTR_UNDERLINE = 8 };

/* The terminal's own, one of the eight that every colour terminal has, or one of 256. */
enum ms_colour {
	MS_COLOUR_DEFAULT = -1,
	MS_COLOUR_BLACK,
	MS_COLOUR_RED,
	MS_COLOUR_GREEN,
	MS_COLOUR_YELLOW,
	MS_COLOUR_BLUE,
	MS_COLOUR_MAGENTA,
	MS_COLOUR_CYAN,
	MS_COLOUR_WHITE,
	MS_COLOUR_PURE_BLACK,
	MS_COLOUR_PURE_WHITE,
	MS_COLOUR_DEEP_BLUE,
	MS_COLOUR_SKY,
	MS_COLOUR_BLUISH_GREEN,
	MS_COLOUR_ORANGE,
	MS_COLOUR_VERMILION,
	MS_COLOUR_PURPLE
};
/* Its number on a terminal with that many colours; -1 = the terminal's own. */
int ms_colour_number(enum ms_colour colour, int colours);

struct ms_look {
	enum ms_colour fg, bg;
	unsigned attrs; /* enum ms_attr */
};

enum ms_theme { MS_THEME_DARK, MS_THEME_LIGHT, MS_THEME_SAFE, MS_THEME_MONO, MS_THEME_COUNT };

/* The theme of that name; mono when NO_COLOR is set and not empty. */
enum ms_theme ms_theme_choose(const char *name, const char *no_color);
const char *ms_theme_name(enum ms_theme theme); /* as in the setting console.theme */
struct ms_look ms_theme_look(enum ms_theme theme, enum ms_style style);
/* One character per style, for tests that show which cell has which. */
char ms_theme_letter(enum ms_style style);

#endif
