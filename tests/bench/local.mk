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

EXTRA_DIST += tests/bench/engine.py
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
