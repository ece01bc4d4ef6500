/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_ANSWER_H
#define MODELSYNC_HTTP_ANSWER_H

#include "call.h"

void answer_clear(struct http_answer *answer);

#endif
