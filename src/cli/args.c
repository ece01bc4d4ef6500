/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/clock.h"
#include "private.h"

const struct arg_info arg_table[ARG_COUNT] = {
	[ARG_CONFIG] = {"config", "FILE", "read this file instead of the two standard ones"},
	[ARG_DB] = {"db", "CONNINFO", "connect to this database"},
	[ARG_LOCAL] = {"local", NULL, "use a private PostgreSQL of your own, created on first use"},
	[ARG_READ_ONLY] = {"read-only", NULL, "write nothing to the database"},
	[ARG_THEME] = {"theme", "NAME", "colours of the console: dark, light, colour-blind, mono"},
	[ARG_CHECK_KEYS] = {"check-keys", NULL, "check the key file of the console and show all keys"},
	[ARG_DAEMON] = {"daemon", NULL, "the same as the command daemon"},
	[ARG_HELP] = {"help", NULL, "show this help, or that of the command"},
	[ARG_VERSION] = {"version", NULL, "show the version"},
	[ARG_DRY_RUN] = {"dry-run", NULL, "show what would happen; write nothing"},
	[ARG_FROM] = {"from", "FILE|-|URL", "read the catalogue from there; - is standard input"},
	[ARG_FORCE] = {"force", NULL, "no cooldown, and fetch everything anew (the guard stays)"},
	[ARG_APPLY_HELD] = {"apply-held", "ID", "apply a held answer"},
	[ARG_DISCARD_HELD] = {"discard-held", "ID", "drop a held answer"},
	[ARG_SORT] = {"sort", "COLUMN", "sort by these columns, -COLUMN downwards: -in,id"},
	[ARG_COLUMNS] = {"columns", "LIST", "show these columns: id,in,out"},
	[ARG_FORMAT] = {"format", "FORMAT", "table, json, jsonl or csv"},
	[ARG_REASON] = {"reason", "TEXT", "why, for the audit log"},
	[ARG_PROFILE] = {"profile", "EMAIL|ID", "the login acts as this profile in the other programs' tables"},
	[ARG_CREATE] = {"create", NULL, "create the login if it is not there"},
	[ARG_LIMIT] = {"limit", "N", "show the newest N"},
	[ARG_SINCE] = {"since", "WHEN", "from then on: 7d, 12h, 2026-06-07, 2026-06-07T12:00"},
	[ARG_UNTIL] = {"until", "WHEN", "up to then, in the same forms"},
	[ARG_MODEL] = {"model", "ID", "those of this model"},
	[ARG_CHANNEL] = {"channel", "NAME", "only by email, slack or webhook"},
	[ARG_TYPE] = {"type", "LIST", "those of these types: price_changed,renamed"},
	[ARG_BY_DAY] = {"by-day", NULL, "count them by day (UTC) and type"},
	[ARG_ALL] = {"all", NULL, "all of them"},
	[ARG_HEAD] = {"head", "HASH", "the audit must contain the entry with this hash"},
	[ARG_RUN] = {"run", "ID", "those of this run"},
	[ARG_YES] = {"yes", NULL, "do it without asking"},
	[ARG_JSON] = {"json", NULL, "print JSON"},
	[ARG_RAW] = {"raw", NULL, "also what upstream sends and no column holds, as JSON"},
	[ARG_AT_PROMPT] = {"at-prompt", "TOKENS", "prices for a prompt of that size: 200k, 32768"},
	[ARG_AT_TIME] = {"at-time", "HH:MM", "prices at that time of the day, UTC"},
};

bool args_has(const struct cli *cli, enum arg arg)
{
	return cli->values[arg] != NULL;
}

bool args_number(const struct cli *cli, enum arg arg, int64_t min, int64_t max, int64_t *out,
		 struct ms_error *err)
{
	const char *text = cli->values[arg];

	if (!text || ms_text_integer(text, min, max, out))
		return true;
	if (max == INT64_MAX)
		return ms_fail(err, MS_ERR_USAGE, "--%s %s: not a number from %" PRId64 " on",
			       arg_table[arg].name, text, min);
	return ms_fail(err, MS_ERR_USAGE, "--%s %s: not a number from %" PRId64 " to %" PRId64,
		       arg_table[arg].name, text, min, max);
}

bool args_time(const struct cli *cli, enum arg arg, int64_t *epoch_s, struct ms_error *err)
{
	const char *text = cli->values[arg];

	if (!text || ms_moment_parse(text, ms_clock_now(), epoch_s))
		return true;
	return ms_fail(err, MS_ERR_USAGE,
		       "--%s %s: neither an age (30m, 12h, 7d, 2w) nor a time (2026-06-07, "
		       "2026-06-07T18:00)",
		       arg_table[arg].name, text);
}

char *args_join(const struct cli *cli, int first)
{
	struct ms_text t;

	ms_text_init(&t, 0);
	for (int i = first; i < cli->word_count; i++)
		ms_text_addf(&t, "%s%s", i > first ? " " : "", cli->words[i]);
	return ms_text_take(&t);
}

static bool fail_unknown(const char *word, size_t len, struct ms_error *err)
{
	const char *names[ARG_COUNT + 1], *nearest;
	char name[40];

	for (int i = 0; i < ARG_COUNT; i++)
		names[i] = arg_table[i].name;
	names[ARG_COUNT] = NULL;
	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	nearest = ms_text_nearest(name, names);
	return ms_fail(err, MS_ERR_USAGE, "unknown option --%s%s%s%s", name,
		       nearest ? "; did you mean --" : "", nearest ? nearest : "",
		       nearest ? "?" : "");
}

static enum arg arg_by_name(const char *name, size_t len)
{
	int i = 0;

	while (i < ARG_COUNT &&
	       (strlen(arg_table[i].name) != len || memcmp(arg_table[i].name, name, len) != 0))
		i++;
	return (enum arg)i;
}

/* The process list shows argv to everybody; a password must not stay there. */
static const char *hide_secrets(enum arg arg, char *text)
{
	static char *copies[ARG_COUNT]; /* for as long as the process lives */
	struct ms_text masked;

	ms_text_init(&masked, 0);
	ms_config_mask_conninfo(text, &masked);
	if (strcmp(ms_text_str(&masked), text) != 0) {
		ms_free(copies[arg]);
		copies[arg] = ms_strdup(text);
		memset(text, '*', strlen(text));
		text = copies[arg];
	}
	ms_text_clear(&masked);
	return text;
}

/* Takes the option at argv[*i] and, where it needs one, the value after it. */
static bool take_option(struct cli *cli, int argc, char **argv, int *i, struct ms_error *err)
{
	const char *name = argv[*i] + 2;
	size_t len = strcspn(name, "=");
	char *value = name[len] ? argv[*i] + 2 + len + 1 : NULL;
	enum arg arg = arg_by_name(name, len);

	if (arg == ARG_COUNT)
		return fail_unknown(name, len, err);
	if (!arg_table[arg].value && value)
		return ms_fail(err, MS_ERR_USAGE, "--%s takes no value", arg_table[arg].name);
	if (cli->values[arg] && arg_table[arg].value)
		return ms_fail(err, MS_ERR_USAGE, "--%s is given twice", arg_table[arg].name);
	if (arg_table[arg].value && !value) {
		if (*i + 1 >= argc)
			return ms_fail(err, MS_ERR_USAGE, "--%s needs a value: --%s %s",
				       arg_table[arg].name, arg_table[arg].name,
				       arg_table[arg].value);
		value = argv[++*i];
	}
	if (arg == ARG_DB || arg == ARG_FROM)
		cli->values[arg] = hide_secrets(arg, value);
	else
		cli->values[arg] = value ? value : "";
	return true;
}

static bool check_accepted(const struct cli *cli, struct ms_error *err)
{
	uint64_t accepted = ARGS_GLOBAL | cli->command->args;

	for (int i = 0; i < ARG_COUNT; i++)
		if (cli->values[i] && !(accepted & ARG_BIT(i)))
			return ms_fail(err, MS_ERR_USAGE,
				       "--%s does not go with %s; see modelsync-tui %s%s--help",
				       arg_table[i].name,
				       *cli->command->name ? cli->command->name : "the console",
				       cli->command->name, *cli->command->name ? " " : "");
	return true;
}

static bool check_words(const struct cli *cli, struct ms_error *err)
{
	const struct command *c = cli->command;

	if (cli->word_count >= c->words_min && cli->word_count <= c->words_max)
		return true;
	if (cli->word_count > c->words_max && c->words_max == 0)
		return ms_fail(err, MS_ERR_USAGE, "%s: unexpected argument %s", c->name,
			       cli->words[0]);
	return ms_fail(err, MS_ERR_USAGE, "usage: modelsync-tui %s %s", c->name, c->usage);
}

/*
 * There are no short options but -h, so that a word with one dash is a negated term of a filter
 * (-tier:free) and `-` is standard input.
 */
bool args_parse(struct cli *cli, int argc, char **argv, struct ms_error *err)
{
	bool options_end = false;

	for (int i = 1; i < argc; i++) {
		if (!options_end && strcmp(argv[i], "--") == 0) {
			options_end = true;
			/* what follows is a filter, whatever it looks like */
			if (cli->word_count == 0)
				cli->command = command_table;
		} else if (!options_end && strcmp(argv[i], "-h") == 0) {
			cli->values[ARG_HELP] = "";
		} else if (!options_end && strncmp(argv[i], "--", 2) == 0) {
			if (!take_option(cli, argc, argv, &i, err))
				return false;
		} else if (cli->word_count == WORDS_MAX) {
			return ms_fail(err, MS_ERR_USAGE, "more than %d arguments", WORDS_MAX);
		} else {
			cli->words[cli->word_count++] = argv[i];
		}
	}
	if (!command_find(cli, err))
		return false;
	if (args_has(cli, ARG_HELP) || args_has(cli, ARG_VERSION))
		return true;
	if (args_has(cli, ARG_DB) && args_has(cli, ARG_LOCAL))
		return ms_fail(err, MS_ERR_USAGE, "--db and --local exclude each other");
	return check_accepted(cli, err) && check_words(cli, err);
}
