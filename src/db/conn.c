/* SPDX-License-Identifier: MIT */
/*
 * A connection whose calls block, but can be stopped from another thread:
 *
 *   lane:   send ─── poll(socket) ──────────────────┬── result
 *   other:        ms_db_cancel ── canceller thread ─┘      (server says 57014, or we give up)
 *
 * When the server does not react to cancel requests within GIVE_UP_MS the connection is dropped.
 * One that is busy with large parameters is not waited for: the request stays with it and ends the
 * statement before it can do anything. One that does not have all of them yet has nothing to stop.
 */
#include "conn.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "modelsync/clock.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"

#define GIVE_UP_MS	 1500
#define LARGE_BYTES	 (1 << 20) /* that the server reads to the end before it looks up */
#define GIVE_UP_LARGE_MS 40
#define AT_ONCE_BYTES	 4096 /* fit what an idle connection takes without waiting for the server */
#define LATE_MS		 200  /* for a cancel request that is still on its way when it is over */
#define SLICE_MS	 20

struct ms_db *ms_db_new(const struct ms_db_options *options)
{
	struct ms_db *db = ms_alloc(sizeof(*db));

	db->conninfo = ms_strdup(options->conninfo ? options->conninfo : "");
	db->purpose = ms_strdup(options->purpose ? options->purpose : options->origin);
	db->origin = ms_strdup(options->origin ? options->origin : "cli");
	db->os_user = ms_strdup(options->os_user);
	db->connect_timeout_s = options->connect_timeout_s;
	db->statement_timeout_s = options->statement_timeout_s;
	db->read_only = options->read_only;
	pthread_mutex_init(&db->lock, NULL);
	return db;
}

void ms_db_free(struct ms_db *db)
{
	if (!db)
		return;
	ms_db_disconnect(db);
	pthread_mutex_destroy(&db->lock);
	ms_free(db->conninfo);
	ms_free(db->purpose);
	ms_free(db->origin);
	ms_free(db->os_user);
	ms_free(db->caller_profile);
	ms_free(db->caller_source);
	ms_free(db);
}

void ms_db_options_init(struct ms_db_options *o, const struct ms_config *c, const char *origin)
{
	*o = (struct ms_db_options){
		.conninfo = ms_config_string(c, MS_OPT_DB_CONNINFO),
		.connect_timeout_s = (int)ms_config_int(c, MS_OPT_DB_CONNECT_TIMEOUT),
		.statement_timeout_s = (int)ms_config_int(c, MS_OPT_DB_STATEMENT_TIMEOUT),
		.purpose = origin,
		.origin = origin,
	};
}

bool ms_db_is_connected(const struct ms_db *db)
{
	return db->conn && PQstatus(db->conn) == CONNECTION_OK;
}

int ms_db_socket(const struct ms_db *db)
{
	return db->conn ? PQsocket(db->conn) : -1;
}

const char *ms_db_label(const struct ms_db *db)
{
	return db->label;
}

void ms_db_describe(const struct ms_db *db, struct ms_text *out)
{
	int version = db->conn ? PQserverVersion(db->conn) : 0;

	if (!db->conn)
		ms_text_add(out, "not connected");
	else
		ms_text_addf(out, "%s on %s as %s (PostgreSQL %d.%d)", PQdb(db->conn),
			     PQhost(db->conn), PQuser(db->conn), version / 10000, version % 10000);
}

/* --- cancelling --------------------------------------------------------------------------- */

static void send_cancel(struct ms_db *db)
{
	pthread_mutex_lock(&db->lock);
	if (db->is_sending)
		(void)shutdown(PQsocket(db->conn), SHUT_RDWR);
	else if (db->canceller)
		canceller_send(db->canceller);
	pthread_mutex_unlock(&db->lock);
}

void ms_db_cancel(struct ms_db *db)
{
	/* asking again does not begin the wait anew */
	if (!atomic_load(&db->cancel_asked))
		atomic_store(&db->cancel_asked_at, ms_clock_ms());
	atomic_store(&db->cancel_asked, true);
	send_cancel(db);
}

/*
 * The server forgets a request that comes before it has begun with the statement (a large one takes
 * its time to arrive): so it is told again until there is a result.
 */
static void cancel_again(struct ms_db *db)
{
	if (atomic_load(&db->cancel_asked))
		send_cancel(db);
}

static bool should_give_up(struct ms_db *db)
{
	return atomic_load(&db->cancel_asked) &&
	       ms_clock_ms() - atomic_load(&db->cancel_asked_at) >
		       (db->is_large ? GIVE_UP_LARGE_MS : GIVE_UP_MS);
}

/* A request that came too late for the statement before must not hit the next one. */
static void forget_cancel(struct ms_db *db)
{
	int64_t deadline = ms_clock_ms() + LATE_MS;

	if (db->is_cancellable || !atomic_load(&db->cancel_asked))
		return;
	while (db->canceller && canceller_is_busy(db->canceller) && ms_clock_ms() < deadline)
		poll(NULL, 0, 1);
	if (db->canceller && canceller_is_busy(db->canceller))
		ms_db_disconnect(db);
	atomic_store(&db->cancel_asked, false);
}

void ms_db_begin_cancellable(struct ms_db *db)
{
	forget_cancel(db);
	db->is_cancellable = true;
}

void ms_db_end_cancellable(struct ms_db *db)
{
	db->is_cancellable = false;
}

/* --- errors ------------------------------------------------------------------------------- */

/* libpq's messages end in a newline and may have several lines. */
static void one_line(char *s)
{
	size_t len;

	for (char *p = s; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	len = strlen(s);
	while (len && s[len - 1] == ' ')
		s[--len] = '\0';
}

static enum ms_category category_of(const char *sqlstate, bool cancel_asked)
{
	static const struct {
		const char *prefix;
		enum ms_category category;
	} map[] = {
		{"08", MS_ERR_UNREACHABLE},    {"57P01", MS_ERR_UNREACHABLE},
		{"57P02", MS_ERR_UNREACHABLE}, {"57P03", MS_ERR_UNREACHABLE},
		{"53300", MS_ERR_UNREACHABLE}, {"28", MS_ERR_UNREACHABLE},
		{"3D000", MS_ERR_UNREACHABLE}, {"42501", MS_ERR_REFUSED},
		{"25006", MS_ERR_REFUSED},     {"40001", MS_ERR_CONFLICT},
		{"40P01", MS_ERR_CONFLICT},    {"55P03", MS_ERR_CONFLICT},
		{"42883", MS_ERR_MIGRATE},     {"42P01", MS_ERR_MIGRATE},
		{"3F000", MS_ERR_MIGRATE},     {"42703", MS_ERR_MIGRATE},
	};

	if (strcmp(sqlstate, "57014") == 0)
		return cancel_asked ? MS_ERR_CANCELLED : MS_ERR_TIMEOUT;
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (strncmp(sqlstate, map[i].prefix, strlen(map[i].prefix)) == 0)
			return map[i].category;
	return MS_ERR_DATABASE;
}

static bool fail_with_result(struct ms_db *db, const PGresult *r, struct ms_error *err)
{
	const char *sqlstate = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *message = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *detail = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL) : NULL;

	if (!sqlstate) {
		ms_fail(err, MS_ERR_UNREACHABLE, "connection lost: %s", PQerrorMessage(db->conn));
	} else {
		ms_fail(err, category_of(sqlstate, atomic_load(&db->cancel_asked)), "%s%s%s",
			message ? message : "no message", detail ? "; " : "", detail ? detail : "");
		if (err->category == MS_ERR_TIMEOUT)
			ms_error_append(err, " (database.statement_timeout is %d s)",
					db->statement_timeout_s);
		strncpy(err->sqlstate, sqlstate, sizeof(err->sqlstate) - 1);
	}
	one_line(err->message);
	return false;
}

/* --- connecting --------------------------------------------------------------------------- */

void ms_db_disconnect(struct ms_db *db)
{
	pthread_mutex_lock(&db->lock);
	canceller_free(db->canceller);
	db->canceller = NULL;
	pthread_mutex_unlock(&db->lock);
	PQfinish(db->conn);
	db->conn = NULL;
}

static bool fail_to_connect(struct ms_db *db, struct ms_error *err)
{
	ms_fail(err, MS_ERR_UNREACHABLE, "cannot connect: %s", PQerrorMessage(db->conn));
	one_line(err->message);
	ms_db_disconnect(db);
	return false;
}

/* Parameters by name are worth repeating; any other message may quote a part of the password. */
static bool may_be_shown(const char *why)
{
	return strncmp(why, "invalid URI query parameter", 27) == 0 ||
	       strncmp(why, "invalid connection option", 25) == 0;
}

bool ms_db_check_conninfo(const char *conninfo, struct ms_error *err)
{
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &why);

	if (options) {
		PQconninfoFree(options);
		return true;
	}
	if (why && may_be_shown(why))
		ms_fail(err, MS_ERR_CONFIG,
			"database.conninfo: %.*s; take it out: libpq does not know it",
			(int)strcspn(why, "\n"), why);
	else
		ms_fail(err, MS_ERR_CONFIG,
			"database.conninfo: neither keywords (host=… dbname=…) nor a URL "
			"(postgresql://USER@HOST/DATABASE); special characters in a URL's password are "
			"written as %%XX");
	one_line(err->message);
	PQfreemem(why);
	return false;
}

/* Waits until the socket is ready; false when cancelled, too late, or out of sockets. */
static bool wait_for(struct ms_db *db, short events, int64_t deadline)
{
	for (;;) {
		struct pollfd p = {.fd = PQsocket(db->conn), .events = events};
		int n;

		if (p.fd < 0 || atomic_load(&db->cancel_asked) || ms_clock_ms() > deadline)
			return false;
		n = poll(&p, 1, SLICE_MS);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

/* libpq's own connect_timeout does not count for asynchronous connections; several hosts share
 * one deadline here. */
static bool finish_connecting(struct ms_db *db, struct ms_error *err)
{
	int64_t deadline = ms_clock_ms() + (int64_t)db->connect_timeout_s * 1000;
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
		if (!wait_for(db, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
			bool cancelled = atomic_load(&db->cancel_asked);

			ms_db_disconnect(db);
			if (cancelled)
				return ms_fail(err, MS_ERR_CANCELLED, "cancelled while connecting");
			return ms_fail(err, MS_ERR_UNREACHABLE,
				       "cannot connect: no answer within %d s",
				       db->connect_timeout_s);
		}
		state = PQconnectPoll(db->conn);
	}
	return state == PGRES_POLLING_OK || fail_to_connect(db, err);
}

static bool set_session_up(struct ms_db *db, struct ms_error *err)
{
	const char *encoding = PQparameterStatus(db->conn, "server_encoding");
	char sql[512];

	if (encoding && strcmp(encoding, "UTF8") != 0) {
		ms_fail(err, MS_ERR_CONFIG,
			"database %s is encoded in %s; create one with: createdb -E UTF8 -T template0 %s_utf8",
			PQdb(db->conn), encoding, PQdb(db->conn));
		ms_db_disconnect(db);
		return false;
	}
	snprintf(
		sql, sizeof(sql),
		"SET client_min_messages = error; SET TimeZone = 'UTC'; SET DateStyle = 'ISO';"
		"SET standard_conforming_strings = on; SET jit = off; SET statement_timeout = '%ds';"
		"SET idle_in_transaction_session_timeout = '60s';"
		"SET default_transaction_read_only = %s",
		db->statement_timeout_s, db->read_only ? "on" : "off");
	if (db_execute(db, sql, err))
		return true;
	ms_db_disconnect(db);
	return false;
}

/* libpq would write to standard error, into the console's screen. */
static void log_notice(void *arg, const char *message)
{
	(void)arg;
	ms_log_event(MS_LOG_DEBUG, "database_notice", MS_LOG_TEXT("message", message));
}

/*
 * A server that restarted has closed the connections that were idle. Seen before anything is sent,
 * that costs nobody anything: nothing was under way.
 */
static bool died_while_idle(struct ms_db *db)
{
	struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};

	if (PQtransactionStatus(db->conn) != PQTRANS_IDLE)
		return false;
	while (poll(&p, 1, 0) > 0)
		if (!PQconsumeInput(db->conn))
			return true;
	return false;
}

int ms_db_set_connect_timeout(struct ms_db *db, int seconds)
{
	int before = db->connect_timeout_s;

	db->connect_timeout_s = seconds;
	return before;
}

bool ms_db_connect(struct ms_db *db, struct ms_error *err)
{
	char application[64];
	const char *keys[] = {"dbname",		 "client_encoding",  "fallback_application_name",
			      "keepalives_idle", "tcp_user_timeout", NULL};
	const char *values[] = {db->conninfo, "UTF8", application, "30", "15000", NULL};

	if (ms_db_is_connected(db) && !died_while_idle(db))
		return true;
	ms_db_disconnect(db);
	if (!ms_db_check_conninfo(db->conninfo, err))
		return false;
	snprintf(application, sizeof(application), "modelsync-tui %s", db->purpose);
	db->conn = PQconnectStartParams(keys, values, 1);
	if (!db->conn || PQstatus(db->conn) == CONNECTION_BAD)
		return fail_to_connect(db, err);
	PQsetNoticeProcessor(db->conn, log_notice, NULL);
	if (!finish_connecting(db, err))
		return false;
	pthread_mutex_lock(&db->lock);
	db->canceller = canceller_new(db->conn);
	pthread_mutex_unlock(&db->lock);
	snprintf(db->label, sizeof(db->label), "%.60s/%.60s",
		 PQhost(db->conn)[0] == '/' ? "local" : PQhost(db->conn), PQdb(db->conn));
	return set_session_up(db, err);
}

/* --- statements --------------------------------------------------------------------------- */

static void set_sending(struct ms_db *db, bool is_sending)
{
	pthread_mutex_lock(&db->lock);
	db->is_sending = is_sending;
	pthread_mutex_unlock(&db->lock);
}

/*
 * Blocks until the server has got all of it: otherwise libpq would move what is left of 30 MB after
 * each piece. A cancel breaks the connection meanwhile; but not that of a short statement, which
 * nobody has to wait for, and which the server might carry out all the same.
 */
static bool send_whole(struct ms_db *db, const char *sql, int n, const char *const *params,
		       size_t bytes)
{
	bool sent;

	set_sending(db, bytes > AT_ONCE_BYTES);
	sent = !(db->is_large && atomic_load(&db->cancel_asked)) &&
	       (n < 0 ? PQsendQuery(db->conn, sql)
		      : PQsendQueryParams(db->conn, sql, n, NULL, params, NULL, NULL, 0));
	set_sending(db, false);
	return sent;
}

/* Waits for the next result; false when the connection is gone or was given up. */
static bool wait_for_result(struct ms_db *db)
{
	while (PQisBusy(db->conn)) {
		struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};

		if (should_give_up(db) || (poll(&p, 1, SLICE_MS) < 0 && errno != EINTR))
			return false;
		cancel_again(db);
		if (p.revents && !PQconsumeInput(db->conn))
			return false;
	}
	return true;
}

static bool lose_connection(struct ms_db *db, struct ms_error *err)
{
	if (atomic_load(&db->cancel_asked))
		ms_fail(err, MS_ERR_CANCELLED, "cancelled; the connection was dropped");
	else
		fail_with_result(db, NULL, err);
	ms_db_disconnect(db);
	return false;
}

static size_t size_of(const char *sql, int n, const char *const *params)
{
	size_t bytes = strlen(sql);

	for (int i = 0; i < n; i++)
		bytes += params[i] ? strlen(params[i]) : 0;
	return bytes;
}

static bool send_query(struct ms_db *db, const char *sql, int n, const char *const *params,
		       struct ms_error *err)
{
	size_t bytes = size_of(sql, n, params);

	if (!ms_db_connect(db, err))
		return false;
	if (db->is_cancellable && atomic_load(&db->cancel_asked))
		return ms_fail(err, MS_ERR_CANCELLED, "cancelled before it was sent");
	db->is_large = bytes > LARGE_BYTES;
	if (!send_whole(db, sql, n, params, bytes))
		return lose_connection(db, err);
	return true;
}

/* Reads results until there are no more; keeps the last, or the first that failed, in *out. */
static bool collect(struct ms_db *db, PGresult **out, struct ms_error *err)
{
	PGresult *r;

	*out = NULL;
	for (;;) {
		bool had_failed = *out && PQresultStatus(*out) == PGRES_FATAL_ERROR;

		if (!wait_for_result(db)) {
			PQclear(*out);
			*out = NULL;
			return lose_connection(db, err);
		}
		r = PQgetResult(db->conn);
		if (!r)
			return true;
		if (had_failed) {
			PQclear(r);
			continue;
		}
		PQclear(*out);
		*out = r;
	}
}

static bool run(struct ms_db *db, const char *sql, int n, const char *const *params, PGresult **out,
		struct ms_error *err)
{
	ExecStatusType status;

	if (!send_query(db, sql, n, params, err) || !collect(db, out, err))
		return false;
	status = *out ? PQresultStatus(*out) : PGRES_FATAL_ERROR;
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return true;
	fail_with_result(db, *out, err);
	PQclear(*out);
	*out = NULL;
	if (err->category == MS_ERR_UNREACHABLE || PQstatus(db->conn) != CONNECTION_OK)
		ms_db_disconnect(db);
	return false;
}

bool db_query(struct ms_db *db, const char *sql, int n, const char *const *params, PGresult **out,
	      struct ms_error *err)
{
	forget_cancel(db);
	return run(db, sql, n, params, out, err);
}

bool db_execute(struct ms_db *db, const char *sql, struct ms_error *err)
{
	PGresult *r;

	if (!run(db, sql, -1, NULL, &r, err))
		return false;
	PQclear(r);
	return true;
}

static bool each_row(struct ms_db *db, db_row_fn fn, void *arg, struct ms_error *err)
{
	bool wants_more = true, ok = true;

	for (;;) {
		PGresult *r;

		if (!wait_for_result(db))
			return lose_connection(db, err);
		r = PQgetResult(db->conn);
		if (!r)
			return ok;
		if (PQresultStatus(r) == PGRES_FATAL_ERROR)
			ok = fail_with_result(db, r, err);
		else if (PQntuples(r) > 0 && wants_more)
			wants_more = fn(arg, r);
		PQclear(r);
	}
}

bool db_each_row(struct ms_db *db, const char *sql, int n, const char *const *params, db_row_fn fn,
		 void *arg, struct ms_error *err)
{
	forget_cancel(db);
	if (!send_query(db, sql, n, params, err))
		return false;
	PQsetSingleRowMode(db->conn);
	return each_row(db, fn, arg, err);
}

bool db_query_json(struct ms_db *db, const char *sql, int n, const char *const *params,
		   struct ms_json **out, struct ms_error *err)
{
	PGresult *r;

	*out = NULL;
	if (!db_query(db, sql, n, params, &r, err))
		return false;
	if (PQntuples(r) != 1 || PQgetisnull(r, 0, 0))
		ms_fail(err, MS_ERR_INTERNAL, "the database returned %d rows instead of one",
			PQntuples(r));
	else
		*out = ms_json_parse(PQgetvalue(r, 0, 0), (size_t)PQgetlength(r, 0, 0), err);
	PQclear(r);
	return *out != NULL;
}
