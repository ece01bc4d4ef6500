/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_RETRY_H
#define MODELSYNC_UPSTREAM_RETRY_H

#include <stdint.h>

/*
 * How long to wait before trying again after `failures` (≥ 1) failures in a row: exponential
 * backoff with full jitter, so that many clients that failed together do not come back together.
 * Milliseconds, at most 30,000.
 */
int64_t retry_backoff_ms(int failures);

/*
 * Value of a Retry-After header (RFC 9110 §10.2.3: seconds, or a date) as seconds from `now`
 * (epoch s); 0 for a date in the past, -1 when it is neither.
 */
int64_t retry_after_s(const char *value, int64_t now);

#endif
