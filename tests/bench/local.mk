# bench
EXTRA_PROGRAMS += tests/bench/filter
tests_bench_filter_SOURCES = tests/bench/filter.c
tests_bench_filter_LDADD = libcatalog.a libbase.a $(CJSON_LIBS)
.PHONY: bench-filter
bench-filter: tests/bench/filter$(EXEEXT)
	tests/bench/filter$(EXEEXT)
bench: bench-filter
EXTRA_PROGRAMS += tests/bench/console
tests_bench_console_SOURCES = tests/bench/console.c tests/screens/fixture.c tests/screens/fixture.h
tests_bench_console_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_console_LDADD = libconsole.a libcatalog.a libbase.a $(CJSON_LIBS)
.PHONY: bench-console
bench-console: tests/bench/console$(EXEEXT)
	tests/bench/console$(EXEEXT)
bench-terminal: modelsync-tui$(EXEEXT)
	MODELSYNC_BIN=$(abs_top_builddir)/modelsync-tui $(SHELL) $(srcdir)/tests/bench/console.sh
.PHONY: bench-terminal
EXTRA_DIST += tests/bench/console.sh
bench: bench-console bench-terminal

EXTRA_DIST += tests/bench/answers.py tests/bench/engine.py
.PHONY: bench-engine
bench-engine:
	MODELSYNC_BIN= $(top_srcdir)/tests/bench/engine.py
bench: bench-engine

EXTRA_DIST += tests/bench/adopt.py
.PHONY: bench-adopt
bench-adopt: modelsync-tui$(EXEEXT)
	MODELSYNC_BIN=$(abs_top_builddir)/modelsync-tui $(top_srcdir)/tests/bench/adopt.py
bench: bench-adopt

EXTRA_DIST += tests/bench/queries.py
.PHONY: bench-queries
bench-queries: modelsync-tui$(EXEEXT)
	MODELSYNC_BIN=$(abs_top_builddir)/modelsync-tui $(top_srcdir)/tests/bench/queries.py
bench: bench-queries

EXTRA_PROGRAMS += tests/bench/handover
tests_bench_handover_SOURCES = tests/bench/handover.c
tests_bench_handover_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_bench_handover_LDADD = \
	libsync.a libdb.a libupstream.a libcatalog.a libconfig_room.a libbase.a \
	$(PQ_LIBS) $(CURL_LIBS) $(CONFIG_LIBS) $(CJSON_LIBS) $(XXHASH_LIBS)
EXTRA_DIST += tests/bench/sync.py tests/bench/endurance.py
BENCH_SYNC_ENVIRONMENT = \
	MODELSYNC_BIN=$(abs_top_builddir)/modelsync-tui HANDOVER=$(abs_top_builddir)/tests/bench/handover
.PHONY: bench-sync bench-endurance
bench-sync: modelsync-tui$(EXEEXT) tests/bench/handover$(EXEEXT)
	$(BENCH_SYNC_ENVIRONMENT) $(top_srcdir)/tests/bench/sync.py
bench-endurance: modelsync-tui$(EXEEXT) tests/bench/handover$(EXEEXT)
	$(BENCH_SYNC_ENVIRONMENT) $(top_srcdir)/tests/bench/endurance.py
bench: bench-sync bench-endurance

EXTRA_DIST += tests/bench/cancel.py
.PHONY: bench-cancel
bench-cancel: modelsync-tui$(EXEEXT)
	MODELSYNC_BIN=$(abs_top_builddir)/modelsync-tui $(top_srcdir)/tests/bench/cancel.py
bench: bench-cancel

EXTRA_DIST += tests/bench/daemon.py
.PHONY: bench-daemon
bench-daemon: modelsync-tui$(EXEEXT)
	MODELSYNC_BIN=$(abs_top_builddir)/modelsync-tui $(top_srcdir)/tests/bench/daemon.py
bench: bench-daemon

EXTRA_DIST += tests/bench/http_world.py tests/bench/http_api.py tests/bench/http_endurance.py
.PHONY: bench-http bench-http-endurance
bench-http: modelsync-tui$(EXEEXT)
	MODELSYNC_BIN=$(abs_top_builddir)/modelsync-tui $(top_srcdir)/tests/bench/http_api.py
bench-http-endurance: modelsync-tui$(EXEEXT)
	MODELSYNC_BIN=$(abs_top_builddir)/modelsync-tui $(top_srcdir)/tests/bench/http_endurance.py
bench: bench-http
