/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_FALLBACK_H
#define MODELSYNC_HTTP_FALLBACK_H

#include "modelsync/config.h"
#include "modelsync/upstream.h"
#include "snapshot.h"

/*
 * What the API shows while the database has nothing to show: the list of models_api.list, all of it
 * to everybody; else upstream's own list, of which the free tier sees what costs nothing.
 */

/* Whether models_api.list names any. */
bool fallback_has_list(const struct ms_config *config);
bool fallback_from_list(const struct ms_config *config, struct snapshot **out,
			struct ms_error *err) MS_MUST_CHECK;
/* Of what was fetched. */
bool fallback_from_upstream(const struct ms_fetched *fetched, struct snapshot **out,
			    struct ms_error *err) MS_MUST_CHECK;

#endif
