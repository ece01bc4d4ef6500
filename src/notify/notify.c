/* SPDX-License-Identifier: MIT */
#include "modelsync/notify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "mail.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "payload.h"
#include "settings.h"
#include "dispatch.h"

struct ms_notifier {
	struct notify_settings settings;
	struct dispatch dispatch;
	char *sender; /* "modelsync-tui 1.0 on host" */
};

static char *name_sender(void)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	return ms_format("%s %s%s%s", PACKAGE_NAME, PACKAGE_VERSION, *host ? " on " : "", host);
}

bool ms_notifier_new(struct ms_notifier **out, const struct ms_config *config, struct ms_error *err)
{
	struct ms_notifier *n = ms_alloc(sizeof(*n));

	*out = NULL;
	n->sender = name_sender();
	n->dispatch.multi = curl_multi_init();
	if (notify_settings_read(&n->settings, config, err) &&
	    (n->dispatch.multi || ms_fail(err, MS_ERR_INTERNAL, "libcurl does not start"))) {
		*out = n;
		return true;
	}
	ms_notifier_free(n);
	return false;
}

void ms_notifier_free(struct ms_notifier *n)
{
	if (!n)
		return;
	curl_multi_cleanup(n->dispatch.multi);
	notify_settings_clear(&n->settings);
	ms_free(n->sender);
	ms_free(n);
}

unsigned ms_notifier_channels(const struct ms_notifier *n)
{
	return n->settings.channels;
}

int ms_notifier_timeout_s(const struct ms_notifier *n)
{
	return n->settings.timeout_s;
}

void ms_notifier_cancel(struct ms_notifier *n)
{
	atomic_store(&n->dispatch.is_cancelled, true);
	curl_multi_wakeup(n->dispatch.multi);
}

/* --- what an answer means ----------------------------------------------------------------- */

/* Results of libcurl that are not plain network trouble. */
static enum ms_category category_of(CURLcode code)
{
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return MS_ERR_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CIPHER:
	case CURLE_USE_SSL_FAILED:
		return MS_ERR_TLS;
	case CURLE_LOGIN_DENIED:
		return MS_ERR_AUTH;
	case CURLE_FAILED_INIT:
	case CURLE_OUT_OF_MEMORY:
		return MS_ERR_INTERNAL;
	default:
		return MS_ERR_NETWORK;
	}
}

/* Nothing of what we sent, and a server or libcurl may repeat, gets into a message. */
static void hide_secrets(const struct ms_notifier *n, char *text, size_t len)
{
	const struct notify_settings *s = &n->settings;
	const char *const secrets[] = {s->smtp_password, s->slack_url, s->webhook_url,
				       s->webhook_secret};

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		const char *host = strstr(secrets[i], "://");
		const char *path = host ? strchr(host + 3, '/') : NULL;

		ms_text_hide(text, len, secrets[i]);
		ms_text_hide(text, len, path); /* a web server names paths without the rest */
	}
}

static void take_failure(struct ms_sent *out, const struct dispatch_answer *a)
{
	char reason[CURL_ERROR_SIZE];

	out->is_uncertain = a->is_all_sent && !a->status;
	if (a->was_cancelled) {
		ms_fail(&out->err, MS_ERR_CANCELLED, "stopped by the end of the daemon");
		return;
	}
	ms_text_excerpt(reason, sizeof(reason), a->reason, strlen(a->reason));
	ms_fail(&out->err, category_of(a->code), "%s",
		*reason ? reason : curl_easy_strerror(a->code));
}

static void take_status(struct ms_sent *out, const struct dispatch_answer *a)
{
	enum ms_category category = MS_ERR_HTTP;
	char body[200];

	ms_text_excerpt(body, sizeof(body), ms_text_str(&a->body), a->body.len);
	if (a->status / 100 == 2) {
		out->is_sent = true;
		snprintf(out->answer, sizeof(out->answer), "HTTP %ld%s%s", a->status,
			 *body ? ": " : "", body);
		return;
	}
	if (a->status == 429)
		category = MS_ERR_RATE_LIMIT;
	else if (a->status == 401 || a->status == 403)
		category = MS_ERR_AUTH;
	out->is_permanent = a->status / 100 == 4 && category == MS_ERR_HTTP && a->status != 408 &&
			    a->status != 425;
	ms_fail(&out->err, category, "HTTP %ld%s%s", a->status, *body ? ": " : "", body);
	out->err.http_status = (int)a->status;
	out->err.retry_after_s = (int)a->retry_after_s;
}

/* libcurl tells a reply that it did not expect by its number only. */
static void take_reply(struct ms_sent *out, const struct dispatch_answer *a)
{
	bool is_refusal = *a->refused && a->code != CURLE_OPERATION_TIMEDOUT && !a->was_cancelled;

	if (a->code == CURLE_OK) {
		out->is_sent = true;
		snprintf(out->answer, sizeof(out->answer), "%s%s%s", a->reply,
			 *a->refused ? "; refused: " : "", a->refused);
		return;
	}
	take_failure(out, a);
	out->is_uncertain = a->is_all_sent && !is_refusal;
	if (is_refusal && out->err.category == MS_ERR_NETWORK) {
		out->is_permanent = a->refused[0] == '5';
		ms_fail(&out->err, MS_ERR_REFUSED, "%s", a->refused);
	} else if (is_refusal) {
		ms_error_append(&out->err, ": %s", a->refused);
	}
}

/* --- the channels ------------------------------------------------------------------------- */

static void set_mail_options(const struct notify_settings *s, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_USE_SSL,
			 s->wants_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	if (*s->smtp_user) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, s->smtp_user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, s->smtp_password);
	}
}

static void send_mail(struct ms_notifier *n, CURL *easy, const struct ms_message *message,
		      struct ms_sent *out)
{
	const struct notify_settings *s = &n->settings;
	struct mail mail = {
		.from = s->from,
		.to = s->to,
		.to_count = s->to_count,
		.subject_prefix = s->subject_prefix,
		.sender = n->sender,
		.now = ms_clock_now(),
	};
	struct curl_slist *to = NULL;
	struct dispatch_answer answer;
	struct ms_text text;

	ms_text_init(&text, 0);
	mail_build(&text, &mail, message);
	for (size_t i = 0; i < s->to_count; i++)
		to = curl_slist_append(to, s->to[i]);
	set_mail_options(s, easy);
	dispatch_mail(&n->dispatch, easy, s->from, to, &text, &answer);
	take_reply(out, &answer);
	dispatch_answer_clear(&answer);
	curl_slist_free_all(to);
	ms_text_clear(&text);
}

static void post(struct ms_notifier *n, CURL *easy, struct curl_slist *headers, const char *body,
		 struct ms_sent *out)
{
	struct curl_slist *type = curl_slist_append(NULL, "Content-Type: application/json");
	struct dispatch_answer answer;

	type->next = headers;
	dispatch_post(&n->dispatch, easy, type, body, &answer);
	if (answer.body.len) /* before it is cut: half a secret would not be recognised */
		hide_secrets(n, answer.body.data, answer.body.len);
	if (answer.code == CURLE_OK)
		take_status(out, &answer);
	else
		take_failure(out, &answer);
	dispatch_answer_clear(&answer);
	curl_slist_free_all(type);
}

static void send_slack(struct ms_notifier *n, CURL *easy, const struct ms_message *message,
		       struct ms_sent *out)
{
	char *body = payload_slack(message, n->settings.subject_prefix, n->sender);

	post(n, easy, NULL, body, out);
	ms_free(body);
}

static struct curl_slist *add_header(struct curl_slist *list, char *line)
{
	list = curl_slist_append(list, line);
	ms_free(line);
	return list;
}

static void send_webhook(struct ms_notifier *n, CURL *easy, const struct ms_message *message,
			 struct ms_sent *out)
{
	char *body = payload_webhook(message, n->sender), signature[SIGNATURE_SIZE];
	const char *secret = n->settings.webhook_secret;
	int64_t now = ms_clock_now();
	struct curl_slist *headers =
		add_header(NULL, ms_format("X-Modelsync-Timestamp: %" PRId64, now));

	if (*secret) {
		payload_sign(signature, secret, now, body);
		headers = add_header(headers, ms_format("X-Modelsync-Signature: %s", signature));
	}
	post(n, easy, headers, body, out);
	ms_free(body);
}

void ms_notifier_send(struct ms_notifier *n, enum ms_channel channel,
		      const struct ms_message *message, struct ms_sent *out)
{
	static const struct {
		const char *schemes;
		void (*send)(struct ms_notifier *, CURL *, const struct ms_message *,
			     struct ms_sent *);
	} ways[MS_CHANNEL_COUNT] = {
		[MS_CHANNEL_EMAIL] = {"smtp,smtps", send_mail},
		[MS_CHANNEL_SLACK] = {"http,https", send_slack},
		[MS_CHANNEL_WEBHOOK] = {"http,https", send_webhook},
	};
	const struct notify_settings *s = &n->settings;
	const char *const urls[MS_CHANNEL_COUNT] = {s->smtp_url, s->slack_url, s->webhook_url};
	CURL *easy =
		dispatch_handle(urls[channel], ways[channel].schemes, s->ca_file, s->timeout_s);

	*out = (struct ms_sent){0};
	if (easy)
		ways[channel].send(n, easy, message, out);
	else
		ms_fail(&out->err, MS_ERR_INTERNAL, "libcurl does not start");
	curl_easy_cleanup(easy);
	hide_secrets(n, out->answer, strlen(out->answer));
	hide_secrets(n, out->err.message, strlen(out->err.message));
}
