/* SPDX-License-Identifier: MIT */
/* Asking only for what has changed: which tag is sent and kept, and what a 304 is worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "scripted_server.h"

#define TAG	       "\"v1\""
#define BODY(next)     "{\"data\":[{\"id\":\"a/b\"}],\"links\":{\"next\":" next "}}"
#define TAGGED(header) "HTTP/1.1 200 OK\r\n" header "\r\n\r\n" BODY("null")
#define NOT_MODIFIED   "HTTP/1.1 304 Not Modified\r\n\r\n"

static struct attempt *ask(const char *const *answers, const char *etag)
{
	struct ms_upstream_options o = options();

	o.etag = etag;
	return fetch(answers, o, NULL, NULL);
}

static void assert_asked(const struct attempt *a, int request, const char *condition)
{
	const char *found = strstr(a->asked[request], "If-None-Match:");

	if (!condition)
		assert_null(found);
	else
		assert_non_null(strstr(a->asked[request], condition));
}

static void test_tags_kept(void **state)
{
	static const struct {
		const char *answer, *etag;
	} rows[] = {
		{TAGGED("ETag: \"v1\""), "\"v1\""},
		{TAGGED("etag:W/\"v1\" \t"), "W/\"v1\""},
		{TAGGED("ETag: \"\""), "\"\""},
		{TAGGED("X: y"), NULL},
		{TAGGED("ETag:"), NULL},
		{TAGGED("ETag: v1"), NULL},
		{TAGGED("ETag: \"v1"), NULL},
		{TAGGED("ETag: w/\"v1\""), NULL},
		{TAGGED("ETag: \"a\", \"b\""), NULL},
		{TAGGED("ETag: \"a\"b\""), NULL},
		{TAGGED("ETag: \"caf\xc3\xa9\""), NULL},
		{TAGGED("ETag: \"v1\"\r\nETag: nonsense"), NULL},
		{"HTTP/1.1 103 x\r\nETag: \"early\"\r\n\r\n" TAGGED("X: y"), NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct attempt *a = ask(SCRIPT(rows[i].answer), NULL);
		const char *etag = a->good ? a->got->etag : "failed";

		if (!a->good || !etag != !rows[i].etag || (etag && strcmp(etag, rows[i].etag) != 0))
			fail_msg("row %zu: %s %s", i, etag ? etag : "none", a->err.message);
		assert_asked(a, 0, NULL);
		attempt_free(a);
	}
}

static void test_long_tag_is_not_cut(void **state)
{
	char *answer = ms_format("HTTP/1.1 200 OK\r\nETag: \"%060000d\"\r\n\r\n" BODY("null"), 7);
	struct attempt *a = ask(SCRIPT(answer), NULL);

	(void)state;
	assert_true(a->good);
	assert_null(a->got->etag);
	attempt_free(a);
	ms_free(answer);
}

static void test_not_modified(void **state)
{
	static const char *const answers[] = {
		NOT_MODIFIED,
		"HTTP/1.1 304 x\r\nETag: \"v1\"\r\n\r\n",
		"HTTP/1.1 304 x\r\nETag: W/\"v1\"\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct attempt *a = ask(SCRIPT(answers[i]), TAG);

		assert_true(a->good);
		assert_true(a->got->is_not_modified);
		assert_int_equal(a->got->count, 0);
		assert_int_equal(a->got->bytes, 0);
		assert_int_equal(a->requests, 1);
		assert_asked(a, 0, "If-None-Match: \"v1\"\r\n");
		attempt_free(a);
	}
}

static void test_modified(void **state)
{
	struct attempt *a = ask(SCRIPT(TAGGED("ETag: \"v2\"")), TAG);

	(void)state;
	assert_true(a->good);
	assert_false(a->got->is_not_modified);
	assert_int_equal(a->got->count, 1);
	assert_string_equal(a->got->etag, "\"v2\"");
	attempt_free(a);
}

/* A 304 that speaks of another tag than the one asked about says nothing of ours. */
static void test_contradiction_is_not_believed(void **state)
{
	struct attempt *a =
		ask(SCRIPT("HTTP/1.1 304 x\r\nETag: \"v9\"\r\n\r\n", TAGGED("ETag: \"v9\"")), TAG);

	(void)state;
	assert_true(a->good);
	assert_false(a->got->is_not_modified);
	assert_string_equal(a->got->etag, "\"v9\"");
	assert_asked(a, 0, "If-None-Match: \"v1\"");
	assert_asked(a, 1, NULL);
	attempt_free(a);
	a = ask(SCRIPT("HTTP/1.1 304 x\r\nETag: \"v9\"\r\n\r\n", NOT_MODIFIED), TAG);
	assert_false(a->good);
	assert_non_null(strstr(a->err.message, "HTTP 304"));
	attempt_free(a);
}

static void test_only_the_first_page_is_asked_about(void **state)
{
	struct attempt *a = ask(SCRIPT("HTTP/1.1 200 OK\r\nETag: \"p1\"\r\n\r\n" BODY("\"/2\""),
				       "HTTP/1.1 200 OK\r\nETag: \"p2\"\r\n\r\n" BODY("null")),
				TAG);

	(void)state;
	assert_true(a->good);
	assert_null(a->got->etag);
	assert_asked(a, 0, "If-None-Match: \"v1\"");
	assert_asked(a, 1, NULL);
	attempt_free(a);
	a = ask(SCRIPT("HTTP/1.1 200 OK\r\n\r\n" BODY("\"/2\""), NOT_MODIFIED), TAG);
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_HTTP);
	assert_non_null(strstr(a->err.message, "page 2"));
	attempt_free(a);
}

static void test_through_redirects_and_retries(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.etag = TAG;
	o.retries = 1;
	a = fetch(SCRIPT("HTTP/1.1 503 x\r\n\r\n", "HTTP/1.1 307 x\r\nLocation: /v2\r\n\r\n",
			 NOT_MODIFIED),
		  o, NULL, NULL);
	assert_true(a->good);
	assert_true(a->got->is_not_modified);
	for (int i = 0; i < 3; i++)
		assert_asked(a, i, "If-None-Match: \"v1\"");
	attempt_free(a);
}

/* What was kept for a tag may have been written by anybody: it must not become a header of theirs.
 */
static void test_only_tags_are_sent(void **state)
{
	static const char *const others[] = {"", "v1", "\"v1\"\r\nX-Evil: \"1\"", "\"\x7f\""};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct attempt *a = ask(SCRIPT(TAGGED("X: y")), others[i]);

		assert_true(a->good);
		assert_asked(a, 0, NULL);
		assert_null(strstr(a->asked[0], "Evil"));
		attempt_free(a);
	}
}

static void test_unasked(void **state)
{
	struct attempt *a = ask(SCRIPT(NOT_MODIFIED), NULL);

	(void)state;
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_HTTP);
	assert_non_null(strstr(a->err.message, "HTTP 304"));
	attempt_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags_kept),
		cmocka_unit_test(test_long_tag_is_not_cut),
		cmocka_unit_test(test_not_modified),
		cmocka_unit_test(test_modified),
		cmocka_unit_test(test_contradiction_is_not_believed),
		cmocka_unit_test(test_only_the_first_page_is_asked_about),
		cmocka_unit_test(test_through_redirects_and_retries),
		cmocka_unit_test(test_only_tags_are_sent),
		cmocka_unit_test(test_unasked),
	};
	int failed;

	if (!upstream_start())
		return 1;
	failed = cmocka_run_group_tests_name("upstream condition", tests, NULL, NULL);
	ms_upstream_exit();
	return failed;
}
