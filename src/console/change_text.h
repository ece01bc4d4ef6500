/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_CHANGE_TEXT_H
#define MODELSYNC_CONSOLE_CHANGE_TEXT_H

#include "modelsync/json.h"

/* "pro off>on" from an object with the members field, old and new; owned. */
char *ms_change_text(const struct ms_json *change);

#endif
