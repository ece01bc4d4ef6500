# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libupstream.a
libupstream_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libupstream_a_SOURCES = \
	src/upstream/fetched.c \
	src/upstream/fetched.h \
	src/upstream/file.c \
	src/upstream/header.c \
	src/upstream/header.h \
	src/upstream/options.c \
	src/upstream/outcome.c \
	src/upstream/outcome.h \
	src/upstream/page.c \
	src/upstream/page.h \
	src/upstream/retry.c \
	src/upstream/retry.h \
	src/upstream/transfer.c \
	src/upstream/transfer.h \
	src/upstream/upstream.c \
	src/upstream/url.c \
	src/upstream/url.h
