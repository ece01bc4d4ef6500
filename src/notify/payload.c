/* SPDX-License-Identifier: MIT */
#include "payload.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"

/* Slack reads three characters; everything else is text. */
static void add_escaped(struct ms_text *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '&')
			ms_text_add(out, "&amp;");
		else if (*s == '<')
			ms_text_add(out, "&lt;");
		else if (*s == '>')
			ms_text_add(out, "&gt;");
		else
			ms_text_add_bytes(out, s, 1);
	}
}

/* "*Subject*", the body, and who says so. */
char *payload_slack(const struct ms_message *m, const char *subject_prefix, const char *sender)
{
	struct ms_json *o = ms_json_new_object();
	struct ms_text text;
	char *printed;

	ms_text_init(&text, 0);
	ms_text_add(&text, "*");
	add_escaped(&text, subject_prefix);
	ms_text_add(&text, *subject_prefix ? " " : "");
	add_escaped(&text, m->subject);
	ms_text_add(&text, m->is_repeat ? "* (may have reached you before)\n" : "*\n");
	add_escaped(&text, m->body);
	ms_text_add(&text, "\n_");
	add_escaped(&text, sender);
	ms_text_add(&text, "_");
	ms_json_add_string(o, "text", ms_text_str(&text));
	printed = ms_json_print(o);
	ms_json_free(o);
	ms_text_clear(&text);
	return printed;
}

char *payload_webhook(const struct ms_message *m, const char *sender)
{
	struct ms_json *o = ms_json_new_object();
	char at[24], *printed;

	ms_json_add_int(o, "id", m->id);
	ms_json_add_string(o, "kind", m->kind);
	ms_json_add_string(o, "at", ms_time_format_iso(at, sizeof(at), m->at));
	ms_json_add_string(o, "subject", m->subject);
	ms_json_add_string(o, "body", m->body);
	ms_json_add(o, "facts", m->facts ? ms_json_copy(m->facts) : ms_json_new_object());
	ms_json_add_bool(o, "repeat", m->is_repeat);
	ms_json_add_string(o, "sender", sender);
	printed = ms_json_print(o);
	ms_json_free(o);
	return printed;
}

void payload_sign(char buf[SIGNATURE_SIZE], const char *secret, int64_t timestamp, const char *body)
{
	char *text = ms_format("%" PRId64 ".%s", timestamp, body);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int n = snprintf(buf, SIGNATURE_SIZE, "sha256=");

	HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, strlen(text),
	     digest, &len);
	for (unsigned i = 0; i < len; i++)
		n += snprintf(buf + n, SIGNATURE_SIZE - (size_t)n, "%02x", digest[i]);
	ms_free(text);
}
