/* SPDX-License-Identifier: MIT */
#include "transfer.h"

#include <string.h>

#include "config.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"

#define SLICE_MS	 50
#define ERROR_BODY_BYTES 4096

struct transfer {
	CURL *easy;
	CURLM *multi;
	struct curl_slist *headers;
	/* of the running request */
	struct transfer_answer *answer;
	int64_t max_bytes;
	size_t header_bytes;
	bool has_enough; /* the rest of an error page is of no interest */
};

static long status_of(struct transfer *t)
{
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/*
 * What was read is not the whole story: the caps are for what is unpacked, for what is sent (a
 * stream that unpacks to nothing may be endless), and for what is announced, so that nothing is
 * transferred in vain.
 */
static bool is_too_large(struct transfer *t)
{
	struct transfer_answer *a = t->answer;
	curl_off_t sent = 0, announced = -1;

	if (status_of(t) != 200)
		return false;
	curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &sent);
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
	if (announced > t->max_bytes)
		a->excess = "announced";
	else if (sent > t->max_bytes)
		a->excess = "sent";
	else if (a->received > t->max_bytes)
		a->excess = "unpacked";
	else
		return false;
	a->end = TRANSFER_TOO_LARGE;
	return true;
}

/* A write callback that returns another number than it was given stops the transfer. */
static size_t refuse(size_t n)
{
	return n ? 0 : 1;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	struct transfer_answer *a = t->answer;
	size_t n = size * count;

	a->received += (int64_t)n;
	if (status_of(t) != 200) {
		size_t room = ERROR_BODY_BYTES - a->body.len;

		ms_text_add_bytes(&a->body, data, n < room ? n : room);
		t->has_enough = a->body.len == ERROR_BODY_BYTES;
		return t->has_enough ? refuse(n) : n;
	}
	if (is_too_large(t))
		return refuse(n);
	ms_text_add_bytes(&a->body, data, n);
	return n;
}

static size_t on_header(char *line, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t n = size * count;

	t->header_bytes += n;
	if (t->header_bytes > TRANSFER_HEADER_BYTES) {
		t->answer->end = TRANSFER_TOO_MANY_HEADERS;
		return refuse(n);
	}
	header_take(&t->answer->headers, line, n);
	return n;
}

static const char *or_null(const char *s)
{
	return s && *s ? s : NULL;
}

/* Either setting replaces both places that libcurl was built to look at. */
static void set_trust(CURL *e, const struct transfer_options *o)
{
	const char *file = or_null(o->ca_file), *path = or_null(o->ca_path);

	if (!file && !path)
		return;
	curl_easy_setopt(e, CURLOPT_CAINFO, file);
	curl_easy_setopt(e, CURLOPT_CAPATH, path);
	curl_easy_setopt(e, CURLOPT_PROXY_CAINFO, file);
	curl_easy_setopt(e, CURLOPT_PROXY_CAPATH, path);
}

/* A proxy that is set is meant: no_proxy of the environment does not lead around it. */
static void set_proxy(CURL *e, const struct transfer_options *o)
{
	if (!o->proxy)
		return;
	curl_easy_setopt(e, CURLOPT_PROXY, o->proxy);
	curl_easy_setopt(e, CURLOPT_NOPROXY, "");
}

static void set_options(struct transfer *t, const struct transfer_options *o)
{
	CURL *e = t->easy;

	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Without it removing the handle waits for a name that is still being looked up. */
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
	curl_easy_setopt(e, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, (long)o->connect_timeout_s);
	curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, (long)o->stall_timeout_s);
	set_trust(e, o);
	set_proxy(e, o);
	if (or_null(o->login))
		curl_easy_setopt(e, CURLOPT_USERPWD, o->login);
	t->headers = curl_slist_append(NULL, "Accept: application/json");
	if (or_null(o->api_key)) {
		char *line = ms_format("Authorization: Bearer %s", o->api_key);

		t->headers = curl_slist_append(t->headers, line);
		ms_free(line);
	}
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
}

struct transfer *transfer_new(const struct transfer_options *options)
{
	struct transfer *t = ms_alloc(sizeof(*t));

	t->easy = curl_easy_init();
	t->multi = curl_multi_init();
	if (!t->easy || !t->multi) {
		transfer_free(t);
		return NULL;
	}
	set_options(t, options);
	return t;
}

void transfer_free(struct transfer *t)
{
	if (!t)
		return;
	curl_easy_cleanup(t->easy);
	curl_multi_cleanup(t->multi);
	curl_slist_free_all(t->headers);
	ms_free(t);
}

void transfer_answer_clear(struct transfer_answer *a)
{
	ms_free(a->redirect);
	ms_text_clear(&a->body);
	*a = (struct transfer_answer){0};
}

void transfer_wake(struct transfer *t)
{
	curl_multi_wakeup(t->multi);
}

/* Body size where it can be known before the end: uncompressed with a Content-Length. */
static int64_t expected_bytes(struct transfer *t)
{
	curl_off_t length = -1, downloaded = 0;

	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &downloaded);
	return length > 0 && downloaded == t->answer->received ? length : 0;
}

/* How long to poll now; 0 when the transfer must not go on, *end then says why. */
static int next_slice(struct transfer *t, const struct transfer_limits *limits,
		      enum transfer_end *end)
{
	int64_t left = limits->deadline_ms - ms_clock_ms();
	int64_t received = t->answer ? t->answer->received : 0;

	if (!limits->alive(limits->arg, received, t->answer ? expected_bytes(t) : 0)) {
		*end = TRANSFER_STOPPED;
		return 0;
	}
	if (left <= 0) {
		*end = TRANSFER_DEADLINE;
		return 0;
	}
	return left < SLICE_MS ? (int)left : SLICE_MS;
}

static void drive(struct transfer *t, const struct transfer_limits *limits)
{
	struct transfer_answer *a = t->answer;
	int running = 1, queued;

	while (curl_multi_perform(t->multi, &running) == CURLM_OK && running) {
		int slice = next_slice(t, limits, &a->end);

		if (!slice || is_too_large(t))
			return;
		curl_multi_poll(t->multi, NULL, 0, slice, NULL);
	}
	for (CURLMsg *m; (m = curl_multi_info_read(t->multi, &queued));)
		if (m->msg == CURLMSG_DONE)
			a->code = m->data.result;
	is_too_large(t); /* what came in one go was not looked at on the way */
}

static void read_info(struct transfer *t)
{
	struct transfer_answer *a = t->answer;
	curl_off_t ready_us = 0;
	char *type = NULL, *redirect = NULL;

	a->status = status_of(t);
	curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &a->proxy_status);
	curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &redirect);
	a->was_connected = ready_us > 0;
	if (type)
		ms_text_excerpt(a->content_type, sizeof(a->content_type), type, strlen(type));
	a->redirect = ms_strdup(redirect);
	if (a->code == CURLE_WRITE_ERROR && t->has_enough)
		a->code = CURLE_OK;
}

/* The headers of one request are those of all and, on top, its condition. Freed by the caller. */
static struct curl_slist *set_condition(struct transfer *t, const char *etag)
{
	char *line = etag ? ms_format("If-None-Match: %s", etag) : NULL;
	struct curl_slist *condition = line ? curl_slist_append(NULL, line) : NULL;

	if (condition)
		condition->next = t->headers;
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, condition ? condition : t->headers);
	ms_free(line);
	return condition;
}

static void drop_condition(struct transfer *t, struct curl_slist *condition)
{
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	if (condition)
		condition->next = NULL;
	curl_slist_free_all(condition);
}

void transfer_get(struct transfer *t, const char *url, const char *etag,
		  const struct transfer_limits *limits, struct transfer_answer *out)
{
	struct curl_slist *condition;

	*out = (struct transfer_answer){.code = CURLE_FAILED_INIT};
	ms_text_init(&out->body, 0);
	t->answer = out;
	t->max_bytes = limits->max_bytes;
	t->header_bytes = 0;
	t->has_enough = false;
	condition = set_condition(t, etag);
	curl_easy_setopt(t->easy, CURLOPT_URL, url);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, out->reason);
	if (curl_multi_add_handle(t->multi, t->easy) == CURLM_OK) {
		drive(t, limits);
		read_info(t);
		curl_multi_remove_handle(t->multi, t->easy);
	}
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, NULL);
	drop_condition(t, condition);
	t->answer = NULL;
}

enum transfer_end transfer_wait(struct transfer *t, int64_t wait_ms,
				const struct transfer_limits *limits)
{
	int64_t until = ms_clock_ms() + wait_ms;
	enum transfer_end end = TRANSFER_DONE;

	while (ms_clock_ms() < until) {
		int64_t left = until - ms_clock_ms();
		int slice = next_slice(t, limits, &end);

		if (!slice)
			return end;
		curl_multi_poll(t->multi, NULL, 0, left < slice ? (int)left : slice, NULL);
	}
	return TRANSFER_DONE;
}
