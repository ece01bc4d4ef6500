/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_OUTCOME_H
#define MODELSYNC_UPSTREAM_OUTCOME_H

#include <stdbool.h>

#include "modelsync/error.h"
#include "transfer.h"

/*
 * What an answer means: true when it is a complete 200 or a redirect. Otherwise the error, and
 * *again says whether the same request may succeed later.
 */
bool outcome_of(const struct transfer_answer *a, const struct transfer_options *options,
		bool *again, struct ms_error *err) MS_MUST_CHECK;

/* One of the five kinds that name another URL (RFC 9110 §15.4). */
bool outcome_is_redirect(const struct transfer_answer *a);

#endif
