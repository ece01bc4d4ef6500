# bench
EXTRA_PROGRAMS += tests/bench/filter
tests_bench_filter_SOURCES = tests/bench/filter.c
tests_bench_filter_LDADD = libcatalog.a libbase.a $(CJSON_LIBS)
.PHONY: bench-filter
bench-filter: tests/bench/filter$(EXEEXT)
	tests/bench/filter$(EXEEXT)
bench: bench-filter
