/* SPDX-License-Identifier: MIT */
#include "mail.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "modelsync/memory.h"
#include "modelsync/utf8.h"

#define COLUMNS_MAX 76
/* RFC 2047 §2: an encoded word has at most 75 characters. */
#define WORD_MAX   75
#define WORD_BEGIN "=?UTF-8?Q?"
#define WORD_END   "?="

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x7f && c != '=';
}

/* What may stand for itself in an encoded word wherever it is used (RFC 2047 §5). */
static bool is_plain_in_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c && strchr("!*+-/", c));
}

/* The form of one character in an encoded word; returns its length. */
static size_t word_character(char *buf, const char *s, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == ' ') {
			buf[n++] = '_';
		} else if (is_plain_in_word(c)) {
			buf[n++] = (char)c;
		} else {
			buf[n++] = '=';
			buf[n++] = hex[c >> 4];
			buf[n++] = hex[c & 15];
		}
	}
	return n;
}

/* One line of text without what could end or reorder it. */
static char *clean_line(const char *text)
{
	struct ms_text out;
	size_t len = strlen(text), used;

	ms_text_init(&out, 0);
	for (size_t i = 0; i < len; i += used) {
		uint32_t cp = ms_utf8_decode(text + i, len - i, &used);

		if (cp == '\n' || cp == '\r' || cp == '\t')
			ms_text_add(&out, " ");
		else if (!ms_utf8_is_control(cp) && !(cp == MS_UTF8_BAD && used == 1))
			ms_text_add_bytes(&out, text + i, used);
	}
	while (out.len &&
	       out.data[out.len - 1] == ' ') /* folded they might look like a header's end */
		out.data[--out.len] = '\0';
	return ms_text_take(&out);
}

/* Lines are folded at blanks only; the name of the header stands on the first one. */
static bool has_long_word(const char *s)
{
	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");

		if (len > COLUMNS_MAX - 20)
			return true;
		s += len;
	}
	return false;
}

static bool needs_encoding(const char *s)
{
	for (const char *p = s; *p; p++)
		if ((unsigned char)*p >= 0x7f)
			return true;
	return has_long_word(s) || strstr(s, "=?") || *s == ' ';
}

/* Words on lines of their own length: RFC 5322 §2.2.3. */
static void add_folded(struct ms_text *out, const char *s, size_t column)
{
	while (*s) {
		size_t blanks = strspn(s, " "), len = blanks + strcspn(s + blanks, " ");

		if (column + len > COLUMNS_MAX && blanks) {
			ms_text_add(out, "\r\n");
			column = 0;
		}
		ms_text_add_bytes(out, s, len);
		column += len;
		s += len;
	}
}

static void add_encoded(struct ms_text *out, const char *s, size_t column)
{
	size_t len = strlen(s), used, n;
	char buf[12];

	ms_text_add(out, WORD_BEGIN);
	column += strlen(WORD_BEGIN);
	for (size_t i = 0; i < len; i += used) {
		ms_utf8_decode(s + i, len - i, &used);
		n = word_character(buf, s + i, used);
		if (column + n + strlen(WORD_END) > WORD_MAX) {
			ms_text_add(out, WORD_END "\r\n " WORD_BEGIN);
			column = 1 + strlen(WORD_BEGIN);
		}
		ms_text_add_bytes(out, buf, n);
		column += n;
	}
	ms_text_add(out, WORD_END);
}

static void add_text_header(struct ms_text *out, const char *name, const char *text)
{
	char *line = clean_line(text);

	ms_text_addf(out, "%s: ", name);
	if (needs_encoding(line))
		add_encoded(out, line, strlen(name) + 2);
	else
		add_folded(out, line, strlen(name) + 2);
	ms_text_add(out, "\r\n");
	ms_free(line);
}

static void add_recipients(struct ms_text *out, const struct mail *m)
{
	for (size_t i = 0; i < m->to_count; i++)
		ms_text_addf(out, "%s%s", i ? ",\r\n " : "To: ", m->to[i]);
	ms_text_add(out, "\r\n");
}

/* In English whatever the locale: RFC 5322 §3.3. */
static void add_date(struct ms_text *out, int64_t now)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)now;
	struct tm tm;

	gmtime_r(&t, &tm);
	ms_text_addf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday,
		     tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		     tm.tm_sec);
}

static void add_subject(struct ms_text *out, const struct mail *mail, const struct ms_message *m)
{
	char *subject = ms_format("%s%s%s", mail->subject_prefix, *mail->subject_prefix ? " " : "",
				  m->subject);

	add_text_header(out, "Subject", subject);
	ms_free(subject);
}

/* RFC 2045 §6.7: a line of text, soft-broken. */
static void add_quoted_line(struct ms_text *out, const char *s, size_t len)
{
	size_t column = 0;
	char buf[4];

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		bool is_last = i + 1 == len;
		size_t n = 1;

		buf[0] = s[i];
		if (!is_plain(c) || (c == ' ' && is_last))
			n = (size_t)snprintf(buf, sizeof(buf), "=%02X", c);
		if (column + n + !is_last > COLUMNS_MAX) {
			ms_text_add(out, "=\r\n");
			column = 0;
		}
		ms_text_add_bytes(out, buf, n);
		column += n;
	}
	ms_text_add(out, "\r\n");
}

static void add_quoted(struct ms_text *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		add_quoted_line(out, text, len);
		text += len + (text[len] == '\n');
	}
}

void mail_build(struct ms_text *out, const struct mail *mail, const struct ms_message *m)
{
	ms_text_addf(out, "From: %s\r\n", mail->from);
	add_recipients(out, mail);
	add_date(out, mail->now);
	ms_text_addf(out, "Message-ID: <modelsync.%" PRId64 ".%" PRId64 "%s>\r\n", m->id, m->at,
		     strchr(mail->from, '@'));
	add_subject(out, mail, m);
	ms_text_addf(out,
		     "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		     "Content-Transfer-Encoding: quoted-printable\r\n"
		     "Auto-Submitted: auto-generated\r\nX-Modelsync-Kind: %s\r\n%s\r\n",
		     m->kind, m->is_repeat ? "X-Modelsync-Repeat: yes\r\n" : "");
	if (m->is_repeat)
		add_quoted(out, "(This message may have reached you before.)\n\n");
	add_quoted(out, m->body);
	add_quoted(out, "\n-- ");
	add_quoted(out, mail->sender);
}
