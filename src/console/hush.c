/* SPDX-License-Identifier: MIT */
#include "hush.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int kept_fd = -1;     /* the file that takes the lines */
static int terminal_fd = -1; /* standard error as it was */

/* An own descriptor for a file that is gone already. */
static int open_nameless(void)
{
	FILE *f = tmpfile();
	int fd = -1;

	if (f) {
		fd = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3);
		(void)fclose(f);
	}
	return fd;
}

static void close_both(void)
{
	if (kept_fd >= 0)
		(void)close(kept_fd);
	if (terminal_fd >= 0)
		(void)close(terminal_fd);
	kept_fd = terminal_fd = -1;
}

void ms_hush_begin(void)
{
	if (kept_fd >= 0 || !isatty(STDERR_FILENO))
		return;
	(void)fflush(stderr);
	kept_fd = open_nameless();
	terminal_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (kept_fd < 0 || terminal_fd < 0 || dup2(kept_fd, STDERR_FILENO) < 0)
		close_both();
}

void ms_hush_end(void)
{
	char buf[512];
	ssize_t n;

	if (kept_fd < 0)
		return;
	(void)dup2(terminal_fd, STDERR_FILENO);
	(void)lseek(kept_fd, 0, SEEK_SET);
	while ((n = read(kept_fd, buf, sizeof(buf))) > 0 &&
	       write(STDERR_FILENO, buf, (size_t)n) == n)
		;
	close_both();
}
