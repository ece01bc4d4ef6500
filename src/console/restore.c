/* SPDX-License-Identifier: MIT */
#include "restore.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "hush.h"

/* A signal handler can reach nothing but these. */
static struct termios modes_before;
static char restore_bytes[160];
static size_t restore_len;
static volatile sig_atomic_t is_taken;

static void restore(void)
{
	ssize_t n;

	if (!is_taken)
		return;
	is_taken = 0;
	n = write(STDOUT_FILENO, restore_bytes, restore_len);
	(void)n;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &modes_before);
	ms_hush_end();
}

/* The signal goes on to what it does without us: a core file, the exit status. */
static void on_crash(int signo)
{
	struct sigaction action = {.sa_handler = SIG_DFL};

	restore();
	sigemptyset(&action.sa_mask);
	sigaction(signo, &action, NULL);
	raise(signo);
}

static void watch_crashes(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
	static char stack[32768]; /* the usual one may be what ran out */
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};

	(void)sigaltstack(&other, NULL);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

void ms_restore_prepare(void)
{
	restore_len = 0;
	(void)tcgetattr(STDIN_FILENO, &modes_before);
}

void ms_restore_add(const char *bytes, size_t len)
{
	if (restore_len + len > sizeof(restore_bytes))
		return;
	memcpy(restore_bytes + restore_len, bytes, len);
	restore_len += len;
}

void ms_restore_begin(void)
{
	static bool is_watching;

	is_taken = 1;
	if (is_watching)
		return;
	is_watching = true;
	watch_crashes();
	(void)atexit(restore);
}

void ms_restore_end(void)
{
	is_taken = 0;
}
