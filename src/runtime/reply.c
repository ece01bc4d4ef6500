/* SPDX-License-Identifier: MIT */
#include "lanes_private.h"

#include <string.h>
#include <unistd.h>

#include "modelsync/memory.h"

struct reply *reply_new(struct ms_lanes *lanes, void (*deliver)(struct reply *, const struct ms_error *))
{
	struct reply *r = ms_alloc(sizeof(*r));

	r->lanes = lanes;
	r->deliver = deliver;
	return r;
}

void lanes_unref(struct ms_lanes *lanes)
{
	if (atomic_fetch_sub(&lanes->on_the_way, 1) == 1)
		ms_free(lanes);
}

static void free_reply(struct reply *r)
{
	ms_catalog_free(r->catalog);
	ms_json_free(r->json);
	ms_write_result_free(r->written);
	ms_run_report_free(r->report);
	ms_free(r->text);
	ms_free(r);
}

static void arrive(void *arg)
{
	struct reply *r = arg;
	struct ms_lanes *lanes = r->lanes;

	if (!lanes->is_stopped)
		r->deliver(r, r->failed ? &r->err : NULL);
	free_reply(r);
	lanes_unref(lanes);
}

void reply_send(struct reply *r, bool ok)
{
	r->failed = !ok;
	atomic_fetch_add(&r->lanes->on_the_way, 1);
	ms_loop_post(r->lanes->loop, arrive, r);
}

/* What an event takes over is no longer the reply's. */
#define TAKE(r, member) take((void **)&(r)->member)
static void *take(void **member)
{
	void *value = *member;

	*member = NULL;
	return value;
}

void deliver_models(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.models(r->lanes->events.arg, TAKE(r, catalog), err);
}

void deliver_detail(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.detail(r->lanes->events.arg, r->text, TAKE(r, json), err);
}

void deliver_status(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.status(r->lanes->events.arg, TAKE(r, json), err);
}

void deliver_written(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.written(r->lanes->events.arg, TAKE(r, written), err);
}

void deliver_undo_preview(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.undo_preview(r->lanes->events.arg, r->number, TAKE(r, written), err);
}

void deliver_progress(struct reply *r, const struct ms_error *err)
{
	(void)err;
	r->lanes->events.progress(r->lanes->events.arg, &r->progress);
}

void deliver_synced(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.synced(r->lanes->events.arg, TAKE(r, report), err);
}

void deliver_feed(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.feed(r->lanes->events.arg, r->feed, r->number, TAKE(r, json), err);
}

void deliver_changeset(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.changeset(r->lanes->events.arg, r->number, TAKE(r, json), err);
}

void deliver_verified(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.verified(r->lanes->events.arg, TAKE(r, json), err);
}

void deliver_acknowledged(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.acknowledged(r->lanes->events.arg, r->number, err);
}

void deliver_exported(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.exported(r->lanes->events.arg, r->number, r->text, err);
}

void deliver_slot(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.slot(r->lanes->events.arg, &r->slot, TAKE(r, report), err);
}

void deliver_listed(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.listed(r->lanes->events.arg, r->flag, err);
}

void deliver_queue(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.queue(r->lanes->events.arg, r->number, err);
}

void deliver_notice(struct reply *r, const struct ms_error *err)
{
	(void)err;
	r->lanes->events.notice(r->lanes->events.arg, r->text);
}

void deliver_connection(struct reply *r, const struct ms_error *err)
{
	r->lanes->events.connection(r->lanes->events.arg, r->text ? r->text : "", err);
}
