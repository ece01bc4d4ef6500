/* SPDX-License-Identifier: MIT */
/*
 * A whole fetch, page after page, with retries, redirects and conditions, against an upstream made
 * of the input: this file stands in for transfer.c, so nothing touches a network. Whatever comes:
 * only the configured host is asked, attempts and waits stay within their limits, the condition
 * goes with the first page only, a refusal says why in one printable line without the key, and what
 * is accepted is JSON that can be stored.
 *
 * Input: one byte of settings, then answers separated by 0x1e: a byte for the status, one for
 * everything else, header lines, an empty line, the body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../src/upstream/retry.h"
#include "../../src/upstream/transfer.h"
#include "modelsync/clock.h"
#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "require.h"

#define ORIGIN		 "https://upstream.test/"
#define ORIGIN_WITH_PORT "https://upstream.test:443/"
#define KEY		 "sk-or-0123456789"
#define ETAG		 "W/\"known\""
#define TIMEOUT_S	 3600
#define RETRIES		 3
#define LOCATION	 "location: "

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	const uint8_t *at, *end;
	size_t requests, in_a_row; /* the latter to one URL without an answer that counts */
	bool had_page;
	bool stops; /* the hook says no in the end */
} script;

/* --- in place of transfer.c --------------------------------------------------------------- */

struct transfer {
	char unused;
};

struct transfer *transfer_new(const struct transfer_options *options)
{
	require(options->api_key && strcmp(options->api_key, KEY) == 0);
	return ms_alloc(sizeof(struct transfer));
}

void transfer_free(struct transfer *t)
{
	ms_free(t);
}

void transfer_wake(struct transfer *t)
{
	(void)t;
}

void transfer_answer_clear(struct transfer_answer *a)
{
	ms_free(a->redirect);
	ms_text_clear(&a->body);
	*a = (struct transfer_answer){0};
}

/* As libcurl does it: an absolute URL, if the header makes sense at all. */
static void take_line(struct transfer_answer *a, const char *line, size_t len)
{
	size_t label = strlen(LOCATION);

	header_take(&a->headers, line, len);
	if (len <= label || strncasecmp(line, LOCATION, label) != 0 || a->redirect ||
	    memchr(line, '\0', len))
		return;
	line += label;
	len -= label;
	a->redirect = len > 1 && line[0] == '/' && line[1] != '/'
			      ? ms_format("https://upstream.test%.*s", (int)len, line)
			      : ms_strndup(line, len);
}

static void take_answer(struct transfer_answer *a, const uint8_t *p, const uint8_t *end)
{
	static const long statuses[] = {200, 200, 200, 200, 200, 304, 301, 308,
					204, 404, 401, 408, 429, 503, 200, 200};
	static const CURLcode codes[] = {CURLE_RECV_ERROR, CURLE_OPERATION_TIMEDOUT,
					 CURLE_SSL_CONNECT_ERROR, CURLE_BAD_CONTENT_ENCODING};
	static const char *const types[] = {"", "application/json", "text/html", "text/plain"};
	unsigned rest = p + 1 < end ? p[1] : 0;

	a->status = statuses[*p % 16];
	a->was_connected = true;
	if (*p % 16 >= 14 && rest & 4)
		a->code = codes[rest % 4];
	if (rest % 64 == 63)
		a->end = TRANSFER_TOO_LARGE;
	a->excess = "sent";
	strcpy(a->content_type, types[(rest >> 3) % 4]);
	p += p + 1 < end ? 2 : 1;
	while (p < end && *p != '\n') {
		const uint8_t *eol = memchr(p, '\n', (size_t)(end - p));

		eol = eol ? eol : end;
		take_line(a, (const char *)p, (size_t)(eol - p));
		p = eol < end ? eol + 1 : end;
	}
	if (p < end)
		ms_text_add_bytes(&a->body, p + 1, (size_t)(end - p - 1));
	a->received = (int64_t)a->body.len;
}

void transfer_get(struct transfer *t, const char *url, const char *etag,
		  const struct transfer_limits *limits, struct transfer_answer *out)
{
	const uint8_t *end;

	(void)t;
	require(strncasecmp(url, ORIGIN, strlen(ORIGIN)) == 0 ||
		strncasecmp(url, ORIGIN_WITH_PORT, strlen(ORIGIN_WITH_PORT)) == 0);
	require(!etag || (strcmp(etag, ETAG) == 0 && !script.had_page));
	require(limits->max_bytes >= 0);
	*out = (struct transfer_answer){0};
	ms_text_init(&out->body, 0);
	script.requests++;
	out->status = 404;
	if (!limits->alive(limits->arg, 0, 0)) {
		out->end = TRANSFER_STOPPED;
		return;
	}
	if (script.at >= script.end)
		return;
	end = memchr(script.at, 0x1e, (size_t)(script.end - script.at));
	end = end ? end : script.end;
	if (end > script.at)
		take_answer(out, script.at, end);
	script.at = end + 1;
	script.in_a_row = out->status == 200 && out->code == CURLE_OK ? 0 : script.in_a_row + 1;
	require(script.in_a_row <= (RETRIES + 1) * 6);
	script.had_page = script.had_page || script.in_a_row == 0;
}

enum transfer_end transfer_wait(struct transfer *t, int64_t wait_ms,
				const struct transfer_limits *limits)
{
	(void)t;
	require(wait_ms >= 0 && wait_ms < TIMEOUT_S * 1000);
	return limits->alive(limits->arg, 0, 0) ? TRANSFER_DONE : TRANSFER_STOPPED;
}

/* --- the target --------------------------------------------------------------------------- */

static bool on_progress(void *arg, const struct ms_run_progress *p)
{
	(void)arg;
	require(p->attempt >= 1 && p->attempt <= RETRIES + 1 && p->page >= 1 && p->page <= 101);
	return !(script.stops && script.requests > 3);
}

static void check_page(const char *text)
{
	struct ms_error err;
	struct ms_json *root = ms_json_parse(text, strlen(text), &err);

	require(root && ms_json_is_array(ms_json_get(root, "data")));
	ms_json_free(root);
}

static void check_fetched(const struct ms_fetched *got)
{
	require(got->count <= 100 && got->total_count >= -1);
	require(got->is_not_modified == (got->count == 0));
	require(!got->etag || (got->count == 1 && is_one_clean_line(got->etag)));
	for (size_t i = 0; i < got->count; i++)
		check_page(got->pages[i]);
}

static void check_error(const struct ms_error *err)
{
	require(err->category != MS_OK && *err->message && is_one_clean_line(err->message));
	require(!strstr(err->message, KEY) && !strstr(err->message, "hunter2"));
	require(err->retry_after_s >= 0 && err->retry_after_s <= 86400);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ms_upstream_options o = {
		.api_key = KEY,
		.timeout_s = TIMEOUT_S,
		.retries = RETRIES,
		.max_bytes = 1 << 20,
		.url = "https://me:hunter2@upstream.test/api/v1/models?x=1"};
	struct ms_upstream *u;
	struct ms_fetched *got;
	struct ms_error err;

	if (size == 0)
		return 0;
	o.output_modalities = data[0] & 1 ? "all" : NULL;
	o.page_size = data[0] & 2 ? 500 : 0;
	o.etag = data[0] & 4 ? ETAG : NULL;
	memset(&script, 0, sizeof(script));
	script.stops = data[0] & 8;
	script.at = data + 1;
	script.end = data + size;
	u = ms_upstream_new(&o);
	if (ms_upstream_fetch(u, on_progress, NULL, &got, &err))
		check_fetched(got);
	else
		check_error(&err);
	ms_fetched_free(got);
	ms_upstream_free(u);
	return 0;
}
