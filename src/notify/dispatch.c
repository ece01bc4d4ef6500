/* SPDX-License-Identifier: MIT */
#include "dispatch.h"

#include <ctype.h>
#include <string.h>

#include "config.h"
#include "modelsync/memory.h"

#define BODY_MAX	1000
#define LONGEST_POLL_MS 1000

void dispatch_answer_clear(struct dispatch_answer *a)
{
	ms_text_clear(&a->body);
	*a = (struct dispatch_answer){0};
}

/* CURLOPT_PROTOCOLS_STR is newer than what we can be built with. */
static void allow_schemes(CURL *easy, const char *schemes)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes);
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
			 strstr(schemes, "smtp") ? (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS)
						 : (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

CURL *dispatch_handle(const char *url, const char *schemes, const char *ca_file, int timeout_s)
{
	CURL *e = curl_easy_init();

	if (!e)
		return NULL;
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Without it the end waits for a name that is still being looked up. */
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
	curl_easy_setopt(e, CURLOPT_URL, url);
	allow_schemes(e, schemes);
	curl_easy_setopt(e, CURLOPT_TIMEOUT, (long)timeout_s);
	/* the good-bye to a mail server is outside of that limit */
	curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)timeout_s);
	/* messages are rare: nothing stays open in between */
	curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (*ca_file) {
		curl_easy_setopt(e, CURLOPT_CAINFO, ca_file);
		curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	}
	curl_easy_setopt(e, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	return e;
}

static int on_progress(void *arg, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
		       curl_off_t ulnow)
{
	struct dispatch *d = arg;

	(void)dltotal, (void)dlnow, (void)ultotal, (void)ulnow;
	return atomic_load(&d->is_cancelled);
}

/*
 * Until it ends; a cancelled one ends by on_progress() in the round after. To remove it instead
 * would not do: libcurl would end the half of a mail that has been sent as if it was all, and wait
 * for the reply.
 */
static void drive(struct dispatch *d, struct dispatch_answer *a)
{
	int running = 1, queued;

	while (curl_multi_perform(d->multi, &running) == CURLM_OK && running)
		curl_multi_poll(d->multi, NULL, 0,
				atomic_load(&d->is_cancelled) ? 0 : LONGEST_POLL_MS, NULL);
	for (CURLMsg *m; (m = curl_multi_info_read(d->multi, &queued));)
		if (m->msg == CURLMSG_DONE)
			a->code = m->data.result;
	a->was_cancelled = a->code == CURLE_ABORTED_BY_CALLBACK;
}

static void run(struct dispatch *d, CURL *easy, struct dispatch_answer *a)
{
	curl_off_t retry_after = 0;

	a->code = CURLE_FAILED_INIT;
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, a->reason);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, d);
	if (curl_multi_add_handle(d->multi, easy) != CURLM_OK)
		return;
	drive(d, a);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &a->status);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
	a->retry_after_s = retry_after > 0 ? (long)retry_after : 0;
	curl_multi_remove_handle(d->multi, easy);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct dispatch_answer *a = arg;
	size_t n = size * count, room = BODY_MAX - a->body.len;

	ms_text_add_bytes(&a->body, data, n < room ? n : room);
	return n;
}

void dispatch_post(struct dispatch *d, CURL *easy, struct curl_slist *headers, const char *body,
		   struct dispatch_answer *out)
{
	curl_off_t sent = 0;

	*out = (struct dispatch_answer){0};
	ms_text_init(&out->body, 0);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, out);
	run(d, easy, out);
	curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	out->is_all_sent = sent == (curl_off_t)strlen(body);
}

/* What is left to read of a mail. */
struct reading {
	const struct ms_text *text;
	size_t at;
};

static size_t on_read(char *buf, size_t size, size_t count, void *arg)
{
	struct reading *r = arg;
	size_t left = r->text->len - r->at, n = size * count < left ? size * count : left;

	memcpy(buf, r->text->data + r->at, n);
	r->at += n;
	return n;
}

/* libcurl hands over each line of a reply as a header. The good-bye at the end is no answer. */
static size_t on_reply(char *line, size_t size, size_t count, void *arg)
{
	struct dispatch_answer *a = arg;
	size_t n = size * count;

	if (n > 3 && isdigit((unsigned char)line[0]) && memcmp(line, "221", 3) != 0) {
		ms_text_excerpt(a->reply, sizeof(a->reply), line, n);
		if (line[0] == '4' || line[0] == '5')
			ms_text_excerpt(a->refused, sizeof(a->refused), line, n);
	}
	return n;
}

/* One wrong address must not keep the others from hearing. */
static void allow_refused_recipients(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x080200
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLOWFAILS, 1L);
#elif LIBCURL_VERSION_NUM >= 0x074500
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
#else
	(void)easy;
#endif
}

void dispatch_mail(struct dispatch *d, CURL *easy, const char *from, struct curl_slist *to,
		   const struct ms_text *text, struct dispatch_answer *out)
{
	struct reading reading = {.text = text};

	*out = (struct dispatch_answer){0};
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to);
	allow_refused_recipients(easy);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, &reading);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, out);
	run(d, easy, out);
	out->is_all_sent = reading.at == text->len;
}
