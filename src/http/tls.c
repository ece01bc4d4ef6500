/* SPDX-License-Identifier: MIT */
#include "tls.h"

#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/userfile.h"

/* Chains of certificates have some ten kilobytes. */
#define MAX_BYTES 262144

static bool read_pem(const struct ms_config *config, enum ms_option option, char **out,
		     struct ms_error *err)
{
	const char *path = ms_config_string(config, option), *key = ms_option_info(option)->key;
	struct ms_text text;
	bool is_there, ok;

	ms_text_init(&text, 0);
	ok = ms_user_file_read(path, MAX_BYTES, &text, &is_there, err);
	if (!ok || !is_there)
		ok = ms_fail(err, MS_ERR_CONFIG, "http.%s: cannot read %.200s%s%.200s", key, path,
			     ok ? ": there is no such file" : ": ", ok ? "" : err->message);
	else if (!strstr(ms_text_str(&text), "-----BEGIN "))
		ok = ms_fail(err, MS_ERR_CONFIG, "http.%s: %.200s is no PEM file", key, path);
	else
		*out = ms_strdup(ms_text_str(&text));
	if (text.data)
		explicit_bzero(text.data, text.len);
	ms_text_clear(&text);
	return ok;
}

bool tls_load(struct tls *out, const struct ms_config *config, struct ms_error *err)
{
	bool has_cert = *ms_config_string(config, MS_OPT_HTTP_TLS_CERT);
	bool has_key = *ms_config_string(config, MS_OPT_HTTP_TLS_KEY);

	*out = (struct tls){0};
	if (has_cert != has_key)
		return ms_fail(err, MS_ERR_CONFIG,
			       "http.tls_cert and http.tls_key: both are needed for TLS");
	if (!has_cert || (read_pem(config, MS_OPT_HTTP_TLS_CERT, &out->cert, err) &&
			  read_pem(config, MS_OPT_HTTP_TLS_KEY, &out->key, err)))
		return true;
	tls_clear(out);
	return false;
}

void tls_clear(struct tls *tls)
{
	if (tls->key)
		explicit_bzero(tls->key, strlen(tls->key));
	ms_free(tls->cert);
	ms_free(tls->key);
	*tls = (struct tls){0};
}
