/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DAEMON_NOTIFY_H
#define MODELSYNC_DAEMON_NOTIFY_H

#include <stdint.h>

/*
 * Tells the service manager how things stand, if it wants to know: sd_notify(3). Its protocol is
 * one datagram, so no library is needed for it.
 */

/* "READY=1", "STATUS=…", several separated by newlines. */
void notify_send(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Milliseconds after which the manager takes silence for death; 0 = it does not watch. */
int64_t notify_watchdog_ms(void);

#endif
