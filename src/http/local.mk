# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libhttp.a
libhttp_a_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS)
libhttp_a_SOURCES = \
	src/http/access.c \
	src/http/access.h \
	src/http/admin.h \
	src/http/admin_edit.c \
	src/http/admin_models.c \
	src/http/admin_records.c \
	src/http/admin_runs.c \
	src/http/admin_sync.c \
	src/http/answer.c \
	src/http/answer.h \
	src/http/background.c \
	src/http/background.h \
	src/http/call.c \
	src/http/call.h \
	src/http/catalogue.c \
	src/http/catalogue.h \
	src/http/cors.c \
	src/http/cors.h \
	src/http/counter.def \
	src/http/exposition.c \
	src/http/exposition.h \
	src/http/cron.c \
	src/http/cron.h \
	src/http/handlers.h \
	src/http/health.c \
	src/http/http.c \
	src/http/http.h \
	src/http/listen.c \
	src/http/listen.h \
	src/http/metrics.c \
	src/http/param.c \
	src/http/param.h \
	src/http/patch.c \
	src/http/patch.h \
	src/http/pool.c \
	src/http/pool.h \
	src/http/request_id.c \
	src/http/request_id.h \
	src/http/route.c \
	src/http/route.def \
	src/http/route.h \
	src/http/serve.c \
	src/http/serve.h \
	src/http/server.c \
	src/http/server.h \
	src/http/settings.c \
	src/http/settings.h \
	src/http/syncs.c \
	src/http/syncs.h \
	src/http/target.c \
	src/http/target.h \
	src/http/traffic.c \
	src/http/traffic.h
