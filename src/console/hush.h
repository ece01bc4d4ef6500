/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_HUSH_H
#define MODELSYNC_CONSOLE_HUSH_H

/*
 * While the screen is up, nothing else may write on the terminal: log lines and complaints of
 * libraries on standard error are kept and come out when the screen is gone. Does nothing where
 * standard error is not a terminal, and when no temporary file can be had.
 */
void ms_hush_begin(void);
/* Async-signal-safe, so that a crash still says what it was. */
void ms_hush_end(void);

#endif
