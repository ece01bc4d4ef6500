/* SPDX-License-Identifier: MIT */
#include "http.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "listen.h"
#include "modelsync/clock.h"
#include "modelsync/json.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"
#include "modelsync/thread.h"
#include "tls.h"

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
	atomic_fetch_add(&http->in_flight, 1);
}

/* Nobody waits for the last one before it drains. */
void http_call_ends(struct http *http)
{
	if (atomic_fetch_sub(&http->in_flight, 1) > 1 || !http_is_draining(http))
		return;
	pthread_mutex_lock(&http->lock);
	pthread_cond_signal(&http->calm);
	pthread_mutex_unlock(&http->lock);
}

bool http_is_draining(struct http *http)
{
	return atomic_load(&http->is_draining);
}

bool http_is_connected(struct http *http)
{
	return atomic_load(&http->is_connected);
}

/* --- start ---------------------------------------------------------------------------------- */

static struct server *find_server(const struct server_list *list, const char *address)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(server_address(list->items[i]), address) == 0)
			return list->items[i];
	return NULL;
}

static bool has_server(const struct server_list *list, const struct server *s)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == s)
			return true;
	return false;
}

/* Stops those of the list that the other one does not have. */
static void drop_servers(struct server_list *list, const struct server_list *but)
{
	for (size_t i = 0; i < list->count; i++)
		if (!has_server(but, list->items[i])) {
			server_close(list->items[i],
				     !find_server(but, server_address(list->items[i])));
			server_stop(list->items[i]);
		}
	ms_free(list->items);
}

/*
 * What listens at the addresses of these settings: servers of before where they fit, others on
 * their sockets where they do not, new ones elsewhere. All or none.
 */
static bool make_servers(struct http *http, const struct ms_config *config, struct server_list *out,
			 struct ms_error *err)
{
	char **addresses = http_words(ms_config_string(config, MS_OPT_HTTP_LISTEN));
	bool ok = true;

	*out = (struct server_list){0};
	for (size_t i = 0; ok && addresses[i]; i++) {
		struct server *s = find_server(&http->servers, addresses[i]);

		if (!s || !server_fits(s, config))
			ok = server_start(&s, http, config, addresses[i], s, err);
		if (ok)
			server_list_add(out, s);
	}
	http_words_free(addresses);
	if (!ok)
		drop_servers(out, &http->servers);
	return ok;
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

static void log_listening(const struct server_list *servers)
{
	for (size_t i = 0; i < servers->count; i++)
		ms_log_event(MS_LOG_INFO, "listening",
			     MS_LOG_TEXT("address", server_name(servers->items[i])));
}

/* Takes the settings. */
static struct http *new_http(struct http_settings *settings, const char *version)
{
	struct http *http = ms_alloc(sizeof(*http));

	http->version = version;
	http->started_at = ms_clock_now();
	strcpy(http->away, "not connected yet");
	pthread_mutex_init(&http->lock, NULL);
	ms_cond_init(&http->calm);
	ms_cond_init(&http->wakes);
	pthread_mutex_init(&http->figures.lock, NULL);
	http->traffic = traffic_new();
	http->settings = settings;
	http->callers = callers_new();
	http->shelf = shelf_new(settings);
	http->catalogue = catalogue_new();
	http->syncs = syncs_new();
	http->pool = pool_new((size_t)ms_config_int(settings->config, MS_OPT_HTTP_WORKERS));
	return http;
}

/* The workers have ended by now. */
static void free_http(struct http *http)
{
	for (size_t i = 0; i < http->servers.count; i++)
		server_stop(http->servers.items[i]);
	for (size_t i = 0; i < http->retired.count; i++)
		server_stop(http->retired.items[i]);
	ms_free(http->servers.items);
	ms_free(http->retired.items);
	shelf_free(http->shelf);
	callers_free(http->callers);
	traffic_free(http->traffic);
	ms_json_free(http->figures.json);
	pthread_mutex_destroy(&http->figures.lock);
	catalogue_free(http->catalogue);
	syncs_free(http->syncs);
	http_settings_release(http->settings);
	pthread_cond_destroy(&http->calm);
	pthread_cond_destroy(&http->wakes);
	pthread_mutex_destroy(&http->lock);
	ms_free(http);
}

bool ms_http_check(const struct ms_config *config, struct ms_error *err)
{
	char **addresses = http_words(ms_config_string(config, MS_OPT_HTTP_LISTEN));
	struct keys keys;
	struct tls tls;
	bool ok = true;

	for (size_t i = 0; ok && addresses[i]; i++)
		ok = listen_check(addresses[i], err);
	http_words_free(addresses);
	ok = ok && tls_load(&tls, config, err);
	if (ok)
		tls_clear(&tls);
	ok = ok && keys_load(&keys, config, err);
	if (ok)
		keys_clear(&keys);
	return ok;
}

bool ms_http_start(struct ms_http **out, struct ms_config *config, const char *version,
		   struct ms_error *err)
{
	struct http_settings *settings;
	struct http *http;

	*out = NULL;
	if (!*ms_config_string(config, MS_OPT_HTTP_LISTEN))
		return true;
	if (!http_settings_new(&settings, config, err))
		return false;
	make_room_for_files(config);
	http = new_http(settings, version);
	if (!make_servers(http, config, &http->servers, err)) {
		http->servers = (struct server_list){0};
		pool_free(http->pool);
		free_http(http);
		return false;
	}
	log_listening(&http->servers);
	http_start_keeper(http);
	*out = (struct ms_http *)(void *)http;
	return true;
}

/* --- news ----------------------------------------------------------------------------------- */

void ms_http_notice(struct ms_http *h, const char *payload)
{
	struct ms_json *notice;
	struct ms_error ignored;
	const char *profile;

	if (!h)
		return;
	catalogue_forget(inside(h)->catalogue);
	notice = ms_json_parse(payload, strlen(payload), &ignored);
	profile = ms_json_string(ms_json_get(notice, "profile"));
	if (profile)
		callers_forget(inside(h)->callers, profile);
	if (ms_json_get(notice, "changeset"))
		shelf_changed(inside(h)->shelf);
	ms_json_free(notice);
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
	catalogue_watch(http->catalogue, !why);
	if (!why)
		callers_forget(http->callers, NULL);
	shelf_database(http->shelf, !why);
}

void ms_http_drain(struct ms_http *h)
{
	if (h)
		atomic_store(&inside(h)->is_draining, true);
}

/* --- other settings, and the end ------------------------------------------------------------ */

/* Puts other settings and servers in place of those of before, which end when they are idle. */
static void replace(struct http *http, struct server_list *servers, struct http_settings *settings)
{
	struct http_settings *before;

	pthread_mutex_lock(&http->lock);
	before = http->settings;
	http->settings = settings;
	for (size_t i = 0; i < http->servers.count; i++) {
		struct server *s = http->servers.items[i];

		if (has_server(servers, s))
			continue;
		server_close(s, !find_server(servers, server_address(s)));
		server_list_add(&http->retired, s);
	}
	ms_free(http->servers.items);
	http->servers = *servers;
	pthread_cond_signal(&http->wakes);
	pthread_mutex_unlock(&http->lock);
	http_settings_release(before);
}

bool ms_http_reload(struct ms_http **h, struct ms_config *config, const char *version,
		    struct ms_error *err)
{
	struct http *http = inside(*h);
	struct http_settings *settings;
	struct server_list servers;

	if (!http)
		return ms_http_start(h, config, version, err);
	if (!*ms_config_string(config, MS_OPT_HTTP_LISTEN)) {
		ms_http_stop(*h, LAST_WORDS_MS);
		*h = NULL;
		return true;
	}
	if (!http_settings_new(&settings, config, err))
		return false;
	make_room_for_files(config);
	if (!make_servers(http, config, &servers, err)) {
		http_settings_release(settings);
		return false;
	}
	log_listening(&servers);
	shelf_use(http->shelf, settings);
	replace(http, &servers, settings);
	return true;
}

static void wait_until_calm(struct http *http, int within_ms)
{
	int64_t until_us = ms_clock_us() + (int64_t)within_ms * 1000;

	pthread_mutex_lock(&http->lock);
	while (http->in_flight && ms_clock_us() < until_us)
		ms_cond_wait_until(&http->calm, &http->lock, until_us);
	pthread_mutex_unlock(&http->lock);
}

void ms_http_stop(struct ms_http *h, int within_ms)
{
	struct http *http = inside(h);

	if (!h)
		return;
	ms_http_drain(h);
	http_stop_keeper(http);
	for (size_t i = 0; i < http->servers.count; i++)
		server_close(http->servers.items[i], true);
	wait_until_calm(http, within_ms);
	syncs_stop(http->syncs);
	wait_until_calm(http, CLOSE_RUN_MS);
	pool_free(http->pool);
	wait_until_calm(http, LAST_WORDS_MS);
	free_http(http);
}
