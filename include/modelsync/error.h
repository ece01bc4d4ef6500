/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_ERROR_H
#define MODELSYNC_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#define MS_MUST_CHECK     __attribute__((warn_unused_result))
#define MS_PRINTF(fmt, n) __attribute__((format(printf, fmt, n)))

/*
 * What kind of thing went wrong. The names up to "internal" are stored with a failed run and shown
 * to admins; the ones after it belong to this process only. One table in error.c holds the name,
 * the recovery hint and the exit code of each.
 */
enum ms_category {
	MS_OK = 0,
	MS_ERR_NETWORK,     /* could not resolve, connect, or the connection broke */
	MS_ERR_TIMEOUT,     /* a time limit ran out */
	MS_ERR_TLS,         /* certificate or handshake */
	MS_ERR_RATE_LIMIT,  /* upstream answered 429 to the end */
	MS_ERR_AUTH,        /* upstream answered 401 or 403 */
	MS_ERR_HTTP,        /* any other unexpected HTTP answer */
	MS_ERR_TOO_LARGE,   /* over the byte, page or item cap */
	MS_ERR_PARSE,       /* not JSON, or not UTF-8 */
	MS_ERR_SCHEMA,      /* JSON, but not of the expected shape */
	MS_ERR_VALIDATION,  /* values that cannot be accepted */
	MS_ERR_DATABASE,    /* the database refused or failed */
	MS_ERR_CONFLICT,    /* somebody else changed or holds it */
	MS_ERR_HELD,        /* the guard held the run */
	MS_ERR_INTERRUPTED, /* the process that ran it went away */
	MS_ERR_CANCELLED,   /* somebody cancelled it */
	MS_ERR_CONFIG,      /* a setting is wrong */
	MS_ERR_INTERNAL,    /* a bug or the operating system */
	/* --- this process only --- */
	MS_ERR_USAGE,       /* command line or filter expression */
	MS_ERR_MIGRATE,     /* the schema does not fit this program */
	MS_ERR_UNREACHABLE, /* no connection to the database */
	MS_ERR_REFUSED,     /* not allowed */
	MS_ERR_BUSY,        /* another sync runs, or the cooldown has not passed */
	MS_ERR_TERMINAL,    /* no usable terminal */
	MS_CATEGORY_COUNT
};

/*
 * An error travels up by value: a function that can fail takes a `struct ms_error *`, returns
 * false and fills it once. Callers add context with ms_error_prefix(). A NULL pointer is not
 * allowed. Nothing to free.
 */
struct ms_error {
	enum ms_category category;
	char sqlstate[6];  /* PostgreSQL's SQLSTATE, or "" */
	int http_status;   /* HTTP status of the answer, or 0 */
	int retry_after_s; /* seconds to wait before trying again, or 0 */
	char message[1000];
};

/* Fills *err (any older content is lost) and returns false, so that callers can `return ms_fail(…)`. */
bool ms_fail(struct ms_error *err, enum ms_category category, const char *fmt, ...) MS_PRINTF(3, 4);

/* Puts "text: " in front of the message and returns false. */
bool ms_error_prefix(struct ms_error *err, const char *fmt, ...) MS_PRINTF(2, 3);

/* Puts text behind the message, as far as it fits, and returns false. */
bool ms_error_append(struct ms_error *err, const char *fmt, ...) MS_PRINTF(2, 3);

/* Stable lower-case name ("rate_limit"); never NULL. */
const char *ms_category_name(enum ms_category category);

/* The category of that name; MS_ERR_INTERNAL when there is none. */
enum ms_category ms_category_from_name(const char *name);

/* One line telling an admin what to do about it; "" for MS_OK. */
const char *ms_category_hint(enum ms_category category);

/* Process exit code documented for that category (0 for MS_OK). */
int ms_category_exit_code(enum ms_category category);

#endif
