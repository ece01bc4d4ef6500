/* SPDX-License-Identifier: MIT */
#include "request_id.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "modelsync/clock.h"

static char process[18]; /* sixteen digits by chance, so that processes differ, and a '-' */
static atomic_uint_fast64_t last;

static void choose_process(void)
{
	uint64_t chance;

	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != sizeof(chance))
		chance = (uint64_t)ms_clock_us();
	snprintf(process, sizeof(process), "%016" PRIx64 "-", chance);
}

static bool is_sane(const char *id)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-";
	size_t len = strlen(id);

	return len > 0 && len < HTTP_REQUEST_ID_SIZE && strspn(id, plain) == len;
}

/* Once with each request: a third of what snprintf() takes. */
static void put_number(char *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	memcpy(out, digits + at, sizeof(digits) - at);
	out[sizeof(digits) - at] = '\0';
}

void request_id_choose(struct http_call *call)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const char *sent = http_header(call, HTTP_REQUEST_ID);

	if (sent && is_sane(sent)) {
		strcpy(call->request_id, sent);
		return;
	}
	pthread_once(&once, choose_process);
	put_number(stpcpy(call->request_id, process), (uint64_t)atomic_fetch_add(&last, 1) + 1);
}
