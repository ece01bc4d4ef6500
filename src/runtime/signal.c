/* SPDX-License-Identifier: MIT */
#include "signal.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* A handler can reach nothing but these. */
static volatile sig_atomic_t arrived[NSIG];
static volatile sig_atomic_t wake_fd_of_handler = -1;

static void note(int signo)
{
	int saved = errno;
	ssize_t n;

	arrived[signo] = 1;
	n = write((int)wake_fd_of_handler, "", 1);
	(void)n;
	errno = saved;
}

void signal_set_add(struct signal_set *set, int wake_fd, int signo, ms_signal_fn fn, void *arg)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
	struct signal_entry *e;

	if (set->count == SIGNAL_SET_MAX)
		abort();
	e = &set->entries[set->count++];
	*e = (struct signal_entry){.signo = signo, .fn = fn, .arg = arg};
	wake_fd_of_handler = wake_fd;
	sigemptyset(&action.sa_mask);
	sigaction(signo, &action, &e->before);
}

void signal_set_run(struct signal_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct signal_entry *e = &set->entries[i];

		if (!arrived[e->signo])
			continue;
		arrived[e->signo] = 0;
		e->fn(e->arg, e->signo);
	}
}

void signal_set_clear(struct signal_set *set)
{
	while (set->count) {
		struct signal_entry *e = &set->entries[--set->count];

		sigaction(e->signo, &e->before, NULL);
		arrived[e->signo] = 0;
	}
}
