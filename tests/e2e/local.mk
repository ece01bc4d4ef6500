# The real program in a real terminal.
e2e_tests = \
	tests/e2e/test_edits.py \
	tests/e2e/test_guide.py \
	tests/e2e/test_keys.py \
	tests/e2e/test_export.py \
	tests/e2e/test_random_keys.py \
	tests/e2e/test_rules_console.py \
	tests/e2e/test_terminal.py \
	tests/e2e/test_tour.py \
	tests/e2e/test_views.py
TESTS += $(e2e_tests)
EXTRA_DIST += $(e2e_tests) tests/e2e/console_case.py
