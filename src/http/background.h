/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_BACKGROUND_H
#define MODELSYNC_HTTP_BACKGROUND_H

#include "call.h"

/*
 * A sync that outlives the request that asked for it: on the worker for syncs, while the one of the
 * request waits only until it is known which run it is. False with *begun: it ended before it had
 * one (err says why). False without: another one runs in the background, nothing was done.
 */
bool background_sync(struct http_call *call, const struct ms_run_request *request, int64_t *run,
		     bool *begun, struct ms_error *err) MS_MUST_CHECK;

#endif
