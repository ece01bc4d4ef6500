/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SHELF_H
#define MODELSYNC_HTTP_SHELF_H

#include "settings.h"
#include "snapshot.h"

/*
 * Where the snapshot stands that requests take. A thread of its own puts the next one there when
 * models have changed, and falls back as models_api.phase allows.
 */
struct shelf;

struct shelf *shelf_new(struct http_settings *settings);
void shelf_free(struct shelf *s); /* stops the thread */

/* From now on with these. */
void shelf_use(struct shelf *s, struct http_settings *settings);
/* Models have changed, or may have. */
void shelf_changed(struct shelf *s);
/* The database came or went. */
void shelf_database(struct shelf *s, bool is_up);

struct shelf_view {
	struct snapshot *snapshot; /* a share; NULL = there is none yet */
	int64_t stale_s; /* for so long nobody knows whether it is still right; -1 = it is */
};
void shelf_look(struct shelf *s, struct shelf_view *out);

#endif
