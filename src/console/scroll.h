/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_SCROLL_H
#define MODELSYNC_CONSOLE_SCROLL_H

#include <stddef.h>

#include "action.h"

/* Moving through rows or lines of which some are seen at a time. */

/* How far a moving action goes, with pages of that many rows; 0 = it is another action. To the
 * first and the last row is further than any list is long. */
long ms_scroll_step(enum ms_action action, long page);
/* `at` moved by that much within n rows. */
size_t ms_scroll_by(size_t at, size_t n, long step);
/* The first row to show so that row `at` of n is among `height` rows, moved as little as needed. */
size_t ms_scroll_top(size_t top, size_t at, size_t n, int height);

#endif
