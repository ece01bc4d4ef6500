/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_CLIENTS_H
#define MODELSYNC_HTTP_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The connections of one address, and since when each does what it does. libmicrohttpd looks only
 * at how long nothing came at all: whoever sends a byte now and then would stay for ever.
 */
struct clients;
struct client;

enum client_state {
	CLIENT_SENDS, /* a request, or has nothing to ask yet */
	CLIENT_WAITS, /* for a worker */
	CLIENT_READS  /* the answer */
};

/* on_first is called when there is a connection after there was none. */
struct clients *clients_new(void (*on_first)(void *arg), void *arg);
void clients_free(struct clients *c); /* none may be left */

struct client *client_new(struct clients *c, int fd);
void client_free(struct client *client); /* before its descriptor is closed */
/* now_us as in ms_clock_us(). */
void client_does(struct client *client, enum client_state state, int64_t now_us);

/* Breaks connections that have sent, or read, for longer than that; returns how many. */
size_t clients_break_slow(struct clients *c, int64_t send_us, int64_t read_us);
size_t clients_count(struct clients *c);
/* No answer is on its way. */
bool clients_are_idle(struct clients *c);

#endif
