/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "modelsync/memory.h"
#include "private.h"

#define LIMIT_DEFAULT 50
#define ALERTS_MAX    1000000

static void add_alert(struct table *t, const struct ms_json *alert)
{
	const char *by = ms_json_string(ms_json_get(alert, "acknowledged_by"));
	struct ms_text seen;
	char at[32];

	ms_text_init(&seen, 0);
	if (by)
		ms_text_addf(&seen, "%s by %s",
			     json_time_text(at, sizeof(at), ms_json_get(alert, "acknowledged_at")),
			     by);
	table_add_int(t, ms_json_int(ms_json_get(alert, "alert"), 0));
	table_add(t, json_time_text(at, sizeof(at), ms_json_get(alert, "raised_at")));
	table_add(t, ms_json_text(ms_json_get(alert, "kind")));
	table_add(t, ms_json_text(ms_json_get(alert, "model_id")));
	table_add(t, ms_json_text(ms_json_get(alert, "message")));
	table_add(t, ms_text_str(&seen));
	ms_text_clear(&seen);
}

static void print_alerts(const struct ms_json *alerts)
{
	static const char *const titles[] = {"ALERT", "RAISED (UTC)", "KIND",
					     "MODEL", "MESSAGE",      "ACKNOWLEDGED (UTC)"};
	struct table *t = table_new(6);

	for (size_t i = 0; i < 6; i++)
		table_head(t, i, titles[i], i == 0);
	for (const struct ms_json *a = ms_json_first(alerts); a; a = ms_json_next(a))
		add_alert(t, a);
	table_print(t, stdout);
	table_free(t);
}

bool command_alerts(struct cli *cli, struct ms_error *err)
{
	struct ms_alert_query query = {.all = args_has(cli, ARG_ALL),
				       .model = cli->values[ARG_MODEL]};
	int64_t limit = LIMIT_DEFAULT;
	struct ms_json *alerts;

	if (!args_number(cli, ARG_LIMIT, 1, ALERTS_MAX, &limit, err))
		return false;
	query.limit = (int)limit;
	if (!session_open(cli, err) || !ms_alerts_list(cli->db, &query, &alerts, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(alerts);
	else if (ms_json_count(alerts))
		print_alerts(alerts);
	else
		fputs(query.all ? "no alerts\n" : "no open alerts\n", stderr);
	ms_json_free(alerts);
	return true;
}

static bool take_ids(struct cli *cli, int64_t *ids, struct ms_error *err)
{
	for (int i = 0; i < cli->word_count; i++)
		if (!ms_text_integer(cli->words[i], 1, INT64_MAX, &ids[i]))
			return ms_fail(
				err, MS_ERR_USAGE,
				"alerts ack %s: not the number of an alert; alerts shows them",
				cli->words[i]);
	return true;
}

static bool acknowledge(struct cli *cli, const int64_t *ids, size_t count, struct ms_error *err)
{
	int64_t done = 0;

	if (count &&
	    !ms_alerts_acknowledge(cli->db, ids, count, cli->values[ARG_REASON], &done, err))
		return false;
	if (args_has(cli, ARG_JSON))
		printf("{\"ok\":true,\"acknowledged\":%" PRId64 "}\n", done);
	else if (done < (int64_t)count)
		printf("%" PRId64 " of %zu acknowledged; the others were acknowledged already\n",
		       done, count);
	else
		printf("%" PRId64 " acknowledged\n", done);
	return true;
}

static bool acknowledge_listed(struct cli *cli, struct ms_error *err)
{
	struct ms_alert_query query = {.model = cli->values[ARG_MODEL], .limit = ALERTS_MAX};
	struct ms_json *alerts;
	int64_t *ids;
	size_t n = 0;
	bool ok;

	if (!ms_alerts_list(cli->db, &query, &alerts, err))
		return false;
	ids = ms_alloc_array(ms_json_count(alerts) + 1, sizeof(*ids));
	for (const struct ms_json *a = ms_json_first(alerts); a; a = ms_json_next(a))
		ids[n++] = ms_json_int(ms_json_get(a, "alert"), 0);
	ok = acknowledge(cli, ids, n, err);
	ms_free(ids);
	ms_json_free(alerts);
	return ok;
}

bool command_alerts_ack(struct cli *cli, struct ms_error *err)
{
	int ways = (cli->word_count > 0) + args_has(cli, ARG_MODEL) + args_has(cli, ARG_ALL);
	int64_t ids[WORDS_MAX];

	if (ways != 1)
		return ms_fail(err, MS_ERR_USAGE,
			       "alerts ack takes the numbers of alerts, or --model ID, or --all");
	if (!take_ids(cli, ids, err) || !session_require_write(cli, err) || !session_open(cli, err))
		return false;
	if (cli->word_count)
		return acknowledge(cli, ids, (size_t)cli->word_count, err);
	return acknowledge_listed(cli, err);
}
