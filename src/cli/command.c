/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "private.h"

#define CONSOLE_ARGS ARG_BIT(ARG_CHECK_KEYS)
#define SYNC_ARGS                                                                                  \
	(ARG_BIT(ARG_DRY_RUN) | ARG_BIT(ARG_FROM) | ARG_BIT(ARG_FORCE) | ARG_BIT(ARG_APPLY_HELD) | \
	 ARG_BIT(ARG_DISCARD_HELD) | ARG_BIT(ARG_JSON))

#define EVENTS_ARGS                                                                                \
	(ARG_BIT(ARG_SINCE) | ARG_BIT(ARG_UNTIL) | ARG_BIT(ARG_MODEL) | ARG_BIT(ARG_TYPE) |        \
	 ARG_BIT(ARG_RUN) | ARG_BIT(ARG_LIMIT) | ARG_BIT(ARG_BY_DAY) | ARG_BIT(ARG_JSON))

const struct command command_table[] = {
	{"", "[FILTER]", "the console",
	 "Opens the console, showing the models that match FILTER. Inside, ? lists all keys.",
	 CONSOLE_ARGS, 0, WORDS_MAX, command_console},
	{"sync", "", "fetch the catalogue and bring the database up to date",
	 "A catalogue that looks wrong (empty, many models gone) is held: nothing is applied until\n"
	 "--apply-held or --discard-held decides. A dry run writes nothing at all. With --from the\n"
	 "catalogue is read from a file, standard input or another URL.",
	 SYNC_ARGS, 0, 0, command_sync},
	{"daemon", "", "sync by the schedule until told to stop",
	 "Stays in the foreground, and waits for a database that is not there yet. Any number of daemons\n"
	 "may share a database: each time of sync.schedule is run once. SIGTERM stops it, SIGHUP reads\n"
	 "the settings again, SIGUSR1 syncs now. The same as --daemon.",
	 0u, 0, 0, command_daemon},
	{"models", "[FILTER]", "list models",
	 "JSON and CSV hold exact values; the table shows prices in USD per million tokens.\n"
	 "FILTER is the console's language: status:new 'price<1' -provider:meta\n"
	 "Some prices depend on the size of the prompt or the time of the day; without --at-prompt and\n"
	 "--at-time the base prices count, for FILTER too.",
	 ARG_BIT(ARG_AT_PROMPT) | ARG_BIT(ARG_AT_TIME) | ARG_BIT(ARG_SORT) | ARG_BIT(ARG_COLUMNS) |
		 ARG_BIT(ARG_FORMAT) | ARG_BIT(ARG_JSON),
	 0, WORDS_MAX, command_models},
	{"show", "MODEL", "everything about one model",
	 "With prices under conditions in words, and with --raw what upstream sends beyond the fields\n"
	 "that this program knows.",
	 ARG_BIT(ARG_AT_PROMPT) | ARG_BIT(ARG_AT_TIME) | ARG_BIT(ARG_RAW) | ARG_BIT(ARG_JSON), 1, 1,
	 command_show},
	{"set", "FILTER ASSIGNMENT…", "decide status, tiers and limits of all models that match",
	 "ASSIGNMENT is status=new|active|inactive|disabled, tier=+pro,-free (change) or tier=pro\n"
	 "(exactly), daily_limit=N|none, monthly_limit=N|none. FILTER is one argument; '*' is every\n"
	 "model. Shows what it would do and asks, unless --yes is given.",
	 ARG_BIT(ARG_REASON) | ARG_BIT(ARG_DRY_RUN) | ARG_BIT(ARG_YES) | ARG_BIT(ARG_JSON), 2,
	 WORDS_MAX, command_set},
	{"rules", "", "what is decided about new models, and how many models match",
	 "The list `rules` of the configuration: the first rule whose filter matches a new model decides\n"
	 "about it after the sync that added it. Counts models that upstream lists, new or not.",
	 ARG_BIT(ARG_JSON), 0, 0, command_rules},
	{"rules test", "MODEL|FILTER", "which rule would take a model, and why not an earlier one",
	 "", ARG_BIT(ARG_JSON), 1, WORDS_MAX, command_rules_test},
	{"rules apply", "[FILTER]", "let the rules decide about models that are there already",
	 "Of all that match; without FILTER those whose status is new. Replaces what was decided before:\n"
	 "shows what it would do and asks, unless --yes is given.",
	 ARG_BIT(ARG_REASON) | ARG_BIT(ARG_DRY_RUN) | ARG_BIT(ARG_YES) | ARG_BIT(ARG_JSON), 0,
	 WORDS_MAX, command_rules_apply},
	{"history", "[RUN]", "past syncs, the newest first; or one of them in full",
	 "Shows 20 unless --limit says otherwise.", ARG_BIT(ARG_LIMIT) | ARG_BIT(ARG_JSON), 0, 1,
	 command_history},
	{"events", "[FILTER]", "what happened to models, one event a line",
	 "FILTER selects models as they are now; models that upstream no longer lists included. --model\n"
	 "takes an id, also that of a model that is gone. --limit shows the newest so many.",
	 EVENTS_ARGS, 0, WORDS_MAX, command_events},
	{"prices", "MODEL", "what a model's prices were, and since when",
	 "The table shows USD per million tokens (Mtok), per request or search (each), or per whatever\n"
	 "upstream means (unit); JSON and CSV hold the exact price of one. --since also shows what was\n"
	 "in force then.",
	 ARG_BIT(ARG_SINCE) | ARG_BIT(ARG_FORMAT) | ARG_BIT(ARG_JSON), 1, 1, command_prices},
	{"alerts", "", "what an admin should look at, the newest first",
	 "With --all also what was acknowledged, when and by whom. Shows 50 unless --limit says\n"
	 "otherwise.",
	 ARG_BIT(ARG_ALL) | ARG_BIT(ARG_MODEL) | ARG_BIT(ARG_LIMIT) | ARG_BIT(ARG_JSON), 0, 0,
	 command_alerts},
	{"alerts ack", "[ALERT…]", "acknowledge alerts, by number, of a model, or all of them",
	 "An acknowledged alert counts as seen; the same anomaly raises a new one.",
	 ARG_BIT(ARG_ALL) | ARG_BIT(ARG_MODEL) | ARG_BIT(ARG_REASON) | ARG_BIT(ARG_JSON), 0, WORDS_MAX,
	 command_alerts_ack},
	{"notify test", "", "send a sample to everybody who would be told, now",
	 "By each channel of section notify, or by the one of --channel; says what the servers answered.\n"
	 "Neither the database nor a daemon has a part in it. Exits with the code of the first failure.",
	 ARG_BIT(ARG_CHANNEL) | ARG_BIT(ARG_JSON), 0, 0, command_notify_test},
	{"notify list", "", "what people have not been told yet, the newest first",
	 "With --all also what was sent and discarded. Shows 50 unless --limit says otherwise.",
	 ARG_BIT(ARG_ALL) | ARG_BIT(ARG_LIMIT) | ARG_BIT(ARG_JSON), 0, 0, command_notify_list},
	{"notify retry", "DELIVERY…", "have deliveries tried again at once, by a daemon",
	 "Also those that have failed or were discarded.", ARG_BIT(ARG_REASON) | ARG_BIT(ARG_JSON), 1,
	 WORDS_MAX, command_notify_retry},
	{"notify discard", "DELIVERY…", "have deliveries tried no more", "",
	 ARG_BIT(ARG_REASON) | ARG_BIT(ARG_JSON), 1, WORDS_MAX, command_notify_discard},
	{"audit", "[FILTER]", "who did what, the newest first",
	 "Refused and failed actions included. FILTER selects models: then only changesets that concern\n"
	 "one of them are shown. Shows 50 unless --limit says otherwise.",
	 ARG_BIT(ARG_SINCE) | ARG_BIT(ARG_LIMIT) | ARG_BIT(ARG_JSON), 0, WORDS_MAX, command_audit},
	{"audit verify", "", "check that no entry of the audit was changed, removed or inserted",
	 "Exits with 1 and names the entries when something is wrong. status prints the hash of the\n"
	 "last entry; noted elsewhere and given with --head, it also finds entries cut off at the end\n"
	 "and a chain that was written anew.",
	 ARG_BIT(ARG_HEAD) | ARG_BIT(ARG_JSON), 0, 0, command_audit_verify},
	{"why", "MODEL TIER|USER", "which decisions make a model visible or not",
	 "TIER is free, pro or enterprise; USER is a profile's id or e-mail address.",
	 ARG_BIT(ARG_JSON), 2, 2, command_why},
	{"undo", "CHANGESET", "reverse a changeset by a new one",
	 "Fields that somebody changed since are left alone and reported. Shows what it would do and\n"
	 "asks, unless --yes is given.",
	 ARG_BIT(ARG_REASON) | ARG_BIT(ARG_DRY_RUN) | ARG_BIT(ARG_YES) | ARG_BIT(ARG_JSON), 1, 1,
	 command_undo},
	{"status", "", "health, counts and the last sync; for monitoring",
	 "Exits with 1 when the last run failed, an answer is held, or no run has completed for 26\n"
	 "hours.",
	 ARG_BIT(ARG_JSON), 0, 0, command_status},
	{"db migrate", "", "create or update the schema",
	 "One transaction: on failure nothing has changed. What stands in its way is named first, with\n"
	 "the SQL that helps. A dry run shows what becomes of tables, functions and views that are\n"
	 "there already. Before the first migration of a database on another machine it asks, unless\n"
	 "--yes is given.",
	 ARG_BIT(ARG_DRY_RUN) | ARG_BIT(ARG_YES), 0, 0, command_db_migrate},
	{"db status", "", "which migrations are applied",
	 "Exits with 2 unless the schema is current.", 0u, 0, 0, command_db_status},
	{"db grant", "LOGIN viewer|admin|service", "let a login use this database",
	 "A viewer reads, an admin also syncs and decides, a service syncs and decides only for the\n"
	 "admins that it has authenticated. A login has one role: the new one replaces the old. To be\n"
	 "run as the owner of the schema.",
	 ARG_BIT(ARG_PROFILE) | ARG_BIT(ARG_CREATE) | ARG_BIT(ARG_REASON) | ARG_BIT(ARG_JSON), 2, 2,
	 command_db_grant},
	{"db revoke", "LOGIN", "take a login's role and its profile away",
	 "The login itself stays. To be run as the owner of the schema.",
	 ARG_BIT(ARG_REASON) | ARG_BIT(ARG_JSON), 1, 1, command_db_revoke},
	{"db grants", "", "which logins may do what, and for which profile they stand",
	 "Superusers may everything and are not listed.", ARG_BIT(ARG_JSON), 0, 0,
	 command_db_grants},
	{"db quality", "", "what is wrong with the data, and what to do about it",
	 "The same counts are kept with every run that completes: history --json.",
	 ARG_BIT(ARG_JSON), 0, 0, command_db_quality},
	{"db settings", "[NAME=VALUE…]", "show or change the settings of the database",
	 "They hold for whoever writes to it; the guard and sync settings of this program's own\n"
	 "configuration win over them in its own runs.",
	 ARG_BIT(ARG_REASON) | ARG_BIT(ARG_JSON), 0, WORDS_MAX, command_db_settings},
	{"db retire", "", "delete old changes and runs, as the settings say",
	 "keep_changes_days: a change that a newer one has replaced is deleted after so many days; the\n"
	 "one that made things as they are stays. keep_runs_days: so are runs that changed nothing,\n"
	 "and notifications.\n"
	 "The audit stays whole; changesets that lost changes can no longer be undone.",
	 ARG_BIT(ARG_DRY_RUN) | ARG_BIT(ARG_YES) | ARG_BIT(ARG_REASON) | ARG_BIT(ARG_JSON), 0, 0,
	 command_db_retire},
	{"config check", "", "check all settings",
	 "Reads files and environment; connects to nothing.", 0u, 0, 0, command_config_check},
	{"config show", "", "show all settings and where each came from", "Secrets are masked.", 0u,
	 0, 0, command_config_show},
	{"local start", "", "start the private PostgreSQL", "Creates it on first use.", 0u, 0, 0,
	 command_local},
	{"local stop", "", "stop the private PostgreSQL", "The data stays.", 0u, 0, 0,
	 command_local},
	{"local status", "", "say whether the private PostgreSQL runs",
	 "Exits with 1 when it does not.", 0u, 0, 0, command_local},
	{"local conninfo", "", "print how to connect to it", "For psql and other programs.", 0u, 0,
	 0, command_local},
	{0},
};

/* Length of the first word of a command's name. */
static size_t head_length(const char *name)
{
	return strcspn(name, " ");
}

static bool has_head(const char *name, const char *word)
{
	return *name && strlen(word) == head_length(name) && memcmp(name, word, strlen(word)) == 0;
}

static void drop_words(struct cli *cli, int n)
{
	cli->word_count -= n;
	memmove(cli->words, cli->words + n, (size_t)cli->word_count * sizeof(cli->words[0]));
}

/* The command of two words that begins with the given ones. */
static const struct command *find_pair(const char *head, const char *tail)
{
	for (const struct command *c = command_table; c->name; c++)
		if (has_head(c->name, head) && c->name[strlen(head)] &&
		    strcmp(c->name + strlen(head) + 1, tail) == 0)
			return c;
	return NULL;
}

static bool fail_second_word(const char *head, const char *tail, struct ms_error *err)
{
	struct ms_text list;

	ms_text_init(&list, 0);
	for (const struct command *c = command_table; c->name; c++)
		if (has_head(c->name, head))
			ms_text_addf(&list, "%s%s", list.len ? ", " : "", c->name);
	ms_fail(err, MS_ERR_USAGE, "%s%s%s: %s; there are: %s", head, *tail ? " " : "", tail,
		*tail ? "unknown command" : "incomplete command", ms_text_str(&list));
	ms_text_clear(&list);
	return false;
}

/* A word of letters and dashes alone looks like a command; everything else is a filter. */
static bool looks_like_command(const char *word)
{
	return *word != '-' && word[strspn(word, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
}

static bool fail_command(const char *word, struct ms_error *err)
{
	const char *names[64], *nearest;
	size_t n = 0;
	char heads[64][20];

	for (const struct command *c = command_table; c->name && n < 63; c++) {
		snprintf(heads[n], sizeof(heads[n]), "%.*s", (int)head_length(c->name), c->name);
		names[n] = heads[n];
		n += *c->name != '\0';
	}
	names[n] = NULL;
	nearest = ms_text_nearest(word, names);
	if (nearest && ms_text_distance(word, nearest) * 2 > strlen(word))
		nearest = NULL; /* gpt is no misspelt set */
	return ms_fail(
		err, MS_ERR_USAGE,
		"unknown command %s%s%s%s (as a filter for the console: modelsync-tui -- %s)", word,
		nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "", word);
}

static const struct command *command_named(const char *name)
{
	const struct command *c = command_table;

	while (strcmp(c->name, name) != 0)
		c++;
	return c;
}

bool command_find(struct cli *cli, struct ms_error *err)
{
	const char *word = cli->word_count ? cli->words[0] : "";
	const char *second = cli->word_count > 1 ? cli->words[1] : "";

	if (cli->command)
		return true;
	if (args_has(cli, ARG_DAEMON)) {
		cli->command = command_named("daemon");
		return true;
	}
	cli->command = command_table;
	for (const struct command *c = command_table; c->name; c++) {
		if (!has_head(c->name, word))
			continue;
		cli->command = find_pair(word, second);
		if (!cli->command && !c->name[strlen(word)])
			cli->command = c;
		if (cli->command) {
			drop_words(cli, cli->command->name[strlen(word)] ? 2 : 1);
			return true;
		}
		cli->command = c;
		if (args_has(cli, ARG_HELP))
			return true;
		return fail_second_word(word, second, err);
	}
	return !*word || !looks_like_command(word) || fail_command(word, err);
}
