/* SPDX-License-Identifier: MIT */
/*
 * Feeds requests to what reads them before any handler: a line "METHOD TARGET", headers, an empty
 * line, the body in pieces of up to a hundred bytes. A request is either good to be handled, or it
 * has an answer of the one shape; nothing of it may break out of the answer's headers.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "require.h"
#include "src/http/answer.h"
#include "src/http/serve.h"

#define PIECE	    100
#define MAX_HEADERS 20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct request {
	char *text; /* owned; what follows lies in it */
	char *method, *target;
	struct http_pair headers[MAX_HEADERS];
	size_t header_count;
	const char *body;
	size_t body_len;
};

static void parse(struct request *r, const uint8_t *data, size_t size)
{
	char *at, *line;

	r->text = ms_strndup((const char *)data, size); /* up to the first zero byte */
	at = r->text;
	line = strsep(&at, "\n");
	r->method = strsep(&line, " ");
	r->target = line ? line : r->method + strlen(r->method);
	while (r->header_count < MAX_HEADERS && (line = strsep(&at, "\n")) != NULL && *line) {
		struct http_pair *h = &r->headers[r->header_count++];

		h->name = strsep(&line, ":");
		h->value = line ? line : h->name + strlen(h->name);
	}
	r->body = at ? at : "";
	r->body_len = strlen(r->body);
}

static void check_answer(struct http_call *call)
{
	const struct http_answer *a = &call->answer;
	struct ms_error err;
	struct ms_json *body;

	serve_finish(call, call->began_us);
	for (size_t i = 0; i < a->header_count; i++)
		require(is_one_clean_line(a->headers[i].value));
	if (a->status == 204)
		return;
	body = ms_json_parse(a->body, a->len, &err);
	require(a->status >= 400 && body && *ms_json_text(ms_json_get(body, "code")) &&
		strcmp(ms_json_text(ms_json_get(body, "requestId")), call->request_id) == 0);
	ms_json_free(body);
}

static void check_call(const struct http_call *call, const struct request *r)
{
	const char *brace = strchr(call->route->path, '{');
	size_t bad_at;

	for (size_t i = 0; brace; i++, brace = strchr(brace + 1, '{'))
		require(call->param[i] && *call->param[i] &&
			ms_utf8_is_valid(call->param[i], strlen(call->param[i]), &bad_at));
	for (size_t i = 0; i < call->target.query_count; i++)
		require(http_query(call, call->target.query[i].name) != NULL);
	require(!call->body ||
		(call->body_len == r->body_len && memcmp(call->body, r->body, r->body_len) == 0));
	require(call->body_len <= call->settings->max_body);
}

static bool send_body(struct http_call *call, const struct request *r)
{
	for (size_t at = 0; at < r->body_len; at += PIECE)
		if (!serve_take(call, r->body + at,
				r->body_len - at < PIECE ? r->body_len - at : PIECE))
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char origin[] = "https://example.org", *origins[] = {origin, NULL};
	static struct http_settings settings = {
		.shares = 1, .max_body = 1000, .max_header = 4000, .origins = origins};
	struct request r = {0};
	struct http_call call = {0};

	parse(&r, data, size);
	serve_init(&call, NULL, http_settings_share(&settings), r.target);
	for (size_t i = 0; i < r.header_count; i++)
		sent_add(&call.sent, r.headers[i].name, strlen(r.headers[i].name),
			 r.headers[i].value);
	if (serve_read(&call, r.method, size))
		require(call.answer.status != 0);
	else if (!send_body(&call, &r))
		require(call.body_len > settings.max_body);
	if (call.answer.status)
		check_answer(&call);
	else
		check_call(&call, &r);
	http_call_clear(&call);
	ms_free(r.text);
	return 0;
}
