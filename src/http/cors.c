/* SPDX-License-Identifier: MIT */
#include "cors.h"

static const char *allowed_origin(const struct http_call *call)
{
	const char *origin = http_header(call, HTTP_ORIGIN);

	return origin && http_settings_allow_origin(call->settings, origin) ? origin : NULL;
}

void cors_add(struct http_call *call)
{
	const char *origin;

	if (!call->settings->origins[0])
		return;
	http_answer_header(call, "Vary", "Origin");
	origin = allowed_origin(call);
	if (!origin)
		return;
	http_answer_header(call, "Access-Control-Allow-Origin", origin);
	http_answer_header(call, "Access-Control-Expose-Headers",
			   "ETag, Retry-After, X-Enhanced-Mode, X-Models-Count, X-Models-Source, "
			   "X-Request-Id, X-Response-Time, X-User-Tier");
}

void cors_add_preflight(struct http_call *call)
{
	char methods[HTTP_ALLOW_SIZE];

	if (!allowed_origin(call) || !http_header(call, HTTP_REQUESTED_METHOD))
		return;
	http_answer_header(call, "Access-Control-Allow-Methods",
			   http_route_allow(call->methods, methods));
	http_answer_header(call, "Access-Control-Allow-Headers",
			   "Authorization, Content-Type, If-None-Match, X-Request-Id");
	http_answer_header(call, "Access-Control-Max-Age", "600");
}
