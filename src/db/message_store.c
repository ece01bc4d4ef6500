/* SPDX-License-Identifier: MIT */
/* The queue of what people are told. */
#include "conn.h"

#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

void db_add_channels(struct ms_json *o, unsigned channels)
{
	struct ms_json *list = ms_json_new_array();

	for (int i = 0; i < MS_CHANNEL_COUNT; i++)
		if (channels & MS_CHANNEL_BIT(i))
			ms_json_add_string(list, NULL, ms_channel_name((enum ms_channel)i));
	ms_json_add(o, "channels", list);
}

static char *claim_text(unsigned channels, int lease_s)
{
	struct ms_json *o = ms_json_new_object();
	char owner[96], *text;

	db_owner(owner, sizeof(owner));
	ms_json_add_string(o, "owner", owner);
	db_add_channels(o, channels);
	ms_json_add_int(o, "lease_s", lease_s);
	text = ms_json_print(o);
	ms_json_free(o);
	return text;
}

static bool read_delivery(struct ms_delivery *d, struct ms_error *err)
{
	const struct ms_json *m = ms_json_get(d->reply, "message");
	struct ms_message *to = &d->message;

	d->id = ms_json_int(ms_json_get(d->reply, "delivery"), 0);
	d->wait_ms = (int64_t)(1000 * ms_json_number(ms_json_get(d->reply, "wait_s"), -0.001));
	if (!d->id)
		return true;
	d->attempt = ms_json_int(ms_json_get(d->reply, "attempt"), 0);
	*to = (struct ms_message){
		.id = ms_json_int(ms_json_get(m, "id"), 0),
		.kind = ms_json_text(ms_json_get(m, "kind")),
		.subject = ms_json_text(ms_json_get(m, "subject")),
		.body = ms_json_text(ms_json_get(m, "body")),
		.facts = ms_json_get(m, "facts"),
		.is_repeat = ms_json_bool(ms_json_get(d->reply, "repeat")),
	};
	return (ms_channel_from_name(ms_json_text(ms_json_get(d->reply, "channel")), &d->channel) &&
		ms_time_parse(ms_json_text(ms_json_get(m, "at")), &to->at)) ||
	       ms_fail(err, MS_ERR_INTERNAL, "delivery %lld cannot be read", (long long)d->id);
}

bool ms_message_claim(struct ms_db *db, unsigned channels, int lease_s, struct ms_delivery *out,
		      struct ms_error *err)
{
	char *text = claim_text(channels, lease_s);
	const char *params[] = {text};
	bool ok;

	*out = (struct ms_delivery){0};
	ok = db_call(db, "SELECT modelsync.notify_claim($1::jsonb)", 1, params, &out->reply, err) &&
	     read_delivery(out, err);
	ms_free(text);
	if (!ok)
		ms_delivery_clear(out);
	return ok;
}

static char *sent_text(const struct ms_sent *sent)
{
	struct ms_json *o = ms_json_new_object();
	char *text;

	ms_json_add_bool(o, "sent", sent->is_sent);
	ms_json_add_string(o, "message", sent->is_sent ? sent->answer : sent->err.message);
	if (!sent->is_sent) {
		ms_json_add_string(o, "category", ms_category_name(sent->err.category));
		ms_json_add_bool(o, "permanent", sent->is_permanent);
		ms_json_add_bool(o, "uncertain", sent->is_uncertain);
		ms_json_add_int(o, "retry_after_s", sent->err.retry_after_s);
	}
	text = ms_json_print(o);
	ms_json_free(o);
	return text;
}

bool ms_message_settle(struct ms_db *db, const struct ms_delivery *d, const struct ms_sent *sent,
		       bool *is_given_up, struct ms_error *err)
{
	char id[24], attempt[24], *text = sent_text(sent);
	const char *params[] = {id, attempt, text};
	struct ms_json *reply = NULL;
	bool ok;

	(void)snprintf(id, sizeof(id), "%lld", (long long)d->id);
	(void)snprintf(attempt, sizeof(attempt), "%lld", (long long)d->attempt);
	ok = db_call(db, "SELECT modelsync.notify_settle($1::bigint, $2::int, $3::jsonb)", 3,
		     params, &reply, err);
	*is_given_up = strcmp(ms_json_text(ms_json_get(reply, "state")), "failed") == 0;
	ms_json_free(reply);
	ms_free(text);
	return ok;
}

bool ms_messages_list(struct ms_db *db, int limit, bool all, struct ms_json **out,
		      struct ms_error *err)
{
	char number[16];
	const char *params[] = {number, all ? "true" : "false"};

	(void)snprintf(number, sizeof(number), "%d", limit);
	return db_query_json(db,
			     "SELECT coalesce(jsonb_agg(d), '[]')"
			     " FROM modelsync.notify_list($1::int, $2::boolean) d",
			     2, params, out, err);
}

static bool change(struct ms_db *db, const char *sql, int64_t delivery, const char *reason,
		   bool *is_changed, struct ms_error *err)
{
	char id[24], *ctx = db_context_text(db, reason);
	const char *params[] = {id, ctx};
	struct ms_json *reply = NULL;
	bool ok;

	(void)snprintf(id, sizeof(id), "%lld", (long long)delivery);
	ok = db_call(db, sql, 2, params, &reply, err);
	*is_changed = ms_json_count(ms_json_get(reply, "deliveries")) > 0;
	ms_json_free(reply);
	ms_free(ctx);
	return ok;
}

bool ms_message_retry(struct ms_db *db, int64_t delivery, const char *reason, bool *is_changed,
		      struct ms_error *err)
{
	return change(db, "SELECT modelsync.notify_retry(ARRAY[$1::bigint], $2::jsonb)", delivery,
		      reason, is_changed, err);
}

bool ms_message_discard(struct ms_db *db, int64_t delivery, const char *reason, bool *is_changed,
			struct ms_error *err)
{
	return change(db, "SELECT modelsync.notify_discard(ARRAY[$1::bigint], $2::jsonb)", delivery,
		      reason, is_changed, err);
}
