# Tests with a throwaway cluster; those that need the program take it from MODELSYNC_BIN.
integration_tests = \
	tests/integration/test_admin_api.py \
	tests/integration/test_adopt.py \
	tests/integration/test_cli.py \
	tests/integration/test_daemon.py \
	tests/integration/test_daemon_slots.py \
	tests/integration/test_daemon_years.py \
	tests/integration/test_documented.py \
	tests/integration/test_engine.py \
	tests/integration/test_http.py \
	tests/integration/test_http_metrics.py \
	tests/integration/test_http_openapi.py \
	tests/integration/test_http_robust.py \
	tests/integration/test_insight.py \
	tests/integration/test_local.py \
	tests/integration/test_models_access.py \
	tests/integration/test_models_api.py \
	tests/integration/test_models_fallback.py \
	tests/integration/test_models_users.py \
	tests/integration/test_notify.py \
	tests/integration/test_properties.py \
	tests/integration/test_records.py \
	tests/integration/test_reference.py \
	tests/integration/test_replay.py \
	tests/integration/test_replay_interrupted.py \
	tests/integration/test_roles.py \
	tests/integration/test_rules.py \
	tests/integration/test_schema.py \
	tests/integration/test_sync.py \
	tests/integration/test_sync_bad_input.py \
	tests/integration/test_sync_cancel.py \
	tests/integration/test_sync_condition.py \
	tests/integration/test_sync_misbehaviour.py \
	tests/integration/test_sync_network.py \
	tests/integration/test_sync_race.py \
	tests/integration/test_sync_stop.py \
	tests/integration/test_trouble.py
TESTS += $(integration_tests)
EXTRA_DIST += $(integration_tests) tests/integration/daemon_case.py tests/integration/daemon_years.py tests/integration/http_case.py \
	tests/integration/models_case.py tests/integration/replay_case.py \
	tests/integration/sync_case.py \
	tests/fixtures/adopt/hosted.sql \
	tests/fixtures/adopt/old_program.sql \
	tests/fixtures/adopt/plain.sql \
	tests/fixtures/adopt/rows.sql \
	tests/fixtures/adopt/sparse.sql

if HAVE_CMOCKA
check_PROGRAMS += tests/integration/core_test
tests_integration_core_test_SOURCES = tests/integration/core_test.c
tests_integration_core_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_integration_core_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_integration_core_test_LDADD = \
	libruntime.a libsync.a libdb.a libnotify.a libupstream.a libcatalog.a libconfig_room.a libbase.a \
	$(CMOCKA_LIBS) $(PQ_LIBS) $(CURL_LIBS) $(CRYPTO_LIBS) $(CONFIG_LIBS) $(CJSON_LIBS) $(XXHASH_LIBS)
TESTS += tests/integration/core.sh
endif
EXTRA_DIST += tests/integration/core.sh
