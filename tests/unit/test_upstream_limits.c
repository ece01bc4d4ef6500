/* SPDX-License-Identifier: MIT */
/* Too much, too slow, too long: where a fetch gives up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "scripted_server.h"

/* Relative to ".../y" a path grows: every page has another URL, for ever. */
static void test_endless_pages(void **state)
{
	struct attempt *a = fetch(SCRIPT(ONE("\"deeper/models\"")), options(), NULL, NULL);

	(void)state;
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TOO_LARGE);
	assert_non_null(strstr(a->err.message, "more than 100 pages"));
	assert_int_equal(a->requests, 100);
	attempt_free(a);
}

static void test_byte_cap_spans_pages(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.max_bytes = 80;
	a = fetch(SCRIPT(ONE("\"/2\""), ONE("\"/3\"")), o, NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TOO_LARGE);
	assert_non_null(strstr(a->err.message, "more than 80 bytes"));
	assert_non_null(strstr(a->err.message, "upstream.max_bytes"));
	assert_non_null(strstr(a->err.message, "page 2"));
	attempt_free(a);
}

/* Refused by its Content-Length: the body, which never comes, is not waited for. */
static void test_announced_size(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.max_bytes = 5000;
	a = fetch(SCRIPT("HTTP/1.1 200 OK\r\nContent-Length: 5001\r\n\r\n{" HANG), o, NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TOO_LARGE);
	assert_non_null(strstr(a->err.message, "more than 5000 bytes announced"));
	attempt_free(a);
}

static void test_endless_headers(void **state)
{
	char *many = ms_alloc(200000), *one = ms_alloc(2000000);
	size_t len = (size_t)sprintf(many, "HTTP/1.1 200 OK\r\n");
	struct attempt *a;

	(void)state;
	for (int i = 0; i < 5000; i++)
		len += (size_t)sprintf(many + len, "X-%d: %010d\r\n", i, i);
	sprintf(many + len, "\r\n{\"data\":[]}");
	a = fetch(SCRIPT(many), options(), NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TOO_LARGE);
	assert_non_null(strstr(a->err.message, "more than 65536 bytes of headers"));
	attempt_free(a);
	sprintf(one, "HTTP/1.1 200 OK\r\nX: %01000000d\r\n\r\n{\"data\":[]}", 7);
	a = fetch(SCRIPT(one), options(), NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TOO_LARGE);
	assert_int_equal(a->requests, 1);
	attempt_free(a);
	ms_free(many);
	ms_free(one);
}

/* A header a second keeps no transfer alive. */
static void test_slow_headers(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.stall_timeout_s = 1;
	a = fetch(SCRIPT("HTTP/1.1 200 OK\r\nX: y\r\n" HANG), o, NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TIMEOUT);
	assert_non_null(strstr(a->err.message, "nothing came for 1 s after 0 bytes"));
	attempt_free(a);
}

static void test_endless_error_page(void **state)
{
	char *page = ms_alloc(200000);
	struct attempt *a;

	(void)state;
	memset(page, 'x', 199999);
	memcpy(page, "HTTP/1.1 404 x\r\n\r\n", 18);
	a = fetch(SCRIPT(page), options(), NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_HTTP);
	assert_non_null(strstr(a->err.message, "HTTP 404 Not Found: xxx"));
	attempt_free(a);
	ms_free(page);
}

static void test_silence(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.stall_timeout_s = 1;
	a = fetch(SCRIPT(OK("{\"data\"" HANG)), o, NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TIMEOUT);
	assert_non_null(strstr(a->err.message, "nothing came for 1 s after 7 bytes"));
	attempt_free(a);
}

static void test_silence_from_the_start(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.stall_timeout_s = 1;
	a = fetch(SCRIPT(HANG), o, NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TIMEOUT);
	assert_non_null(strstr(a->err.message, "nothing came for 1 s after 0 bytes"));
	attempt_free(a);
}

static void test_silence_in_the_handshake(void **state)
{
	struct server *s = server_start(SCRIPT(HANG));
	char *url = ms_format("https://127.0.0.1:%d/", s->port);
	struct ms_upstream_options o = options();
	struct ms_error err;

	(void)state;
	o.url = url;
	o.connect_timeout_s = 1;
	err = failure_of(o);
	assert_int_equal(err.category, MS_ERR_TIMEOUT);
	assert_non_null(strstr(err.message, "no connection within 1 s (upstream.connect_timeout)"));
	server_stop(s);
	ms_free(url);
}

static void test_deadline_spans_everything(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;
	int64_t began = ms_clock_ms();

	(void)state;
	o.timeout_s = 1;
	a = fetch(SCRIPT(ONE("\"/2\""), HANG), o, NULL, NULL);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_TIMEOUT);
	assert_non_null(strstr(a->err.message, "page 2"));
	assert_non_null(strstr(a->err.message, "not complete within 1 s (upstream.timeout)"));
	assert_in_range(ms_clock_ms() - began, 900, 1500);
	attempt_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endless_pages),
		cmocka_unit_test(test_byte_cap_spans_pages),
		cmocka_unit_test(test_announced_size),
		cmocka_unit_test(test_endless_headers),
		cmocka_unit_test(test_slow_headers),
		cmocka_unit_test(test_endless_error_page),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_silence_from_the_start),
		cmocka_unit_test(test_silence_in_the_handshake),
		cmocka_unit_test(test_deadline_spans_everything),
	};
	int failed;

	if (!upstream_start())
		return 1;
	failed = cmocka_run_group_tests_name("upstream limits", tests, NULL, NULL);
	ms_upstream_exit();
	return failed;
}
