/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_ENTRY_TEXT_H
#define MODELSYNC_CONSOLE_ENTRY_TEXT_H

#include <stddef.h>

#include "modelsync/json.h"
#include "modelsync/text.h"

/* Words for what the database's lists say: events, changes, audit entries, runs. */

/* The text of a member, "" when it has none. */
const char *ms_entry_text(const struct ms_json *entry, const char *name);
int64_t ms_entry_int(const struct ms_json *entry, const char *name); /* 0 when it is none */
/* "2026-09-21 10:12" (UTC) of a member, "?" when it is no time; returns buf. */
char *ms_entry_when(char *buf, size_t size, const struct ms_json *entry, const char *name);
/* The same without the year: "09-21 10:12". */
void ms_entry_add_when(struct ms_text *out, const struct ms_json *entry, const char *name);
/* "sync #881", "rules after #881", or the actor. */
void ms_entry_actor(struct ms_text *out, const struct ms_json *entry);
/* "pro off>on" from an object with the members field, old and new. Prices are in USD per million
 * tokens where they are per token. */
void ms_change_text(struct ms_text *out, const struct ms_json *change);
/* The same of an event, which may have several, or "" where its type says it all. */
void ms_event_text(struct ms_text *out, const struct ms_json *event);
/* "price", "added", "deprecation announced": the type of an event. */
void ms_event_type(struct ms_text *out, const struct ms_json *event);

#endif
