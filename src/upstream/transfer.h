/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_TRANSFER_H
#define MODELSYNC_UPSTREAM_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "header.h"
#include "modelsync/error.h"
#include "modelsync/text.h"

/*
 * One HTTP GET at a time over one easy handle, driven by a multi handle only because that can be
 * woken and stopped at any moment: while a name is looked up, during the TLS handshake, while the
 * other side is silent, and while waiting before a retry.
 */
struct transfer;

struct transfer_options {
	const char *login;   /* "user:password" or NULL */
	const char *api_key; /* bearer token or NULL; wins over login */
	const char *proxy;   /* URL; NULL = what the environment says, "" = none */
	const char *ca_file, *ca_path; /* what to trust; both NULL = the system's */
	int connect_timeout_s;
	int stall_timeout_s; /* without a single byte */
};

/* NULL when libcurl cannot allocate its handles. Options are copied. */
struct transfer *transfer_new(const struct transfer_options *options);
void transfer_free(struct transfer *t);

/* Asked at least every 50 ms; false stops. `received` counts body bytes of the running request. */
typedef bool (*transfer_alive_fn)(void *arg, int64_t received, int64_t expected);

struct transfer_limits {
	int64_t deadline_ms; /* of ms_clock_ms() */
	int64_t max_bytes;   /* of the body, as sent and decompressed */
	transfer_alive_fn alive;
	void *arg;
};

enum transfer_end {
	TRANSFER_DONE,	  /* `code` says how */
	TRANSFER_STOPPED, /* alive() said no */
	TRANSFER_DEADLINE,
	TRANSFER_TOO_LARGE,	   /* `excess` says what */
	TRANSFER_TOO_MANY_HEADERS /* more than TRANSFER_HEADER_BYTES of them */
};

#define TRANSFER_HEADER_BYTES ((size_t)65536)

struct transfer_answer {
	enum transfer_end end;
	CURLcode code;
	long status;		      /* HTTP status, 0 = no answer */
	bool was_connected;	      /* with TLS where it is asked for */
	char reason[CURL_ERROR_SIZE]; /* libcurl's words when code is an error */
	long proxy_status;	      /* a proxy's answer to CONNECT, 0 = none */
	const char *excess;	      /* "announced", "sent", "unpacked" */
	char content_type[100];	      /* "" = not said */
	struct headers headers;
	char *redirect;		      /* owned; absolute URL of a redirect, or NULL */
	struct ms_text body;	      /* of answers other than 200 only the beginning */
	int64_t received;
};
void transfer_answer_clear(struct transfer_answer *a);

/* `etag` (NULL = none) asks for an answer only if it has another one; else its status is 304. */
void transfer_get(struct transfer *t, const char *url, const char *etag,
		  const struct transfer_limits *limits, struct transfer_answer *out);

/* Waits unless stopped; DONE when the time is over. */
enum transfer_end transfer_wait(struct transfer *t, int64_t wait_ms,
				const struct transfer_limits *limits);

/* Wakes whoever waits in the two above, so that alive() is asked now. From any thread. */
void transfer_wake(struct transfer *t);

#endif
