/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_PATCH_H
#define MODELSYNC_HTTP_PATCH_H

#include <stdbool.h>

#include "modelsync/json.h"

/* Models edited in one request at most. */
#define PATCH_MAX_MODELS 1000

/* The body of a PATCH of models. What an edit may say is the database's to check. */
struct patch {
	struct ms_json *edits; /* owned; a list as edit_models() takes it */
	char *reason;	       /* owned; NULL = none */
	bool allow_paid_free;  /* also where paid models become free-tier by it */
};

/*
 * {"status", …, "reason", "version"} for the model of that id, or {"updates": […], "reason"}.
 * False: *problems says what is wrong, a list of {"index"?, "path", "message"}, owned; *out is
 * empty.
 */
bool patch_read_one(const struct ms_json *body, const char *model_id, struct patch *out,
		    struct ms_json **problems);
bool patch_read_many(const struct ms_json *body, struct patch *out, struct ms_json **problems);
void patch_clear(struct patch *p);

#endif
