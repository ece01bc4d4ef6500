/* SPDX-License-Identifier: MIT */
#include "call.h"

#include "answer.h"
#include "modelsync/memory.h"

const char *http_query(const struct http_call *call, const char *name)
{
	return target_query(&call->target, name);
}

const char *http_header(const struct http_call *call, enum http_field field)
{
	return call->sent.values[field];
}

void http_ask_worker(struct http_call *call)
{
	call->wants_worker = true;
}

void http_call_clear(struct http_call *call)
{
	answer_clear(&call->answer);
	for (size_t i = 0; i < HTTP_MAX_PARAMS; i++)
		ms_free(call->param[i]);
	target_clear(&call->target);
	ms_json_free(call->parsed);
	ms_free(call->body);
	http_settings_release(call->settings);
	*call = (struct http_call){0};
}
