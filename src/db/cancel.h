/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DB_CANCEL_H
#define MODELSYNC_DB_CANCEL_H

#include <libpq-fe.h>
#include <stdbool.h>

/*
 * Sends cancel requests for one connection, each from a short-lived thread, because PQcancel()
 * connects on its own and may hang on a dead network. One at a time; callers take turns by a lock
 * of theirs.
 */
struct canceller;

struct canceller *canceller_new(PGconn *conn);

/* Never waits: a request that hangs is left to itself. NULL is fine. */
void canceller_free(struct canceller *c);

/* Does nothing while a request is on its way. */
void canceller_send(struct canceller *c);

/* A request is on its way and may still hit whatever the connection runs. */
bool canceller_is_busy(const struct canceller *c);

#endif
