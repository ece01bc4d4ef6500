/* SPDX-License-Identifier: MIT */
#include "syncs.h"

#include <pthread.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

struct running {
	struct ms_sync *sync;
	struct running *next;
};

struct syncs {
	pthread_mutex_t lock;
	struct running *first;
	bool is_stopped, is_reserved;
};

struct syncs *syncs_new(void)
{
	struct syncs *s = ms_alloc(sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void syncs_free(struct syncs *s)
{
	pthread_mutex_destroy(&s->lock);
	ms_free(s);
}

static bool enlist(struct syncs *s, struct running *r, struct ms_error *err)
{
	bool is_stopped;

	pthread_mutex_lock(&s->lock);
	is_stopped = s->is_stopped;
	if (!is_stopped) {
		r->next = s->first;
		s->first = r;
	}
	pthread_mutex_unlock(&s->lock);
	return !is_stopped || ms_fail(err, MS_ERR_INTERRUPTED, "the server is stopping");
}

static void delist(struct syncs *s, const struct running *r)
{
	struct running **at = &s->first;

	pthread_mutex_lock(&s->lock);
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	pthread_mutex_unlock(&s->lock);
}

bool syncs_run(struct syncs *s, struct ms_db *db, const struct ms_config *config,
	       const struct ms_run_request *request, ms_sync_progress_fn progress, void *arg,
	       struct ms_run_report **out, struct ms_error *err)
{
	struct running r = {.sync = ms_sync_new(db, config)};
	int64_t began_ms = ms_clock_ms();
	bool ok;

	*out = NULL;
	ok = enlist(s, &r, err);
	if (ok) {
		ok = ms_sync_run(r.sync, request, progress, arg, out, err);
		delist(s, &r);
		if (ok || *out)
			ms_run_log(*out, ok ? NULL : err, NULL, 1, ms_clock_ms() - began_ms);
	}
	ms_sync_free(r.sync);
	return ok;
}

void syncs_stop(struct syncs *s)
{
	pthread_mutex_lock(&s->lock);
	s->is_stopped = true;
	for (struct running *r = s->first; r; r = r->next)
		ms_sync_interrupt(r->sync);
	pthread_mutex_unlock(&s->lock);
}

bool syncs_reserve(struct syncs *s)
{
	bool is_free;

	pthread_mutex_lock(&s->lock);
	is_free = !s->is_reserved;
	s->is_reserved = true;
	pthread_mutex_unlock(&s->lock);
	return is_free;
}

void syncs_unreserve(struct syncs *s)
{
	pthread_mutex_lock(&s->lock);
	s->is_reserved = false;
	pthread_mutex_unlock(&s->lock);
}
