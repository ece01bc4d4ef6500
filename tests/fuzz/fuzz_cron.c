/* SPDX-License-Identifier: MIT */
/* Any text as a schedule: refused with a place inside it, or due again and again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/cron.h"
#include "modelsync/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = ms_strndup((const char *)data, size);
	struct ms_cron_error where;
	struct ms_cron c;
	struct ms_zone *utc;
	struct ms_error err;
	int64_t t = 1780855200;

	if (!ms_zone_load("UTC", &utc, &err))
		abort();
	if (!ms_cron_parse(&c, text, &where)) {
		if (where.at > strlen(text) || !*where.message)
			abort();
	} else {
		for (int i = 0; i < 3; i++) {
			int64_t next = ms_cron_next(&c, utc, t);

			if (next <= t || ms_cron_last(&c, utc, next) != next)
				abort();
			t = next;
		}
	}
	ms_zone_free(utc);
	ms_free(text);
	return 0;
}
