/* SPDX-License-Identifier: MIT */
/*
 * The database room and the lanes against a real server: cancelling, a lost connection, a restart.
 * Run by core.sh beside a throwaway cluster.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/lanes.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "src/db/conn.h"
#include "src/runtime/lane.h"

#define DEADLINE_MS 20000

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	if (!value) {
		printf("Bail out! %s is not set: run core.sh\n", name);
		exit(99);
	}
	return value;
}

static void control(const char *what)
{
	assert_int_equal(system(setting(what)), 0);
}

static struct ms_db *open_db(void)
{
	struct ms_db_options options = {
		.conninfo = setting("MODELSYNC_TEST_CONNINFO"),
		.connect_timeout_s = 5,
		.statement_timeout_s = 30,
		.purpose = "test",
		.origin = "cli",
	};

	return ms_db_new(&options);
}

static bool run_sql(struct ms_db *db, const char *sql, struct ms_error *err)
{
	PGresult *r;

	if (!db_query(db, sql, 0, NULL, &r, err))
		return false;
	PQclear(r);
	return true;
}

/* --- the connection ------------------------------------------------------------------------ */

struct sleeper {
	struct ms_db *db;
	bool ok;
	int64_t took_ms;
	struct ms_error err;
};

static void *sleep_in_database(void *arg)
{
	struct sleeper *s = arg;
	int64_t start = ms_clock_ms();

	s->ok = run_sql(s->db, "SELECT pg_sleep(20)", &s->err);
	s->took_ms = ms_clock_ms() - start;
	return NULL;
}

static void wait_for_active_statement(void)
{
	struct ms_db *db = open_db();
	int64_t start = ms_clock_ms();
	struct ms_json *found = NULL;
	struct ms_error err;

	do {
		ms_json_free(found);
		assert_true(db_query_json(
			db,
			"SELECT to_jsonb(count(*)) FROM pg_stat_activity WHERE query LIKE "
			"'SELECT pg_sleep%' AND wait_event = 'PgSleep'",
			0, NULL, &found, &err));
		assert_true(ms_clock_ms() - start < DEADLINE_MS);
	} while (ms_json_int(found, 0) == 0);
	ms_json_free(found);
	ms_db_free(db);
}

static void a_statement_is_cancelled_from_another_thread(void **state)
{
	struct sleeper s = {.db = open_db()};
	pthread_t thread;
	int64_t start;

	(void)state;
	pthread_create(&thread, NULL, sleep_in_database, &s);
	wait_for_active_statement();
	start = ms_clock_ms();
	ms_db_cancel(s.db);
	pthread_join(thread, NULL);
	assert_true(ms_clock_ms() - start < 1000);
	assert_false(s.ok);
	assert_int_equal(s.err.category, MS_ERR_CANCELLED);
	assert_true(run_sql(s.db, "SELECT 1", &s.err)); /* the next statement is not hit */
	ms_db_free(s.db);
}

static void kill_other_backends(void)
{
	struct ms_db *killer = open_db();
	struct ms_error err;

	assert_true(run_sql(
		killer,
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
		" WHERE application_name = 'modelsync-tui test' AND pid <> pg_backend_pid()",
		&err));
	ms_db_free(killer);
}

static void a_backend_killed_while_idle_is_replaced(void **state)
{
	struct ms_db *db = open_db();
	struct ms_error err;

	(void)state;
	assert_true(run_sql(db, "SELECT 1", &err));
	kill_other_backends();
	assert_true(run_sql(db, "SELECT 1", &err));
	ms_db_free(db);
}

static void a_backend_killed_in_a_transaction_is_reported(void **state)
{
	struct ms_db *db = open_db();
	struct ms_error err;

	(void)state;
	assert_true(run_sql(db, "BEGIN", &err));
	kill_other_backends();
	assert_false(run_sql(db, "SELECT 1", &err));
	assert_int_equal(err.category, MS_ERR_UNREACHABLE);
	assert_true(run_sql(db, "SELECT 1", &err));
	ms_db_free(db);
}

static void a_backend_killed_at_work_is_reported(void **state)
{
	struct sleeper s = {.db = open_db()};
	pthread_t thread;

	(void)state;
	pthread_create(&thread, NULL, sleep_in_database, &s);
	wait_for_active_statement();
	kill_other_backends();
	pthread_join(thread, NULL);
	assert_false(s.ok);
	assert_int_equal(s.err.category, MS_ERR_UNREACHABLE);
	ms_db_free(s.db);
}

static void a_read_only_connection_cannot_write(void **state)
{
	struct ms_db_options options = {
		.conninfo = setting("MODELSYNC_TEST_CONNINFO"),
		.connect_timeout_s = 5,
		.statement_timeout_s = 30,
		.read_only = true,
		.origin = "cli",
	};
	struct ms_db *db = ms_db_new(&options);
	struct ms_error err;

	(void)state;
	assert_false(run_sql(db, "CREATE TABLE public.x (y int)", &err));
	assert_int_equal(err.category, MS_ERR_REFUSED);
	ms_db_free(db);
}

/* --- the lanes ------------------------------------------------------------------------------ */

struct seen {
	struct ms_loop *loop;
	struct ms_timer *deadline;
	struct ms_lanes *lanes;
	size_t models, details, written, connected, lost, synced, notices;
	size_t feeds, changesets, verdicts, acknowledged;
	size_t rows; /* of the last page */
	struct ms_error last_error;
	bool timed_out;
	size_t *wanted; /* the loop stops when this counter moves */
};

static void count(struct seen *s, size_t *counter)
{
	(*counter)++;
	if (counter == s->wanted)
		ms_loop_stop(s->loop);
}

static void answered(struct seen *s, size_t *counter, const struct ms_error *err)
{
	s->last_error = err ? *err : (struct ms_error){0};
	count(s, counter);
}

static void on_models(void *arg, struct ms_catalog *catalog, const struct ms_error *err)
{
	struct seen *s = arg;

	ms_catalog_free(catalog);
	answered(s, &s->models, err);
}

static void on_detail(void *arg, const char *model_id, struct ms_json *detail,
		      const struct ms_error *err)
{
	struct seen *s = arg;

	assert_string_equal(model_id, "no/such");
	ms_json_free(detail);
	answered(s, &s->details, err);
}

static void on_written(void *arg, struct ms_write_result *result, const struct ms_error *err)
{
	struct seen *s = arg;

	ms_write_result_free(result);
	answered(s, &s->written, err);
}

static void on_undo_preview(void *arg, int64_t changeset, struct ms_write_result *result,
			    const struct ms_error *err)
{
	(void)changeset;
	on_written(arg, result, err);
}

static void on_progress(void *arg, const struct ms_run_progress *progress)
{
	(void)arg;
	(void)progress;
}

static void on_synced(void *arg, struct ms_run_report *report, const struct ms_error *err)
{
	struct seen *s = arg;

	ms_run_report_free(report);
	answered(s, &s->synced, err);
}

static void on_status(void *arg, struct ms_json *status, const struct ms_error *err)
{
	(void)arg;
	(void)err;
	ms_json_free(status);
}

static void on_feed(void *arg, enum ms_feed feed, int64_t before, struct ms_json *rows,
		    const struct ms_error *err)
{
	struct seen *s = arg;

	assert_true(feed < MS_FEED_COUNT);
	assert_true(before == 0 || before == 1);
	s->rows = ms_json_count(rows);
	ms_json_free(rows);
	answered(s, &s->feeds, err);
}

static void on_changeset(void *arg, int64_t changeset, struct ms_json *detail,
			 const struct ms_error *err)
{
	struct seen *s = arg;

	assert_int_equal(changeset, 4711);
	ms_json_free(detail);
	answered(s, &s->changesets, err);
}

static void on_verified(void *arg, struct ms_json *verdict, const struct ms_error *err)
{
	struct seen *s = arg;

	assert_true(err || ms_json_bool(ms_json_get(verdict, "ok")));
	ms_json_free(verdict);
	answered(s, &s->verdicts, err);
}

static void on_acknowledged(void *arg, int64_t n, const struct ms_error *err)
{
	struct seen *s = arg;

	assert_int_equal(n, 0);
	answered(s, &s->acknowledged, err);
}

static void on_notice(void *arg, const char *payload)
{
	struct seen *s = arg;

	assert_int_equal(payload[0], '{');
	count(s, &s->notices);
}

static void on_connection(void *arg, const char *label, const struct ms_error *err)
{
	struct seen *s = arg;

	(void)label;
	answered(s, err ? &s->lost : &s->connected, err);
}

static void on_deadline(void *arg)
{
	struct seen *s = arg;

	s->timed_out = true;
	ms_loop_stop(s->loop);
}

static void run_until(struct seen *s, size_t *counter)
{
	s->wanted = counter;
	ms_timer_start(s->deadline, DEADLINE_MS);
	ms_loop_run(s->loop);
	assert_false(s->timed_out);
}

static struct ms_config *config_with(const char *url)
{
	static const struct ms_config_source nothing = {.file = "/dev/null"};
	struct ms_config *config;
	struct ms_error err;

	assert_true(ms_config_load(&config, &nothing, &err));
	assert_true(ms_config_set(config, MS_OPT_DB_CONNINFO, setting("MODELSYNC_TEST_CONNINFO"),
				  &err));
	assert_true(ms_config_set(config, MS_OPT_UPSTREAM_URL, url, &err));
	assert_true(ms_config_set(config, MS_OPT_UPSTREAM_RETRIES, "0", &err));
	return config;
}

static void start(struct seen *s, const struct ms_config *config)
{
	const struct ms_lanes_events events = {
		.arg = s,
		.models = on_models,
		.detail = on_detail,
		.written = on_written,
		.undo_preview = on_undo_preview,
		.progress = on_progress,
		.synced = on_synced,
		.status = on_status,
		.feed = on_feed,
		.changeset = on_changeset,
		.verified = on_verified,
		.acknowledged = on_acknowledged,
		.notice = on_notice,
		.connection = on_connection,
	};

	*s = (struct seen){.loop = ms_loop_new()};
	s->deadline = ms_timer_new(s->loop, on_deadline, s);
	s->lanes = ms_lanes_start(s->loop, config, false, &events);
}

static void stop(struct seen *s, struct ms_config *config)
{
	int64_t before = ms_clock_ms();

	ms_lanes_stop(s->lanes);
	assert_true(ms_clock_ms() - before < 2500);
	ms_timer_free(s->deadline);
	ms_loop_free(s->loop);
	ms_config_free(config);
}

/* Until somebody waits for that table. */
static void wait_for_lock(struct ms_db *db, const char *table)
{
	struct ms_error err;
	PGresult *r = NULL;
	bool waits = false;

	while (!waits) {
		assert_true(db_query(db,
				     "SELECT 1 FROM pg_locks WHERE NOT granted"
				     " AND relation = $1::regclass",
				     1, &table, &r, &err));
		waits = PQntuples(r) > 0;
		PQclear(r);
	}
}

static void lanes_answer_each_request_once(void **state)
{
	struct ms_config *config = config_with("http://127.0.0.1:9/");
	struct seen s;

	(void)state;
	start(&s, config);
	run_until(&s, &s.connected);
	ms_lanes_load_models(s.lanes);
	run_until(&s, &s.models);
	assert_int_equal(s.last_error.category, MS_OK);
	ms_lanes_load_detail(s.lanes, "no/such");
	run_until(&s, &s.details);
	assert_int_equal(s.last_error.category, MS_ERR_VALIDATION);
	ms_lanes_sync(s.lanes, false, false);
	run_until(&s, &s.synced);
	assert_int_equal(s.last_error.category, MS_ERR_NETWORK);
	ms_lanes_undo(s.lanes, 4711, false);
	run_until(&s, &s.written);
	assert_int_equal(s.last_error.category, MS_ERR_VALIDATION);
	assert_int_equal(s.models + s.details + s.synced + s.written, 4);
	stop(&s, config);
}

/* A lock that somebody holds makes the write wait; what waits can be called off, wholly. */
static void a_write_can_be_cancelled(void **state)
{
	struct ms_config *config = config_with("http://127.0.0.1:9/");
	struct ms_db *other = open_db();
	struct ms_model model = {.id = "acme/none"};
	struct ms_edit edit = {.set = MS_EDIT_PRO, .tiers = MS_TIER_PRO};
	struct ms_edit_batch *batch = ms_edit_batch_new();
	struct ms_error err;
	struct seen s;

	(void)state;
	ms_edit_batch_add(batch, &model, &edit);
	start(&s, config);
	run_until(&s, &s.connected);
	assert_true(db_execute(other, "BEGIN; LOCK public.model_access IN ACCESS EXCLUSIVE MODE",
			       &err));
	ms_lanes_write(s.lanes, batch);
	wait_for_lock(other, "public.model_access");
	ms_lanes_write_cancel(s.lanes);
	run_until(&s, &s.written);
	assert_int_equal(s.last_error.category, MS_ERR_CANCELLED);
	ms_db_free(other);

	ms_lanes_undo(s.lanes, 4711, false); /* the next one is not concerned */
	run_until(&s, &s.written);
	assert_int_equal(s.last_error.category, MS_ERR_VALIDATION);
	stop(&s, config);
}

static void notices_of_others_arrive(void **state)
{
	struct ms_config *config = config_with("http://127.0.0.1:9/");
	struct ms_db *other = open_db();
	struct ms_error err;
	struct seen s;

	(void)state;
	start(&s, config);
	run_until(&s, &s.connected);
	assert_true(run_sql(other, "SELECT pg_notify('modelsync', '{\"changeset\":1}')", &err));
	run_until(&s, &s.notices);
	ms_db_free(other);
	stop(&s, config);
}

static void a_restart_of_the_server_is_survived(void **state)
{
	struct ms_config *config = config_with("http://127.0.0.1:9/");
	struct seen s;

	(void)state;
	start(&s, config);
	run_until(&s, &s.connected);
	control("MODELSYNC_TEST_STOP");
	run_until(&s, &s.lost);
	assert_int_equal(s.last_error.category, MS_ERR_UNREACHABLE);
	assert_true(s.last_error.retry_after_s >= 1);
	ms_lanes_load_models(s.lanes);
	run_until(&s, &s.models);
	assert_int_equal(s.last_error.category, MS_ERR_UNREACHABLE);
	control("MODELSYNC_TEST_START");
	run_until(&s, &s.connected);
	ms_lanes_load_models(s.lanes);
	run_until(&s, &s.models);
	assert_int_equal(s.last_error.category, MS_OK);
	stop(&s, config);
}

static void lanes_list_and_verify(void **state)
{
	struct ms_config *config = config_with("http://127.0.0.1:9/");
	const int64_t no_alert = 4711;
	struct seen s;

	(void)state;
	start(&s, config);
	run_until(&s, &s.connected);
	for (int feed = 0; feed < MS_FEED_COUNT; feed++) {
		ms_lanes_load_feed(s.lanes, (enum ms_feed)feed, 0);
		run_until(&s, &s.feeds);
		assert_int_equal(s.last_error.category, MS_OK);
		ms_lanes_load_feed(s.lanes, (enum ms_feed)feed, 1);
		run_until(&s, &s.feeds);
		assert_int_equal(s.rows, 0);
	}
	ms_lanes_load_changeset(s.lanes, 4711);
	run_until(&s, &s.changesets);
	assert_int_equal(s.last_error.category, MS_ERR_VALIDATION);
	ms_lanes_acknowledge(s.lanes, &no_alert, 1);
	run_until(&s, &s.acknowledged);
	assert_int_equal(s.last_error.category, MS_ERR_VALIDATION);
	ms_lanes_verify(s.lanes);
	run_until(&s, &s.verdicts);
	assert_int_equal(s.last_error.category, MS_OK);
	stop(&s, config);
}

/* A lock that somebody holds on the log makes the verification wait for ever. */
static void a_verification_can_be_cancelled(void **state)
{
	struct ms_config *config = config_with("http://127.0.0.1:9/");
	struct ms_db *other = open_db();
	struct ms_error err;
	struct seen s;

	(void)state;
	start(&s, config);
	run_until(&s, &s.connected);
	assert_true(
		db_execute(other, "BEGIN; LOCK modelsync.audit IN ACCESS EXCLUSIVE MODE", &err));
	ms_lanes_verify(s.lanes);
	wait_for_lock(other, "modelsync.audit");
	ms_lanes_verify_cancel(s.lanes);
	run_until(&s, &s.verdicts);
	assert_int_equal(s.last_error.category, MS_ERR_CANCELLED);
	ms_db_free(other);
	stop(&s, config);
}

static void lanes_stop_while_they_work(void **state)
{
	struct ms_config *config = config_with("http://127.0.0.1:9/");
	struct seen s;

	(void)state;
	for (int i = 0; i < 20; i++) {
		start(&s, config);
		for (int j = 0; j < 5; j++) {
			ms_lanes_load_models(s.lanes);
			ms_lanes_sync(s.lanes, true, false);
		}
		ms_lanes_stop(s.lanes);
		ms_timer_free(s.deadline);
		ms_loop_free(s.loop);
	}
	ms_config_free(config);
}

static int start_upstream(void **state)
{
	struct ms_error err;

	(void)state;
	return ms_upstream_init(&err) ? 0 : -1;
}

static int stop_upstream(void **state)
{
	(void)state;
	ms_upstream_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_is_cancelled_from_another_thread),
		cmocka_unit_test(a_backend_killed_while_idle_is_replaced),
		cmocka_unit_test(a_backend_killed_in_a_transaction_is_reported),
		cmocka_unit_test(a_backend_killed_at_work_is_reported),
		cmocka_unit_test(a_read_only_connection_cannot_write),
		cmocka_unit_test(lanes_answer_each_request_once),
		cmocka_unit_test(notices_of_others_arrive),
		cmocka_unit_test(lanes_list_and_verify),
		cmocka_unit_test(a_write_can_be_cancelled),
		cmocka_unit_test(a_verification_can_be_cancelled),
		cmocka_unit_test(lanes_stop_while_they_work),
		cmocka_unit_test(a_restart_of_the_server_is_survived),
	};

	return cmocka_run_group_tests_name("core", tests, start_upstream, stop_upstream);
}
