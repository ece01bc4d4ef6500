/* SPDX-License-Identifier: MIT */
#include "http.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "modelsync/clock.h"
#include "modelsync/json.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"

/* Of the program's files, those that are no connections. */
#define OTHER_FILES 64
/* For answers to what the workers had to give up. */
#define LAST_WORDS_MS 500
/* For a sync that was interrupted to say so in its row. */
#define CLOSE_RUN_MS 1500

static struct http *inside(struct ms_http *h)
{
	return (struct http *)(void *)h;
}

/* --- what calls ask ------------------------------------------------------------------------- */

struct http_settings *http_settings_now(struct http *http)
{
	struct http_settings *s;

	pthread_mutex_lock(&http->lock);
	s = http_settings_share(http->settings);
	pthread_mutex_unlock(&http->lock);
	return s;
}

void http_call_begins(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	http->in_flight++;
	pthread_mutex_unlock(&http->lock);
}

void http_call_ends(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	if (--http->in_flight == 0)
		pthread_cond_signal(&http->calm);
	pthread_mutex_unlock(&http->lock);
}

static bool read_flag(struct http *http, const bool *flag)
{
	bool value;

	pthread_mutex_lock(&http->lock);
	value = *flag;
	pthread_mutex_unlock(&http->lock);
	return value;
}

bool http_is_draining(struct http *http)
{
	return read_flag(http, &http->is_draining);
}

bool http_is_connected(struct http *http)
{
	return read_flag(http, &http->is_connected);
}

size_t http_connections(struct http *http)
{
	size_t n = 0;

	for (size_t i = 0; i < http->server_count; i++)
		n += server_connections(http->servers[i]);
	return n;
}

/* --- start ---------------------------------------------------------------------------------- */

static bool start_servers(struct http *http, struct ms_error *err)
{
	char **addresses = http_words(ms_config_string(http->settings->config, MS_OPT_HTTP_LISTEN));
	bool ok = true;

	for (size_t i = 0; ok && addresses[i]; i++) {
		http->servers = ms_realloc_array(http->servers, http->server_count + 1,
						 sizeof(struct server *));
		ok = server_start(&http->servers[http->server_count], http, addresses[i], err);
		http->server_count += ok;
	}
	http_words_free(addresses);
	return ok;
}

static void init_calm(struct http *http)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&http->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&http->calm, &attr);
	pthread_condattr_destroy(&attr);
}

/* Each connection is an open file, and many systems begin with 1,024 for all. */
static void make_room_for_files(const struct ms_config *config)
{
	rlim_t needed = (rlim_t)ms_config_int(config, MS_OPT_HTTP_MAX_CONNECTIONS) + OTHER_FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
		return;
	limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < needed)
		ms_log_event(MS_LOG_WARN, "few_files",
			     MS_LOG_NUMBER("allowed", (int64_t)limit.rlim_cur),
			     MS_LOG_NUMBER("needed", (int64_t)needed),
			     MS_LOG_TEXT("hint", "raise the limit of open files (LimitNOFILE), or "
						 "lower http.max_connections"));
}

static void log_listening(const struct http *http)
{
	for (size_t i = 0; i < http->server_count; i++)
		ms_log_event(MS_LOG_INFO, "listening",
			     MS_LOG_TEXT("address", server_name(http->servers[i])));
}

static void free_http(struct http *http)
{
	for (size_t i = 0; i < http->server_count; i++)
		server_stop(http->servers[i]);
	ms_free(http->servers);
	traffic_free(http->traffic);
	ms_json_free(http->figures.json);
	pthread_mutex_destroy(&http->figures.lock);
	catalogue_free(http->catalogue);
	syncs_free(http->syncs);
	http_settings_release(http->settings);
	pthread_cond_destroy(&http->calm);
	pthread_mutex_destroy(&http->lock);
	ms_free(http);
}

bool ms_http_start(struct ms_http **out, struct ms_config *config, const char *version,
		   struct ms_error *err)
{
	struct http *http;

	*out = NULL;
	if (!*ms_config_string(config, MS_OPT_HTTP_LISTEN))
		return true;
	make_room_for_files(config);
	http = ms_alloc(sizeof(*http));
	http->version = version;
	http->started_at = ms_clock_now();
	http->traffic = traffic_new();
	pthread_mutex_init(&http->figures.lock, NULL);
	strcpy(http->away, "not connected yet");
	init_calm(http);
	http->settings = http_settings_new(config);
	http->catalogue = catalogue_new();
	http->syncs = syncs_new();
	http->pool = pool_new((size_t)ms_config_int(config, MS_OPT_HTTP_WORKERS));
	if (!start_servers(http, err)) {
		pool_free(http->pool);
		free_http(http);
		return false;
	}
	log_listening(http);
	*out = (struct ms_http *)(void *)http;
	return true;
}

/* --- news ----------------------------------------------------------------------------------- */

void ms_http_notice(struct ms_http *h, const char *payload)
{
	(void)payload;
	if (!h)
		return;
	atomic_fetch_add(&inside(h)->generation, 1);
	catalogue_forget(inside(h)->catalogue);
}

void ms_http_database(struct ms_http *h, const struct ms_error *why)
{
	struct http *http = inside(h);

	if (!h)
		return;
	pthread_mutex_lock(&http->lock);
	http->is_connected = !why;
	snprintf(http->away, sizeof(http->away), "%s", why ? ms_category_name(why->category) : "");
	pthread_mutex_unlock(&http->lock);
	atomic_fetch_add(&http->generation, 1); /* whatever was missed meanwhile */
	catalogue_watch(http->catalogue, !why);
}

void ms_http_drain(struct ms_http *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&inside(h)->lock);
	inside(h)->is_draining = true;
	pthread_mutex_unlock(&inside(h)->lock);
}

/* --- other settings, and the end ------------------------------------------------------------ */

static void wait_until_calm(struct http *http, int within_ms)
{
	int64_t until_us = ms_clock_us() + (int64_t)within_ms * 1000;
	struct timespec until = {.tv_sec = until_us / 1000000,
				 .tv_nsec = until_us % 1000000 * 1000};

	pthread_mutex_lock(&http->lock);
	while (http->in_flight && ms_clock_us() < until_us)
		pthread_cond_timedwait(&http->calm, &http->lock, &until);
	pthread_mutex_unlock(&http->lock);
}

bool ms_http_reload(struct ms_http **h, struct ms_config *config, const char *version,
		    struct ms_error *err)
{
	struct http *http = inside(*h);
	struct http_settings *before;

	if (!http)
		return ms_http_start(h, config, version, err);
	pthread_mutex_lock(&http->lock);
	before = http->settings;
	http->settings = http_settings_new(config);
	pthread_mutex_unlock(&http->lock);
	http_settings_release(before);
	return true;
}

void ms_http_stop(struct ms_http *h, int within_ms)
{
	struct http *http = inside(h);

	if (!h)
		return;
	ms_http_drain(h);
	for (size_t i = 0; i < http->server_count; i++)
		server_close(http->servers[i]);
	wait_until_calm(http, within_ms);
	syncs_stop(http->syncs);
	wait_until_calm(http, CLOSE_RUN_MS);
	pool_free(http->pool);
	wait_until_calm(http, LAST_WORDS_MS);
	free_http(http);
}
