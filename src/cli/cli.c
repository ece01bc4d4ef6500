/* SPDX-License-Identifier: MIT */
#include "modelsync/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "modelsync/memory.h"
#include "private.h"

static void print_line(FILE *to, const char *label, const char *text)
{
	struct ms_text clean;

	ms_text_init(&clean, 0);
	terminal_clean(&clean, text, to);
	fprintf(to, "%s%s\n", label, ms_text_str(&clean));
	ms_text_clear(&clean);
}

void print_mistake(const char *text)
{
	print_line(stderr, "error: ", text);
}

/* The shape is the same for every command: docs/cli.md. */
static void print_error_json(const struct cli *cli, const struct ms_error *err)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_bool(o, "ok", false);
	ms_json_add_string(o, "category", ms_category_name(err->category));
	ms_json_add_string(o, "message", err->message);
	ms_json_add_string(o, "hint", ms_category_hint(err->category));
	if (err->retry_after_s > 0)
		ms_json_add_int(o, "retry_after_s", err->retry_after_s);
	if (cli->run)
		ms_json_add_int(o, "run", cli->run);
	else
		ms_json_add_null(o, "run");
	print_json(o);
	ms_json_free(o);
}

/* Errors are reported here and nowhere else. */
static int report_error(const struct cli *cli, const struct ms_error *err)
{
	print_line(stderr, cli->has_declined ? "" : "error: ", err->message);
	if (!cli->has_declined && *ms_category_hint(err->category))
		print_line(stderr, "hint: ", ms_category_hint(err->category));
	if (args_has(cli, ARG_JSON))
		print_error_json(cli, err);
	return ms_category_exit_code(err->category);
}

/* Of a pipe whose reader went away poll() says so; a full disk has no such news. */
static bool has_reader(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) != 1 || !(p.revents & (POLLERR | POLLHUP));
}

/* A reader that went away (| head) is no error; a full disk is one. */
static int close_stdout(int exit_code)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) == 0 && !failed)
		return exit_code;
	/* what failed in the middle may be forgotten by now */
	if (errno == EPIPE || !has_reader(STDOUT_FILENO))
		return exit_code;
	fprintf(stderr, "error: cannot write the output%s%s\n", errno ? ": " : "",
		errno ? strerror(errno) : "");
	return exit_code ? exit_code : 1;
}

static bool run(struct cli *cli, int argc, char **argv, struct ms_error *err)
{
	if (!args_parse(cli, argc, argv, err))
		return false;
	if (args_has(cli, ARG_VERSION)) {
		puts(PACKAGE_STRING);
		return true;
	}
	if (args_has(cli, ARG_HELP)) {
		if (*cli->command->name)
			help_print_command(stdout, cli->command);
		else
			help_print(stdout);
		return true;
	}
	return session_configure(cli, err) && cli->command->run(cli, err);
}

/*
 * A closed standard file's number would go to the next thing opened, perhaps the database's socket.
 * What takes its place cannot be used either, so that using it is an error.
 */
static void occupy_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(1);
}

int ms_cli_main(int argc, char **argv)
{
	struct cli cli = {0};
	struct ms_error err;
	int exit_code;

	/* Numbers keep their point in every locale, or JSON would break. */
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	occupy_standard_files();
	exit_code = run(&cli, argc, argv, &err) ? cli.exit_code : report_error(&cli, &err);
	ms_db_free(cli.db);
	ms_rules_free(cli.rules);
	ms_config_free(cli.config);
	return close_stdout(exit_code);
}
