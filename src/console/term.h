/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_TERM_H
#define MODELSYNC_CONSOLE_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "key.h"
#include "modelsync/error.h"
#include "theme.h"

/* The terminal. There is one per process. */
struct ms_term;

/*
 * Takes over the terminal on stdin and stdout. Category `terminal`, and nothing changed, when they
 * are none, or TERM is unknown or cannot move the cursor. From here on the terminal is given back
 * whole at ms_term_close(), at exit and when the process crashes.
 */
bool ms_term_open(struct ms_term **out, struct ms_error *err) MS_MUST_CHECK;
void ms_term_close(struct ms_term *t); /* NULL is fine */
/* The terminal is gone: close without writing to it. */
void ms_term_abandon(struct ms_term *t);

int ms_term_fd(const struct ms_term *t);
/* Bytes read; 0 when the terminal is gone; -1 when there is nothing now. */
long ms_term_read(struct ms_term *t, char *buf, size_t size);
void ms_term_size(const struct ms_term *t, int *width, int *height);
/* Teaches the decoder this terminal's own sequences. */
void ms_term_teach(const struct ms_term *t, struct ms_key_decoder *d);

/* From now on with these colours, and reporting the mouse or not; false when there are no colours.
 */
bool ms_term_set_looks(struct ms_term *t, enum ms_theme theme, bool mouse);

/*
 * Milliseconds until it is worth sending more, because what was sent has not arrived yet; 0 = now.
 * ms_term_answered() when MS_KEY_READY came.
 */
int64_t ms_term_wait(struct ms_term *t);
void ms_term_answered(struct ms_term *t);
/* Sends what differs from what is shown. A canvas of another size repaints everything. */
void ms_term_show(struct ms_term *t, const struct ms_canvas *c);
/* The next ms_term_show() repaints everything. */
void ms_term_invalidate(struct ms_term *t);
/* Gives the terminal back, stops the process group like the shell's ^Z, returns after fg. */
void ms_term_suspend(struct ms_term *t);
/* False for terminals that are known to have no clipboard; the others may ignore what is sent. */
bool ms_term_has_clipboard(void);
/* Puts the text into the clipboard of the terminal, through tmux and screen too (OSC 52). */
void ms_term_copy(struct ms_term *t, const char *text);

#endif
