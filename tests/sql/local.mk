# pgTAP: each file on a fresh, migrated database.
sql_tests = \
	tests/sql/test_alerts.pg \
	tests/sql/test_again.pg \
	tests/sql/test_ahead.pg \
	tests/sql/test_api.pg \
	tests/sql/test_audit.pg \
	tests/sql/test_audit_verify.pg \
	tests/sql/test_bad_input.pg \
	tests/sql/test_contract.pg \
	tests/sql/test_direct.pg \
	tests/sql/test_drift.pg \
	tests/sql/test_edit.pg \
	tests/sql/test_feed.pg \
	tests/sql/test_flapping.pg \
	tests/sql/test_guard.pg \
	tests/sql/test_notify.pg \
	tests/sql/test_presence.pg \
	tests/sql/test_metrics.pg \
	tests/sql/test_prices.pg \
	tests/sql/test_quality.pg \
	tests/sql/test_refusal.pg \
	tests/sql/test_retention.pg \
	tests/sql/test_roles.pg \
	tests/sql/test_rules.pg \
	tests/sql/test_runs.pg \
	tests/sql/test_setting.pg \
	tests/sql/test_slots.pg \
	tests/sql/test_sync.pg \
	tests/sql/test_undo.pg \
	tests/sql/test_validate.pg \
	tests/sql/test_why.pg
TESTS += $(sql_tests)
EXTRA_DIST += $(sql_tests) tests/sql/lib/helpers.psql
