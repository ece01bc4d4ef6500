/* SPDX-License-Identifier: MIT */
/*
 *   notice ──> wants_build ──> database ──┬─ models ─────────────> publish
 *                                         └─ none, or it is away ─> fallback? ──> publish
 *
 * Notices that come while it builds make it build once more. Between two builds is a pause as long
 * as a build takes, so that a storm of edits costs at most half of one processor.
 */
#include "shelf.h"

#include <string.h>

#include "fallback.h"
#include "modelsync/clock.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"
#include "modelsync/thread.h"
#include "modelsync/upstream.h"

#define PAUSE_MIN_MS	50
#define PAUSE_MAX_MS	500 /* with the build itself well below a second */
#define RETRY_MS	2000
#define IDLE_MS		60000 /* then the connection is closed */
#define REFRESH_MS	600000
#define FETCH_RETRY_MS	60000
#define CANCEL_AGAIN_MS 100
#define NEVER		INT64_MAX

struct shelf {
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct http_settings *settings;
	struct snapshot *now;
	struct ms_db *db; /* the thread's, but ms_db_cancel() */
	bool is_stopping, has_ended, has_new_settings, wants_build;
	bool is_up, is_down; /* neither: nobody has said */
	bool is_empty;	     /* the database, when it was last asked */
	bool has_alert_to_tell, was_alert_told;
	int64_t stale_since_ms; /* 0 = it is not */
	/* when there is something to do, in ms_clock_ms() */
	int64_t build_at, fall_back_at, idle_at;
};

/* --- what is to be done ------------------------------------------------------------------- */

static bool has_phase(const struct shelf *s, const char *phase)
{
	return strcmp(ms_config_string(s->settings->config, MS_OPT_MODELS_API_PHASE), phase) == 0;
}

static bool is_falling_back(const struct shelf *s)
{
	bool has_models = s->now && snapshot_source(s->now) == SNAPSHOT_DATABASE && !s->is_empty;

	return !has_phase(s, "full") && (s->is_empty || (s->is_down && !has_models));
}

static bool is_due_to_build(const struct shelf *s, int64_t now)
{
	return s->wants_build && s->is_up && now >= s->build_at;
}

static int64_t next_time(const struct shelf *s)
{
	int64_t at = s->idle_at;

	if (s->wants_build && s->is_up && s->build_at < at)
		at = s->build_at;
	if (is_falling_back(s) && s->fall_back_at < at)
		at = s->fall_back_at;
	return at;
}

static void wait_for_work(struct shelf *s)
{
	int64_t at = next_time(s);

	if (at == NEVER)
		pthread_cond_wait(&s->changed, &s->lock);
	else
		(void)ms_cond_wait_until(&s->changed, &s->lock, at * 1000);
}

/* --- publishing --------------------------------------------------------------------------- */

static void log_published(const struct snapshot *s, int64_t took_ms)
{
	static const char *const sources[] = {"database", "environment", "openrouter"};

	ms_log_event(snapshot_source(s) == SNAPSHOT_DATABASE ? MS_LOG_DEBUG : MS_LOG_WARN,
		     "models_published", MS_LOG_TEXT("source", sources[snapshot_source(s)]),
		     MS_LOG_NUMBER("free", (int64_t)snapshot_count(s, SNAPSHOT_FREE)),
		     MS_LOG_NUMBER("pro", (int64_t)snapshot_count(s, SNAPSHOT_PRO)),
		     MS_LOG_NUMBER("enterprise", (int64_t)snapshot_count(s, SNAPSHOT_ENTERPRISE)),
		     MS_LOG_NUMBER("admin", (int64_t)snapshot_count(s, SNAPSHOT_ADMIN)),
		     MS_LOG_NUMBER("bytes", (int64_t)snapshot_bytes(s)),
		     MS_LOG_NUMBER("took_ms", took_ms));
}

/* Takes the share. Under the lock. */
static void publish(struct shelf *s, struct snapshot *next, int64_t began_ms)
{
	struct snapshot *before = s->now;

	if (before && snapshot_is_same(before, next)) {
		snapshot_release(next);
		return;
	}
	log_published(next, ms_clock_ms() - began_ms);
	s->now = next;
	snapshot_release(before);
}

/* --- from the database -------------------------------------------------------------------- */

static void add_served(void *arg, const struct ms_served_model *m)
{
	snapshot_builder_add(arg, m);
}

static bool read_database(struct ms_db *db, struct snapshot **out, struct ms_error *err)
{
	struct snapshot_builder *b = snapshot_builder_new();
	bool ok = ms_api_served(db, add_served, b, err) &&
		  snapshot_builder_finish(b, SNAPSHOT_DATABASE, out, err);

	snapshot_builder_free(b);
	return ok;
}

/* What was raised while the database was away is told when it is back. */
static void tell_alert(struct shelf *s)
{
	struct ms_error err;
	const char *source =
		fallback_has_list(s->settings->config) ? "models_api.list" : "upstream";
	const char *reason = s->is_empty ? "the database has no active models"
					 : "the database could not be reached";
	bool ok;

	s->has_alert_to_tell = false;
	pthread_mutex_unlock(&s->lock);
	ok = ms_api_tell_fallback(s->db, source, reason, &err);
	pthread_mutex_lock(&s->lock);
	if (!ok)
		ms_log_event(MS_LOG_ERROR, "fallback_not_told",
			     MS_LOG_TEXT("message", err.message));
}

static void note_failure(struct shelf *s, const struct ms_error *err)
{
	int64_t now = ms_clock_ms();

	ms_log_event(MS_LOG_ERROR, "models_not_read",
		     MS_LOG_TEXT("category", ms_category_name(err->category)),
		     MS_LOG_TEXT("message", err->message));
	if (!s->stale_since_ms)
		s->stale_since_ms = now;
	s->wants_build = true;
	s->build_at = now + RETRY_MS;
}

static void take_models(struct shelf *s, struct snapshot *next, int64_t began_ms)
{
	s->stale_since_ms = 0;
	s->is_empty = snapshot_count(next, SNAPSHOT_ADMIN) == 0;
	if (!s->is_empty)
		s->was_alert_told = false;
	if (is_falling_back(s) && s->now && snapshot_source(s->now) != SNAPSHOT_DATABASE)
		snapshot_release(next); /* what stands there shows more */
	else
		publish(s, next, began_ms);
}

/* Under the lock, but for what takes time. */
static void build(struct shelf *s)
{
	int64_t began_ms = ms_clock_ms(), took_ms;
	struct snapshot *next;
	struct ms_error err;
	bool ok;

	s->wants_build = false;
	if (s->has_alert_to_tell)
		tell_alert(s);
	pthread_mutex_unlock(&s->lock);
	ok = read_database(s->db, &next, &err);
	pthread_mutex_lock(&s->lock);
	took_ms = ms_clock_ms() - began_ms;
	s->build_at = began_ms + took_ms +
		      (took_ms < PAUSE_MIN_MS	? PAUSE_MIN_MS
		       : took_ms > PAUSE_MAX_MS ? PAUSE_MAX_MS
						: took_ms);
	s->idle_at = ms_clock_ms() + IDLE_MS;
	if (ok)
		take_models(s, next, began_ms);
	else if (!s->is_stopping)
		note_failure(s, &err);
}

/* --- from elsewhere ----------------------------------------------------------------------- */

static bool goes_on(void *arg, const struct ms_run_progress *progress)
{
	struct shelf *s = arg;
	bool is_stopping;

	(void)progress;
	pthread_mutex_lock(&s->lock);
	is_stopping = s->is_stopping || s->has_new_settings;
	pthread_mutex_unlock(&s->lock);
	return !is_stopping;
}

static bool read_upstream(struct shelf *s, const struct ms_config *config, struct snapshot **out,
			  struct ms_error *err)
{
	struct ms_upstream_options options;
	struct ms_upstream *u;
	struct ms_fetched *fetched = NULL;
	bool ok;

	ms_upstream_options_init(&options, config);
	u = ms_upstream_new(&options);
	ok = ms_upstream_fetch(u, goes_on, s, &fetched, err) &&
	     fallback_from_upstream(fetched, out, err);
	ms_fetched_free(fetched);
	ms_upstream_free(u);
	return ok;
}

/* Only who still needs it takes it: the database may be back. */
static void take_fallback(struct shelf *s, struct snapshot *next, int64_t began_ms)
{
	if (!is_falling_back(s)) {
		snapshot_release(next);
		return;
	}
	publish(s, next, began_ms);
	s->stale_since_ms = 0;
	if (!has_phase(s, "database") || s->was_alert_told)
		return;
	s->was_alert_told = s->has_alert_to_tell = true;
	s->wants_build = true; /* which tells it, when the database is there */
}

static void fall_back(struct shelf *s)
{
	struct http_settings *settings = http_settings_share(s->settings);
	bool has_list = fallback_has_list(settings->config), ok;
	int64_t began_ms = ms_clock_ms();
	struct snapshot *next;
	struct ms_error err;

	pthread_mutex_unlock(&s->lock);
	ok = has_list ? fallback_from_list(settings->config, &next, &err)
		      : read_upstream(s, settings->config, &next, &err);
	http_settings_release(settings);
	pthread_mutex_lock(&s->lock);
	s->fall_back_at = !ok	     ? ms_clock_ms() + FETCH_RETRY_MS
			  : has_list ? NEVER
				     : ms_clock_ms() + REFRESH_MS;
	if (ok)
		take_fallback(s, next, began_ms);
	else if (err.category != MS_ERR_CANCELLED)
		ms_log_event(MS_LOG_ERROR, "no_fallback",
			     MS_LOG_TEXT("category", ms_category_name(err.category)),
			     MS_LOG_TEXT("message", err.message));
}

/* --- the thread --------------------------------------------------------------------------- */

static void make_db(struct shelf *s)
{
	struct ms_db *before = s->db;
	struct ms_db_options options;

	ms_db_options_init(&options, s->settings->config, "http");
	s->db = ms_db_new(&options);
	s->has_new_settings = false;
	pthread_mutex_unlock(&s->lock);
	ms_db_free(before);
	pthread_mutex_lock(&s->lock);
}

static void *work(void *arg)
{
	struct shelf *s = arg;

	pthread_mutex_lock(&s->lock);
	while (!s->is_stopping) {
		int64_t now = ms_clock_ms();

		if (s->has_new_settings) {
			make_db(s);
		} else if (is_due_to_build(s, now)) {
			build(s);
		} else if (is_falling_back(s) && now >= s->fall_back_at) {
			fall_back(s);
		} else if (now >= s->idle_at) {
			ms_db_disconnect(s->db);
			s->idle_at = NEVER;
		} else {
			wait_for_work(s);
		}
	}
	s->has_ended = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

struct shelf *shelf_new(struct http_settings *settings)
{
	struct shelf *s = ms_alloc(sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	ms_cond_init(&s->changed);
	s->settings = http_settings_share(settings);
	s->has_new_settings = s->wants_build = true;
	s->idle_at = NEVER;
	s->thread = ms_thread_start(work, s);
	return s;
}

/* A statement that has not been sent yet does not feel the first cancel. */
static void stop(struct shelf *s)
{
	s->is_stopping = true;
	pthread_cond_broadcast(&s->changed);
	while (!s->has_ended) {
		if (s->db)
			ms_db_cancel(s->db);
		(void)ms_cond_wait_until(&s->changed, &s->lock,
					 (ms_clock_ms() + CANCEL_AGAIN_MS) * 1000);
	}
}

void shelf_free(struct shelf *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	stop(s);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	ms_db_free(s->db);
	snapshot_release(s->now);
	http_settings_release(s->settings);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	ms_free(s);
}

/* --- what others say and ask -------------------------------------------------------------- */

void shelf_use(struct shelf *s, struct http_settings *settings)
{
	struct http_settings *before;

	pthread_mutex_lock(&s->lock);
	before = s->settings;
	s->settings = http_settings_share(settings);
	s->has_new_settings = s->wants_build = true;
	s->was_alert_told = s->has_alert_to_tell = false;
	s->fall_back_at = 0;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	http_settings_release(before);
}

void shelf_changed(struct shelf *s)
{
	pthread_mutex_lock(&s->lock);
	s->wants_build = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void shelf_database(struct shelf *s, bool is_up)
{
	pthread_mutex_lock(&s->lock);
	if (is_up) {
		s->wants_build = true; /* whatever was missed meanwhile */
		s->build_at = 0;
	} else if (!s->stale_since_ms) {
		s->stale_since_ms = ms_clock_ms();
	}
	if (s->is_up != is_up)
		s->fall_back_at = 0;
	s->is_up = is_up;
	s->is_down = !is_up;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void shelf_look(struct shelf *s, struct shelf_view *out)
{
	pthread_mutex_lock(&s->lock);
	out->snapshot = snapshot_share(s->now);
	out->stale_s = -1;
	if (s->now && snapshot_source(s->now) == SNAPSHOT_DATABASE && s->stale_since_ms)
		out->stale_s = (ms_clock_ms() - s->stale_since_ms) / 1000;
	pthread_mutex_unlock(&s->lock);
}
