/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_RUNTIME_SIGNAL_H
#define MODELSYNC_RUNTIME_SIGNAL_H

#include <signal.h>
#include <stddef.h>

#include "modelsync/loop.h"

/* Signals turned into callbacks on the loop's thread. One loop at a time may have some. */
#define SIGNAL_SET_MAX 8

struct signal_set {
	struct signal_entry {
		int signo;
		ms_signal_fn fn;
		void *arg;
		struct sigaction before;
	} entries[SIGNAL_SET_MAX];
	size_t count;
};

/* wake_fd gets a byte on each arrival. */
void signal_set_add(struct signal_set *set, int wake_fd, int signo, ms_signal_fn fn, void *arg);
/* Calls the callbacks of the signals that came since the last call. */
void signal_set_run(struct signal_set *set);
/* Puts the handlers back that were there before. */
void signal_set_clear(struct signal_set *set);

#endif
