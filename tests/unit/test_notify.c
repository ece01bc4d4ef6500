/* SPDX-License-Identifier: MIT */
/* What messages look like on their way: mail, Slack, webhook. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "modelsync/message.h"
#include "src/notify/mail.h"
#include "src/notify/payload.h"

#define AT 1780827785 /* 2026-06-07 10:23:05 */

static char *const to[] = {"ann@example.org", "bob@example.org"};

static struct ms_message message(const char *subject, const char *body)
{
	return (struct ms_message){
		.id = 17, .at = AT, .kind = "failing", .subject = subject, .body = body};
}

static char *mail_text(const char *prefix, const struct ms_message *m)
{
	struct mail mail = {
		.from = "sync@example.org",
		.to = to,
		.to_count = 2,
		.subject_prefix = prefix,
		.sender = "modelsync-tui on host",
		.now = AT,
	};
	struct ms_text text;

	ms_text_init(&text, 0);
	mail_build(&text, &mail, m);
	return ms_text_take(&text);
}

/* Every line ends in CRLF, none is longer than a mail server must take, and the header ends once.
 */
static void check_lines(const char *text)
{
	const char *end = strstr(text, "\r\n\r\n");

	assert_non_null(end);
	for (const char *line = text; *line;) {
		const char *stop = strstr(line, "\r\n");

		assert_non_null(stop);
		assert_true(stop - line <= 78);
		assert_null(memchr(line, '\n', (size_t)(stop - line)));
		assert_null(memchr(line, '\r', (size_t)(stop - line)));
		line = stop + 2;
	}
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void test_a_plain_mail(void **state)
{
	struct ms_message m = message("Sync fails", "Two runs.\n\nMore.");
	char *text = mail_text("[modelsync]", &m);

	(void)state;
	assert_string_equal(text,
			    "From: sync@example.org\r\n"
			    "To: ann@example.org,\r\n bob@example.org\r\n"
			    "Date: Sun, 7 Jun 2026 10:23:05 +0000\r\n"
			    "Message-ID: <modelsync.17.1780827785@example.org>\r\n"
			    "Subject: [modelsync] Sync fails\r\n"
			    "MIME-Version: 1.0\r\n"
			    "Content-Type: text/plain; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: quoted-printable\r\n"
			    "Auto-Submitted: auto-generated\r\n"
			    "X-Modelsync-Kind: failing\r\n"
			    "\r\n"
			    "Two runs.\r\n\r\nMore.\r\n\r\n--=20\r\nmodelsync-tui on host\r\n");
	ms_free(text);
}

static void test_a_repeat_says_so(void **state)
{
	struct ms_message m = message("Sync fails", "Two runs.");
	char *text;

	(void)state;
	m.is_repeat = true;
	text = mail_text("", &m);
	assert_has(
		text,
		"\r\nX-Modelsync-Repeat: yes\r\n\r\n(This message may have reached you before.)\r\n"
		"\r\nTwo runs.\r\n");
	assert_has(text, "\r\nSubject: Sync fails\r\n");
	ms_free(text);
}

static void check_subject(const char *subject, const char *expected)
{
	struct ms_message m = message(subject, "x");
	char *text = mail_text("", &m);

	check_lines(text);
	assert_has(text, expected);
	ms_free(text);
}

static void test_subjects(void **state)
{
	(void)state;
	check_subject("Preis für Größe",
		      "\r\nSubject: =?UTF-8?Q?Preis_f=C3=BCr_Gr=C3=B6=C3=9Fe?=\r\n");
	check_subject("=?UTF-8?Q?x?=", "\r\nSubject: =?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fx=3F=3D?=\r\n");
	/* folded between words, or between encoded characters, never in one */
	check_subject(
		"seven words seven words seven words seven words seven words seven words seven words",
		"\r\nSubject: seven words seven words seven words seven words seven words seven"
		"\r\n words seven words\r\n");
	check_subject(
		"seven words seven words seven words seven words seven words seven words    "
		"                                                                           ",
		"\r\nSubject: seven words seven words seven words seven words seven words seven"
		"\r\n words\r\n");
	check_subject(
		"€€€€€€€€€€€€",
		"\r\nSubject: =?UTF-8?Q?=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC=E2=82="
		"AC?=\r\n =?UTF-8?Q?=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC=E2=82=AC?=\r\n");
	check_subject(
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"\r\nSubject: =?UTF-8?Q?aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

static void test_no_header_can_be_injected(void **state)
{
	(void)state;
	check_subject("a\r\nBcc: eve@example.org", "\r\nSubject: a  Bcc: eve@example.org\r\n");
	check_subject("a\nb\rc\vd", "\r\nSubject: a b cd\r\n");
	check_subject("\r\n\r\nbody", "\r\nSubject: =?UTF-8?Q?____body?=\r\n");
	check_subject("right\xe2\x80\xaetfel\xff", "\r\nSubject: righttfel\r\n");
}

static void test_bodies(void **state)
{
	struct ms_message m = message("s", "a=b, “ü” \n.\n..\n\ttab\nend \nx");
	char *text = mail_text("", &m), longer[400];

	(void)state;
	check_lines(text);
	assert_has(
		text,
		"\r\n\r\na=3Db, =E2=80=9C=C3=BC=E2=80=9D=20\r\n.\r\n..\r\n=09tab\r\nend=20\r\nx\r\n");
	ms_free(text);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	m = message("s", longer);
	text = mail_text("", &m);
	check_lines(text);
	assert_has(text, "xxx=\r\nxxx");
	ms_free(text);
	for (size_t i = 0; i + 3 < sizeof(longer); i += 3)
		memcpy(longer + i, "€", 3);
	text = mail_text("", &m);
	check_lines(text);
	ms_free(text);
}

static void test_slack(void **state)
{
	struct ms_message m = message("<!here> & more", "a > b\n\"quoted\"");
	char *text = payload_slack(&m, "[x]", "me");

	(void)state;
	assert_string_equal(
		text,
		"{\"text\":\"*[x] &lt;!here&gt; &amp; more*\\na &gt; b\\n\\\"quoted\\\"\\n_me_\"}");
	ms_free(text);
	m.is_repeat = true;
	text = payload_slack(&m, "", "me");
	assert_has(text, "more* (may have reached you before)\\n");
	ms_free(text);
}

static void test_webhook(void **state)
{
	struct ms_message m = message("s", "b");
	struct ms_json *facts = ms_json_new_object();
	char *text;

	(void)state;
	ms_json_add_int(facts, "failures", 2);
	m.facts = facts;
	text = payload_webhook(&m, "me");
	assert_string_equal(
		text,
		"{\"id\":17,\"kind\":\"failing\",\"at\":\"2026-06-07T10:23:05Z\",\"subject\":\"s\","
		"\"body\":\"b\",\"facts\":{\"failures\":2},\"repeat\":false,\"sender\":\"me\"}");
	ms_free(text);
	ms_json_free(facts);
}

/* Computed by Python's hmac. */
static void test_signature(void **state)
{
	char signature[SIGNATURE_SIZE];

	(void)state;
	payload_sign(signature, "Jefe", 1780000000, "what do ya want for nothing?");
	assert_string_equal(
		signature,
		"sha256=15e1b8d95056b738caa6fd979ffac3f8072777df578c2e9d086e7145fd74c578");
}

static void test_channels(void **state)
{
	enum ms_channel found;

	(void)state;
	for (int i = 0; i < MS_CHANNEL_COUNT; i++) {
		assert_true(ms_channel_from_name(ms_channel_name((enum ms_channel)i), &found));
		assert_int_equal(found, i);
	}
	assert_false(ms_channel_from_name("pigeon", &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_plain_mail),
		cmocka_unit_test(test_a_repeat_says_so),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_no_header_can_be_injected),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_slack),
		cmocka_unit_test(test_webhook),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_channels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
