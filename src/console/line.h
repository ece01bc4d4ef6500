/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_LINE_H
#define MODELSYNC_CONSOLE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "action.h"
#include "canvas.h"

#define MS_LINE_MAX    4096 /* bytes */
#define MS_HISTORY_MAX 50

/* Earlier inputs of one kind, oldest first; equal ones are kept once. */
struct ms_history {
	char *items[MS_HISTORY_MAX]; /* owned */
	size_t count;
};
void ms_history_add(struct ms_history *h, const char *text); /* "" is not kept */
void ms_history_clear(struct ms_history *h);

/* One line of text being typed. */
struct ms_line {
	char text[MS_LINE_MAX + 1];
	size_t len, at;			  /* bytes; `at` is the cursor */
	const struct ms_history *history; /* borrowed, or NULL */
	size_t recalled;		  /* entry shown; history->count = what was typed */
	char draft[MS_LINE_MAX + 1];	  /* what was typed before recalling */
};

void ms_line_init(struct ms_line *l, const char *text, const struct ms_history *history);
void ms_line_set(struct ms_line *l, const char *text); /* cut at MS_LINE_MAX; cursor at the end */
/* True when the key or action changed the text or the cursor. */
bool ms_line_action(struct ms_line *l, enum ms_action action);
/* Puts text in the place of bytes from..to, the cursor behind it; false when it does not fit. */
bool ms_line_replace(struct ms_line *l, size_t from, size_t to, const char *text);
bool ms_line_type(struct ms_line *l, uint32_t key);
/* Where byte `at` is when it is drawn into w columns, or the end that is nearer. */
int ms_line_column(const struct ms_line *l, size_t at, int w);
/* Draws it into w columns, scrolled so that the cursor is visible, and parks the cursor there. */
void ms_line_draw(const struct ms_line *l, struct ms_canvas *c, int x, int y, int w);

#endif
