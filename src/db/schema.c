/* SPDX-License-Identifier: MIT */
/*
 * The schema comes in two kinds of files. Numbered migrations change structure, run once each, in
 * order, and never change afterwards. Functions, views and triggers ("code") are replaced as one
 * set whenever the set that the database has is not the program's; the table of migrations holds
 * its checksum under version 0.
 */
#include "conn.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "embedded.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"

#define LOCK_KEY "7236454"

/* While we wait for a table everybody else waits behind us; hence many short attempts. */
#define LOCK_TIMEOUT  "250ms"
#define LOCK_ATTEMPTS 60
#define LOCK_PAUSE    "0.5"

static const char create_sql[] =
	/* IF NOT EXISTS asks for the right to create even where there is nothing to */
	"DO $$ BEGIN IF to_regnamespace('modelsync') IS NULL THEN CREATE SCHEMA modelsync; END IF; END $$;"
	"CREATE TABLE IF NOT EXISTS modelsync.schema_migration ("
	" version int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,"
	" applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),"
	" applied_by text NOT NULL DEFAULT session_user, program text NOT NULL)";

/* Constraints that 0003_adopt widened without looking at the rows. */
static const char validate_sql[] =
	"DO $$ DECLARE name text; BEGIN"
	" FOR name IN SELECT conname FROM pg_constraint k"
	"  WHERE k.conrelid = 'public.model_sync_log'::regclass AND NOT k.convalidated"
	"   AND obj_description(k.oid, 'pg_constraint') LIKE '%widened for held runs' LOOP"
	"  EXECUTE format('ALTER TABLE public.model_sync_log VALIDATE CONSTRAINT %I', name);"
	" END LOOP; END $$";

static const char record_sql[] =
	"INSERT INTO modelsync.schema_migration (version, name, checksum, program)"
	" VALUES ($1, $2, $3, $4) ON CONFLICT (version) DO UPDATE SET name = excluded.name,"
	" checksum = excluded.checksum, program = excluded.program,"
	" applied_at = clock_timestamp(), applied_by = session_user";

static const char read_sql[] =
	"SELECT version, checksum, to_char(applied_at, 'YYYY-MM-DD HH24:MI:SS'), program"
	" FROM modelsync.schema_migration ORDER BY version";

void ms_schema_status_clear(struct ms_schema_status *s)
{
	ms_free(s->items);
	memset(s, 0, sizeof(*s));
}

/* No row without the schema. to_regclass() would fail for those who may not look into it. */
static const char access_sql[] =
	"SELECT CASE WHEN has_schema_privilege(oid, 'USAGE')"
	" THEN to_regclass('modelsync.schema_migration') IS NOT NULL END,"
	" pg_has_role(nspowner, 'USAGE'), nspowner::regrole, quote_ident(current_user)"
	" FROM pg_namespace WHERE nspname = 'modelsync'";

static bool has_table(struct ms_db *db, bool *exists, struct ms_error *err)
{
	bool may_look = true;
	PGresult *r;

	if (!db_query(db, access_sql, 0, NULL, &r, err))
		return false;
	*exists = PQntuples(r) && strcmp(PQgetvalue(r, 0, 0), "t") == 0;
	if (PQntuples(r) && PQgetisnull(r, 0, 0))
		may_look = ms_fail(err, MS_ERR_REFUSED,
				   "%s has no role in this database; %s can give it one: "
				   "modelsync-tui db grant %s viewer",
				   PQgetvalue(r, 0, 3), PQgetvalue(r, 0, 2), PQgetvalue(r, 0, 3));
	PQclear(r);
	return may_look;
}

bool ms_schema_require_owner(struct ms_db *db, struct ms_error *err)
{
	bool is_owner = true;
	PGresult *r;

	if (!db_query(db, access_sql, 0, NULL, &r, err))
		return false;
	if (PQntuples(r) && strcmp(PQgetvalue(r, 0, 1), "t") != 0)
		is_owner = ms_fail(err, MS_ERR_REFUSED,
				   "the schema modelsync belongs to %s, and you are %s: run this as %s",
				   PQgetvalue(r, 0, 2), PQgetvalue(r, 0, 3), PQgetvalue(r, 0, 2));
	PQclear(r);
	return is_owner;
}

/* Row 0 stands for the code; the migrations follow. */
static void list_known(struct ms_schema_status *s)
{
	s->count = embedded_migrations_count + 1;
	s->items = ms_alloc_array(s->count, sizeof(*s->items));
	s->items[0].name = "functions, views and triggers";
	for (size_t i = 0; i < embedded_migrations_count; i++) {
		s->items[i + 1].version = embedded_migrations[i].version;
		s->items[i + 1].name = embedded_migrations[i].name;
	}
}

static const char *known_checksum(size_t item)
{
	return item == 0 ? embedded_code_checksum : embedded_migrations[item - 1].checksum;
}

static void note_unknown(struct ms_schema_status *s, int version)
{
	size_t len = strlen(s->unknown);

	snprintf(s->unknown + len, sizeof(s->unknown) - len, "%s%04d", len ? ", " : "", version);
}

static void note_applied(struct ms_schema_status *s, int version, const char *checksum,
			 const char *applied_at)
{
	for (size_t i = 0; i < s->count; i++) {
		struct ms_migration_info *item = &s->items[i];

		if (item->version != version)
			continue;
		item->is_applied = true;
		item->is_changed = strcmp(checksum, known_checksum(i)) != 0;
		snprintf(item->applied_at, sizeof(item->applied_at), "%s", applied_at);
		return;
	}
	note_unknown(s, version);
}

static bool read_applied(struct ms_db *db, struct ms_schema_status *s, bool *newer_code,
			 struct ms_error *err)
{
	PGresult *r;

	if (!db_query(db, read_sql, 0, NULL, &r, err))
		return false;
	for (int i = 0; i < PQntuples(r); i++) {
		int version = atoi(PQgetvalue(r, i, 0));

		note_applied(s, version, PQgetvalue(r, i, 1), PQgetvalue(r, i, 2));
		if (version == 0)
			*newer_code = strverscmp(PQgetvalue(r, i, 3), PACKAGE_VERSION) > 0;
	}
	PQclear(r);
	return true;
}

static enum ms_schema_state judge(struct ms_schema_status *s, bool newer_code)
{
	bool drifted = false;
	size_t applied = 0;

	for (size_t i = 0; i < s->count; i++) {
		applied += s->items[i].is_applied;
		drifted = drifted || (i > 0 && s->items[i].is_changed);
		s->pending += !s->items[i].is_applied || (i == 0 && s->items[i].is_changed);
	}
	if (*s->unknown || (newer_code && s->items[0].is_changed))
		return MS_SCHEMA_NEWER;
	if (drifted)
		return MS_SCHEMA_DRIFTED;
	if (applied == 0)
		return MS_SCHEMA_EMPTY;
	return s->pending ? MS_SCHEMA_OUTDATED : MS_SCHEMA_CURRENT;
}

bool ms_schema_status(struct ms_db *db, struct ms_schema_status *out, struct ms_error *err)
{
	bool exists, newer_code = false;

	memset(out, 0, sizeof(*out));
	if (!has_table(db, &exists, err))
		return false;
	list_known(out);
	if (exists && !read_applied(db, out, &newer_code, err)) {
		ms_schema_status_clear(out);
		return false;
	}
	out->state = judge(out, newer_code);
	return true;
}

static bool explain(const struct ms_schema_status *s, struct ms_error *err)
{
	switch (s->state) {
	case MS_SCHEMA_CURRENT:
		return true;
	case MS_SCHEMA_EMPTY:
		return ms_fail(err, MS_ERR_MIGRATE,
			       "this database has no modelsync schema yet; run: modelsync-tui db migrate");
	case MS_SCHEMA_OUTDATED:
		return ms_fail(err, MS_ERR_MIGRATE,
			       "the schema is older than this program (%d pending); run: modelsync-tui db migrate",
			       s->pending);
	case MS_SCHEMA_NEWER:
		return ms_fail(err, MS_ERR_MIGRATE,
			       "the schema was migrated by a newer program (%s); install that version here",
			       *s->unknown ? s->unknown : "newer functions");
	case MS_SCHEMA_DRIFTED:
		return ms_fail(err, MS_ERR_MIGRATE,
			       "an applied migration differs from this program's; see modelsync-tui db status");
	}
	return ms_fail(err, MS_ERR_INTERNAL, "unknown schema state");
}

bool ms_schema_require(struct ms_db *db, struct ms_error *err)
{
	struct ms_schema_status s;
	bool ok;

	if (!ms_schema_status(db, &s, err))
		return false;
	ok = explain(&s, err);
	ms_schema_status_clear(&s);
	return ok;
}

static bool record(struct ms_db *db, int version, const char *name, const char *checksum,
		   struct ms_error *err)
{
	char number[16];
	const char *params[] = {number, name, checksum, PACKAGE_VERSION};
	PGresult *r;

	snprintf(number, sizeof(number), "%d", version);
	if (!db_query(db, record_sql, 4, params, &r, err))
		return false;
	PQclear(r);
	return true;
}

static bool apply_file(struct ms_db *db, const struct embedded_sql *file, struct ms_error *err)
{
	return db_execute(db, file->text, err) || ms_error_prefix(err, "%s.sql", file->name);
}

static bool apply_code(struct ms_db *db, struct ms_error *err)
{
	for (size_t i = 0; i < embedded_code_count; i++)
		if (!apply_file(db, &embedded_code[i], err))
			return false;
	return record(db, 0, "code", embedded_code_checksum, err);
}

/* With the lock held and inside the transaction. */
static bool apply_pending(struct ms_db *db, const struct ms_schema_status *s, struct ms_error *err)
{
	for (size_t i = 1; i < s->count; i++) {
		const struct embedded_sql *file = &embedded_migrations[i - 1];

		if (s->items[i].is_applied)
			continue;
		if (!apply_file(db, file, err) ||
		    !record(db, file->version, file->name, file->checksum, err))
			return false;
	}
	return apply_code(db, err);
}

static bool migrate_locked(struct ms_db *db, int *applied, struct ms_error *err)
{
	struct ms_schema_status s;
	bool ok;

	if (!db_execute(db, create_sql, err) || !ms_schema_status(db, &s, err))
		return false;
	*applied = s.pending;
	if (s.state == MS_SCHEMA_NEWER || s.state == MS_SCHEMA_DRIFTED)
		ok = explain(&s, err);
	else
		ok = s.pending == 0 || apply_pending(db, &s, err);
	ms_schema_status_clear(&s);
	return ok;
}

bool ms_schema_survey(struct ms_db *db, struct ms_json **out, struct ms_error *err)
{
	return db_query_json(db, embedded_survey, 0, NULL, out, err);
}

static bool end_transaction(struct ms_db *db, bool ok, struct ms_error *err)
{
	struct ms_error ignored;

	ok = ok && db_execute(db, "COMMIT", err);
	if (!ok && ms_db_is_connected(db) && !db_execute(db, "ROLLBACK", &ignored))
		ms_db_disconnect(db);
	return ok;
}

static bool migrate_once(struct ms_db *db, int *applied, struct ms_error *err)
{
	if (!db_execute(db,
			"BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL check_function_bodies = off;"
			"SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(" LOCK_KEY ");"
			"SET LOCAL lock_timeout = '" LOCK_TIMEOUT "'",
			err))
		return end_transaction(db, false, err);
	return end_transaction(db, migrate_locked(db, applied, err), err);
}

static bool is_table_in_use(const struct ms_error *err)
{
	return strcmp(err->sqlstate, "55P03") == 0 || strcmp(err->sqlstate, "40P01") == 0;
}

/* In a transaction of its own: reading a long log would keep its readers waiting. */
static bool validate_constraints(struct ms_db *db, struct ms_error *err)
{
	bool ok = db_execute(db, "BEGIN; SET LOCAL statement_timeout = 0", err) &&
		  db_execute(db, validate_sql, err);

	return end_transaction(db, ok, err) ||
	       ms_error_prefix(err, "the schema is migrated, but checking old rows of model_sync_log failed");
}

bool ms_schema_migrate(struct ms_db *db, int *applied, struct ms_error *err)
{
	for (int attempt = 1;; attempt++) {
		*applied = 0;
		if (migrate_once(db, applied, err))
			return validate_constraints(db, err);
		if (!is_table_in_use(err))
			return false;
		if (attempt == LOCK_ATTEMPTS)
			return ms_error_prefix(err, "other sessions keep the tables in use; nothing was changed");
		if (!db_execute(db, "SELECT pg_sleep(" LOCK_PAUSE ")", err))
			return false;
	}
}
