/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_CALL_H
#define MODELSYNC_HTTP_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/db.h"
#include "modelsync/error.h"
#include "modelsync/json.h"
#include "modelsync/model.h"
#include "route.h"
#include "sent.h"
#include "settings.h"
#include "target.h"

/*
 * One request and what is answered to it. A handler reads the call and answers it exactly once; it
 * may begin anew, for what comes last counts. Nothing here knows where requests come from: server.c
 * fills calls in and sends what they hold.
 */

struct http;

/* Who asks; filled in by access_admit(). */
struct http_caller {
	char profile[64]; /* "" = nobody known */
	enum ms_tier tier;
	bool is_admin, is_anonymous; /* no token was sent */
};

/* Called once, when what was handed over is not needed any more; on any thread. */
typedef void (*http_release_fn)(void *arg);

struct http_header {
	const char *name; /* static */
	char *value;	  /* in the answer's room, or owned */
};

#define HTTP_MAX_HEADERS 24
#define HTTP_HEADER_ROOM 512 /* bytes for values: most answers need no more */

struct http_answer {
	int status; /* 0 = none yet */
	const char *body;
	size_t len;
	http_release_fn release; /* NULL = nothing to do */
	void *release_arg;
	const char *content_type; /* static */
	size_t header_count, room_used;
	struct http_header headers[HTTP_MAX_HEADERS];
	char room[HTTP_HEADER_ROOM];
};

#define HTTP_REQUEST_ID_SIZE 65
#define HTTP_CLIENT_SIZE     64

struct http_call {
	/* --- for handlers */
	const struct http_route *route; /* NULL = no such path, or not with this method */
	bool is_head;
	char *param[HTTP_MAX_PARAMS]; /* decoded; owned by the call */
	char request_id[HTTP_REQUEST_ID_SIZE];
	char client[HTTP_CLIENT_SIZE]; /* address it comes from; "local" for a socket in the file
					  system */
	struct http_caller caller;
	const struct ms_json *json;	/* the body; NULL when there is none */
	struct ms_db *db;		/* the worker's; NULL on the server's thread */
	struct http_settings *settings; /* as they were when the request came; shared */
	struct http *http;

	/* --- for server.c and serve.c */
	struct http_target target;
	const char *method; /* as it came */
	unsigned methods;   /* without a route: bits of those that the path allows */
	bool is_garbled;    /* the query cannot be decoded */
	bool is_admitted;
	bool wants_worker;
	struct http_sent sent;
	char *body; /* owned; as it came */
	size_t body_len;
	struct ms_json *parsed; /* owned */
	int64_t began_us;
	struct http_answer answer;
};

/* NULL when it was not sent; borrowed from the call. */
const char *http_query(const struct http_call *call, const char *name);
const char *http_header(const struct http_call *call, enum http_field field);

/* Replaces what was answered before, with its headers. json is taken. */
void http_answer_json(struct http_call *call, int status, struct ms_json *json);
/* text is taken; the type must be static. */
void http_answer_text(struct http_call *call, int status, const char *content_type, char *text);
/*
 * Nothing is copied: body must stay until release(arg), which is called in any case. body NULL: an
 * answer without one (204, 304).
 */
void http_answer_shared(struct http_call *call, int status, const char *content_type,
			const char *body, size_t len, http_release_fn release, void *arg);

/*
 * {"error", "code", "message", "details"?, "requestId"}. code NULL: the one that goes with the
 * status. details (may be NULL) is taken.
 */
void http_answer_error(struct http_call *call, int status, const char *code, const char *message,
		       struct ms_json *details);
/* The same as an object that the handler adds to. Owned. */
struct ms_json *http_error_json(const struct http_call *call, int status, const char *code,
				const char *message, struct ms_json *details);
/* An error of the program as an answer: its category decides the status (answer.c has the table).
 */
void http_answer_failure(struct http_call *call, const struct ms_error *why);

/* One more header; only when there is an answer already. name must be static; neither may have line
 * breaks. */
void http_answer_header(struct http_call *call, const char *name, const char *value);
bool http_answer_has_header(const struct http_call *call, const char *name);

/*
 * Of a handler that runs at once and finds that it needs the database after all: instead of an
 * answer. It is called again on a worker.
 */
void http_ask_worker(struct http_call *call);

/* Frees what the call owns. */
void http_call_clear(struct http_call *call);

#endif
