/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_CRON_H
#define MODELSYNC_HTTP_CRON_H

#include "call.h"

/* Whether the caller knows the secret that schedulers have; answers the call when not. */
bool cron_admit(struct http_call *call);

#endif
