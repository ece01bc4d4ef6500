/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SCRIPTED_SERVER_H
#define TESTS_SCRIPTED_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "modelsync/upstream.h"

/*
 * A server in a thread of the test that plays a script: each connection gets the next answer, byte
 * for byte, the last one again and again.
 */

#define MAX_ANSWERS  8
#define MAX_REQUESTS 128
#define HANG	     "(hang)" /* at the end of an answer: keep the connection open, say nothing */

struct server {
	const char *answers[MAX_ANSWERS + 1]; /* HTTP from the status line on; %P is the port */
	int listener, port;
	int stop[2];
	pthread_t thread;
	atomic_int requests;
	char asked[MAX_REQUESTS][1200];
};

/* `answers` ends with NULL and must outlive the server. */
struct server *server_start(const char *const *answers);
void server_stop(struct server *s);

#define SCRIPT(...) ((const char *const[]){__VA_ARGS__, NULL})
#define OK(body)    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" body

/* A page of one model that names the next one, in JSON. */
#define ONE(next) OK("{\"data\":[{\"id\":\"a/b\"}],\"links\":{\"next\":" next "}}")

/* Starts the room without the proxies of the caller's environment. */
bool upstream_start(void);

/* Limits that suit a test; no retries, no URL. */
struct ms_upstream_options options(void);

/* One fetch of /models from such a server; `o.url` is ignored. */
struct attempt {
	struct ms_fetched *got;
	struct ms_error err;
	bool good;
	int requests;
	char asked[MAX_REQUESTS][1200];
};

struct attempt *fetch(const char *const *answers, struct ms_upstream_options o,
		      ms_fetch_progress_fn progress, void *arg);
void attempt_free(struct attempt *a);

/* How a fetch of o.url fails, which it must. */
struct ms_error failure_of(struct ms_upstream_options o);

#endif
