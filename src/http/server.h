/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SERVER_H
#define MODELSYNC_HTTP_SERVER_H

#include "modelsync/error.h"

struct http;

/* Connections that come in at one address: libmicrohttpd with one thread. */
struct server;

bool server_start(struct server **out, struct http *http, const char *address,
		  struct ms_error *err) MS_MUST_CHECK;
const char *server_name(const struct server *s);
size_t server_connections(struct server *s);
/* Nobody is accepted any more. */
void server_close(struct server *s);
/* Ends all connections; no call may be on a worker. Frees it. */
void server_stop(struct server *s);

#endif
