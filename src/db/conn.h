/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DB_CONN_H
#define MODELSYNC_DB_CONN_H

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>

#include "cancel.h"
#include "modelsync/db.h"

struct ms_db {
	char *conninfo, *purpose, *origin, *os_user;
	char *caller_profile, *caller_source; /* NULL = this process */
	int connect_timeout_s, statement_timeout_s;
	bool read_only;

	PGconn *conn; /* NULL while not connected */
	char label[128];

	pthread_mutex_t lock;	     /* guards `canceller` and `is_sending` */
	bool is_sending;	     /* the server has not got all of a statement */
	struct canceller *canceller; /* of conn; NULL while not connected */
	atomic_bool cancel_asked;
	atomic_llong cancel_asked_at; /* ms_clock_ms() */
	bool is_cancellable;	      /* a request counts for the next statement, too */
	bool is_large;		      /* the statement under way */
};

/*
 * Runs one statement with text parameters and demands that it succeeds; *out is to be cleared by
 * the caller. Connects first when there is no connection.
 */
bool db_query(struct ms_db *db, const char *sql, int n, const char *const *params, PGresult **out,
	      struct ms_error *err) MS_MUST_CHECK;

/* The same for several statements without parameters; results are thrown away. */
bool db_execute(struct ms_db *db, const char *sql, struct ms_error *err) MS_MUST_CHECK;

/* A statement that returns rows one at a time (for long lists). fn returning false stops. */
typedef bool (*db_row_fn)(void *arg, const PGresult *row);
bool db_each_row(struct ms_db *db, const char *sql, int n, const char *const *params, db_row_fn fn,
		 void *arg, struct ms_error *err) MS_MUST_CHECK;

/* One row with one JSON value. */
bool db_query_json(struct ms_db *db, const char *sql, int n, const char *const *params,
		   struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;

/* The engine's refusal {"ok":false,"code",…} as an error; true when v is not a refusal. */
bool db_check_reply(const struct ms_json *v, struct ms_error *err) MS_MUST_CHECK;

/* One row with one JSON value that is no refusal. */
bool db_call(struct ms_db *db, const char *sql, int n, const char *const *params, struct ms_json **out,
	     struct ms_error *err) MS_MUST_CHECK;

/* Models from a FROM clause over rows like those of modelsync.model, ordered by id. Owned. */
bool db_load_models(struct ms_db *db, const char *from, int n, const char *const *params,
		    struct ms_catalog **out, struct ms_error *err) MS_MUST_CHECK;

/* Who writes, for the audit: the `ctx` argument of the engine's functions. Owned. */
struct ms_json *db_context(const struct ms_db *db, const char *reason);
char *db_context_text(const struct ms_db *db, const char *reason);

/* "host:pid", by which other processes know this one. */
void db_owner(char *buf, size_t size);
/* The fields that an edit sets, as members of o under their columns' names. */
void db_add_decisions(struct ms_json *o, const struct ms_edit *e);

/* Their names, as the member `channels` of o. */
void db_add_channels(struct ms_json *o, unsigned channels);

/* The options that the engine knows, under their keys: its `settings` arguments. Owned. */
struct ms_json *db_settings(const struct ms_config *config);
char *db_settings_text(const struct ms_config *config);

#endif
