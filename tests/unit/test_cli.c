/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pty.h>
#include <unistd.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "private.h"

#define ARGV_MAX 12

/* Splits a command line at blanks; `_` stands for a blank within an argument. */
static bool parse(struct cli *cli, const char *line, char *buf, struct ms_error *err)
{
	char *argv[ARGV_MAX + 1] = {NULL}, *save = NULL;
	int argc = 0;

	memset(cli, 0, sizeof(*cli));
	strcpy(buf, line);
	for (char *word = strtok_r(buf, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		for (char *p = word; *p; p++)
			if (*p == '_')
				*p = ' ';
		argv[argc++] = word;
	}
	return args_parse(cli, argc, argv, err);
}

static void commands_are_found(void **state)
{
	static const struct {
		const char *line, *command, *words;
	} cases[] = {
		{"m", "", ""},
		{"m status:new price<1", "", "status:new price<1"},
		{"m -- gpt", "", "gpt"},
		{"m -tier:free", "", "-tier:free"},
		{"m gpt-4", "", "gpt-4"},
		{"m gpt_4", "", "gpt 4"},
		{"m models -provider:meta gpt", "models", "-provider:meta gpt"},
		{"m models -- --json", "models", "--json"},
		{"m --local db migrate --yes", "db migrate", ""},
		{"m db --local migrate", "db migrate", ""},
		{"m sync --from - --json", "sync", ""},
		{"m sync --from=- --json", "sync", ""},
		{"m set * status=active", "set", "* status=active"},
		{"m db --help", "db migrate", ""},
		{"m audit", "audit", ""},
		{"m audit m01 verify", "audit", "m01 verify"},
		{"m audit verify --json", "audit verify", ""},
		{"m history -h", "history", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ms_error err;
		struct cli cli;
		char buf[200], *words;

		if (!parse(&cli, cases[i].line, buf, &err))
			fail_msg("%s: %s", cases[i].line, err.message);
		assert_string_equal(cli.command->name, cases[i].command);
		words = args_join(&cli, 0);
		if (!args_has(&cli, ARG_HELP))
			assert_string_equal(words, cases[i].words);
		ms_free(words);
	}
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"m snyc",
		 "unknown command snyc; did you mean sync? (as a filter for the console: modelsync-tui -- snyc)"},
		{"m gpt",
		 "unknown command gpt (as a filter for the console: modelsync-tui -- gpt)"},
		{"m audti",
		 "unknown command audti; did you mean audit? (as a filter for the console: modelsync-tui -- audti)"},
		{"m db", "db: incomplete command; there are: db migrate, db status, db grant, db revoke, db grants, db quality, db settings, db retire"},
		{"m db migrat",
		 "db migrat: unknown command; there are: db migrate, db status, db grant, db revoke, db grants, db quality, db settings, db retire"},
		{"m audit verify x", "audit verify: unexpected argument x"},
		{"m why vendor/x", "usage: modelsync-tui why MODEL TIER|USER"},
		{"m sync --jsno", "unknown option --jsno; did you mean --json?"},
		{"m sync --zzzzzzzzz", "unknown option --zzzzzzzzz"},
		{"m sync --json=1", "--json takes no value"},
		{"m sync --from", "--from needs a value: --from FILE|-|URL"},
		{"m sync --from a --from b", "--from is given twice"},
		{"m sync x", "sync: unexpected argument x"},
		{"m models --from x",
		 "--from does not go with models; see modelsync-tui models --help"},
		{"m --json", "--json does not go with the console; see modelsync-tui --help"},
		{"m set x", "usage: modelsync-tui set FILTER ASSIGNMENT…"},
		{"m undo", "usage: modelsync-tui undo CHANGESET"},
		{"m undo 1 2", "usage: modelsync-tui undo CHANGESET"},
		{"m --db x --local status", "--db and --local exclude each other"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ms_error err;
		struct cli cli;
		char buf[200];

		if (parse(&cli, cases[i].line, buf, &err))
			fail_msg("%s was accepted", cases[i].line);
		assert_int_equal(err.category, MS_ERR_USAGE);
		assert_string_equal(err.message, cases[i].message);
	}
}

static void passwords_leave_the_process_list(void **state)
{
	char secret[] = "host=h password=hidden", plain[] = "host=h";
	char *argv[] = {(char[]){"m"}, (char[]){"--db"}, secret, (char[]){"status"}, NULL};
	struct ms_error err;
	struct cli cli = {0};

	(void)state;
	assert_true(args_parse(&cli, 4, argv, &err));
	assert_string_equal(cli.values[ARG_DB], "host=h password=hidden");
	assert_string_equal(secret, "**********************");
	memset(&cli, 0, sizeof(cli));
	argv[2] = plain;
	assert_true(args_parse(&cli, 4, argv, &err));
	assert_string_equal(plain, "host=h");
}

static void numbers_are_checked(void **state)
{
	struct cli cli = {.values = {[ARG_LIMIT] = "12"}};
	struct ms_error err;
	int64_t n = 20;

	(void)state;
	assert_true(args_number(&cli, ARG_LIMIT, 1, 100, &n, &err));
	assert_int_equal(n, 12);
	assert_true(args_number(&cli, ARG_RUN, 1, 100, &n, &err));
	assert_int_equal(n, 12);
	for (int i = 0; i < 6; i++) {
		static const char *const wrong[] = {"0", "101", "1x",
						    "",	 "-1",	"99999999999999999999"};

		cli.values[ARG_LIMIT] = wrong[i];
		assert_false(args_number(&cli, ARG_LIMIT, 1, 100, &n, &err));
	}
	assert_string_equal(err.message,
			    "--limit 99999999999999999999: not a number from 1 to 100");
}

/* Every word of every command is described, and no help line is too long for a terminal. */
static void help_is_complete(void **state)
{
	char *text, *save = NULL;
	size_t size;

	(void)state;
	for (const struct command *c = command_table; c->name; c++) {
		FILE *to = open_memstream(&text, &size);

		help_print_command(to, c);
		fclose(to);
		assert_non_null(strstr(text, c->summary));
		for (int i = 0; i < ARG_COUNT; i++)
			if (c->args & ARG_BIT(i))
				assert_non_null(strstr(text, arg_table[i].help));
		for (char *line = strtok_r(text, "\n", &save); line;
		     line = strtok_r(NULL, "\n", &save))
			assert_true(strlen(line) < 110);
		free(text);
	}
}

static char *printed(const struct table *t)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	table_print(t, to);
	fclose(to);
	return text;
}

static void tables_align_by_columns(void **state)
{
	struct table *t = table_new(3);
	char *text;

	(void)state;
	table_head(t, 0, "NAME", false);
	table_head(t, 1, "N", true);
	table_head(t, 2, "LAST", false);
	table_add(t, "模型");
	table_add_int(t, 12345);
	table_add(t, "x");
	table_add(t, "e\xcc\x81"
		     "a");
	table_add_int(t, 7);
	table_add(t, NULL);
	table_add(t, "a\033[31m\nb");
	table_add(t, "");
	table_add(t, "z");
	text = printed(t);
	assert_string_equal(text, "NAME          N  LAST\n"
				  "模型      12345  x\n"
				  "e\xcc\x81"
				  "a            7\n"
				  "a?[31m?b         z\n");
	free(text);
	table_free(t);
}

static void progress_is_silent_without_terminal(void **state)
{
	struct ms_run_progress now = {.phase = MS_PHASE_FETCH, .done = 1};
	struct progress p;
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	progress_init(&p, to);
	progress_show(&p, &now);
	progress_erase(&p);
	fclose(to);
	assert_int_equal(size, 0);
	free(text);
}

/* What a terminal of that width is sent. */
static const char *drawn(const struct ms_run_progress *now, unsigned short columns)
{
	static char text[400];
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	int master, slave;
	struct progress p;
	ssize_t n;
	FILE *to;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	to = fdopen(slave, "w");
	progress_init(&p, to);
	progress_show(&p, now);
	progress_show(&p, now); /* too soon to be drawn again */
	n = read(master, text, sizeof(text) - 1);
	assert_true(n > 0);
	text[n] = '\0';
	fclose(to);
	close(master);
	return text;
}

static void progress_fits_the_terminal(void **state)
{
	struct ms_run_progress fetch = {.phase = MS_PHASE_FETCH, .done = 312000};
	struct ms_run_progress half = {
		.phase = MS_PHASE_FETCH, .done = 1000000, .total = 4000000};
	struct ms_run_progress apply = {.phase = MS_PHASE_APPLY, .total = 400};
	struct ms_run_progress retry = {.phase = MS_PHASE_FETCH, .attempt = 1, .retry_in_ms = 1500};
	char name[16];

	(void)state;
	assert_string_equal(drawn(&fetch, 40), "\r\033[Kfetch     [..................] 0.31 MB");
	snprintf(name, sizeof(name), "%-9s", ms_run_phase_name(MS_PHASE_APPLY));
	assert_memory_equal(drawn(&apply, 80) + 4, name, strlen(name));
	assert_non_null(strstr(drawn(&apply, 80), ".] 400 models"));
	assert_non_null(
		strstr(drawn(&half, 80), "[#######.......................] 1.00 of 4.00 MB"));
	assert_non_null(strstr(drawn(&retry, 80), "attempt 2 in 1.5 s"));
	assert_int_equal(strlen(drawn(&apply, 20)), 4 + 19);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_found),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(passwords_leave_the_process_list),
		cmocka_unit_test(numbers_are_checked),
		cmocka_unit_test(help_is_complete),
		cmocka_unit_test(tables_align_by_columns),
		cmocka_unit_test(progress_is_silent_without_terminal),
		cmocka_unit_test(progress_fits_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
