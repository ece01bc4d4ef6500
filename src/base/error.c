/* SPDX-License-Identifier: MIT */
#include "modelsync/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/utf8.h"

struct category_row {
	const char *name;
	int exit_code;
	const char *hint;
};

static const struct category_row categories[MS_CATEGORY_COUNT] = {
	[MS_OK] = {"ok", 0, ""},
	[MS_ERR_NETWORK] = {"network", 1,
			    "Check DNS, firewall and upstream.url, then sync again; the catalogue is unchanged."},
	[MS_ERR_TIMEOUT] = {"timeout", 1,
			    "Sync again later; if it keeps happening raise upstream.timeout or look at the link."},
	[MS_ERR_TLS] = {"tls", 1,
			"Check the system clock and the CA certificates (upstream.ca_file, package ca-certificates)."},
	[MS_ERR_RATE_LIMIT] = {"rate_limit", 1,
			       "Upstream asks to slow down: wait and sync again, or set upstream.api_key."},
	[MS_ERR_AUTH] = {"auth", 1, "Check upstream.api_key; the key may be revoked or of another account."},
	[MS_ERR_HTTP] = {"http", 1,
			 "Upstream answered unexpectedly: check upstream.url and upstream's status page."},
	[MS_ERR_TOO_LARGE] = {"too_large", 1,
			      "If the catalogue really grew raise upstream.max_bytes; otherwise look at the answer."},
	[MS_ERR_PARSE] = {"parse", 1,
			  "The answer was not a catalogue; often a proxy or login page: fetch upstream.url by hand."},
	[MS_ERR_SCHEMA] = {"schema", 1,
			   "Upstream changed the shape of its answer; nothing was applied. Look for a newer version."},
	[MS_ERR_VALIDATION] = {"validation", 1, "Correct the values named above and try again."},
	[MS_ERR_DATABASE] = {"database", 1,
			     "See the database's message above and its log; nothing was half-applied."},
	[MS_ERR_CONFLICT] = {"conflict", 4, "Reload, look at what changed, and decide again."},
	[MS_ERR_HELD] = {"held", 5,
			 "Review the held answer, then sync --apply-held ID or sync --discard-held ID."},
	[MS_ERR_INTERRUPTED] = {"interrupted", 1,
				"The process that ran it went away; nothing was applied. Sync again."},
	[MS_ERR_CANCELLED] = {"cancelled", 130, "Nothing was applied. Sync again when ready."},
	[MS_ERR_CONFIG] = {"config", 2, "Correct the setting; config check tests the rest."},
	[MS_ERR_INTERNAL] = {"internal", 1,
			     "This should not happen: please report it with the message above."},
	[MS_ERR_USAGE] = {"usage", 2, "See modelsync-tui --help."},
	[MS_ERR_MIGRATE] = {"migrate", 2, "Run modelsync-tui db status, then db migrate."},
	[MS_ERR_UNREACHABLE] = {"unreachable", 3,
				"Check that PostgreSQL runs and database.conninfo (or --db) is right."},
	[MS_ERR_REFUSED] = {"refused", 5, "Ask an admin, or use a login that may do this."},
	[MS_ERR_BUSY] = {"busy", 6, "Wait for it, or see modelsync-tui status."},
	[MS_ERR_TERMINAL] = {"terminal", 7,
			     "Without a terminal use modelsync-tui models, status or sync."},
};

/*
 * The database takes valid UTF-8 only, and a message must not fail on its way there: a character
 * that a buffer or a precision cut in half goes at the end, and is a question mark elsewhere.
 */
static void mend(char *s)
{
	size_t len = strlen(s), out = 0, used;
	bool was_bad = false;

	for (size_t i = 0; i < len; i += used) {
		bool is_bad = ms_utf8_decode(s + i, len - i, &used) == MS_UTF8_BAD;

		if (is_bad && used == 3) /* U+FFFD itself */
			is_bad = false;
		if (is_bad && !was_bad && i + 4 <= len)
			s[out++] = '?';
		if (!is_bad) {
			memmove(s + out, s + i, used);
			out += used;
		}
		was_bad = is_bad;
	}
	s[out] = '\0';
}

bool ms_fail(struct ms_error *err, enum ms_category category, const char *fmt, ...)
{
	va_list ap;

	memset(err, 0, sizeof(*err));
	err->category = category;
	va_start(ap, fmt);
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	va_end(ap);
	mend(err->message);
	return false;
}

bool ms_error_prefix(struct ms_error *err, const char *fmt, ...)
{
	char prefix[200], whole[sizeof(err->message) + sizeof(prefix) + 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(prefix, sizeof(prefix), fmt, ap);
	va_end(ap);
	mend(prefix);
	snprintf(whole, sizeof(whole), "%s: %s", prefix, err->message);
	memcpy(err->message, whole, sizeof(err->message) - 1);
	err->message[sizeof(err->message) - 1] = '\0';
	mend(err->message);
	return false;
}

bool ms_error_append(struct ms_error *err, const char *fmt, ...)
{
	size_t len = strlen(err->message);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->message + len, sizeof(err->message) - len, fmt, ap);
	va_end(ap);
	mend(err->message);
	return false;
}

static const struct category_row *row_of(enum ms_category category)
{
	if ((unsigned)category >= MS_CATEGORY_COUNT)
		category = MS_ERR_INTERNAL;
	return &categories[category];
}

const char *ms_category_name(enum ms_category category)
{
	return row_of(category)->name;
}

enum ms_category ms_category_from_name(const char *name)
{
	for (int i = 0; name && i < MS_CATEGORY_COUNT; i++)
		if (strcmp(categories[i].name, name) == 0)
			return (enum ms_category)i;
	return MS_ERR_INTERNAL;
}

const char *ms_category_hint(enum ms_category category)
{
	return row_of(category)->hint;
}

int ms_category_exit_code(enum ms_category category)
{
	return row_of(category)->exit_code;
}
