/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SERVE_H
#define MODELSYNC_HTTP_SERVE_H

#include "call.h"

/*
 * What happens to a request between its arrival and its answer, without a word about sockets:
 *
 *   serve_read      the request line and the headers are there
 *   serve_take      (each piece of the body)
 *   serve_begin     all is there: answers, or says which worker shall
 *   serve_continue  on the worker
 *   serve_finish    what goes with every answer
 */

/* Fills in a call that is all zero. uri as it came; settings are taken. */
void serve_init(struct http_call *call, struct http *http, struct http_settings *settings,
		const char *uri);

/*
 * The headers are in call->sent by now. True: the answer is there and the body shall not even be
 * read. An answer may be there in the other case, too: then the body is thrown away.
 */
bool serve_read(struct http_call *call, const char *method, size_t header_bytes);

/* False: far too much, the connection is not worth keeping. */
bool serve_take(struct http_call *call, const char *bytes, size_t len);

/* True: answered. False: serve_continue() at *place. */
bool serve_begin(struct http_call *call, enum http_place *place);
void serve_continue(struct http_call *call, struct ms_db *db);

/* Adds the headers that every answer has. now_us as in ms_clock_us(). */
void serve_finish(struct http_call *call, int64_t now_us);

#endif
