# TAP everywhere: automake's driver counts single test cases, not files.
TEST_EXTENSIONS = .py .pg .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
PY_LOG_DRIVER = $(LOG_DRIVER)
PG_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_COMPILER = $(top_srcdir)/tests/lib/run-python
PG_LOG_COMPILER = $(top_srcdir)/tests/lib/run-pgtap
SH_LOG_COMPILER = $(SHELL)
EXTRA_DIST += tests/lib/modelsync_test.py tests/lib/upstream_stub.py tests/lib/encodings_stub.py \
	tests/lib/json_schema.py tests/lib/mail_stub.py tests/lib/proxy_stub.py tests/lib/pty_terminal.py tests/lib/socket_proxy.py \
	tests/lib/run-python tests/lib/run-pgtap tests/lib/with-cluster
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	MODELSYNC_BIN='$(abs_top_builddir)/modelsync-tui'; export MODELSYNC_BIN; \
	MODELSYNC_SRCDIR='$(abs_top_srcdir)'; export MODELSYNC_SRCDIR; \
	LC_ALL=C.UTF-8; export LC_ALL; TZ=UTC; export TZ;

include tests/unit/local.mk
include tests/sql/local.mk
include tests/screens/local.mk
include tests/integration/local.mk
include tests/e2e/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk
