/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_CALLERS_H
#define MODELSYNC_HTTP_CALLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "modelsync/db.h"

/*
 * Who the subjects of tokens are, as the database said lately: for a few seconds, or until it says
 * that something about them has changed. Of a fixed size. From any thread.
 */
struct callers;

struct callers *callers_new(void);
void callers_free(struct callers *c);

/* now_ms as in ms_clock_ms(); max_age_s: what is older does not count. */
bool callers_find(struct callers *c, const char *sub, int64_t now_ms, int max_age_s,
		  struct ms_api_caller *out);

/*
 * Begin before the database is asked, and give what it returned to callers_keep(): what changed in
 * between is not kept.
 */
unsigned callers_begin(struct callers *c);
void callers_keep(struct callers *c, unsigned begun, const char *sub, int64_t now_ms,
		  const struct ms_api_caller *caller);

/* The profile with that id, which is its subject, came, changed or went; NULL = any may have. */
void callers_forget(struct callers *c, const char *profile);

#endif
