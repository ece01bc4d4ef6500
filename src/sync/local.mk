# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libsync.a
libsync_a_SOURCES = src/sync/sync.c
