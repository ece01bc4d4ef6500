/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "modelsync/log.h"
#include "modelsync/memory.h"

#define JSON_TYPE "application/json; charset=utf-8"

/* --- what goes with a status, and which status goes with an error --------------------------- */

static const struct status_row {
	int status;
	const char *code, *error;
} statuses[] = {
	{400, "BAD_REQUEST", "Bad request"},
	{401, "UNAUTHORIZED", "Unauthorized"},
	{403, "FORBIDDEN", "Insufficient privileges"},
	{404, "NOT_FOUND", "Not found"},
	{405, "METHOD_NOT_ALLOWED", "Method not allowed"},
	{406, "NOT_ACCEPTABLE", "Not acceptable"},
	{409, "CONFLICT", "Conflict"},
	{413, "PAYLOAD_TOO_LARGE", "Payload too large"},
	{415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type"},
	{429, "TOO_MANY_REQUESTS", "Too many requests"},
	{431, "HEADERS_TOO_LARGE", "Request headers too large"},
	{500, "INTERNAL_ERROR", "Internal server error"},
	{501, "NOT_IMPLEMENTED", "Not implemented"},
	{502, "UPSTREAM_ERROR", "Upstream failed"},
	{503, "SERVICE_UNAVAILABLE", "Service unavailable"},
	{504, "TIMEOUT", "Time ran out"},
};

static const struct status_row *row_of(int status)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].status == status)
			return &statuses[i];
	return row_of(500);
}

static const int status_of[MS_CATEGORY_COUNT] = {
	[MS_OK] = 500,
	[MS_ERR_NETWORK] = 502,
	[MS_ERR_TIMEOUT] = 504,
	[MS_ERR_TLS] = 502,
	[MS_ERR_RATE_LIMIT] = 502,
	[MS_ERR_AUTH] = 502,
	[MS_ERR_HTTP] = 502,
	[MS_ERR_TOO_LARGE] = 502,
	[MS_ERR_PARSE] = 502,
	[MS_ERR_SCHEMA] = 502,
	[MS_ERR_VALIDATION] = 400,
	[MS_ERR_DATABASE] = 500,
	[MS_ERR_CONFLICT] = 409,
	[MS_ERR_HELD] = 409,
	[MS_ERR_INTERRUPTED] = 503,
	[MS_ERR_CANCELLED] = 503,
	[MS_ERR_CONFIG] = 500,
	[MS_ERR_INTERNAL] = 500,
	[MS_ERR_USAGE] = 400,
	[MS_ERR_MIGRATE] = 503,
	[MS_ERR_UNREACHABLE] = 503,
	[MS_ERR_REFUSED] = 403,
	[MS_ERR_BUSY] = 409,
	[MS_ERR_TERMINAL] = 500,
};

/* --- answers -------------------------------------------------------------------------------- */

static bool is_in_room(const struct http_answer *a, const char *value)
{
	return value >= a->room && value < a->room + sizeof(a->room);
}

void answer_clear(struct http_answer *answer)
{
	if (answer->release)
		answer->release(answer->release_arg);
	for (size_t i = 0; i < answer->header_count; i++)
		if (!is_in_room(answer, answer->headers[i].value))
			ms_free(answer->headers[i].value);
	answer->status = 0;
	answer->release = NULL;
	answer->header_count = answer->room_used = 0;
}

void http_answer_shared(struct http_call *call, int status, const char *content_type,
			const char *body, size_t len, http_release_fn release, void *arg)
{
	struct http_answer *a = &call->answer;

	answer_clear(a);
	a->status = status;
	a->body = body;
	a->len = len;
	a->release = release;
	a->release_arg = arg;
	a->content_type = content_type;
}

void http_answer_text(struct http_call *call, int status, const char *content_type, char *text)
{
	http_answer_shared(call, status, content_type, text, strlen(text), ms_free, text);
}

void http_answer_json(struct http_call *call, int status, struct ms_json *json)
{
	http_answer_text(call, status, JSON_TYPE, ms_json_print(json));
	ms_json_free(json);
}

struct ms_json *http_error_json(const struct http_call *call, int status, const char *code,
				const char *message, struct ms_json *details)
{
	const struct status_row *row = row_of(status);
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, "error", row->error);
	ms_json_add_string(o, "code", code ? code : row->code);
	ms_json_add_string(o, "message", message);
	if (details)
		ms_json_add(o, "details", details);
	ms_json_add_string(o, "requestId", call->request_id);
	return o;
}

void http_answer_error(struct http_call *call, int status, const char *code, const char *message,
		       struct ms_json *details)
{
	http_answer_json(call, status, http_error_json(call, status, code, message, details));
}

/* What is wrong inside concerns those who look after it, not everybody who asks. */
static const char *public_message(const struct http_call *call, int status,
				  const struct ms_error *why)
{
	if (status < 500 || call->caller.is_admin)
		return why->message;
	switch (why->category) {
	case MS_ERR_UNREACHABLE:
		return "the database cannot be reached";
	case MS_ERR_MIGRATE:
		return "the database waits for an upgrade";
	default:
		return "the request could not be served; the log says why, under the request's id";
	}
}

void http_answer_failure(struct http_call *call, const struct ms_error *why)
{
	int status = status_of[why->category];
	struct ms_json *o;
	char seconds[16];

	if (why->category == MS_ERR_BUSY && why->retry_after_s > 0)
		status = 429;
	if (status >= 500)
		ms_log_event(MS_LOG_WARN, "request_failed",
			     MS_LOG_TEXT("request", call->request_id),
			     MS_LOG_TEXT("category", ms_category_name(why->category)),
			     MS_LOG_TEXT("message", why->message));
	o = http_error_json(call, status, NULL, public_message(call, status, why), NULL);
	if (why->retry_after_s > 0)
		ms_json_add_int(o, "retryAfter", why->retry_after_s);
	http_answer_json(call, status, o);
	if (why->retry_after_s > 0) {
		snprintf(seconds, sizeof(seconds), "%d", why->retry_after_s);
		http_answer_header(call, "Retry-After", seconds);
	}
}

void http_answer_header(struct http_call *call, const char *name, const char *value)
{
	struct http_answer *a = &call->answer;
	size_t size = strlen(value) + 1;
	char *copy;

	assert(a->header_count < HTTP_MAX_HEADERS);
	if (size <= sizeof(a->room) - a->room_used) {
		copy = memcpy(a->room + a->room_used, value, size);
		a->room_used += size;
	} else {
		copy = ms_strdup(value);
	}
	a->headers[a->header_count++] = (struct http_header){name, copy};
}

bool http_answer_has_header(const struct http_call *call, const char *name)
{
	for (size_t i = 0; i < call->answer.header_count; i++)
		if (strcasecmp(call->answer.headers[i].name, name) == 0)
			return true;
	return false;
}
