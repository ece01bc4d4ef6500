/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modelsync/memory.h"
#include "private.h"

/* The installed script; a program that was not installed yet uses the one of its source tree. */
static const char *script_path(void)
{
	static const char installed[] = MS_PKGLIBEXECDIR "/local-postgres";
	static const char source[] = MS_SOURCE_DIR "/dist/local-postgres";

	return access(installed, X_OK) != 0 && access(source, X_OK) == 0 ? source : installed;
}

bool local_exec(const char *verb, struct ms_error *err)
{
	const char *path = script_path();

	fflush(stdout);
	execl(path, path, verb, (char *)NULL);
	return ms_fail(err, MS_ERR_INTERNAL, "cannot run %s: %s", path, strerror(errno));
}

static _Noreturn void become_script(const char *verb, int out)
{
	struct ms_error err;

	dup2(out, STDOUT_FILENO);
	if (!local_exec(verb, &err))
		fprintf(stderr, "%s\n", err.message);
	_exit(127);
}

static void read_all(int fd, struct ms_text *out)
{
	char buf[512];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			ms_text_add_bytes(out, buf, (size_t)n);
}

static bool wait_for(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

/* Runs the script; its standard output goes to *out or, without one, to our standard error. */
static bool run_script(const char *verb, struct ms_text *out, struct ms_error *err)
{
	int ends[2] = {-1, -1}, status = 0;
	pid_t pid;

	if (out && pipe2(ends, O_CLOEXEC) != 0)
		return ms_fail(err, MS_ERR_INTERNAL, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		become_script(verb, out ? ends[1] : STDERR_FILENO);
	if (out) {
		close(ends[1]);
		read_all(ends[0], out);
		close(ends[0]);
	}
	if (pid < 0 || !wait_for(pid, &status))
		return ms_fail(err, MS_ERR_INTERNAL, "cannot run local-postgres: %s",
			       strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return ms_fail(err, MS_ERR_UNREACHABLE,
			       "the private PostgreSQL is not available; the lines above say why");
	return true;
}

bool local_start(char **conninfo, struct ms_error *err)
{
	struct ms_text text;

	ms_text_init(&text, 4096);
	if (!run_script("start", NULL, err) || !run_script("conninfo", &text, err)) {
		ms_text_clear(&text);
		return false;
	}
	while (text.len && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	*conninfo = ms_text_take(&text);
	return true;
}

bool command_local(struct cli *cli, struct ms_error *err)
{
	return local_exec(strchr(cli->command->name, ' ') + 1, err);
}
