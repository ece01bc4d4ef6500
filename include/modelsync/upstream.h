/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_H
#define MODELSYNC_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/config.h"
#include "modelsync/error.h"
#include "modelsync/run.h"

/* Fetching a catalogue: from a URL over HTTP(S), following pages, or from a file. */

/* Call once, before any thread starts. */
bool ms_upstream_init(struct ms_error *err) MS_MUST_CHECK;
void ms_upstream_exit(void);

struct ms_upstream_options {
	const char *url;
	const char *api_key;           /* "" or NULL = none */
	const char *output_modalities; /* "" or NULL = upstream's default */
	int page_size;                 /* models asked for at a time; 0 = all in one answer */
	const char *etag;              /* of what is known already; unless it is one: fetch in any case */
	const char *proxy;             /* URL or "none"; "" or NULL = as the environment says */
	const char *ca_file, *ca_path; /* "" or NULL = what the system trusts */
	int connect_timeout_s;
	int timeout_s;       /* of the whole fetch: all pages, retries and waits */
	int stall_timeout_s; /* a connection that is silent for so long is given up; 0 = 60 */
	int retries;         /* of one page */
	int64_t max_bytes;
};

/* What the configuration says; strings are borrowed from it. */
void ms_upstream_options_init(struct ms_upstream_options *o, const struct ms_config *c);

/*
 * The fetched documents as they came, valid UTF-8 and JSON objects with an array "data"; escapes
 * that a database cannot store are replaced already. Owned; free with ms_fetched_free().
 */
struct ms_fetched {
	char **pages;
	size_t count;
	size_t models;       /* elements of all "data" arrays, not yet validated */
	int64_t bytes;       /* of all pages, decompressed */
	int64_t total_count; /* claimed by upstream; -1 = not said */
	double elapsed_ms;
	char *source;        /* URL without credentials, or file name */
	char *etag;          /* entity tag of the whole answer, or NULL */
	bool is_not_modified; /* it is still what options.etag stood for: there are no pages */
};
void ms_fetched_free(struct ms_fetched *f);

struct ms_upstream;
struct ms_upstream *ms_upstream_new(const struct ms_upstream_options *options);
void ms_upstream_free(struct ms_upstream *u);

/* Called at least every 100 ms while fetching; returning false cancels. */
typedef bool (*ms_fetch_progress_fn)(void *arg, const struct ms_run_progress *progress);

/*
 * Fetches all pages, or learns that they still are what options.etag stood for. Fails with network, timeout, tls, rate_limit, auth, http, too_large, parse,
 * schema or cancelled; the message names page and place. Never returns half a catalogue.
 */
bool ms_upstream_fetch(struct ms_upstream *u, ms_fetch_progress_fn progress, void *arg,
		       struct ms_fetched **out, struct ms_error *err) MS_MUST_CHECK;

/*
 * The same from a file, or standard input for "-"; one page, uncompressed. Fails with `usage` when
 * the file cannot be read, else like a fetch. `progress` as above; it may be NULL.
 */
bool ms_upstream_read_file(const char *path, int64_t max_bytes, ms_fetch_progress_fn progress,
			   void *arg, struct ms_fetched **out, struct ms_error *err) MS_MUST_CHECK;

/*
 * Whether two URLs have the same scheme, host and port, so that a secret meant for the one may go
 * to the other.
 */
bool ms_upstream_is_same_origin(const char *a, const char *b);

/* What a fetch begins with, for messages and logs: no credentials or secret parameters. Owned. */
char *ms_upstream_source(const struct ms_upstream_options *options);

/* Makes a running ms_upstream_fetch() return `cancelled` within 100 ms. From any thread. */
void ms_upstream_cancel(struct ms_upstream *u);

#endif
