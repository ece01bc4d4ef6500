/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_URL_H
#define MODELSYNC_UPSTREAM_URL_H

#include <stdbool.h>

#include "modelsync/error.h"

/*
 * URLs of a fetch. Credentials are taken out of the configured URL once, so that every URL handled
 * afterwards may be kept, compared and shown. All returned strings are owned by the caller.
 */

/*
 * Normalises an http or https URL without its fragment. *login becomes "user:password" or NULL.
 * Fails with `config`; the message shows no credentials.
 */
bool url_clean(const char *text, char **url, char **login, struct ms_error *err) MS_MUST_CHECK;

/* Whether text names a proxy that libcurl can use; without a scheme it is http. */
bool url_check_proxy(const char *text, struct ms_error *err) MS_MUST_CHECK;

/* `ref` as seen from `base`, without credentials and fragment; NULL unless it is http or https. */
char *url_resolve(const char *base, const char *ref);

/* The same scheme, host and port (RFC 6454). False when either is no URL. */
bool url_same_origin(const char *a, const char *b);

/* `to` has the host of `from`, and the same origin or http moved up to https (default ports). */
bool url_may_redirect(const char *from, const char *to);

/* `url` with name=value added to its query unless a parameter of that name is there. */
char *url_with_parameter(const char *url, const char *name, const char *value);

/* For messages and logs: no credentials, values of secret-looking parameters as "***". */
char *url_for_people(const char *url);

#endif
