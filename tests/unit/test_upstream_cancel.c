/* SPDX-License-Identifier: MIT */
/* Stopping a fetch at each of its moments, and the progress it reports while nothing happens. */
#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "scripted_server.h"

#define CANCEL_MS 100

/* --- a resolver that hangs ---------------------------------------------------------------- */

typedef int (*getaddrinfo_fn)(const char *, const char *, const struct addrinfo *,
			      struct addrinfo **);

/* Takes libc's place for libcurl: looking up "hangs.test" takes three seconds and finds nothing. */
int getaddrinfo(const char *restrict node, const char *restrict service,
		const struct addrinfo *restrict hints, struct addrinfo **restrict res)
{
	union {
		void *object;
		getaddrinfo_fn function;
	} real = {.object = dlsym(RTLD_NEXT, "getaddrinfo")};

	if (node && strcmp(node, "hangs.test") == 0) {
		poll(NULL, 0, 3000);
		return EAI_NONAME;
	}
	return real.function(node, service, hints, res);
}

/* --- cancelling --------------------------------------------------------------------------- */

struct canceller {
	struct ms_upstream *upstream;
	int after_ms;
	atomic_llong cancelled_at;
};

static void *cancel_later(void *arg)
{
	struct canceller *c = arg;

	poll(NULL, 0, c->after_ms);
	atomic_store(&c->cancelled_at, ms_clock_ms());
	ms_upstream_cancel(c->upstream);
	return NULL;
}

static void check_cancel(const char *url, const char *what)
{
	struct ms_upstream_options o = options();
	struct canceller c = {.after_ms = 300};
	struct ms_fetched *got;
	struct ms_error err;
	pthread_t thread;
	int64_t late;

	o.url = url;
	o.retries = 10;
	c.upstream = ms_upstream_new(&o);
	pthread_create(&thread, NULL, cancel_later, &c);
	assert_false(ms_upstream_fetch(c.upstream, NULL, NULL, &got, &err));
	ms_upstream_free(c.upstream);
	pthread_join(thread, NULL);
	late = ms_clock_ms() - atomic_load(&c.cancelled_at);
	assert_null(got);
	if (err.category != MS_ERR_CANCELLED || late > CANCEL_MS)
		fail_msg("%s: %s after %lld ms: %s", what, ms_category_name(err.category),
			 (long long)late, err.message);
}

static void test_cancel(void **state)
{
	static const struct {
		const char *name, *scheme, *answer;
	} moments[] = {
		{"waiting for the answer", "http", HANG},
		{"in the middle of the body", "http", OK("{\"data\":[" HANG)},
		{"before a retry", "http", "HTTP/1.1 429 x\r\nRetry-After: 10\r\n\r\n"},
		{"in the TLS handshake", "https", HANG},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		struct server *s = server_start(SCRIPT(moments[i].answer));
		char *url = ms_format("%s://127.0.0.1:%d/", moments[i].scheme, s->port);

		check_cancel(url, moments[i].name);
		server_stop(s);
		ms_free(url);
	}
	check_cancel("http://hangs.test/", "looking a name up");
}

struct watcher {
	int calls, stop_after;
	int64_t last_ms, longest_ms;
	bool saw_wait;
};

static bool watch(void *arg, const struct ms_run_progress *p)
{
	struct watcher *w = arg;
	int64_t now = ms_clock_ms();

	if (w->calls++ && now - w->last_ms > w->longest_ms)
		w->longest_ms = now - w->last_ms;
	w->last_ms = now;
	w->saw_wait = w->saw_wait || (p->retry_in_ms > 0 && p->attempt == 1);
	assert_int_equal(p->phase, MS_PHASE_FETCH);
	return w->calls != w->stop_after;
}

static void test_progress_keeps_coming(void **state)
{
	struct ms_upstream_options o = options();
	struct watcher w = {0};
	struct attempt *a;

	(void)state;
	o.retries = 1;
	o.timeout_s = 2;
	a = fetch(SCRIPT("HTTP/1.1 503 x\r\nRetry-After: 1\r\n\r\n", HANG), o, watch, &w);
	assert_false(a->good);
	assert_true(w.saw_wait);
	assert_in_range(w.calls, 25, 200);
	assert_in_range(w.longest_ms, 1, 100);
	attempt_free(a);
}

static void test_hook_stops(void **state)
{
	struct watcher w = {.stop_after = 3};
	struct attempt *a = fetch(SCRIPT(HANG), options(), watch, &w);

	(void)state;
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_CANCELLED);
	assert_int_equal(w.calls, 3);
	attempt_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_progress_keeps_coming),
		cmocka_unit_test(test_hook_stops),
	};
	int failed;

	if (!upstream_start())
		return 1;
	failed = cmocka_run_group_tests_name("upstream cancel", tests, NULL, NULL);
	ms_upstream_exit();
	return failed;
}
