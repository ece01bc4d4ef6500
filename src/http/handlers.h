/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_HANDLERS_H
#define MODELSYNC_HTTP_HANDLERS_H

#include "call.h"

/* What route.def names. */
#define HTTP_ROUTE(id, method, path, access, place, body, handler, summary)                        \
	void handler(struct http_call *call);
#include "route.def"
#undef HTTP_ROUTE

#endif
