/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_RESTORE_H
#define MODELSYNC_CONSOLE_RESTORE_H

#include <stddef.h>

/*
 * Gives the terminal on standard input and output back when the process ends while it is taken: by
 * exit(), abort() or a crash, also by running out of stack, in any thread. What standard error kept
 * (hush.h) comes out behind.
 */
void ms_restore_prepare(void); /* remembers the modes it has now, and forgets bytes added before */
/* Bytes to be sent then; those beyond a small buffer are left out. */
void ms_restore_add(const char *bytes, size_t len);

void ms_restore_begin(void); /* it is taken */
void ms_restore_end(void);   /* it was given back in order, or is gone */

#endif
