/* SPDX-License-Identifier: MIT */
#include "modelsync/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "modelsync/clock.h"

static enum ms_log_level threshold = MS_LOG_WARN;

void ms_log_set_level(enum ms_log_level level)
{
	threshold = level;
}

void ms_log(enum ms_log_level level, const char *fmt, ...)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};
	char line[1200], when[24];
	va_list ap;

	if (level > threshold)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			*p = ' ';
	ms_time_format(when, sizeof(when), ms_clock_now());
	fprintf(stderr, "%s %s %s\n", when, names[level], line);
}
