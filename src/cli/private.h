/* SPDX-License-Identifier: MIT */
#ifndef MS_CLI_PRIVATE_H
#define MS_CLI_PRIVATE_H

#include <stdio.h>

#include "modelsync/config.h"
#include "modelsync/db.h"
#include "modelsync/error.h"
#include "modelsync/export.h"
#include "modelsync/filter.h"
#include "modelsync/model.h"
#include "modelsync/override.h"
#include "modelsync/rule.h"
#include "modelsync/run.h"
#include "modelsync/text.h"

/* Options of the command line; args.c has the table. */
enum arg {
	ARG_CONFIG,
	ARG_DB,
	ARG_LOCAL,
	ARG_READ_ONLY,
	ARG_THEME,
	ARG_CHECK_KEYS,
	ARG_DAEMON,
	ARG_HELP,
	ARG_VERSION,
	ARG_DRY_RUN,
	ARG_FROM,
	ARG_FORCE,
	ARG_APPLY_HELD,
	ARG_DISCARD_HELD,
	ARG_SORT,
	ARG_COLUMNS,
	ARG_FORMAT,
	ARG_REASON,
	ARG_PROFILE,
	ARG_CREATE,
	ARG_LIMIT,
	ARG_SINCE,
	ARG_UNTIL,
	ARG_MODEL,
	ARG_CHANNEL,
	ARG_TYPE,
	ARG_BY_DAY,
	ARG_ALL,
	ARG_HEAD,
	ARG_RUN,
	ARG_YES,
	ARG_JSON,
	ARG_RAW,
	ARG_AT_PROMPT,
	ARG_AT_TIME,
	ARG_COUNT
};
_Static_assert(ARG_COUNT <= 64, "a set of options is 64 bits wide");
#define ARG_BIT(arg) (UINT64_C(1) << (arg))
/* Accepted by every command, before or after its name. */
#define ARGS_GLOBAL                                                                                \
	(ARG_BIT(ARG_CONFIG) | ARG_BIT(ARG_DB) | ARG_BIT(ARG_LOCAL) | ARG_BIT(ARG_READ_ONLY) |     \
	 ARG_BIT(ARG_THEME) | ARG_BIT(ARG_DAEMON) | ARG_BIT(ARG_HELP) | ARG_BIT(ARG_VERSION))

struct arg_info {
	const char *name;  /* without the dashes */
	const char *value; /* what follows it, or NULL for a switch */
	const char *help;
};
extern const struct arg_info arg_table[ARG_COUNT];

struct cli;

struct command {
	const char *name;  /* "sync", "db migrate"; "" = the console */
	const char *usage; /* what follows the name, options aside */
	const char *summary;
	const char *details; /* paragraphs for its own help */
	uint64_t args;       /* ARG_BITs beside ARGS_GLOBAL */
	int words_min, words_max;
	/* The exit code is cli->exit_code when it succeeds. */
	bool (*run)(struct cli *cli, struct ms_error *err);
};
extern const struct command command_table[]; /* ends with a NULL name */

#define WORDS_MAX 64

/* One run of the program. */
struct cli {
	const struct command *command;
	const char *values[ARG_COUNT]; /* "" for a switch that was given, NULL for what was not */
	char *words[WORDS_MAX];        /* borrowed from argv */
	int word_count;
	struct ms_config *config;
	struct ms_rules *rules; /* of the configuration */
	struct ms_db *db;
	int64_t run; /* of the sync, for error reports */
	bool is_writing;   /* the command writes to the database */
	bool has_declined; /* answered a question with no */
	int exit_code;
};

/* --- args.c: the command line into struct cli */

bool args_parse(struct cli *cli, int argc, char **argv, struct ms_error *err) MS_MUST_CHECK;
bool args_has(const struct cli *cli, enum arg arg);
/* Fails with the range unless the value is a whole number in it; otherwise stays when not given. */
bool args_number(const struct cli *cli, enum arg arg, int64_t min, int64_t max, int64_t *out,
		 struct ms_error *err) MS_MUST_CHECK;
/* --since or --until, "7d" ago or a moment; stays when not given. 0 = from the beginning. */
bool args_time(const struct cli *cli, enum arg arg, int64_t *epoch_s,
	       struct ms_error *err) MS_MUST_CHECK;
/* The words from that one on, joined by spaces: a filter need not be quoted. Owned. */
char *args_join(const struct cli *cli, int first);

/* --- command.c, help.c */

/* Takes the command's name off the words. */
bool command_find(struct cli *cli, struct ms_error *err) MS_MUST_CHECK;
void help_print(FILE *to);
void help_print_command(FILE *to, const struct command *command);

/* --- session.c, local.c: configuration and connection */

/* The settings of files, environment and command line; owned. */
bool session_load(const struct cli *cli, bool is_strict, struct ms_config **out,
		  struct ms_error *err) MS_MUST_CHECK;
/* *out is owned; prints expression and caret of a wrong filter to stderr before it fails. */
bool session_read_rules(const struct ms_config *config, struct ms_rules **out,
			struct ms_error *err) MS_MUST_CHECK;
/* The same, and of several wrong rules all but the last are said; that one is in err. */
bool session_check_rules(const struct ms_config *config, struct ms_rules **out,
			 struct ms_error *err) MS_MUST_CHECK;
bool session_configure(struct cli *cli, struct ms_error *err) MS_MUST_CHECK;
/* A database to connect to is known; otherwise the error names the two ways. */
bool session_require_database(struct cli *cli, struct ms_error *err) MS_MUST_CHECK;
/* Connects. */
bool session_connect(struct cli *cli, struct ms_error *err) MS_MUST_CHECK;
/* Connects and demands the current schema; the private database is migrated on the way. */
bool session_open(struct cli *cli, struct ms_error *err) MS_MUST_CHECK;
/* For those that connect by themselves, in the background; the private database is prepared. */
bool session_know_database(struct cli *cli, struct ms_error *err) MS_MUST_CHECK;
/* How commands that we propose must begin to reach the same database. */
const char *session_program(const struct cli *cli);
/* Fails under --read-only; session_open() will fail for a viewer. */
bool session_require_write(struct cli *cli, struct ms_error *err) MS_MUST_CHECK;
/* Starts the private cluster; *conninfo is owned. */
bool local_start(char **conninfo, struct ms_error *err) MS_MUST_CHECK;
/* Becomes the script with these arguments; returns only when that fails. */
bool local_exec(const char *verb, struct ms_error *err) MS_MUST_CHECK;

/* --- select.c: filters over the loaded catalogue */

struct selection {
	struct ms_catalog *catalog;
	struct ms_filter *filter;
	struct ms_model **models; /* those that match, in the filter's order */
	size_t count;
};
/* Prints expression and caret to stderr before it fails. Owned. */
bool filter_compile(const char *text, struct ms_filter **out, struct ms_error *err) MS_MUST_CHECK;
/*
 * Connects, loads, puts in the prices of --at-prompt and --at-time, and filters; "*" is everything, and
 * the id of a model that model alone. sort: "in,-ctx", or NULL.
 */
bool selection_load(struct cli *cli, const char *filter, const char *sort, struct selection *out,
		    struct ms_error *err) MS_MUST_CHECK;
void selection_clear(struct selection *s);
/* Whether the model of that id, present upstream or not, matches. */
bool selection_has(const struct selection *s, const char *id);
/* --at-prompt and --at-time; is_asked when one of them is given. */
bool price_request_parse(const struct cli *cli, struct ms_price_request *out, bool *is_asked,
			 struct ms_error *err) MS_MUST_CHECK;

/* --- edit.c */

/*
 * Shows what the batch would do to the models of the selection, asks unless --yes is given, writes and
 * reports; --dry-run ends with the first. `matched`: so many models it is about.
 */
bool edit_review_and_write(struct cli *cli, const struct selection *s,
			   const struct ms_edit_batch *batch, size_t matched,
			   struct ms_error *err) MS_MUST_CHECK;

/* --- table.c, terminal.c: output */

struct table;
struct table *table_new(size_t columns);
void table_head(struct table *t, size_t column, const char *title, bool right_aligned); /* borrowed */
/* Of several such columns the one with rank 1 is left out first when the terminal is narrow. */
void table_head_optional(struct table *t, size_t column, int rank);
void table_add(struct table *t, const char *cell); /* row by row; copied; NULL is "" */
void table_add_int(struct table *t, int64_t n);
void table_print(const struct table *t, FILE *to); /* fits the width when it is a terminal */
void table_free(struct table *t);

/* Columns of the terminal behind f, or 0 when it is none. */
size_t terminal_columns(FILE *f);
/* s with '?' for control characters and, on a terminal that is not UTF-8, for all but ASCII. */
void terminal_clean(struct ms_text *out, const char *s, FILE *to);
const char *terminal_ellipsis(FILE *to); /* one column that stands for what was cut */
/* On stderr, an expression and what is wrong in it; the message follows as the error itself. */
void print_caret(const char *text, size_t at, size_t len);
/* Asks on stderr, reads stdin. Fails unless the answer is y or yes, or without a terminal. */
bool terminal_confirm(struct cli *cli, const char *question, struct ms_error *err) MS_MUST_CHECK;

/* --- json_text.c, report.c, progress.c */

void print_json(const struct ms_json *v); /* one line */
extern const struct ms_export_sink to_stdout;
void print_clean(const char *prefix, const char *s); /* one line, through terminal_clean() */
/* One more mistake on stderr, before the one that the command fails with. */
void print_mistake(const char *text);
void json_value_text(struct ms_text *out, const struct ms_json *v); /* null is "none" */
/* "field old>new" of an object with these members */
void json_change_text(struct ms_text *out, const struct ms_json *change);
/* "2026-06-07 18:23:05" of PostgreSQL's JSON form; "" for null */
const char *json_time_text(char *buf, size_t size, const struct ms_json *v);
void json_actor_text(struct ms_text *out, const struct ms_json *v); /* "alice/console", "login (alice)/cli" */
void report_print(const struct cli *cli, const struct ms_run_report *r);
void report_print_body(const struct ms_run_report *r); /* counts and all lists, no headline */
/* "alice, viewer, linked to alice@example.org" of ms_db_whoami() */
void print_whoami(const char *prefix, const struct ms_json *me);
/* "changeset 7: 3 models changed" and what was not; noun in the singular */
void write_result_print(const struct ms_write_result *r, const char *noun, const char *verb);

struct progress {
	FILE *to;
	size_t columns; /* 0 = silent */
	int64_t drawn_at_ms;
	bool is_shown;
};
void progress_init(struct progress *p, FILE *to);
void progress_show(struct progress *p, const struct ms_run_progress *now);
void progress_erase(struct progress *p);
/* "3.20 of 31.00 MB", "0 of 421 models", "attempt 2 in 1.5 s"; "" while nothing is known. Returns buf. */
const char *progress_amount(char *buf, size_t size, const struct ms_run_progress *now);

/* --- commands */

bool command_console(struct cli *cli, struct ms_error *err);
bool command_sync(struct cli *cli, struct ms_error *err);
bool command_daemon(struct cli *cli, struct ms_error *err);
bool command_models(struct cli *cli, struct ms_error *err);
bool command_show(struct cli *cli, struct ms_error *err);
bool command_set(struct cli *cli, struct ms_error *err);
bool command_rules(struct cli *cli, struct ms_error *err);
bool command_rules_test(struct cli *cli, struct ms_error *err);
bool command_rules_apply(struct cli *cli, struct ms_error *err);
bool command_history(struct cli *cli, struct ms_error *err);
bool command_events(struct cli *cli, struct ms_error *err);
bool command_audit(struct cli *cli, struct ms_error *err);
bool command_audit_verify(struct cli *cli, struct ms_error *err);
bool command_prices(struct cli *cli, struct ms_error *err);
bool command_alerts(struct cli *cli, struct ms_error *err);
bool command_alerts_ack(struct cli *cli, struct ms_error *err);
bool command_notify_test(struct cli *cli, struct ms_error *err);
bool command_notify_list(struct cli *cli, struct ms_error *err);
bool command_notify_retry(struct cli *cli, struct ms_error *err);
bool command_notify_discard(struct cli *cli, struct ms_error *err);
bool command_why(struct cli *cli, struct ms_error *err);
bool command_undo(struct cli *cli, struct ms_error *err);
bool command_status(struct cli *cli, struct ms_error *err);
bool command_db_migrate(struct cli *cli, struct ms_error *err);
bool command_db_status(struct cli *cli, struct ms_error *err);
bool command_db_quality(struct cli *cli, struct ms_error *err);
bool command_db_grant(struct cli *cli, struct ms_error *err);
bool command_db_revoke(struct cli *cli, struct ms_error *err);
bool command_db_grants(struct cli *cli, struct ms_error *err);
bool command_db_settings(struct cli *cli, struct ms_error *err);
bool command_db_retire(struct cli *cli, struct ms_error *err);
bool command_config_check(struct cli *cli, struct ms_error *err);
bool command_config_show(struct cli *cli, struct ms_error *err);
bool command_local(struct cli *cli, struct ms_error *err);

#endif
