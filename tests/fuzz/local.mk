# fuzz: built on demand (make tests/fuzz/fuzz_filter). Configured with --enable-fuzzers (clang) they
# search; otherwise they replay the files named on their command line.
if ENABLE_FUZZERS
FUZZ_CPPFLAGS = -DMS_LIBFUZZER
FUZZ_FLAGS = -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/replay.c
endif
EXTRA_PROGRAMS += tests/fuzz/fuzz_filter
tests_fuzz_fuzz_filter_SOURCES = tests/fuzz/fuzz_filter.c
tests_fuzz_fuzz_filter_CPPFLAGS = $(AM_CPPFLAGS) $(FUZZ_CPPFLAGS)
tests_fuzz_fuzz_filter_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_filter_LDADD = libcatalog.a libbase.a $(CJSON_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_rules
tests_fuzz_fuzz_rules_SOURCES = tests/fuzz/fuzz_rules.c $(FUZZ_MAIN)
tests_fuzz_fuzz_rules_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_rules_LDADD = libcatalog.a libbase.a $(CJSON_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c $(FUZZ_MAIN)
tests_fuzz_fuzz_config_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_config_LDADD = libconfig_room.a libbase.a $(CONFIG_LIBS) $(CJSON_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_pages
tests_fuzz_fuzz_pages_SOURCES = tests/fuzz/fuzz_pages.c $(FUZZ_MAIN)
tests_fuzz_fuzz_pages_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_pages_LDADD = libupstream.a libbase.a $(CURL_LIBS) $(CJSON_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_fetch
tests_fuzz_fuzz_fetch_SOURCES = tests/fuzz/fuzz_fetch.c $(FUZZ_MAIN)
tests_fuzz_fuzz_fetch_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_fetch_LDADD = libupstream.a libbase.a $(CURL_LIBS) $(CJSON_LIBS)
EXTRA_DIST += tests/fuzz/replay.c tests/fuzz/require.h
EXTRA_PROGRAMS += tests/fuzz/fuzz_keys
tests_fuzz_fuzz_keys_SOURCES = tests/fuzz/fuzz_keys.c $(FUZZ_MAIN)
tests_fuzz_fuzz_keys_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_keys_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_keys_LDADD = libconsole.a libcatalog.a libbase.a $(CJSON_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_cron
tests_fuzz_fuzz_cron_SOURCES = tests/fuzz/fuzz_cron.c $(FUZZ_MAIN)
tests_fuzz_fuzz_cron_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_cron_LDADD = libsync.a libbase.a $(CJSON_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_state
tests_fuzz_fuzz_state_SOURCES = tests/fuzz/fuzz_state.c $(FUZZ_MAIN)
tests_fuzz_fuzz_state_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_state_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_state_LDADD = libconsole.a libcatalog.a libbase.a $(CJSON_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_patch
tests_fuzz_fuzz_patch_SOURCES = tests/fuzz/fuzz_patch.c $(FUZZ_MAIN)
tests_fuzz_fuzz_patch_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_patch_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_patch_LDADD = libhttp.a libbase.a $(CJSON_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_http
tests_fuzz_fuzz_http_SOURCES = tests/fuzz/fuzz_http.c $(FUZZ_MAIN)
tests_fuzz_fuzz_http_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_http_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_http_LDADD = libhttp.a libsync.a libdb.a libupstream.a libcatalog.a libconfig_room.a \
	libbase.a $(HTTP_LIBS) $(PQ_LIBS) $(CURL_LIBS) $(CONFIG_LIBS) $(CJSON_LIBS) $(XXHASH_LIBS)
EXTRA_PROGRAMS += tests/fuzz/fuzz_token
tests_fuzz_fuzz_token_SOURCES = tests/fuzz/fuzz_token.c $(FUZZ_MAIN)
tests_fuzz_fuzz_token_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_fuzz_fuzz_token_CFLAGS = $(AM_CFLAGS) $(FUZZ_FLAGS)
tests_fuzz_fuzz_token_LDADD = libhttp.a libconfig_room.a libbase.a $(HTTP_LIBS) $(CONFIG_LIBS) $(CJSON_LIBS)

# A million keys for the whole program on a real database; best configured with
# --enable-sanitizers=address,undefined.
.PHONY: fuzz-console
fuzz-console: modelsync-tui$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) MODELSYNC_RANDOM_EVENTS=1000000 MODELSYNC_TEST_TIMEOUT=7200 \
		$(srcdir)/tests/lib/run-python $(srcdir)/tests/e2e/test_random_keys.py
