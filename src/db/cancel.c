/* SPDX-License-Identifier: MIT */
#include "cancel.h"

#include <pthread.h>
#include <stdatomic.h>

#include "modelsync/memory.h"

struct canceller {
	PGcancel *cancel;
	atomic_bool is_busy;
	atomic_int owners; /* the connection and the thread under way: the last one frees */
};

struct canceller *canceller_new(PGconn *conn)
{
	struct canceller *c = ms_alloc(sizeof(*c));

	c->cancel = PQgetCancel(conn);
	atomic_init(&c->is_busy, false);
	atomic_init(&c->owners, 1);
	return c;
}

void canceller_free(struct canceller *c)
{
	if (!c || atomic_fetch_sub(&c->owners, 1) != 1)
		return;
	PQfreeCancel(c->cancel);
	ms_free(c);
}

static void *send_request(void *arg)
{
	struct canceller *c = arg;
	char message[256];

	PQcancel(c->cancel, message, sizeof(message)); /* if it fails, the caller asks again */
	atomic_store(&c->is_busy, false);
	canceller_free(c);
	return NULL;
}

void canceller_send(struct canceller *c)
{
	pthread_t thread;

	if (!c->cancel || atomic_exchange(&c->is_busy, true))
		return;
	atomic_fetch_add(&c->owners, 1);
	if (pthread_create(&thread, NULL, send_request, c) == 0) {
		pthread_detach(thread);
		return;
	}
	atomic_store(&c->is_busy, false);
	canceller_free(c);
}

bool canceller_is_busy(const struct canceller *c)
{
	return atomic_load(&c->is_busy);
}
