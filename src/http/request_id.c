/* SPDX-License-Identifier: MIT */
#include "request_id.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "modelsync/clock.h"

static uint64_t process; /* by chance, so that processes differ */
static atomic_uint_fast64_t last;

static void choose_process(void)
{
	if (getrandom(&process, sizeof(process), GRND_NONBLOCK) != sizeof(process))
		process = (uint64_t)ms_clock_us();
}

static bool is_sane(const char *id)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-";
	size_t len = strlen(id);

	return len > 0 && len < HTTP_REQUEST_ID_SIZE && strspn(id, plain) == len;
}

void request_id_choose(struct http_call *call)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const char *sent = http_header(call, "X-Request-Id");

	if (sent && is_sane(sent)) {
		strcpy(call->request_id, sent);
		return;
	}
	pthread_once(&once, choose_process);
	snprintf(call->request_id, sizeof(call->request_id), "%016" PRIx64 "-%" PRIu64, process,
		 (uint64_t)atomic_fetch_add(&last, 1) + 1);
}
