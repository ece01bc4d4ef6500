/* SPDX-License-Identifier: MIT */
#include "http.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/thread.h"

#define LOOK_EVERY_US	1000000
#define RETIRE_EVERY_US 100000

void server_list_add(struct server_list *list, struct server *s)
{
	list->items = ms_realloc_array(list->items, list->count + 1, sizeof(struct server *));
	list->items[list->count++] = s;
}

/* --- under the lock ------------------------------------------------------------------------- */

static size_t connections(const struct http *http)
{
	size_t n = 0;

	for (size_t i = 0; i < http->servers.count; i++)
		n += server_connections(http->servers.items[i]);
	return n;
}

static void break_slow(struct http *http)
{
	for (size_t i = 0; i < http->servers.count; i++)
		for (size_t n = server_break_slow(http->servers.items[i]); n; n--)
			traffic_count(http->traffic, HTTP_COUNT_SLOW_CLIENTS);
}

/* One whose answers have all gone out, taken from the list; or NULL. */
static struct server *take_idle(struct server_list *retired)
{
	for (size_t i = 0; i < retired->count; i++)
		if (server_is_idle(retired->items[i])) {
			struct server *s = retired->items[i];

			retired->items[i] = retired->items[--retired->count];
			return s;
		}
	return NULL;
}

static void sleep_until_needed(struct http *http)
{
	if (http->retired.count)
		ms_cond_wait_until(&http->wakes, &http->lock, ms_clock_us() + RETIRE_EVERY_US);
	else if (connections(http))
		ms_cond_wait_until(&http->wakes, &http->lock, ms_clock_us() + LOOK_EVERY_US);
	else
		pthread_cond_wait(&http->wakes, &http->lock);
}

/* --- the thread ----------------------------------------------------------------------------- */

static void *keep(void *arg)
{
	struct http *http = arg;

	pthread_mutex_lock(&http->lock);
	while (!http->keeper_ends) {
		struct server *idle;

		sleep_until_needed(http);
		break_slow(http);
		idle = take_idle(&http->retired);
		if (idle) {
			/* its thread may just be asking for the lock */
			pthread_mutex_unlock(&http->lock);
			server_stop(idle);
			pthread_mutex_lock(&http->lock);
		}
	}
	pthread_mutex_unlock(&http->lock);
	return NULL;
}

void http_start_keeper(struct http *http)
{
	http->keeper = ms_thread_start(keep, http);
}

void http_wake_keeper(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	pthread_cond_signal(&http->wakes);
	pthread_mutex_unlock(&http->lock);
}

void http_stop_keeper(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	http->keeper_ends = true;
	pthread_cond_signal(&http->wakes);
	pthread_mutex_unlock(&http->lock);
	pthread_join(http->keeper, NULL);
}

size_t http_connections(struct http *http)
{
	size_t n;

	pthread_mutex_lock(&http->lock);
	n = connections(http);
	pthread_mutex_unlock(&http->lock);
	return n;
}
