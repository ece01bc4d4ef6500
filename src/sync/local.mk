# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libsync.a
libsync_a_CFLAGS = $(AM_CFLAGS) $(XXHASH_CFLAGS)
libsync_a_SOURCES = \
	src/sync/cron.c \
	src/sync/cron_parse.c \
	src/sync/ear.c \
	src/sync/ear.h \
	src/sync/entries.c \
	src/sync/entries.h \
	src/sync/handover.c \
	src/sync/handover.h \
	src/sync/held.c \
	src/sync/rules.c \
	src/sync/rules.h \
	src/sync/run_log.c \
	src/sync/schedule.c \
	src/sync/sync.c
