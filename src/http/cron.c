/* SPDX-License-Identifier: MIT */
#include "cron.h"

#include <openssl/crypto.h>
#include <string.h>

#include "access.h"
#include "modelsync/http.h"

/* As long as what signs tokens: either lets strangers in once it is guessed. */
#define SECRET_BYTES 32

/* How long it takes tells nobody how much of it was right. */
static bool is_same(const char *given, const char *secret)
{
	size_t len = strlen(secret);

	return strlen(given) == len && CRYPTO_memcmp(given, secret, len) == 0;
}

bool cron_admit(struct http_call *call)
{
	const char *secret = ms_config_string(call->settings->config, MS_OPT_HTTP_CRON_SECRET);
	const char *given = access_bearer(call);

	if (*secret && given && is_same(given, secret))
		return true;
	http_answer_error(
		call, 401, NULL,
		*secret ? "Authorization: Bearer and the secret of http.cron_secret are expected"
			: "this endpoint is switched off: http.cron_secret is not set",
		NULL);
	http_answer_header(call, "WWW-Authenticate", "Bearer");
	return false;
}

void ms_http_warnings(const struct ms_config *config, struct ms_text *out)
{
	const char *secret = ms_config_string(config, MS_OPT_HTTP_CRON_SECRET);

	if (*secret && strlen(secret) < SECRET_BYTES)
		ms_text_addf(out,
			     "http.cron_secret (%s) is shorter than %d bytes and might be guessed; "
			     "make one: openssl rand -base64 48\n",
			     ms_config_origin(config, MS_OPT_HTTP_CRON_SECRET), SECRET_BYTES);
}
