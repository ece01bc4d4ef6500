/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "access.h"
#include "cors.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "request_id.h"

/* A client that sends more than this many times what is allowed is cut off. */
#define PATIENCE 4

/* --- arrival -------------------------------------------------------------------------------- */

void serve_init(struct http_call *call, struct http *http, struct http_settings *settings,
		const char *uri)
{
	struct ms_error err;

	call->http = http;
	call->settings = settings;
	call->began_us = ms_clock_us();
	call->caller.tier = MS_TIER_FREE;
	if (!target_parse(&call->target, uri, &err))
		call->is_garbled = true;
}

static void refuse_method(struct http_call *call)
{
	char allow[HTTP_ALLOW_SIZE];

	http_answer_error(call, 405, NULL, "this path does not know that method", NULL);
	http_answer_header(call, "Allow", http_route_allow(call->methods, allow));
}

static void answer_options(struct http_call *call)
{
	char allow[HTTP_ALLOW_SIZE];

	http_answer_shared(call, 204, NULL, NULL, 0, NULL, NULL);
	http_answer_header(call, "Allow", http_route_allow(call->methods, allow));
	cors_add_preflight(call);
}

static bool decode_params(struct http_call *call, const struct http_match *match)
{
	for (size_t i = 0; i < match->param_count; i++) {
		call->param[i] = target_decode_slice(match->param[i]);
		if (!call->param[i])
			return false;
	}
	return true;
}

static void find_route(struct http_call *call)
{
	enum http_method method = http_method_from_name(call->method);
	bool is_options = strcmp(call->method, "OPTIONS") == 0;
	struct http_match match;

	http_route_find(call->target.path, method, &match);
	call->route = match.route;
	call->methods = match.methods;
	call->is_head = method == HTTP_HEAD;
	if (call->is_garbled)
		http_answer_error(call, 400, NULL,
				  "the query cannot be read: at most 32 parameters, as "
				  "percent-encoded UTF-8",
				  NULL);
	else if (method == HTTP_METHOD_COUNT && !is_options)
		http_answer_error(call, 501, NULL, "no path here knows that method", NULL);
	else if (!match.methods && !(is_options && strcmp(call->target.path, "*") == 0))
		http_answer_error(call, 404, NULL, "there is nothing under this path", NULL);
	else if (is_options)
		answer_options(call);
	else if (!match.route)
		refuse_method(call);
	else if (!decode_params(call, &match))
		http_answer_error(call, 400, NULL,
				  "the path cannot be decoded: percent-encoded UTF-8 is expected",
				  NULL);
}

/* --- its body ------------------------------------------------------------------------------- */

static bool is_json_type(const char *type)
{
	static const char json[] = "application/json";
	size_t len = sizeof(json) - 1;

	return type && strncasecmp(type, json, len) == 0 &&
	       (!type[len] || type[len] == ';' || isspace((unsigned char)type[len]));
}

static void refuse_size(struct http_call *call)
{
	char message[80];

	snprintf(message, sizeof(message), "the body has more than %zu bytes",
		 call->settings->max_body);
	http_answer_error(call, 413, NULL, message, NULL);
}

static void check_body(struct http_call *call, size_t len)
{
	if (!len && !http_header(call, HTTP_TRANSFER_ENCODING))
		return;
	if (call->route->body == HTTP_NO_BODY)
		http_answer_error(call, 400, NULL, "this request takes no body", NULL);
	else if (!is_json_type(http_header(call, HTTP_CONTENT_TYPE)))
		http_answer_error(call, 415, NULL,
				  "the body must be JSON: Content-Type: application/json", NULL);
	else
		(void)access_may_send(call); /* a stranger's body takes no memory */
}

static size_t announced_length(const struct http_call *call)
{
	const char *length = http_header(call, HTTP_CONTENT_LENGTH);

	return length ? strtoull(length, NULL, 10) : 0;
}

/* Answered while the client still sends, a refusal may be lost: what is not too long is read. */
bool serve_read(struct http_call *call, const char *method, size_t header_bytes)
{
	size_t len, max = call->settings->max_body;

	call->method = method;
	request_id_choose(call);
	len = announced_length(call);
	if (sent_is_ambiguous(&call->sent)) {
		http_answer_error(call, 400, NULL,
				  "where the request ends is not clear: one Content-Length, or "
				  "Transfer-Encoding: chunked, and no blank before a colon",
				  NULL);
		return true;
	}
	if (header_bytes > call->settings->max_header) {
		http_answer_error(call, 431, NULL, "the request's headers are too long", NULL);
		return true;
	}
	find_route(call);
	if (len > max)
		refuse_size(call);
	else if (!call->answer.status)
		check_body(call, len);
	return len > max * PATIENCE;
}

bool serve_take(struct http_call *call, const char *bytes, size_t len)
{
	size_t max = call->settings->max_body, total = call->body_len + len;

	if (total > max && call->answer.status != 413)
		refuse_size(call);
	if (!call->answer.status) {
		call->body = ms_realloc_array(call->body, total + 1, 1);
		memcpy(call->body + call->body_len, bytes, len);
		call->body[total] = '\0';
	}
	call->body_len = total;
	return total <= max * PATIENCE;
}

static bool parse_body(struct http_call *call)
{
	struct ms_error err;

	if (!call->body) {
		if (call->route->body == HTTP_NEEDS_BODY)
			http_answer_error(call, 400, NULL, "a JSON body is expected", NULL);
		return call->route->body != HTTP_NEEDS_BODY;
	}
	call->parsed = ms_json_parse(call->body, call->body_len, &err);
	call->json = call->parsed;
	if (call->json)
		return true;
	ms_error_prefix(&err, "the body");
	http_answer_error(call, 400, NULL, err.message, NULL);
	return false;
}

/* --- its answer ----------------------------------------------------------------------------- */

static void handle(struct http_call *call)
{
	call->wants_worker = false;
	if (call->parsed || parse_body(call))
		call->route->handler(call);
	if (!call->answer.status && !call->wants_worker)
		http_answer_error(call, 500, NULL, "nobody answered", NULL);
}

/* The database is told for whom it works; it knows what they may do. */
static void handle_for_caller(struct http_call *call)
{
	ms_db_act_for(call->db, *call->caller.profile ? call->caller.profile : NULL, call->client);
	handle(call);
	ms_db_act_for(call->db, NULL, NULL);
}

bool serve_begin(struct http_call *call, enum http_place *place)
{
	enum access_verdict verdict;

	if (call->answer.status)
		return true;
	verdict = access_admit(call);
	if (verdict == ACCESS_REFUSED)
		return true;
	call->is_admitted = verdict == ACCESS_GRANTED;
	*place = call->route->place;
	if (*place == HTTP_AT_ONCE && call->is_admitted) {
		handle(call);
		if (!call->wants_worker)
			return true;
	}
	if (*place == HTTP_AT_ONCE)
		*place = HTTP_WORKER;
	return false;
}

void serve_continue(struct http_call *call, struct ms_db *db)
{
	call->db = db;
	if (!call->is_admitted)
		call->is_admitted = access_admit(call) == ACCESS_GRANTED;
	if (call->is_admitted)
		handle_for_caller(call);
	else if (!call->answer.status)
		http_answer_error(call, 503, NULL, "nobody could say who asks", NULL);
	call->db = NULL;
}

static void add_duration(struct http_call *call, int64_t us)
{
	char took[32];

	snprintf(took, sizeof(took), "%lld.%03dms", (long long)(us / 1000), (int)(us % 1000));
	http_answer_header(call, "X-Response-Time", took);
}

/* A 304 brings what is kept up to date: what it has no word about stays as it was (RFC 9111
 * section 4.3.4), and each header of it costs what it saves. */
void serve_finish(struct http_call *call, int64_t now_us)
{
	http_answer_header(call, "X-Request-Id", call->request_id);
	if (call->answer.status != 304) {
		add_duration(call, now_us - call->began_us);
		http_answer_header(call, "X-Content-Type-Options", "nosniff");
	}
	if (!http_answer_has_header(call, "Cache-Control"))
		http_answer_header(call, "Cache-Control", "no-store");
	cors_add(call);
}
