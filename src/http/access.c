/* SPDX-License-Identifier: MIT */
#include "access.h"

#include "cron.h"

static enum access_verdict refuse(struct http_call *call, const char *message)
{
	http_answer_error(call, 401, NULL, message, NULL);
	http_answer_header(call, "WWW-Authenticate", "Bearer");
	return ACCESS_REFUSED;
}

enum access_verdict access_admit(struct http_call *call)
{
	call->caller = (struct http_caller){.tier = MS_TIER_FREE};
	if (call->route->access == HTTP_OPEN)
		return ACCESS_GRANTED;
	if (call->route->access == HTTP_CRON)
		return cron_admit(call) ? ACCESS_GRANTED : ACCESS_REFUSED;
	if (http_header(call, "Authorization"))
		return refuse(call, "no key is configured that a token could be checked with");
	return call->route->access == HTTP_CALLER ? ACCESS_GRANTED
						  : refuse(call, "a token is needed");
}
