/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_ANSWERS_H
#define MODELSYNC_CONSOLE_ANSWERS_H

#include "modelsync/lanes.h"
#include "ui.h"

/* Whoever takes what the lanes answer, as events. */
struct ms_answers {
	void (*take)(void *arg, const struct ms_ui_event *event);
	void *arg;
};

/* What to start the lanes with; `to` must outlive them. */
struct ms_lanes_events ms_answers_events(struct ms_answers *to);

#endif
