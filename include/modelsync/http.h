/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_H
#define MODELSYNC_HTTP_H

#include <stdbool.h>

#include "modelsync/config.h"
#include "modelsync/error.h"
#include "modelsync/text.h"

/*
 * The HTTP listener: health, metrics and the APIs (docs/http-api.md). It has threads of its own;
 * all functions are for one thread, and take NULL for a listener that is switched off.
 */
struct ms_http;

/* Whether sections `http` and `auth` make sense, without listening anywhere. */
bool ms_http_check(const struct ms_config *config, struct ms_error *err) MS_MUST_CHECK;
/* What works, but not as safely as it could; a line each. */
void ms_http_warnings(const struct ms_config *config, struct ms_text *out);

/*
 * Listens as section `http` says; *out is NULL when http.listen is empty. Keeps a share of config.
 * version must outlive it. Fails with `config` when an address cannot be understood or used.
 */
bool ms_http_start(struct ms_http **out, struct ms_config *config, const char *version,
		   struct ms_error *err) MS_MUST_CHECK;

/*
 * Other settings: requests from now on see them. On failure everything stays as it was. *http may
 * begin or end to be NULL.
 */
bool ms_http_reload(struct ms_http **http, struct ms_config *config, const char *version,
		    struct ms_error *err) MS_MUST_CHECK;

/* A notification of the database: something has changed there. */
void ms_http_notice(struct ms_http *http, const char *payload);
/* The database came (why NULL) or went. */
void ms_http_database(struct ms_http *http, const struct ms_error *why);
/* From now on /readyz says no, so that balancers look elsewhere; requests are still served. */
void ms_http_drain(struct ms_http *http);

/* Accepts nobody any more, lets answers in flight end within that time, and frees it. */
void ms_http_stop(struct ms_http *http, int within_ms);

#endif
