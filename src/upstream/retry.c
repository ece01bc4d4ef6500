/* SPDX-License-Identifier: MIT */
#include "retry.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <sys/random.h>

#include "modelsync/clock.h"

#define FIRST_MS   500
#define LONGEST_MS 30000

static uint32_t random_number(void)
{
	uint32_t n;

	/* Jitter needs no secrecy: without a source of randomness the clock is good enough. */
	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) != (ssize_t)sizeof(n))
		n = (uint32_t)ms_clock_ms() * UINT32_C(2654435761);
	return n;
}

int64_t retry_backoff_ms(int failures)
{
	int64_t limit = FIRST_MS;

	for (int i = 1; i < failures && limit < LONGEST_MS; i++)
		limit *= 2;
	if (limit > LONGEST_MS)
		limit = LONGEST_MS;
	return (int64_t)(random_number() % (uint32_t)(limit + 1));
}

int64_t retry_after_s(const char *value, int64_t now)
{
	char *end;
	time_t when;

	if (isdigit((unsigned char)*value)) {
		/* Out of range gives LONG_MAX, which is long enough. */
		long seconds = strtol(value, &end, 10);

		return *end == '\0' ? seconds : -1;
	}
	when = curl_getdate(value, NULL);
	if (when == -1)
		return -1;
	return when > now ? when - now : 0;
}
