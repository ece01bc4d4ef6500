/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_KEEP_H
#define MODELSYNC_CONSOLE_KEEP_H

#include "effect.h"
#include "modelsync/error.h"
#include "modelsync/json.h"

/* The files that outlive a session; they are small and local. */
struct ms_ui;

/* At the start: what the last session left, and the saved views. Tells what cannot be read. */
void ms_keep_load(struct ms_ui *ui);
/* At the end. */
bool ms_keep_save(const struct ms_ui *ui, struct ms_error *err) MS_MUST_CHECK;
/* Saves and deletes views as MS_EFFECT_CHANGE_VIEWS says; *out is the file then, NULL for none. */
bool ms_keep_views(const struct ms_effect *change, struct ms_json **out,
		   struct ms_error *err) MS_MUST_CHECK;

#endif
