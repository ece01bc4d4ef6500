/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/notify.h"
#include "modelsync/upstream.h"
#include "private.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     1000000

/* --- notify test -------------------------------------------------------------------------- */

static bool choose_channels(const struct cli *cli, const struct ms_notifier *n, unsigned *channels,
			    struct ms_error *err)
{
	const char *name = cli->values[ARG_CHANNEL];
	enum ms_channel one;

	*channels = ms_notifier_channels(n);
	if (!name)
		return *channels ||
		       ms_fail(err, MS_ERR_CONFIG,
			       "nobody would be told: set notify.email_to, notify.slack_url or "
			       "notify.webhook_url");
	if (!ms_channel_from_name(name, &one))
		return ms_fail(err, MS_ERR_USAGE,
			       "--channel %s: there are email, slack and webhook", name);
	if (!(*channels & MS_CHANNEL_BIT(one)))
		return ms_fail(err, MS_ERR_CONFIG, "%s is not set up: notify.%s is empty", name,
			       one == MS_CHANNEL_EMAIL	 ? "email_to"
			       : one == MS_CHANNEL_SLACK ? "slack_url"
							 : "webhook_url");
	*channels = MS_CHANNEL_BIT(one);
	return true;
}

static void print_sent(enum ms_channel channel, const struct ms_sent *sent)
{
	char *prefix;

	if (sent->is_sent)
		prefix = ms_format("%-9ssent; the server says: ", ms_channel_name(channel));
	else
		prefix = ms_format("%-9snot sent (%s): ", ms_channel_name(channel),
				   ms_category_name(sent->err.category));
	print_clean(prefix, sent->is_sent ? sent->answer : sent->err.message);
	ms_free(prefix);
}

static void add_sent(struct ms_json *list, enum ms_channel channel, const struct ms_sent *sent)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, "channel", ms_channel_name(channel));
	ms_json_add_bool(o, "sent", sent->is_sent);
	ms_json_add_string(o, "category",
			   sent->is_sent ? NULL : ms_category_name(sent->err.category));
	ms_json_add_string(o, "message", sent->is_sent ? sent->answer : sent->err.message);
	ms_json_add(list, NULL, o);
}

static void send_samples(struct cli *cli, struct ms_notifier *n, unsigned channels)
{
	const struct ms_message sample = {
		.at = ms_clock_now(),
		.kind = "test",
		.subject = "This is a test",
		.body = "Somebody asked for it with notify test. Syncs that fail or are held, models\n"
			"that need a look, and silence will be told here.",
	};
	struct ms_json *list = ms_json_new_array();
	struct ms_sent sent;

	for (int i = 0; i < MS_CHANNEL_COUNT; i++) {
		if (!(channels & MS_CHANNEL_BIT(i)))
			continue;
		ms_notifier_send(n, (enum ms_channel)i, &sample, &sent);
		if (!sent.is_sent && !cli->exit_code)
			cli->exit_code = ms_category_exit_code(sent.err.category);
		if (args_has(cli, ARG_JSON))
			add_sent(list, (enum ms_channel)i, &sent);
		else
			print_sent((enum ms_channel)i, &sent);
		fflush(stdout);
	}
	if (args_has(cli, ARG_JSON))
		print_json(list);
	ms_json_free(list);
}

bool command_notify_test(struct cli *cli, struct ms_error *err)
{
	struct ms_notifier *n;
	unsigned channels;
	bool ok;

	if (!ms_upstream_init(err))
		return false;
	ok = ms_notifier_new(&n, cli->config, err) && choose_channels(cli, n, &channels, err);
	if (ok)
		send_samples(cli, n, channels);
	ms_notifier_free(n);
	ms_upstream_exit();
	return ok;
}

/* --- the queue ---------------------------------------------------------------------------- */

static void add_delivery(struct table *t, const struct ms_json *d)
{
	const struct ms_json *sent = ms_json_get(d, "sent_at");
	char at[32], when[32];

	table_add_int(t, ms_json_int(ms_json_get(d, "delivery"), 0));
	table_add(t, json_time_text(at, sizeof(at), ms_json_get(d, "at")));
	table_add(t, ms_json_text(ms_json_get(d, "channel")));
	table_add(t, ms_json_text(ms_json_get(d, "state")));
	table_add_int(t, ms_json_int(ms_json_get(d, "attempts"), 0));
	table_add(t, json_time_text(when, sizeof(when),
				    ms_json_is_null(sent) ? ms_json_get(d, "next_at") : sent));
	table_add(t, ms_json_text(ms_json_get(d, "subject")));
	table_add(t, ms_json_text(ms_json_get(d, "error")));
}

static void print_deliveries(const struct ms_json *deliveries)
{
	static const char *const titles[] = {"DELIVERY", "OF (UTC)",   "CHANNEL",
					     "STATE",	 "TRIED",      "SENT OR NEXT (UTC)",
					     "SUBJECT",	 "LAST ANSWER"};
	struct table *t = table_new(8);

	for (size_t i = 0; i < 8; i++)
		table_head(t, i, titles[i], i == 0 || i == 4);
	table_head_optional(t, 1, 1);
	for (const struct ms_json *d = ms_json_first(deliveries); d; d = ms_json_next(d))
		add_delivery(t, d);
	table_print(t, stdout);
	table_free(t);
}

bool command_notify_list(struct cli *cli, struct ms_error *err)
{
	bool all = args_has(cli, ARG_ALL);
	int64_t limit = LIMIT_DEFAULT;
	struct ms_json *deliveries;

	if (!args_number(cli, ARG_LIMIT, 1, LIMIT_MAX, &limit, err) || !session_open(cli, err) ||
	    !ms_messages_list(cli->db, (int)limit, all, &deliveries, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(deliveries);
	else if (ms_json_count(deliveries))
		print_deliveries(deliveries);
	else
		fputs(all ? "nothing was ever to be told\n" : "nothing waits\n", stderr);
	ms_json_free(deliveries);
	return true;
}

typedef bool (*change_fn)(struct ms_db *db, int64_t delivery, const char *reason, bool *is_changed,
			  struct ms_error *err);

static bool change(struct cli *cli, change_fn fn, const char *done, struct ms_error *err)
{
	int64_t ids[WORDS_MAX];
	int changed = 0;
	bool is_changed;

	for (int i = 0; i < cli->word_count; i++)
		if (!ms_text_integer(cli->words[i], 1, INT64_MAX, &ids[i]))
			return ms_fail(
				err, MS_ERR_USAGE,
				"%s %s: not the number of a delivery; notify list shows them",
				cli->command->name, cli->words[i]);
	if (!session_require_write(cli, err) || !session_open(cli, err))
		return false;
	for (int i = 0; i < cli->word_count; i++) {
		if (!fn(cli->db, ids[i], cli->values[ARG_REASON], &is_changed, err))
			return false;
		changed += is_changed;
	}
	if (args_has(cli, ARG_JSON))
		printf("{\"ok\":true,\"changed\":%d}\n", changed);
	else
		printf("%d %s%s\n", changed, done,
		       changed < cli->word_count ? "; the others are settled already" : "");
	return true;
}

bool command_notify_retry(struct cli *cli, struct ms_error *err)
{
	return change(cli, ms_message_retry, "will be tried again", err);
}

bool command_notify_discard(struct cli *cli, struct ms_error *err)
{
	return change(cli, ms_message_discard, "discarded", err);
}
