/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "private.h"

/* What people read: USD per million tokens, per request, or what is not known to be either as it
 * is. */
static const char *price_text(char *buf, size_t size, const char *key, const struct ms_json *exact)
{
	struct ms_price price = ms_price_from_text(ms_json_string(exact));
	enum ms_price_kind kind;

	if (!price.exact)
		return "none";
	if (ms_price_kind_of(key, &kind) || ms_price_state(price) != MS_PRICE_KNOWN)
		return ms_price_format(buf, size, price, kind, size - 1);
	snprintf(buf, size, "%s", price.exact);
	return buf;
}

static const char *unit_of(const char *key)
{
	enum ms_price_kind kind;

	if (!ms_price_kind_of(key, &kind))
		return "unit";
	return ms_price_is_per_token(kind) ? "Mtok" : "each";
}

/* "+12.5%"; "" when there is nothing to compare. */
static const char *trend_text(char *buf, size_t size, const struct ms_json *row)
{
	double old = ms_json_number(ms_json_get(row, "old_usd"), 0.0);
	double now = ms_json_number(ms_json_get(row, "usd"), -1.0);

	if (old > 0.0 && now >= 0.0)
		snprintf(buf, size, "%+.1f%%", (now - old) / old * 100.0);
	else
		*buf = '\0';
	return buf;
}

static void add_row(struct table *t, const struct ms_json *row)
{
	const char *key = ms_json_text(ms_json_get(row, "key"));
	const struct ms_json *from = ms_json_get(row, "valid_from");
	const struct ms_json *old = ms_json_get(row, "old");
	const struct ms_json *changeset = ms_json_get(row, "changeset");
	char text[64];

	table_add(t, ms_json_is_null(from) ? "earlier" : json_time_text(text, sizeof(text), from));
	table_add(t, key);
	table_add(t, ms_json_is_null(old) ? "" : price_text(text, sizeof(text), key, old));
	table_add(t, price_text(text, sizeof(text), key, ms_json_get(row, "price")));
	table_add(t, unit_of(key));
	table_add(t, trend_text(text, sizeof(text), row));
	table_add(t, ms_json_text(ms_json_get(row, "event")));
	if (ms_json_is_null(changeset))
		table_add(t, "");
	else
		table_add_int(t, ms_json_int(changeset, 0));
}

static void print_table(const struct ms_json *rows)
{
	static const char *const titles[] = {"SINCE (UTC)", "PRICE",  "OLD $", "NEW $",
					     "PER",	    "CHANGE", "EVENT", "CHANGESET"};
	struct table *t = table_new(8);

	for (size_t i = 0; i < 8; i++)
		table_head(t, i, titles[i], i == 2 || i == 3 || i == 5 || i == 7);
	for (const struct ms_json *row = ms_json_first(rows); row; row = ms_json_next(row))
		add_row(t, row);
	table_print(t, stdout);
	table_free(t);
}

static void print_csv(const struct ms_json *rows)
{
	static const char *const names[] = {"key",	  "valid_from", "valid_until",
					    "is_current", "old",	"price",
					    "event",	  "changeset",	"run"};

	(void)ms_export_rows(MS_EXPORT_CSV, rows, names, sizeof(names) / sizeof(names[0]),
			     &to_stdout);
}

bool command_prices(struct cli *cli, struct ms_error *err)
{
	const char *format = args_has(cli, ARG_FORMAT) ? cli->values[ARG_FORMAT]
			     : args_has(cli, ARG_JSON) ? "json"
						       : "table";
	struct ms_json *rows;
	int64_t since = 0;

	if (strcmp(format, "table") != 0 && strcmp(format, "json") != 0 &&
	    strcmp(format, "csv") != 0)
		return ms_fail(err, MS_ERR_USAGE, "--format %s: there are table, json, csv",
			       format);
	if (!args_time(cli, ARG_SINCE, &since, err) || !session_open(cli, err) ||
	    !ms_db_prices(cli->db, cli->words[0], since, &rows, err))
		return false;
	if (strcmp(format, "json") == 0)
		print_json(rows);
	else if (strcmp(format, "csv") == 0)
		print_csv(rows);
	else
		print_table(rows);
	ms_json_free(rows);
	return true;
}
