/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "handlers.h"
#include "http.h"

void health_alive(struct http_call *call)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, "status", "ok");
	ms_json_add_string(o, "version", call->http->version);
	http_answer_json(call, 200, o);
}

static void add_reason(struct ms_json *reasons, const char *what, const char *why)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, "what", what);
	ms_json_add_string(o, "why", why);
	ms_json_add(reasons, NULL, o);
}

void health_ready(struct http_call *call)
{
	struct http *http = call->http;
	struct ms_json *o = ms_json_new_object(), *reasons = ms_json_new_array();
	struct shelf_view view;
	bool is_ready;

	pthread_mutex_lock(&http->lock);
	if (!http->is_connected)
		add_reason(reasons, "database", http->away);
	if (http->is_draining)
		add_reason(reasons, "process", "stopping");
	pthread_mutex_unlock(&http->lock);
	shelf_look(http->shelf, &view);
	if (!view.snapshot)
		add_reason(reasons, "models", "there is no list of models yet");
	snapshot_release(view.snapshot);
	is_ready = !ms_json_first(reasons);
	ms_json_add_string(o, "status", is_ready ? "ready" : "not ready");
	ms_json_add(o, "reasons", reasons);
	http_answer_json(call, is_ready ? 200 : 503, o);
}
