/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_CORS_H
#define MODELSYNC_HTTP_CORS_H

#include "call.h"

/* Lets scripts of the origins in http.cors_origins read the answer (Fetch standard, CORS). */
void cors_add(struct http_call *call);
/* What such a script may send, for the question that browsers ask before. */
void cors_add_preflight(struct http_call *call);

#endif
