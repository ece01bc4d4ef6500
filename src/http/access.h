/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_ACCESS_H
#define MODELSYNC_HTTP_ACCESS_H

#include "call.h"

enum access_verdict {
	ACCESS_GRANTED,
	ACCESS_REFUSED, /* the call is answered */
	ACCESS_ASK	/* to be asked again where there is a database: on a worker */
};

/* Finds out who calls and whether the route is for them. Without call->db it must not wait. */
enum access_verdict access_admit(struct http_call *call);

/* Whether what came with the headers is worth reading a body for; otherwise the call is answered.
 * Who it is, access_admit() finds out. */
bool access_may_send(struct http_call *call);

/* What follows "Bearer " in the Authorization header (RFC 6750 section 2.1); NULL = nothing like
 * that. */
const char *access_bearer(const struct http_call *call);

#endif
