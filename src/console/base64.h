/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_BASE64_H
#define MODELSYNC_CONSOLE_BASE64_H

#include "modelsync/text.h"

/* RFC 4648 §4, with padding, without line breaks. */
void ms_base64_add(struct ms_text *out, const char *bytes, size_t len);
/* The sequence that sets a terminal's clipboard, wrapped for tmux or screen when `within` says
 * "tmux" or "screen"; "" for neither. */
void ms_osc52_add(struct ms_text *out, const char *text, const char *within);

#endif
