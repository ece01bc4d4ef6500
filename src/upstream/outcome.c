/* SPDX-License-Identifier: MIT */
#include "outcome.h"

#include <string.h>


/* Results of libcurl that are not plain network trouble, and whether trying again may help. */
static const struct {
	CURLcode code;
	enum ms_category category;
	bool again;
} curl_results[] = {
	{CURLE_SSL_CONNECT_ERROR, MS_ERR_TLS, true}, /* also a connection reset in the handshake */
	{CURLE_PEER_FAILED_VERIFICATION, MS_ERR_TLS, false},
	{CURLE_SSL_CACERT_BADFILE, MS_ERR_TLS, false},
	{CURLE_SSL_CERTPROBLEM, MS_ERR_TLS, false},
	{CURLE_SSL_CIPHER, MS_ERR_TLS, false},
	{CURLE_SSL_ISSUER_ERROR, MS_ERR_TLS, false},
	{CURLE_SSL_INVALIDCERTSTATUS, MS_ERR_TLS, false},
	{CURLE_SSL_ENGINE_INITFAILED, MS_ERR_TLS, false},
	{CURLE_BAD_CONTENT_ENCODING, MS_ERR_PARSE, false},
	{CURLE_WEIRD_SERVER_REPLY, MS_ERR_HTTP, false},
	{CURLE_UNSUPPORTED_PROTOCOL, MS_ERR_HTTP, false}, /* HTTP/0.9 and the like */
	{CURLE_URL_MALFORMAT, MS_ERR_CONFIG, false},
	{CURLE_OUT_OF_MEMORY, MS_ERR_TOO_LARGE, false}, /* a single header of 100 kB */
	{CURLE_FAILED_INIT, MS_ERR_INTERNAL, false},
};

static const struct {
	long status;
	const char *name;
} status_names[] = {
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{407, "Proxy Authentication Required"},
	{408, "Request Timeout"},
	{425, "Too Early"},
	{429, "Too Many Requests"},
	{500, "Internal Server Error"},
	{502, "Bad Gateway"},
	{503, "Service Unavailable"},
	{504, "Gateway Timeout"},
};

static const char *status_name(long status)
{
	for (size_t i = 0; i < sizeof(status_names) / sizeof(status_names[0]); i++)
		if (status_names[i].status == status)
			return status_names[i].name;
	return "";
}

static bool fail_timeout(const struct transfer_answer *a, const struct transfer_options *o,
			 struct ms_error *err)
{
	if (!a->was_connected)
		return ms_fail(err, MS_ERR_TIMEOUT,
			       "no connection within %d s (upstream.connect_timeout)",
			       o->connect_timeout_s);
	return ms_fail(err, MS_ERR_TIMEOUT, "nothing came for %d s after %lld bytes",
		       o->stall_timeout_s, (long long)a->received);
}

static enum ms_category status_category(long status)
{
	if (status == 401 || status == 403)
		return MS_ERR_AUTH;
	return status == 429 ? MS_ERR_RATE_LIMIT : MS_ERR_HTTP;
}

static bool is_temporary(long status)
{
	return status == 408 || status == 425 || status == 429 || status >= 500;
}

/* A proxy that does not let the request through answers in upstream's place. */
static bool fail_proxy(const struct transfer_answer *a, bool *again, struct ms_error *err)
{
	const char *name = status_name(a->proxy_status);

	*again = is_temporary(a->proxy_status);
	return ms_fail(err, MS_ERR_NETWORK,
		       "the proxy (upstream.proxy) answered %ld%s%s instead of connecting",
		       a->proxy_status, *name ? " " : "", name);
}

static bool fail_transfer(const struct transfer_answer *a, const struct transfer_options *o,
			  bool *again, struct ms_error *err)
{
	enum ms_category category = MS_ERR_NETWORK;
	char reason[300];

	*again = true;
	if (a->code == CURLE_OPERATION_TIMEDOUT)
		return fail_timeout(a, o, err);
	if (a->proxy_status >= 300 && a->status == 0)
		return fail_proxy(a, again, err);
	for (size_t i = 0; i < sizeof(curl_results) / sizeof(curl_results[0]); i++) {
		if (curl_results[i].code != a->code)
			continue;
		category = curl_results[i].category;
		*again = curl_results[i].again;
	}
	ms_text_excerpt(reason, sizeof(reason), a->reason, strlen(a->reason));
	return ms_fail(err, category, "%s", *reason ? reason : curl_easy_strerror(a->code));
}

static bool fail_status(const struct transfer_answer *a, bool *again, struct ms_error *err)
{
	const char *name = status_name(a->status);
	char body[200];

	*again = is_temporary(a->status);
	ms_text_excerpt(body, sizeof(body), ms_text_str(&a->body), a->body.len);
	ms_fail(err, status_category(a->status), "HTTP %ld%s%s%s%s", a->status, *name ? " " : "",
		name, *body ? ": " : "", body);
	err->http_status = (int)a->status;
	return false;
}

bool outcome_is_redirect(const struct transfer_answer *a)
{
	return a->redirect && (a->status == 301 || a->status == 302 || a->status == 303 ||
			       a->status == 307 || a->status == 308);
}

bool outcome_of(const struct transfer_answer *a, const struct transfer_options *options,
		bool *again, struct ms_error *err)
{
	*again = false;
	if (a->code != CURLE_OK)
		return fail_transfer(a, options, again, err);
	if (a->status == 200 || outcome_is_redirect(a))
		return true;
	return fail_status(a, again, err);
}
