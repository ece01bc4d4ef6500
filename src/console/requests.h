/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_REQUESTS_H
#define MODELSYNC_CONSOLE_REQUESTS_H

#include "effect.h"
#include "modelsync/lanes.h"

/* Asks the lanes for what the effect wants; what it hands over is theirs then. */
void ms_request(struct ms_lanes *lanes, struct ms_effect *effect);

#endif
