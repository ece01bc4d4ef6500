/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_REQUEST_ID_H
#define MODELSYNC_HTTP_REQUEST_ID_H

#include "call.h"

/* The one that the client sent, when it can stand in a log; else one that no other request has. */
void request_id_choose(struct http_call *call);

#endif
