/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DB_H
#define MODELSYNC_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/config.h"
#include "modelsync/edit.h"
#include "modelsync/error.h"
#include "modelsync/feed.h"
#include "modelsync/json.h"
#include "modelsync/message.h"
#include "modelsync/model.h"
#include "modelsync/rule.h"
#include "modelsync/run.h"
#include "modelsync/text.h"

/*
 * One connection. Used by one thread at a time, except ms_db_cancel(). Connects on first use and
 * again after the connection was lost. A call that loses it in the middle fails with `unreachable`
 * and the next one connects anew; nothing is ever repeated silently.
 */
struct ms_db;

struct ms_db_options {
	const char *conninfo;
	int connect_timeout_s, statement_timeout_s;
	bool read_only;      /* the server refuses writes on this connection */
	const char *purpose; /* part of application_name: "console", "cli", … */
	const char *os_user; /* who sits in front; for the audit. NULL = look it up */
	const char *origin;  /* "console", "cli", "daemon" */
};

struct ms_db *ms_db_new(const struct ms_db_options *options);
void ms_db_free(struct ms_db *db); /* closes */

/*
 * For whom and from where the calls that follow are made, by a program that has authenticated its
 * user: the id of the profile, whose rights count and who the audit names, and the address. Both
 * copied; a NULL stands for this process, as before the first call.
 */
void ms_db_act_for(struct ms_db *db, const char *profile, const char *source);

/* Fills options from the configuration; `conninfo` is borrowed from it. */
void ms_db_options_init(struct ms_db_options *o, const struct ms_config *c, const char *origin);

/* Whether libpq can read it, without connecting; names a parameter that it does not know. */
bool ms_db_check_conninfo(const char *conninfo, struct ms_error *err) MS_MUST_CHECK;

bool ms_db_connect(struct ms_db *db, struct ms_error *err) MS_MUST_CHECK;
/* How long connecting may take from now on, for statements that connect anew as well; returns what it was. */
int ms_db_set_connect_timeout(struct ms_db *db, int seconds);
void ms_db_disconnect(struct ms_db *db);
bool ms_db_is_connected(const struct ms_db *db);
int ms_db_socket(const struct ms_db *db); /* -1 while not connected; for poll() */

/* "modelsync on /run/… as modelsync (PostgreSQL 15.8)"; no secrets. */
void ms_db_describe(const struct ms_db *db, struct ms_text *out);
/* Short form for a title bar: "host/dbname". "" before the first connection. */
const char *ms_db_label(const struct ms_db *db);

/* Asks the server to stop the statement that runs now; from any thread. */
void ms_db_cancel(struct ms_db *db);
/*
 * Between the two a request also stops a statement that has not been sent yet when it comes.
 * Outside, a statement begins with a clean slate.
 */
void ms_db_begin_cancellable(struct ms_db *db);
void ms_db_end_cancellable(struct ms_db *db);

/* --- schema ------------------------------------------------------------------------------ */

enum ms_schema_state {
	MS_SCHEMA_EMPTY,    /* nothing of ours there */
	MS_SCHEMA_CURRENT,
	MS_SCHEMA_OUTDATED, /* run db migrate */
	MS_SCHEMA_NEWER,    /* the database was migrated by a newer program */
	MS_SCHEMA_DRIFTED   /* an applied migration's checksum differs */
};
struct ms_migration_info {
	int version;       /* 0 = the set of functions and views */
	const char *name;  /* static */
	bool is_applied, is_changed;
	char applied_at[32];
};
struct ms_schema_status {
	enum ms_schema_state state;
	struct ms_migration_info *items; /* owned */
	size_t count;
	int pending;
	char unknown[200]; /* versions the database has and this program does not know */
};
void ms_schema_status_clear(struct ms_schema_status *s);
bool ms_schema_status(struct ms_db *db, struct ms_schema_status *out, struct ms_error *err) MS_MUST_CHECK;

/*
 * What a migration would meet, without writing anything; owned:
 * {"target": {database, host, port, user, version, size},
 *  "problems": [{problem, fix, who}…], what would keep it from succeeding and the SQL that helps,
 *  "notes": [{problem, fix, who}…], what it can do without,
 *  "objects": [{object, action, rows, detail}…]}, tables, functions and views of other programs;
 * action is create, adopt, widen, replace, rename, drop or keep.
 */
bool ms_schema_survey(struct ms_db *db, struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;

/*
 * Applies what is pending in one transaction under a lock; on failure nothing has changed. Waits
 * for tables in use only in short steps, so that their readers never wait long for us.
 */
bool ms_schema_migrate(struct ms_db *db, int *applied, struct ms_error *err) MS_MUST_CHECK;

/* Fails with `migrate` and what to do unless the schema is current, with `refused` for a login
 * that has no role here. */
bool ms_schema_require(struct ms_db *db, struct ms_error *err) MS_MUST_CHECK;

/* Fails with `refused` unless the login has the rights of the schema's owner, or there is none yet. */
bool ms_schema_require_owner(struct ms_db *db, struct ms_error *err) MS_MUST_CHECK;

/* --- models ------------------------------------------------------------------------------- */

/* The whole list, ordered by id. Owned by the caller. */
bool ms_models_load(struct ms_db *db, struct ms_catalog **out, struct ms_error *err) MS_MUST_CHECK;
/* A list of that one model, empty where no model is called so. */
bool ms_models_load_one(struct ms_db *db, const char *id, struct ms_catalog **out,
			struct ms_error *err) MS_MUST_CHECK;

/*
 * Everything about one model: {"model":{…}, "description":…, "document":{what upstream sends and
 * no column holds}, "history":[{at,who,changeset,run,
 * field,old,new}…]}; `json` is owned. Unknown id: category `validation`.
 */
bool ms_model_detail(struct ms_db *db, const char *id, struct ms_json **json,
		     struct ms_error *err) MS_MUST_CHECK;

/* Writes a batch as one changeset. A conflict is a result, not an error. */
bool ms_models_edit(struct ms_db *db, const struct ms_edit_batch *batch,
		    struct ms_write_result **out, struct ms_error *err) MS_MUST_CHECK;

/*
 * The same of edits as they came from outside, in the database's own shape (docs/database.md), which
 * checks them. *reply, owned, is its answer, also when that is `invalid`, with `errors`, or
 * `paid_free`, because paid models would become free-tier and that was not allowed.
 */
bool ms_models_edit_given(struct ms_db *db, const struct ms_json *edits, bool allow_paid_free,
			  const char *reason, struct ms_json **reply,
			  struct ms_error *err) MS_MUST_CHECK;

/* Reverses a changeset by a new one, or says what that would do. */
bool ms_changeset_undo(struct ms_db *db, int64_t changeset, bool dry_run, const char *reason,
		       struct ms_write_result **out, struct ms_error *err) MS_MUST_CHECK;

/* --- sync --------------------------------------------------------------------------------- */

struct ms_claim {
	int64_t run, fence;
	int64_t interrupted_run; /* an older run that was closed on the way; 0 = none */
	char etag[256]; /* of the catalogue in force, for a fetch to ask about; "" = none */
};
/*
 * `busy` with who and since when, or with the cooldown left in err->retry_after_s. A request for a
 * slot has the slot filled in, whatever comes of it; `busy` also when nothing is left to do for it.
 */
bool ms_run_claim(struct ms_db *db, const struct ms_run_request *request, const char *source,
		  const struct ms_config *config, struct ms_claim *out,
		  struct ms_error *err) MS_MUST_CHECK;
/* Shows progress and renews the lease. `interrupted` when it was lost, `cancelled` when somebody
 * asked for that. */
bool ms_run_renew(struct ms_db *db, const struct ms_claim *claim,
		  const struct ms_run_progress *progress, struct ms_error *err) MS_MUST_CHECK;
struct ms_fetched_pages { /* borrowed view of what was fetched */
	char *const *pages;
	size_t count;
	int64_t bytes, total_count;
	double fetch_ms;
	const char *etag;     /* of the one answer that the pages are parts of, or NULL */
	bool is_not_modified; /* no pages: upstream still has what `etag` stands for */
	const char *hashes; /* of all entries in order, as text of a uuid[]; or NULL */
	bool is_stripped;   /* entries that ms_run_known() names are null in the pages */
};
/*
 * Tells which entries the database has just as they are, by their hashes (text of a uuid[]);
 * `is_known` has room for `count`, and *known is how many there are.
 */
bool ms_run_known(struct ms_db *db, const char *hashes, bool *is_known, size_t count, size_t *known,
		  struct ms_error *err) MS_MUST_CHECK;
/*
 * *out is NULL when what was sent is not enough to go on: nothing has happened, and the whole
 * catalogue may be applied with the same claim.
 */
bool ms_run_apply(struct ms_db *db, const struct ms_claim *claim,
		  const struct ms_fetched_pages *pages, const struct ms_config *config,
		  struct ms_run_report **out, struct ms_error *err) MS_MUST_CHECK;
bool ms_run_preview(struct ms_db *db, const struct ms_fetched_pages *pages,
		    const struct ms_config *config, struct ms_run_report **out,
		    struct ms_error *err) MS_MUST_CHECK;
/* Closes the run as failed with why's category and message. */
bool ms_run_close_failed(struct ms_db *db, const struct ms_claim *claim,
			 const struct ms_error *why, struct ms_error *err) MS_MUST_CHECK;
/* Asks a run, wherever it is, to stop. */
bool ms_run_request_cancel(struct ms_db *db, int64_t run, struct ms_error *err) MS_MUST_CHECK;
/*
 * seen_run is the run whose held catalogue somebody has looked at: when the hold keeps a newer one
 * by now, that is a `conflict` and nothing is applied. 0 applies whatever it keeps.
 */
bool ms_hold_apply(struct ms_db *db, int64_t hold, int64_t seen_run, const struct ms_config *config,
		   struct ms_run_report **out, struct ms_error *err) MS_MUST_CHECK;
/* What applying would do now: the held run's report (state held). Writes nothing. */
bool ms_hold_preview(struct ms_db *db, int64_t hold, const struct ms_config *config,
		     struct ms_run_report **out, struct ms_error *err) MS_MUST_CHECK;
/* The models that rules would look at once the pages, or what the hold keeps, were applied. Owned. */
bool ms_run_preview_new(struct ms_db *db, const struct ms_fetched_pages *pages,
			  const struct ms_config *config, struct ms_catalog **out,
			  struct ms_error *err) MS_MUST_CHECK;
bool ms_hold_preview_new(struct ms_db *db, int64_t hold, const struct ms_config *config,
			   struct ms_catalog **out, struct ms_error *err) MS_MUST_CHECK;
bool ms_hold_discard(struct ms_db *db, int64_t hold, struct ms_error *err) MS_MUST_CHECK;

/* --- rules -------------------------------------------------------------------------------- */

/* Models that a sync added, no rule has looked at and upstream lists. Owned by the caller. */
bool ms_rules_load_pending(struct ms_db *db, struct ms_catalog **out,
			   struct ms_error *err) MS_MUST_CHECK;

/* What became of the models that rules looked at. */
enum ms_rule_result {
	MS_RULE_APPLIED,
	MS_RULE_UNCHANGED, /* the rule leaves it as it is */
	MS_RULE_NONE,      /* no rule matches */
	MS_RULE_REFUSED,   /* a paid model, the free tier, and no rule that allows this */
	MS_RULE_DECIDED,   /* somebody decided meanwhile, or rules have looked at it before */
	MS_RULE_STALE      /* it changed meanwhile; it still waits for rules */
};
/* The model and the rule that takes it, NULL = none. Both borrowed. */
struct ms_rule_choice {
	const struct ms_model *model;
	const struct ms_rule *rule;
	enum ms_rule_result result; /* what it should come to; by ms_rules_apply(), what it came to */
};
/* Writes the choices as one changeset after that run; *changeset is 0 when nothing was to be written. */
bool ms_rules_apply(struct ms_db *db, int64_t run, const struct ms_rules *rules,
		    struct ms_rule_choice *choices, size_t count, int64_t *changeset,
		    struct ms_error *err) MS_MUST_CHECK;
/* No rule shall look at the models added so far, up to that run. */
bool ms_rules_skip(struct ms_db *db, int64_t run, struct ms_error *err) MS_MUST_CHECK;
/* Keeps in the run's row what rules did after it. */
bool ms_rules_record(struct ms_db *db, int64_t run, const struct ms_json *rules,
		     struct ms_error *err) MS_MUST_CHECK;

/* --- daemons ------------------------------------------------------------------------------ */

struct ms_beat {
	int64_t started_at, next_slot; /* epoch s; next_slot 0 = none */
	const char *version, *schedule, *timezone;
	bool enabled; /* syncs by its schedule */
	unsigned channels; /* by which it can tell people: MS_CHANNEL_BITs */
};
/* Says that this process is alive, and what it is going to do. */
bool ms_daemon_beat(struct ms_db *db, const struct ms_beat *beat, struct ms_error *err) MS_MUST_CHECK;
/* Takes this process off the list. */
bool ms_daemon_leave(struct ms_db *db, struct ms_error *err) MS_MUST_CHECK;

/* --- what people are told ----------------------------------------------------------------- */

/*
 * Takes the next delivery that is due on one of these channels; nobody else tries it for so many
 * seconds. out->id is 0 when there is none. Needs ms_delivery_clear().
 */
bool ms_message_claim(struct ms_db *db, unsigned channels, int lease_s, struct ms_delivery *out,
		      struct ms_error *err) MS_MUST_CHECK;
/* What the attempt came to. */
bool ms_message_settle(struct ms_db *db, const struct ms_delivery *d, const struct ms_sent *sent,
		       bool *is_given_up, struct ms_error *err) MS_MUST_CHECK;
/* Deliveries, newest first; all: also those that were sent or discarded. Owned. */
bool ms_messages_list(struct ms_db *db, int limit, bool all, struct ms_json **out,
		      struct ms_error *err) MS_MUST_CHECK;
/* Tries a delivery again at once, or never; is_changed: it was in a state for that. */
bool ms_message_retry(struct ms_db *db, int64_t delivery, const char *reason, bool *is_changed,
		      struct ms_error *err) MS_MUST_CHECK;
bool ms_message_discard(struct ms_db *db, int64_t delivery, const char *reason, bool *is_changed,
			struct ms_error *err) MS_MUST_CHECK;

/* --- reading ------------------------------------------------------------------------------ */

/* Shapes: docs/database.md. All results are owned by the caller. */
bool ms_db_status(struct ms_db *db, const struct ms_config *config, struct ms_json **out,
		  struct ms_error *err) MS_MUST_CHECK;
struct ms_run_query {
	const char *state; /* as in ms_run_state_name(); NULL = any */
	int64_t since;     /* epoch s; 0 = all */
	int64_t before;    /* only runs with a lower number; 0 = all */
	int limit;         /* newest so many */
};
/* Figures for monitoring. */
bool ms_db_metrics(struct ms_db *db, struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;
bool ms_db_history(struct ms_db *db, const struct ms_run_query *query, struct ms_json **out,
		   struct ms_error *err) MS_MUST_CHECK;
/* One run of the history; of an unknown one `validation`. */
bool ms_db_run(struct ms_db *db, int64_t run, struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;
/* The run of that number, or of that row in the contract's log, with its first changes. */
bool ms_db_sync_log(struct ms_db *db, const char *id, struct ms_json **out,
		    struct ms_error *err) MS_MUST_CHECK;
/* What came of the runs of the last days. */
bool ms_db_figures(struct ms_db *db, int days, struct ms_json **out,
		   struct ms_error *err) MS_MUST_CHECK;
struct ms_event_query {
	int64_t run;       /* 0 = all */
	int64_t changeset; /* 0 = all */
	int64_t since;     /* epoch s; 0 = all */
	int64_t until;     /* epoch s, exclusive; 0 = all */
	const char *model; /* its id; NULL = all */
	const char *types; /* separated by commas; NULL = all */
	int64_t before;    /* only events with a lower number; 0 = all */
	int limit;         /* newest so many; 0 = all */
	bool newest_first; /* in which order they are returned */
};
/* A list of event types, separated by commas; an unknown one is a `usage` error. */
bool ms_db_check_event_types(struct ms_db *db, const char *types, struct ms_error *err) MS_MUST_CHECK;
/* Called once per event with its JSON object; returning false stops early (no error). */
typedef bool (*ms_event_fn)(void *arg, const char *json, const char *model_id);
bool ms_db_events(struct ms_db *db, const struct ms_event_query *query, ms_event_fn fn, void *arg,
		  struct ms_error *err) MS_MUST_CHECK;

/* The rows of a feed before the one with that number (0: the newest), newest first. */
bool ms_db_feed(struct ms_db *db, enum ms_feed feed, int64_t before, struct ms_json **out,
		struct ms_error *err) MS_MUST_CHECK;
/* A changeset with its first changes. Unknown number: category `validation`. */
bool ms_changeset_detail(struct ms_db *db, int64_t changeset, struct ms_json **out,
			 struct ms_error *err) MS_MUST_CHECK;

/* Events a day and type, of `model`, `since` and `until` of the query; owned. */
bool ms_db_event_counts(struct ms_db *db, const struct ms_event_query *query, struct ms_json **out,
			struct ms_error *err) MS_MUST_CHECK;
/*
 * What the prices of a model were, oldest first, those in force at or after since (epoch s, 0 =
 * all); owned. Unknown id: category `validation`.
 */
bool ms_db_prices(struct ms_db *db, const char *model, int64_t since, struct ms_json **out,
		  struct ms_error *err) MS_MUST_CHECK;

/* --- alerts, settings, retention ---------------------------------------------------------- */

struct ms_alert_query {
	bool all;          /* those that were acknowledged, too */
	const char *model; /* its id; NULL = all */
	int64_t before;    /* only alerts with a lower number; 0 = all */
	int limit;         /* newest so many */
};
/* Newest first; owned. */
bool ms_alerts_list(struct ms_db *db, const struct ms_alert_query *query, struct ms_json **out,
		    struct ms_error *err) MS_MUST_CHECK;
/* Marks alerts as seen; *done says how many of them were still open. */
bool ms_alerts_acknowledge(struct ms_db *db, const int64_t *alerts, size_t count, const char *reason,
			   int64_t *done, struct ms_error *err) MS_MUST_CHECK;

/* Settings of the database itself; owned. */
bool ms_settings_list(struct ms_db *db, struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;
/* values: an object; all are set, or none and category `validation`. Owned: what was changed. */
bool ms_settings_change(struct ms_db *db, const struct ms_json *values, const char *reason,
			struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;

/*
 * One step of applying the retention settings, or what all of them would do; owned. `more` is true
 * when another step is needed.
 */
bool ms_db_retire(struct ms_db *db, bool dry_run, const char *reason, struct ms_json **out,
		  struct ms_error *err) MS_MUST_CHECK;

/* --- audit, quality, visibility ----------------------------------------------------------- */

struct ms_audit_query {
	int64_t since;                /* epoch s; 0 = all */
	int64_t before;               /* only entries with a lower number; 0 = all */
	int limit;                    /* newest so many */
	const struct ms_json *models; /* array of ids: what concerns one of them; NULL = everything */
};
/* Shapes: docs/database.md. All results are owned by the caller. */
bool ms_audit_list(struct ms_db *db, const struct ms_audit_query *query, struct ms_json **out,
		   struct ms_error *err) MS_MUST_CHECK;
/* head: a hash noted before, in hex, or NULL. What is wrong is a result, not an error. */
bool ms_audit_verify(struct ms_db *db, const char *head, struct ms_json **out,
		     struct ms_error *err) MS_MUST_CHECK;
bool ms_db_quality(struct ms_db *db, struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;
/* Whether a tier, or a user named by id or e-mail address, may use a model, and why. */
bool ms_db_why(struct ms_db *db, const char *model, const char *who, struct ms_json **out,
	       struct ms_error *err) MS_MUST_CHECK;

/* --- roles -------------------------------------------------------------------------------- */

/* Shapes: docs/database.md. All results are owned by the caller. */
bool ms_db_whoami(struct ms_db *db, struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;
bool ms_logins(struct ms_db *db, struct ms_json **out, struct ms_error *err) MS_MUST_CHECK;
struct ms_grant {
	const char *login, *role; /* role: "viewer", "admin" or "service" */
	const char *profile;      /* e-mail address or id to link it to; NULL leaves the link alone */
	const char *reason;       /* for the audit; may be NULL */
	bool create;              /* the login, if it is not there */
};
/* Gives a login a role in place of the one it has. `refused` names the SQL that helps. */
bool ms_login_grant(struct ms_db *db, const struct ms_grant *grant, struct ms_json **out,
		    struct ms_error *err) MS_MUST_CHECK;
/* Takes its role and its link away. */
bool ms_login_revoke(struct ms_db *db, const char *login, const char *reason, struct ms_json **out,
		     struct ms_error *err) MS_MUST_CHECK;

/* --- HTTP API ----------------------------------------------------------------------------- */

struct ms_api_caller {
	char profile[40]; /* id of the profile; "" = the database knows none */
	enum ms_tier tier;
	bool is_admin, is_banned;
};
/* Whom the subject of a token that was verified stands for. */
bool ms_api_caller(struct ms_db *db, const char *sub, struct ms_api_caller *out,
		   struct ms_error *err) MS_MUST_CHECK;

#define MS_SHOWN_TO_ADMINS 8u
/* A model that the Models API shows; borrowed during the call. */
struct ms_served_model {
	const char *id;
	unsigned shown_to; /* enum ms_tier bits, whom the grants say, and MS_SHOWN_TO_ADMINS */
	const char *entry; /* JSON object of the enhanced form */
	size_t entry_len;
};
typedef void (*ms_served_fn)(void *arg, const struct ms_served_model *m);
/* In the order in which they are shown. */
bool ms_api_served(struct ms_db *db, ms_served_fn fn, void *arg, struct ms_error *err) MS_MUST_CHECK;

/* Of all models, whether a tier or a user sees them, and why not. Owned. */
bool ms_api_explain(struct ms_db *db, const char *who, struct ms_json **out,
		    struct ms_error *err) MS_MUST_CHECK;

/* Raises the alert that the API is answered from `source`, because of `reason`; once. */
bool ms_api_tell_fallback(struct ms_db *db, const char *source, const char *reason,
			  struct ms_error *err) MS_MUST_CHECK;
/* Audits that the profile of ms_db_act_for() was refused something that only admins may do. */
bool ms_api_tell_refused(struct ms_db *db, const char *request, struct ms_error *err) MS_MUST_CHECK;

/* --- notifications ------------------------------------------------------------------------ */

/* Starts listening on channel "modelsync". */
bool ms_db_listen(struct ms_db *db, struct ms_error *err) MS_MUST_CHECK;
/* Call when the socket is readable: hands over each payload. Fails when the connection is lost. */
typedef void (*ms_notice_fn)(void *arg, const char *payload);
bool ms_db_read_notices(struct ms_db *db, ms_notice_fn fn, void *arg, struct ms_error *err) MS_MUST_CHECK;

#endif
