/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_THEME_H
#define MODELSYNC_CONSOLE_THEME_H

#include <stdbool.h>

/*
 * What a cell means; a theme says how that looks. No style carries a meaning alone: every state
 * also has a word or a sign.
 */
enum ms_style {
#define MS_STYLE(id, letter, dark_fg, dark_bg, light_fg, light_bg, attrs, mono) MS_STYLE_##id,
#include "style.def"
#undef MS_STYLE
	MS_STYLE_COUNT
};

enum ms_attr { MS_ATTR_BOLD = 1, MS_ATTR_DIM = 2, MS_ATTR_REVERSE = 4, MS_ATTR_UNDERLINE = 8 };

/* A colour of the eight that every colour terminal has, or the terminal's own. */
enum ms_colour {
	MS_COLOUR_DEFAULT = -1,
	MS_COLOUR_BLACK,
	MS_COLOUR_RED,
	MS_COLOUR_GREEN,
	MS_COLOUR_YELLOW,
	MS_COLOUR_BLUE,
	MS_COLOUR_MAGENTA,
	MS_COLOUR_CYAN,
	MS_COLOUR_WHITE
};

struct ms_look {
	enum ms_colour fg, bg;
	unsigned attrs; /* enum ms_attr */
};

enum ms_theme { MS_THEME_DARK, MS_THEME_LIGHT, MS_THEME_MONO };

/* The theme of that name ("dark", "light", "mono"); mono when NO_COLOR is set and not empty. */
enum ms_theme ms_theme_choose(const char *name, const char *no_color);
struct ms_look ms_theme_look(enum ms_theme theme, enum ms_style style);
/* One character per style, for tests that show which cell has which. */
char ms_theme_letter(enum ms_style style);

#endif
