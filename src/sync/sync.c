/* SPDX-License-Identifier: MIT */
/*
 * A run:
 *
 *   dry run:  acquire ─────────────────────────────────────── preview ── rules ── report
 *   others:   claim ── acquire (renewing the claim) ── hand over ── apply ── rules ── report
 *               │          │        └───── once more, whole ─┤
 *               │          └── failed, cancelled, lost ──────┴── close as failed ── error
 *               └── refused: another one runs, cooldown
 *
 * The claim is committed before anything is fetched, so that everybody sees the run; whatever fails
 * afterwards leaves a closed row. If not even closing works, the claim runs out by itself and the
 * next run closes the row as interrupted. A file is read before the claim: it may be a pipe that
 * takes its time, and a file that is not there is no run.
 *
 * The claim comes with the ETag of the catalogue in force, if that is still what the models are,
 * and upstream is asked for another one only. Should somebody touch the models in between, the
 * database does not take "not modified" for an answer, and the whole catalogue is fetched. --force
 * asks for it from the start.
 */
#include "modelsync/sync.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "ear.h"
#include "handover.h"
#include "modelsync/clock.h"
#include "modelsync/json.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "rules.h"

#define RENEW_EVERY_MS	 1000
#define UNREACHABLE_MS	 10000 /* a database restart may take so long; well below the lease */
#define CLOSE_CONNECT_S	 1
#define SQLSTATE_NO_JSON "22P02"
#define SQLSTATE_TOO_BIG "22003" /* a number of more digits than the database keeps */

struct ms_sync {
	struct ms_db *db;
	const struct ms_config *config;
	atomic_bool is_cancelled;
	atomic_bool is_interrupted; /* because the process ends */
	atomic_bool is_overruled;   /* cancelled by somebody elsewhere */
	atomic_bool is_in_database; /* a statement runs that may be cancelled */
	pthread_mutex_t lock;	    /* guards `fetching` */
	struct ms_upstream *fetching;
};

struct job {
	struct ms_sync *sync;
	const struct ms_run_request *request;
	ms_sync_progress_fn progress;
	void *arg;
	struct ms_claim claim; /* run 0 = none */
	int64_t tried_ms, renewed_ms;
	struct ms_error stop; /* why the hook stopped the fetch; category MS_OK = it did not */
	struct ms_fetched *got;
	bool wants_all; /* also what upstream says has not changed */
	bool is_closed; /* the database closed the run itself */
};

struct ms_sync *ms_sync_new(struct ms_db *db, const struct ms_config *config)
{
	struct ms_sync *s = ms_alloc(sizeof(*s));

	s->db = db;
	s->config = config;
	atomic_init(&s->is_cancelled, false);
	atomic_init(&s->is_interrupted, false);
	atomic_init(&s->is_overruled, false);
	atomic_init(&s->is_in_database, false);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void ms_sync_free(struct ms_sync *s)
{
	if (!s)
		return;
	pthread_mutex_destroy(&s->lock);
	ms_free(s);
}

void ms_sync_cancel(struct ms_sync *s)
{
	atomic_store(&s->is_cancelled, true);
	if (atomic_load(&s->is_in_database))
		ms_db_cancel(s->db);
	pthread_mutex_lock(&s->lock);
	if (s->fetching)
		ms_upstream_cancel(s->fetching);
	pthread_mutex_unlock(&s->lock);
}

void ms_sync_interrupt(struct ms_sync *s)
{
	atomic_store(&s->is_interrupted, true);
	ms_sync_cancel(s);
}

static void overrule(void *arg)
{
	struct ms_sync *s = arg;

	atomic_store(&s->is_overruled, true);
	ms_sync_cancel(s);
}

void ms_sync_rearm(struct ms_sync *s)
{
	atomic_store(&s->is_cancelled, false);
	atomic_store(&s->is_interrupted, false);
	atomic_store(&s->is_overruled, false);
}

static bool leave_database(struct ms_sync *s, bool good)
{
	atomic_store(&s->is_in_database, false);
	ms_db_end_cancellable(s->db);
	return good;
}

/*
 * Around statements that a cancel may stop. Either this sees the flag or ms_sync_cancel() sees the
 * statement, whichever comes first.
 */
static bool enter_database(struct ms_sync *s, struct ms_error *err)
{
	atomic_store(&s->is_in_database, true);
	ms_db_begin_cancellable(s->db);
	if (!atomic_load(&s->is_cancelled))
		return true;
	ms_fail(err, MS_ERR_CANCELLED, "cancelled");
	return leave_database(s, false);
}

static void set_fetching(struct ms_sync *s, struct ms_upstream *u)
{
	pthread_mutex_lock(&s->lock);
	s->fetching = u;
	pthread_mutex_unlock(&s->lock);
}

static void report_progress(struct job *j, struct ms_run_progress progress)
{
	progress.run = j->claim.run;
	if (j->progress)
		j->progress(j->arg, &progress);
}

static bool claim_run(struct job *j, const char *source, struct ms_error *err)
{
	struct ms_sync *s = j->sync;

	report_progress(j, (struct ms_run_progress){.phase = MS_PHASE_CLAIM});
	if (!enter_database(s, err) ||
	    !leave_database(s, ms_run_claim(s->db, j->request, source, s->config, &j->claim, err)))
		return false;
	j->tried_ms = j->renewed_ms = ms_clock_ms();
	if (j->claim.interrupted_run)
		ms_log_event(MS_LOG_INFO, "run_interrupted",
			     MS_LOG_NUMBER("run", j->claim.interrupted_run));
	return true;
}

static bool renew(struct job *j, const struct ms_run_progress *progress, struct ms_error *err)
{
	struct ms_sync *s = j->sync;

	j->tried_ms = ms_clock_ms();
	if (!enter_database(s, err) ||
	    !leave_database(s, ms_run_renew(s->db, &j->claim, progress, err)))
		return false;
	j->renewed_ms = ms_clock_ms();
	return true;
}

static bool is_worth_waiting(const struct job *j, const struct ms_error *why)
{
	return why->category == MS_ERR_UNREACHABLE &&
	       ms_clock_ms() - j->renewed_ms < UNREACHABLE_MS;
}

/* The hook of the fetch: passes progress on, renews the claim, looks for a cancel. */
static bool on_fetch_progress(void *arg, const struct ms_run_progress *progress)
{
	struct job *j = arg;
	bool is_due = j->claim.run && ms_clock_ms() - j->tried_ms >= RENEW_EVERY_MS;

	report_progress(j, *progress);
	if (atomic_load(&j->sync->is_cancelled))
		return false;
	if (!is_due || renew(j, progress, &j->stop) || is_worth_waiting(j, &j->stop)) {
		j->stop.category = MS_OK;
		return true;
	}
	return false;
}

static bool is_url(const char *from)
{
	return strstr(from, "://") != NULL;
}

static bool is_file(const struct ms_run_request *request)
{
	return request->from && !is_url(request->from);
}

/* A key that is meant for the configured upstream goes nowhere else. */
/* Another URL is fetched as it is: what is set for the configured one is not meant for it. */
static struct ms_upstream_options upstream_options(const struct ms_config *c, const char *from)
{
	struct ms_upstream_options o;

	ms_upstream_options_init(&o, c);
	if (!from)
		return o;
	if (!ms_upstream_is_same_origin(from, o.url))
		o.api_key = NULL;
	o.url = from;
	o.output_modalities = NULL;
	o.page_size = 0;
	return o;
}

static bool acquire(struct job *j, struct ms_error *err)
{
	const struct ms_config *c = j->sync->config;
	struct ms_upstream_options options;
	struct ms_upstream *u;
	bool good;

	if (is_file(j->request))
		return ms_upstream_read_file(j->request->from,
					     ms_config_int(c, MS_OPT_UPSTREAM_MAX_BYTES),
					     on_fetch_progress, j, &j->got, err);
	options = upstream_options(c, j->request->from);
	options.etag = j->request->force || j->wants_all ? NULL : j->claim.etag;
	u = ms_upstream_new(&options);
	set_fetching(j->sync, u);
	good = ms_upstream_fetch(u, on_fetch_progress, j, &j->got, err);
	set_fetching(j->sync, NULL);
	ms_upstream_free(u);
	if (!good && j->stop.category != MS_OK)
		*err = j->stop;
	return good;
}

static struct ms_fetched_pages pages_of(const struct job *j)
{
	const struct ms_fetched *got = j->got;

	return (struct ms_fetched_pages){
		.pages = got->pages,
		.count = got->count,
		.bytes = got->bytes,
		.total_count = got->total_count,
		.fetch_ms = got->elapsed_ms,
		.etag = got->is_not_modified ? j->claim.etag : got->etag,
		.is_not_modified = got->is_not_modified,
	};
}

/* Two parsers never agree on everything: text that ours lets pass may be no JSON for the database.
 */
static void explain_unreadable(struct ms_error *err)
{
	if (strcmp(err->sqlstate, SQLSTATE_NO_JSON) != 0 &&
	    strcmp(err->sqlstate, SQLSTATE_TOO_BIG) != 0)
		return;
	err->category = MS_ERR_PARSE;
	ms_error_prefix(err, "the database cannot read the answer");
}

/*
 * The engine may end a run as failed itself, for example when it was cancelled from elsewhere. No
 * report asks for the whole catalogue.
 */
static bool is_success(struct job *j, struct ms_run_report **report, struct ms_error *err)
{
	if (!*report || (*report)->state != MS_RUN_FAILED)
		return true;
	j->is_closed = true;
	ms_fail(err, (*report)->category, "%s",
		(*report)->message ? (*report)->message : "refused");
	ms_run_report_free(*report);
	*report = NULL;
	return false;
}

/* *out is NULL when the whole catalogue is needed. */
static bool hand_over(struct job *j, struct ms_run_report **out, struct ms_error *err)
{
	struct ms_sync *s = j->sync;
	struct ms_fetched_pages pages = pages_of(j);
	struct ms_run_progress now = {.phase = MS_PHASE_VALIDATE, .total = (int64_t)j->got->models};
	bool good;

	report_progress(j, now);
	now.phase = MS_PHASE_APPLY;
	if (j->claim.run && !renew(j, &now, err))
		return false;
	report_progress(j, now);
	if (!enter_database(s, err))
		return false;
	good = leave_database(
		s, j->claim.run ? handover_apply(s->db, &j->claim, &pages, s->config, out, err)
				: ms_run_preview(s->db, &pages, s->config, out, err));
	if (!good) {
		explain_unreadable(err);
		return false;
	}
	if (!is_success(j, out, err))
		return false;
	if (!*out)
		return true;
	now.phase = MS_PHASE_DONE;
	now.done = now.total;
	report_progress(j, now);
	return true;
}

/* Categories of this process only mean nothing to those who read the history later. */
static struct ms_error stored_form(const struct job *j, const struct ms_error *err)
{
	struct ms_error stored = *err;

	if (stored.category > MS_ERR_INTERNAL)
		stored.category = MS_ERR_DATABASE;
	if (stored.category == MS_ERR_CANCELLED && atomic_load(&j->sync->is_interrupted))
		ms_fail(&stored, MS_ERR_INTERRUPTED, "the process that ran it was told to stop");
	return stored;
}

/* A database that does not answer is not waited for: the end of the claim closes the run, too. */
static bool close_run(struct job *j, const struct ms_error *why, struct ms_error *err)
{
	struct ms_db *db = j->sync->db;
	int usual = ms_db_set_connect_timeout(db, CLOSE_CONNECT_S);
	bool was_connected = ms_db_is_connected(db);
	bool closed = ms_run_close_failed(db, &j->claim, why, err);

	/* The call that meets a lost connection fails, the next one connects anew. */
	if (!closed && was_connected && err->category == MS_ERR_UNREACHABLE)
		closed = ms_run_close_failed(db, &j->claim, why, err);
	(void)ms_db_set_connect_timeout(db, usual);
	return closed;
}

static void close_failed(struct job *j, struct ms_error *err)
{
	struct ms_error why = stored_form(j, err), again;

	if (close_run(j, &why, &again))
		return;
	if (again.category == MS_ERR_INTERRUPTED)
		ms_error_append(err, "; run %lld was closed meanwhile, history shows how it ended",
				(long long)j->claim.run);
	else
		ms_error_append(
			err,
			"; run %lld stays open until its claim ends, then the next sync closes it",
			(long long)j->claim.run);
}

/* What is known of a run that failed, in the shape of the engine's reports. */
static struct ms_run_report *failure_report(const struct job *j, const struct ms_error *err)
{
	struct ms_run_report *r = ms_alloc(sizeof(*r));
	struct ms_json *o = ms_json_new_object();

	r->run = j->claim.run;
	r->state = MS_RUN_FAILED;
	r->category = err->category;
	r->message = ms_strdup(err->message);
	ms_json_add_bool(o, "ok", false);
	ms_json_add_int(o, "run", r->run);
	ms_json_add_string(o, "state", ms_run_state_name(r->state));
	ms_json_add_string(o, "category", ms_category_name(err->category));
	ms_json_add_string(o, "message", err->message);
	ms_json_add_string(o, "hint", ms_category_hint(err->category));
	r->json = ms_json_print(o);
	ms_json_free(o);
	return r;
}

static bool sync_all(struct job *j, struct ms_run_report **out, struct ms_error *err)
{
	ms_log_event(MS_LOG_INFO, "fetch_again", MS_LOG_NUMBER("run", j->claim.run),
		     MS_LOG_TEXT("why", "not modified upstream, but changed here meanwhile"));
	ms_fetched_free(j->got);
	j->got = NULL;
	j->wants_all = true;
	if (!acquire(j, err) || !hand_over(j, out, err))
		return false;
	return *out || ms_fail(err, MS_ERR_INTERNAL, "the database asks for all of all");
}

/* The run has completed: a cancel that comes now leaves the new models to the next one. */
static void decide_new(struct ms_sync *s, struct ms_run_report *report)
{
	struct ms_error err;

	if (enter_database(s, &err)) {
		sync_apply_rules(s->db, s->config, report);
		leave_database(s, true);
	} else {
		sync_leave_rules(s->config, report, &err);
	}
}

static bool run_to_report(struct job *j, struct ms_run_report **out, struct ms_error *err)
{
	struct ear *ear = ear_new(j->sync->config, j->claim.run, overrule, j->sync);
	bool good = (j->got || acquire(j, err)) && hand_over(j, out, err) &&
		    (*out || sync_all(j, out, err));

	ear_free(ear);
	if (!good && !j->is_closed && err->category == MS_ERR_CANCELLED &&
	    atomic_load(&j->sync->is_overruled))
		ms_fail(err, MS_ERR_CANCELLED, "run %lld was cancelled from elsewhere",
			(long long)j->claim.run);
	return good;
}

static bool run_claimed(struct job *j, const char *source, const struct ms_error *unread,
			struct ms_run_report **out, struct ms_error *err)
{
	if (!claim_run(j, source, err))
		return false;
	if (unread)
		*err = *unread;
	if (!unread && run_to_report(j, out, err)) {
		decide_new(j->sync, *out);
		return true;
	}
	/* A run whose claim was lost has been closed by whoever took over. */
	if (!j->is_closed && err->category != MS_ERR_INTERRUPTED)
		close_failed(j, err);
	*out = failure_report(j, err);
	return false;
}

static bool foresee_new(struct job *j, struct ms_run_report *report, struct ms_error *err)
{
	struct ms_sync *s = j->sync;
	struct ms_fetched_pages pages = pages_of(j);

	return enter_database(s, err) &&
	       leave_database(s, sync_preview_rules(s->db, s->config, &pages, report, err));
}

static bool run_dry(struct job *j, struct ms_run_report **out, struct ms_error *err)
{
	if (!(j->got || acquire(j, err)) || !hand_over(j, out, err))
		return false;
	if (foresee_new(j, *out, err))
		return true;
	ms_run_report_free(*out);
	*out = NULL;
	return false;
}

static char *source_of(const struct ms_sync *s, const struct ms_run_request *request)
{
	struct ms_upstream_options options = upstream_options(s->config, request->from);

	if (!is_file(request))
		return ms_upstream_source(&options);
	return ms_strdup(strcmp(request->from, "-") == 0 ? "standard input" : request->from);
}

/* No run comes of a file that is not there, nor of one that was cancelled before it was read. */
static bool is_no_run(const struct ms_error *unread)
{
	return unread->category == MS_ERR_USAGE || unread->category == MS_ERR_CANCELLED;
}

bool ms_sync_run(struct ms_sync *s, const struct ms_run_request *request,
		 ms_sync_progress_fn progress, void *arg, struct ms_run_report **out,
		 struct ms_error *err)
{
	struct job j = {.sync = s, .request = request, .progress = progress, .arg = arg};
	struct ms_error unread = {0};
	char *source = source_of(s, request);
	bool good, was_read;

	*out = NULL;
	was_read = !is_file(request) || acquire(&j, &unread);
	if (!was_read && (request->dry_run || is_no_run(&unread))) {
		*err = unread;
		good = false;
	} else if (request->dry_run) {
		good = run_dry(&j, out, err);
	} else {
		good = run_claimed(&j, source, was_read ? NULL : &unread, out, err);
	}
	ms_fetched_free(j.got);
	ms_free(source);
	ms_sync_rearm(s);
	return good;
}
