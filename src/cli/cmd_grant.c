/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "private.h"

static bool open_as_owner(struct cli *cli, struct ms_error *err)
{
	return session_require_write(cli, err) && session_connect(cli, err) &&
	       ms_schema_require_owner(cli->db, err) && ms_schema_require(cli->db, err);
}

static void print_notes(const struct ms_json *notes)
{
	for (const struct ms_json *n = ms_json_first(notes); n; n = ms_json_next(n))
		print_clean("note: ", ms_json_text(n));
}

/* "alice is an admin now, linked to alice@example.org" */
static void print_granted(const struct ms_json *reply)
{
	const char *role = ms_json_text(ms_json_get(reply, "role"));
	const char *email = ms_json_text(ms_json_get(reply, "email"));
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s is %s %s now%s%s", ms_json_text(ms_json_get(reply, "login")),
		     *role == 'a' ? "an" : "a", role, *email ? ", linked to " : "", email);
	print_clean("", ms_text_str(&line));
	ms_text_clear(&line);
}

bool command_db_grant(struct cli *cli, struct ms_error *err)
{
	const struct ms_grant grant = {
		.login = cli->words[0],
		.role = cli->words[1],
		.profile = cli->values[ARG_PROFILE],
		.reason = cli->values[ARG_REASON],
		.create = args_has(cli, ARG_CREATE),
	};
	struct ms_json *reply;

	if (!open_as_owner(cli, err) || !ms_login_grant(cli->db, &grant, &reply, err))
		return false;
	if (args_has(cli, ARG_JSON)) {
		print_json(reply);
	} else {
		print_granted(reply);
		print_notes(ms_json_get(reply, "notes"));
	}
	ms_json_free(reply);
	return true;
}

bool command_db_revoke(struct cli *cli, struct ms_error *err)
{
	struct ms_json *reply;

	if (!open_as_owner(cli, err) ||
	    !ms_login_revoke(cli->db, cli->words[0], cli->values[ARG_REASON], &reply, err))
		return false;
	if (args_has(cli, ARG_JSON)) {
		print_json(reply);
	} else {
		print_clean("role taken from ", cli->words[0]);
		print_notes(ms_json_get(reply, "notes"));
	}
	ms_json_free(reply);
	return true;
}

static void add_login(struct table *t, const struct ms_json *login)
{
	const char *role = ms_json_text(ms_json_get(login, "role"));
	char at[32];

	table_add(t, ms_json_text(ms_json_get(login, "login")));
	table_add(t, *role ? role : "none");
	table_add(t, ms_json_text(ms_json_get(login, "email")));
	table_add(t, ms_json_bool(ms_json_get(login, "banned")) ? "banned" : "");
	table_add(t, json_time_text(at, sizeof(at), ms_json_get(login, "granted_at")));
	table_add(t, ms_json_text(ms_json_get(login, "granted_by")));
}

static void print_logins(const struct ms_json *logins)
{
	static const char *const titles[] = {"LOGIN", "ROLE",	     "PROFILE",
					     "",      "SINCE (UTC)", "GRANTED BY"};
	size_t count = sizeof(titles) / sizeof(titles[0]);
	struct table *t = table_new(count);

	for (size_t i = 0; i < count; i++)
		table_head(t, i, titles[i], false);
	for (const struct ms_json *l = ms_json_first(logins); l; l = ms_json_next(l))
		add_login(t, l);
	table_print(t, stdout);
	table_free(t);
}

bool command_db_grants(struct cli *cli, struct ms_error *err)
{
	struct ms_json *logins;

	if (!session_open(cli, err) || !ms_logins(cli->db, &logins, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(logins);
	else
		print_logins(logins);
	ms_json_free(logins);
	return true;
}
