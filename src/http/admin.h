/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_ADMIN_H
#define MODELSYNC_HTTP_ADMIN_H

#include "call.h"
#include "modelsync/filter.h"
#include "modelsync/run.h"

/* What several handlers of the Admin API share. */

/* The parameter q as a filter (owned; without one everything matches). False: the call is answered.
 */
bool admin_read_filter(struct http_call *call, struct ms_filter **out);

/* Of POSTs that take no settings: clients often send {} along. False: the call is answered. */
bool admin_read_nothing(struct http_call *call);
/*
 * {"reason": text}, or nothing; *reason borrowed, NULL = none. other: one more member that may be
 * there, or "".
 */
bool admin_read_reason(struct http_call *call, const char *other, const char **reason);

/* {success, message, data, previousSync} of a run that completed, was held or failed. */
void admin_answer_run(struct http_call *call, const struct ms_run_report *report,
		      const struct ms_error *why, int64_t began);

#endif
