# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libnotify.a
libnotify_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(CRYPTO_CFLAGS)
libnotify_a_SOURCES = \
	src/notify/dispatch.c \
	src/notify/dispatch.h \
	src/notify/mail.c \
	src/notify/mail.h \
	src/notify/notify.c \
	src/notify/payload.c \
	src/notify/payload.h \
	src/notify/settings.c \
	src/notify/settings.h
