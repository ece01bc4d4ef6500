/* SPDX-License-Identifier: MIT */
/*
 * A fetch is a chain of pages; a page is asked for until it comes or trying again is pointless; an
 * attempt is one request, or a few when the host redirects:
 *
 *   ms_upstream_fetch → fetch_pages → fetch_page (retries) → follow (redirects) → transfer_get
 *
 * One deadline and one byte budget span all of it. URLs only ever lead to the host that was
 * configured, so the API key can go along with every request.
 */
#include "modelsync/upstream.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "fetched.h"
#include "header.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "outcome.h"
#include "retry.h"
#include "transfer.h"
#include "url.h"

#define MAX_PAGES	  100
#define MAX_REDIRECTS	  5
#define DEFAULT_STALL_S	  60
#define PROGRESS_EVERY_MS 20
#define LONGEST_WAIT_S	  86400 /* nobody is told to come back later than in a day */
#define NO_PROXY	  "none"

struct ms_upstream {
	char *url; /* NULL when the configured one is unusable */
	char *login, *api_key, *output_modalities, *etag, *proxy, *ca_file, *ca_path;
	int page_size, timeout_s, retries;
	int64_t max_bytes;
	struct transfer_options transport; /* borrows from the strings above */
	struct transfer *transfer;
	struct ms_error unusable; /* of a configuration that no fetch can work with */
	atomic_bool is_cancelled;
};

/* One call of ms_upstream_fetch(). */
struct fetch {
	struct ms_upstream *upstream;
	ms_fetch_progress_fn progress;
	void *arg;
	struct ms_run_progress now;
	int64_t reported_ms;
	struct transfer_limits limits;
	struct ms_fetched *got;
	const char *condition;	/* etag sent along, or NULL */
	char *asked[MAX_PAGES]; /* URLs of the pages so far, to notice loops */
};

bool ms_upstream_init(struct ms_error *err)
{
	CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);

	if (code != CURLE_OK)
		return ms_fail(err, MS_ERR_INTERNAL, "libcurl: %s", curl_easy_strerror(code));
	return true;
}

void ms_upstream_exit(void)
{
	curl_global_cleanup();
}

bool ms_upstream_is_same_origin(const char *a, const char *b)
{
	return url_same_origin(a, b);
}

static char *first_url(const char *url, int page_size, const char *output_modalities)
{
	char limit[16], *paged, *whole;

	snprintf(limit, sizeof(limit), "%d", page_size);
	paged = page_size ? url_with_parameter(url, "limit", limit) : ms_strdup(url);
	if (!output_modalities || !*output_modalities)
		return paged;
	whole = url_with_parameter(paged, "output_modalities", output_modalities);
	ms_free(paged);
	return whole;
}

char *ms_upstream_source(const struct ms_upstream_options *o)
{
	char *url = first_url(o->url, o->page_size, o->output_modalities);
	char *source = url_for_people(url);

	ms_free(url);
	return source;
}

static char *copy_unless_empty(const char *s)
{
	return s && *s ? ms_strdup(s) : NULL;
}

static bool check_key(const char *key, struct ms_error *err)
{
	for (; key && *key; key++)
		if (!isgraph((unsigned char)*key))
			return ms_fail(err, MS_ERR_CONFIG,
				       "upstream.api_key holds a blank, a control character or a "
				       "character outside ASCII");
	return true;
}

static bool prepare(struct ms_upstream *u, const char *url, struct ms_error *err)
{
	char *clean;

	if (!check_key(u->api_key, err))
		return false;
	if (u->proxy && *u->proxy && !url_check_proxy(u->proxy, err))
		return false;
	if (!url_clean(url, &clean, &u->login, err))
		return ms_error_prefix(err, "upstream URL");
	u->url = clean;
	u->transport.login = u->login;
	u->transfer = transfer_new(&u->transport);
	return u->transfer || ms_fail(err, MS_ERR_INTERNAL, "libcurl gave no handle");
}

struct ms_upstream *ms_upstream_new(const struct ms_upstream_options *options)
{
	struct ms_upstream *u = ms_alloc(sizeof(*u));

	u->api_key = copy_unless_empty(options->api_key);
	u->output_modalities = copy_unless_empty(options->output_modalities);
	if (options->etag && header_is_entity_tag(options->etag, strlen(options->etag)))
		u->etag = ms_strdup(options->etag);
	u->proxy = copy_unless_empty(options->proxy);
	if (u->proxy && strcmp(u->proxy, NO_PROXY) == 0)
		*u->proxy = '\0';
	u->ca_file = copy_unless_empty(options->ca_file);
	u->ca_path = copy_unless_empty(options->ca_path);
	u->page_size = options->page_size;
	u->timeout_s = options->timeout_s;
	u->retries = options->retries;
	u->max_bytes = options->max_bytes;
	u->transport = (struct transfer_options){
		.api_key = u->api_key,
		.proxy = u->proxy,
		.ca_file = u->ca_file,
		.ca_path = u->ca_path,
		.connect_timeout_s = options->connect_timeout_s,
		.stall_timeout_s =
			options->stall_timeout_s ? options->stall_timeout_s : DEFAULT_STALL_S,
	};
	atomic_init(&u->is_cancelled, false);
	if (prepare(u, options->url, &u->unusable))
		u->unusable.category = MS_OK;
	return u;
}

void ms_upstream_free(struct ms_upstream *u)
{
	if (!u)
		return;
	transfer_free(u->transfer);
	ms_free(u->url);
	ms_free(u->login);
	ms_free(u->api_key);
	ms_free(u->output_modalities);
	ms_free(u->etag);
	ms_free(u->proxy);
	ms_free(u->ca_file);
	ms_free(u->ca_path);
	ms_free(u);
}

void ms_upstream_cancel(struct ms_upstream *u)
{
	atomic_store(&u->is_cancelled, true);
	if (u->transfer)
		transfer_wake(u->transfer);
}

static bool is_wanted(void *arg, int64_t received, int64_t expected)
{
	struct fetch *f = arg;
	int64_t now = ms_clock_ms();

	if (atomic_load(&f->upstream->is_cancelled))
		return false;
	if (!f->progress || now - f->reported_ms < PROGRESS_EVERY_MS)
		return true;
	f->reported_ms = now;
	f->now.done = f->got->bytes + received;
	f->now.total = expected ? f->got->bytes + expected : 0;
	return f->progress(f->arg, &f->now);
}

static bool fail_end(const struct fetch *f, const struct transfer_answer *a, struct ms_error *err)
{
	switch (a->end) {
	case TRANSFER_STOPPED:
		return ms_fail(err, MS_ERR_CANCELLED, "cancelled while fetching");
	case TRANSFER_TOO_LARGE:
		return ms_fail(err, MS_ERR_TOO_LARGE,
			       "more than %lld bytes %s (upstream.max_bytes)",
			       (long long)f->upstream->max_bytes, a->excess);
	case TRANSFER_TOO_MANY_HEADERS:
		return ms_fail(err, MS_ERR_TOO_LARGE, "more than %zu bytes of headers",
			       TRANSFER_HEADER_BYTES);
	case TRANSFER_DEADLINE:
		return ms_fail(err, MS_ERR_TIMEOUT,
			       "not complete within %d s (upstream.timeout); %lld bytes %s",
			       f->upstream->timeout_s, (long long)a->received,
			       a->was_connected ? "of this page came" : "came, not even connected");
	case TRANSFER_DONE:
		break;
	}
	return ms_fail(err, MS_ERR_INTERNAL, "the transfer ended without a reason");
}

/* The server may repeat what it was sent; secrets must not get into messages or the database. */
static void hide_secrets(const struct ms_upstream *u, char *text, size_t len)
{
	const char *password = u->login ? strchr(u->login, ':') : NULL;

	ms_text_hide(text, len, u->api_key);
	ms_text_hide(text, len, password ? password + 1 : NULL);
}

static bool go_to(char **url, const char *redirect, struct ms_error *err)
{
	char *target = url_resolve(*url, redirect), *shown;

	if (target && url_may_redirect(*url, target)) {
		ms_free(*url);
		*url = target;
		return true;
	}
	shown = url_for_people(redirect);
	ms_fail(err, MS_ERR_HTTP,
		"redirected to %.300s; only redirects within the scheme, host and port are followed",
		shown);
	ms_free(shown);
	ms_free(target);
	return false;
}

/* Only an answer to a question: a 304 that nobody asked for is an error like any other. */
static bool is_not_modified(const struct fetch *f, const struct transfer_answer *a)
{
	return f->condition && a->code == CURLE_OK && a->status == 304;
}

/* One attempt. On success *url is where the answer finally came from. */
static bool follow(struct fetch *f, char **url, struct transfer_answer *a, bool *again,
		   struct ms_error *err)
{
	struct ms_upstream *u = f->upstream;

	*again = false;
	for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
		transfer_get(u->transfer, *url, f->condition, &f->limits, a);
		hide_secrets(u, a->body.data, a->body.len);
		if (a->end != TRANSFER_DONE)
			return fail_end(f, a, err);
		if (is_not_modified(f, a))
			return true;
		if (!outcome_of(a, &u->transport, again, err))
			return false;
		if (!outcome_is_redirect(a))
			return true;
		if (!go_to(url, a->redirect, err))
			return false;
		transfer_answer_clear(a);
	}
	return ms_fail(err, MS_ERR_HTTP, "redirected more than %d times", MAX_REDIRECTS);
}

static void note_retry_after(const struct transfer_answer *a, struct ms_error *err)
{
	const char *value = a->headers.retry_after;
	int64_t asked_s = *value ? retry_after_s(value, ms_clock_now()) : -1;

	if (asked_s > 0)
		err->retry_after_s = asked_s < LONGEST_WAIT_S ? (int)asked_s : LONGEST_WAIT_S;
}

/* How long to wait before the next attempt; -1 when the deadline would pass, *err then says so. */
static int64_t time_to_wait(const struct fetch *f, struct ms_error *err)
{
	int64_t wait_ms = retry_backoff_ms(f->now.attempt);
	int64_t asked_ms = err->retry_after_s * INT64_C(1000);
	int64_t left_ms = f->limits.deadline_ms - ms_clock_ms();

	if (asked_ms > wait_ms)
		wait_ms = asked_ms;
	if (wait_ms < left_ms)
		return wait_ms;
	if (asked_ms >= left_ms)
		ms_error_append(
			err,
			"; upstream asks to wait %d s%s, longer than upstream.timeout (%d s) allows",
			err->retry_after_s, err->retry_after_s == LONGEST_WAIT_S ? " or more" : "",
			f->upstream->timeout_s);
	else
		ms_error_append(err, "; upstream.timeout (%d s) leaves no time for another attempt",
				f->upstream->timeout_s);
	return -1;
}

static bool wait_before_retry(struct fetch *f, int64_t wait_ms, struct ms_error *err)
{
	enum transfer_end end;

	f->now.retry_in_ms = wait_ms > 0 ? wait_ms : 1;
	f->reported_ms = 0;
	end = transfer_wait(f->upstream->transfer, wait_ms, &f->limits);
	f->now.retry_in_ms = 0;
	if (end == TRANSFER_DONE)
		return true;
	return fail_end(f, &(struct transfer_answer){.end = end}, err);
}

static void note_attempts(const struct fetch *f, struct ms_error *err)
{
	if (f->now.attempt > 1 && err->category != MS_ERR_CANCELLED)
		ms_error_append(err, " (attempt %d)", f->now.attempt);
}

static bool fetch_page(struct fetch *f, char **url, struct transfer_answer *a, struct ms_error *err)
{
	bool again = false;

	for (f->now.attempt = 1;; f->now.attempt++) {
		int64_t wait_ms;

		if (follow(f, url, a, &again, err))
			return true;
		note_attempts(f, err);
		note_retry_after(a, err);
		if (!again || f->now.attempt > f->upstream->retries)
			return false;
		wait_ms = time_to_wait(f, err);
		if (wait_ms < 0)
			return false;
		transfer_answer_clear(a);
		if (!wait_before_retry(f, wait_ms, err))
			return false;
	}
}

/* The next page's URL from links.next; *url is the page that named it and is replaced. */
static bool go_to_next(struct fetch *f, char **url, const char *next, struct ms_error *err)
{
	const char *modalities = f->upstream->output_modalities;
	char *target = url_resolve(*url, next);

	if (!target || !url_same_origin(*url, target)) {
		char shown[300];

		ms_free(target);
		return ms_fail(err, MS_ERR_SCHEMA, "links.next leaves the host: %s",
			       ms_text_excerpt(shown, sizeof(shown), next, strlen(next)));
	}
	ms_free(*url);
	*url = modalities ? url_with_parameter(target, "output_modalities", modalities)
			  : ms_strdup(target);
	ms_free(target);
	return true;
}

static bool remember(struct fetch *f, const char *url, struct ms_error *err)
{
	size_t pages = f->got->count;

	if (pages == MAX_PAGES)
		return ms_fail(err, MS_ERR_TOO_LARGE, "more than %d pages", MAX_PAGES);
	for (size_t i = 0; i < pages; i++)
		if (strcmp(f->asked[i], url) == 0)
			return ms_fail(err, MS_ERR_SCHEMA, "links.next leads back to page %zu",
				       i + 1);
	f->asked[pages] = ms_strdup(url);
	return true;
}

static void add_place(const struct fetch *f, const char *url, struct ms_error *err)
{
	char *shown = url_for_people(url);

	if (f->now.page > 1)
		ms_error_prefix(err, "page %d (%.150s)", f->now.page, shown);
	else
		ms_error_prefix(err, "%.180s", shown);
	ms_free(shown);
}

/* Whether a 304 speaks of what was asked for; W/ does not matter here (RFC 9110 §8.8.3.2). */
static bool is_believable(const struct fetch *f, const struct transfer_answer *a)
{
	const char *asked = f->condition, *told = a->headers.etag;

	asked += strncmp(asked, "W/", 2) == 0 ? 2 : 0;
	told += strncmp(told, "W/", 2) == 0 ? 2 : 0;
	return !*told || strcmp(asked, told) == 0;
}

/* A page, or (with a condition) the word that it is still the one that is known. */
static bool fetch_if_modified(struct fetch *f, char **url, struct transfer_answer *a,
			      struct ms_error *err)
{
	if (!fetch_page(f, url, a, err))
		return false;
	if (!is_not_modified(f, a) || is_believable(f, a)) {
		f->got->is_not_modified = is_not_modified(f, a);
		f->condition = NULL; /* stands for a whole list, not for a further page of it */
		return true;
	}
	f->condition = NULL;
	transfer_answer_clear(a);
	return fetch_page(f, url, a, err);
}

/* The tag of one page says nothing of the others. */
static void note_etag(struct ms_fetched *got, const char *etag)
{
	ms_free(got->etag);
	got->etag = got->count == 1 && *etag ? ms_strdup(etag) : NULL;
}

/* Fetches, checks and keeps one page. *next is links.next, owned, NULL after the last page. */
static bool take_page(struct fetch *f, char **url, char **next, struct ms_error *err)
{
	struct transfer_answer a = {0};
	struct page page = {0};
	bool good;

	f->limits.max_bytes = f->upstream->max_bytes - f->got->bytes;
	good = remember(f, *url, err) && fetch_if_modified(f, url, &a, err);
	if (good && !f->got->is_not_modified) {
		good = page_check(&a.body, a.content_type, &page, err);
		if (good)
			fetched_add(f->got, &a.body, &page);
		note_etag(f->got, a.headers.etag);
	}
	*next = page.next;
	transfer_answer_clear(&a);
	return good;
}

static bool fetch_pages(struct fetch *f, char **url, struct ms_error *err)
{
	bool good = true, last = false;

	for (f->now.page = 1; good && !last; f->now.page++) {
		char *next = NULL;

		good = take_page(f, url, &next, err);
		last = !next;
		if (good && !last)
			good = go_to_next(f, url, next, err);
		if (!good)
			add_place(f, *url, err);
		ms_free(next);
	}
	return good;
}

bool ms_upstream_fetch(struct ms_upstream *u, ms_fetch_progress_fn progress, void *arg,
		       struct ms_fetched **out, struct ms_error *err)
{
	struct fetch f = {.upstream = u, .progress = progress, .arg = arg};
	int64_t started = ms_clock_ms();
	char *url;
	bool good;

	*out = NULL;
	if (u->unusable.category != MS_OK) {
		*err = u->unusable;
		return false;
	}
	atomic_store(&u->is_cancelled, false);
	url = first_url(u->url, u->page_size, u->output_modalities);
	f.now.phase = MS_PHASE_FETCH;
	f.limits = (struct transfer_limits){.deadline_ms = started + u->timeout_s * INT64_C(1000),
					    .alive = is_wanted,
					    .arg = &f};
	f.got = fetched_new(url_for_people(url));
	f.condition = u->etag;
	good = fetch_pages(&f, &url, err);
	f.got->elapsed_ms = (double)(ms_clock_ms() - started);
	for (size_t i = 0; i < MAX_PAGES; i++)
		ms_free(f.asked[i]);
	ms_free(url);
	if (good) {
		*out = f.got;
		return true;
	}
	/* Once more: what was spelled otherwise in the answer may be plain in a message of it. */
	hide_secrets(u, err->message, strlen(err->message));
	ms_fetched_free(f.got);
	return false;
}
