/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SERVER_H
#define MODELSYNC_HTTP_SERVER_H

#include <stddef.h>

#include "modelsync/config.h"
#include "modelsync/error.h"

struct http;

/* Connections that come in at one address: libmicrohttpd with one thread. */
struct server;

/* Listens at the address, with the socket of another server where one is given. */
bool server_start(struct server **out, struct http *http, const struct ms_config *config,
		  const char *address, const struct server *successor_of,
		  struct ms_error *err) MS_MUST_CHECK;
const char *server_address(const struct server *s); /* as in the settings */
/* Whether it would be the same under these settings. Certificates may have been renewed. */
bool server_fits(const struct server *s, const struct ms_config *config);
const char *server_name(const struct server *s); /* the same with the port that is really used */
size_t server_connections(const struct server *s);
/* Breaks connections on which nothing whole comes or goes. */
size_t server_break_slow(struct server *s);
/* Nobody is accepted any more. is_gone: nor by a successor. */
void server_close(struct server *s, bool is_gone);
/* No answer is on its way. */
bool server_is_idle(const struct server *s);
/* Ends all connections of a closed one; no call may be on a worker. Frees it. */
void server_stop(struct server *s);

#endif
