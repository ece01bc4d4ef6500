/* SPDX-License-Identifier: MIT */
/*
 * The notify lane of a daemon: one delivery after the other, until none is due. It is apart from
 * the others because a mail server may take its time; its connection is open only while there is
 * something to do.
 */
#include "lanes_private.h"

#include "modelsync/log.h"
#include "modelsync/memory.h"

/* Beside the attempt and the good-bye to the server; whoever is silent for longer is dead. */
#define LEASE_MORE_S	10
#define CLOSE_WITHIN_MS 500

struct request {
	struct job job; /* first, so that a job is its request */
	struct ms_lanes *lanes;
};

static void free_request(struct job *job)
{
	ms_free(job);
}

static void log_attempt(const struct ms_delivery *d, const struct ms_sent *sent, bool is_given_up)
{
	const struct ms_log_field fields[] = {
		MS_LOG_NUMBER("delivery", d->id),
		MS_LOG_TEXT("channel", ms_channel_name(d->channel)),
		MS_LOG_TEXT("kind", d->message.kind),
		MS_LOG_NUMBER("attempt", d->attempt),
		MS_LOG_TEXT("category",
			    sent->is_sent ? NULL : ms_category_name(sent->err.category)),
		MS_LOG_TEXT("message", sent->is_sent ? sent->answer : sent->err.message),
		{0},
	};

	if (sent->is_sent)
		ms_log_fields(MS_LOG_INFO, "notified", fields);
	else if (is_given_up)
		ms_log_fields(MS_LOG_ERROR, "notify_failed", fields);
	else
		ms_log_fields(MS_LOG_WARN, "notify_waits", fields);
}

static bool deliver_one(struct ms_lanes *lanes, const struct ms_delivery *d, struct ms_error *err)
{
	struct ms_sent sent;
	bool is_given_up;

	ms_notifier_send(lanes->notifier, d->channel, &d->message, &sent);
	if (!ms_message_settle(lanes->notify_db, d, &sent, &is_given_up, err))
		return false;
	log_attempt(d, &sent, is_given_up);
	return true;
}

static bool deliver_all(struct ms_lanes *lanes, int64_t *wait_ms, struct ms_error *err)
{
	unsigned channels = ms_notifier_channels(lanes->notifier);
	int lease_s = 2 * ms_notifier_timeout_s(lanes->notifier) + LEASE_MORE_S;
	struct ms_delivery d = {0};
	bool ok = true;

	*wait_ms = -1;
	while (ok && channels && !atomic_load(&lanes->is_closing)) {
		ok = ms_message_claim(lanes->notify_db, channels, lease_s, &d, err);
		*wait_ms = d.wait_ms;
		if (!ok || !d.id)
			break;
		ok = deliver_one(lanes, &d, err);
		ms_delivery_clear(&d);
	}
	ms_delivery_clear(&d);
	ms_db_disconnect(lanes->notify_db);
	return ok;
}

static void run_deliver(struct job *job)
{
	struct ms_lanes *lanes = ((struct request *)job)->lanes;
	struct reply *r = reply_new(lanes, deliver_queue);
	bool ok = deliver_all(lanes, &r->number, &r->err);

	if (!ok && r->err.category == MS_ERR_UNREACHABLE)
		watch_tell(lanes, WATCH_CHECK);
	reply_send(r, ok);
	free_request(job);
}

void ms_lanes_deliver(struct ms_lanes *lanes)
{
	struct request *q;

	if (!lanes->notify)
		return;
	q = ms_alloc(sizeof(*q));
	q->job = (struct job){.run = run_deliver, .drop = free_request};
	q->lanes = lanes;
	lane_submit(lanes->notify, &q->job);
}

void notify_lane_start(struct ms_lanes *lanes, struct ms_notifier *notifier, struct ms_db *db)
{
	lanes->notifier = notifier;
	lanes->notify_db = db;
	lanes->notify = lane_new();
}

void notify_lane_cancel(struct ms_lanes *lanes)
{
	if (!lanes->notify)
		return;
	atomic_store(&lanes->is_closing, true);
	lane_close(lanes->notify);
	ms_notifier_cancel(lanes->notifier);
}

/* What was cancelled is noted, unless the database does not answer. */
void notify_lane_stop(struct ms_lanes *lanes)
{
	if (!lanes->notify)
		return;
	if (!lane_ends_within(lanes->notify, CLOSE_WITHIN_MS))
		ms_db_cancel(lanes->notify_db);
	lane_stop(lanes->notify);
	ms_db_free(lanes->notify_db);
	ms_notifier_free(lanes->notifier);
}
