/* SPDX-License-Identifier: MIT */
/* The real fetcher against a scripted server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/upstream.h"
#include "scripted_server.h"

#define HTML "<!DOCTYPE html>\n<html><title>Sign\x1b[31m in</title>"

struct bad_answer {
	const char *name;
	const char *answer;
	enum ms_category category;
	const char *says;
	int requests; /* with two retries allowed */
};

static const struct bad_answer bad_answers[] = {
	{"html", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" HTML,
	 MS_ERR_PARSE,
	 "HTML (content-type text/html; charset=utf-8), beginning: <!DOCTYPE html> <html><title>Sign[31m in",
	 1},
	{"html called json", OK(HTML), MS_ERR_PARSE, "HTML (content-type application/json)", 1},
	{"truncated", OK("{\"data\":[{\"id\":\"a/b\"},{\"i"), MS_ERR_PARSE,
	 "25 bytes of application/json", 1},
	{"empty answer", OK(""), MS_ERR_PARSE, "empty", 1},
	{"text", OK("try later"), MS_ERR_PARSE, "beginning: try later", 1},
	{"two values", OK("{\"data\":[]} {}"), MS_ERR_PARSE, "after the end", 1},
	{"invalid UTF-8", OK("{\"data\":[\"\xc3\x28\"]}"), MS_ERR_PARSE,
	 "invalid UTF-8 at byte 10 of 15", 1},
	{"array", OK("[]"), MS_ERR_SCHEMA, "an object with \"data\", but is an array", 1},
	{"no data", OK("{\"models\":[]}"), MS_ERR_SCHEMA,
	 "\"data\" must be an array of models, but is nothing", 1},
	{"data is an object", OK("{\"data\":{}}"), MS_ERR_SCHEMA, "but is an object", 1},
	{"data in capitals", OK("{\"DATA\":[]}"), MS_ERR_SCHEMA, "but is nothing", 1},
	{"data twice", OK("{\"data\":[1],\"data\":[]}"), MS_ERR_SCHEMA, "\"data\" is there twice",
	 1},
	{"error object", OK("{\"error\":{\"message\":\"down\\u001b[2J for a while\"}}"),
	 MS_ERR_SCHEMA, "an error instead of a list: down[2J for a while", 1},
	{"total as text", OK("{\"data\":[],\"total_count\":\"3\"}"), MS_ERR_SCHEMA,
	 "but is a string", 1},
	{"negative total", OK("{\"data\":[],\"total_count\":-1}"), MS_ERR_SCHEMA,
	 "but is another number", 1},
	{"next as number", ONE("2"), MS_ERR_SCHEMA, "\"links.next\" must be a URL or null", 1},
	{"next to another host", ONE("\"http://localhost:%P/models?offset=1\""), MS_ERR_SCHEMA,
	 "links.next leaves the host: http://localhost:", 1},
	{"next to another port", ONE("\"http://127.0.0.1:1/models\""), MS_ERR_SCHEMA,
	 "leaves the host", 1},
	{"next to another scheme", ONE("\"file:///etc/passwd\""), MS_ERR_SCHEMA, "leaves the host",
	 1},
	{"next without a scheme", ONE("\"//127.0.0.2/models\""), MS_ERR_SCHEMA, "leaves the host",
	 1},
	{"next loops", ONE("\"/models\""), MS_ERR_SCHEMA, "leads back to page 1", 1},
	{"400", "HTTP/1.1 400 no\r\n\r\n", MS_ERR_HTTP, "HTTP 400 Bad Request", 1},
	{"401", "HTTP/1.1 401 no\r\n\r\n{\"error\":\"no\\tcredits\"}", MS_ERR_AUTH,
	 "HTTP 401 Unauthorized: {\"error\":\"no", 1},
	{"403", "HTTP/1.1 403 no\r\n\r\n", MS_ERR_AUTH, "HTTP 403 Forbidden", 1},
	{"404", "HTTP/1.1 404 no\r\n\r\n", MS_ERR_HTTP, "HTTP 404 Not Found", 1},
	{"204", "HTTP/1.1 204 no\r\n\r\n", MS_ERR_HTTP, "HTTP 204", 1},
	{"304", "HTTP/1.1 304 no\r\nLocation: /x\r\n\r\n", MS_ERR_HTTP, "HTTP 304", 1},
	{"408", "HTTP/1.1 408 x\r\n\r\n", MS_ERR_HTTP, "HTTP 408 Request Timeout (attempt 3)", 3},
	{"425", "HTTP/1.1 425 x\r\n\r\n", MS_ERR_HTTP, "HTTP 425 Too Early (attempt 3)", 3},
	{"429", "HTTP/1.1 429 x\r\n\r\n", MS_ERR_RATE_LIMIT,
	 "HTTP 429 Too Many Requests (attempt 3)", 3},
	{"503", "HTTP/1.1 503 x\r\n\r\n", MS_ERR_HTTP, "HTTP 503 Service Unavailable (attempt 3)",
	 3},
	{"429 for an hour", "HTTP/1.1 429 x\r\nRetry-After: 3600\r\n\r\n", MS_ERR_RATE_LIMIT,
	 "upstream asks to wait 3600 s, longer than upstream.timeout (20 s) allows", 1},
	{"no answer at all", "", MS_ERR_NETWORK, "Empty reply", 3},
	{"cut off", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":[]}", MS_ERR_NETWORK,
	 "(attempt 3)", 3},
	{"cut off between chunks",
	 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"dat\r\n", MS_ERR_NETWORK,
	 "(attempt 3)", 3},
	{"not HTTP", "220 mail.example ESMTP\r\n", MS_ERR_HTTP, "HTTP/0.9", 1},
	{"not gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain", MS_ERR_PARSE, "", 1},
	{"redirect away", "HTTP/1.1 302 x\r\nLocation: http://localhost:%P/models\r\n\r\n",
	 MS_ERR_HTTP, "redirected to http://localhost:", 1},
	{"redirect to a file", "HTTP/1.1 302 x\r\nLocation: file:///etc/passwd\r\n\r\n",
	 MS_ERR_HTTP, "redirected to file:///etc/passwd", 1},
	{"redirect in circles", "HTTP/1.1 307 x\r\nLocation: /models\r\n\r\n", MS_ERR_HTTP,
	 "redirected more than 5 times", 6},
};

static void test_bad_answers(void **state)
{
	struct ms_upstream_options o = options();

	(void)state;
	o.retries = 2;
	for (size_t i = 0; i < sizeof(bad_answers) / sizeof(bad_answers[0]); i++) {
		const struct bad_answer *b = &bad_answers[i];
		struct attempt *a = fetch(SCRIPT(b->answer), o, NULL, NULL);

		if (a->good || a->err.category != b->category || !strstr(a->err.message, b->says) ||
		    a->requests != b->requests || a->got)
			fail_msg("%s: %s after %d requests: %s", b->name,
				 ms_category_name(a->err.category), a->requests, a->err.message);
		attempt_free(a);
	}
}

static void test_good_answer(void **state)
{
	struct attempt *a = fetch(
		SCRIPT(OK(
			"\xEF\xBB\xBF{\"data\":[{\"id\":\"a/b\"},{\"id\":\"x\\u0000\\ud800y\"}],\"total_count\":2}")),
		options(), NULL, NULL);

	(void)state;
	assert_true(a->good);
	assert_int_equal(a->got->count, 1);
	assert_int_equal(a->got->models, 2);
	assert_int_equal(a->got->total_count, 2);
	assert_string_equal(
		a->got->pages[0],
		"{\"data\":[{\"id\":\"a/b\"},{\"id\":\"x\\ufffd\\ufffdy\"}],\"total_count\":2}");
	assert_int_equal(a->got->bytes, strlen(a->got->pages[0]));
	assert_non_null(strstr(a->got->source, "http://127.0.0.1:"));
	assert_non_null(strstr(a->asked[0], "Accept-Encoding: "));
	assert_non_null(strstr(a->asked[0], "gzip"));
	assert_null(strstr(a->asked[0], "Authorization"));
	attempt_free(a);
}

static void test_pages(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.output_modalities = "all";
	o.api_key = "sk-or-12345678";
	a = fetch(SCRIPT(ONE("\"/models?offset=1\""),
			 ONE("\"http://127.0.0.1:%P/models?offset=2\""),
			 ONE("\"?offset=3&output_modalities=text\""), ONE("null")),
		  o, NULL, NULL);
	assert_true(a->good);
	assert_int_equal(a->got->count, 4);
	assert_int_equal(a->got->models, 4);
	assert_int_equal(a->got->total_count, -1);
	assert_non_null(strstr(a->asked[0], "GET /models?output_modalities=all HTTP"));
	assert_non_null(strstr(a->asked[1], "GET /models?offset=1&output_modalities=all HTTP"));
	assert_non_null(strstr(a->asked[2], "GET /models?offset=2&output_modalities=all HTTP"));
	assert_non_null(strstr(a->asked[3], "GET /models?offset=3&output_modalities=text HTTP"));
	for (int i = 0; i < 4; i++)
		assert_non_null(strstr(a->asked[i], "Authorization: Bearer sk-or-12345678\r\n"));
	attempt_free(a);
}

static void test_broken_later_page_names_itself(void **state)
{
	struct attempt *a =
		fetch(SCRIPT(ONE("\"/models?offset=1\""), OK("{}")), options(), NULL, NULL);

	(void)state;
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_SCHEMA);
	assert_non_null(strstr(a->err.message, "page 2 (http://127.0.0.1:"));
	assert_non_null(strstr(a->err.message, "/models?offset=1): \"data\""));
	attempt_free(a);
}

static void test_longer_loop(void **state)
{
	struct attempt *a = fetch(SCRIPT(ONE("\"/models?page=2\""), ONE("\"/models?page=3\""),
					 ONE("\"/models?page=2\"")),
				  options(), NULL, NULL);

	(void)state;
	assert_false(a->good);
	assert_int_equal(a->err.category, MS_ERR_SCHEMA);
	assert_non_null(strstr(a->err.message, "links.next leads back to page 2"));
	assert_int_equal(a->requests, 3);
	attempt_free(a);
}

static void test_totals_that_differ(void **state)
{
	struct attempt *a =
		fetch(SCRIPT(OK("{\"data\":[1],\"total_count\":5,\"links\":{\"next\":\"/2\"}}"),
			     OK("{\"data\":[2],\"total_count\":4}")),
		      options(), NULL, NULL);

	(void)state;
	assert_true(a->good);
	assert_int_equal(a->got->total_count, 5);
	attempt_free(a);
}

static void test_page_size(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.page_size = 500;
	o.output_modalities = "all";
	a = fetch(SCRIPT(ONE("\"/models?offset=500&limit=500\""), ONE("null")), o, NULL, NULL);
	assert_true(a->good);
	assert_non_null(strstr(a->asked[0], "GET /models?limit=500&output_modalities=all HTTP"));
	assert_non_null(
		strstr(a->asked[1], "GET /models?offset=500&limit=500&output_modalities=all HTTP"));
	attempt_free(a);
}

static void test_retry_succeeds(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.retries = 3;
	a = fetch(SCRIPT("HTTP/1.1 503 x\r\n\r\n", "", OK("{\"data\":[]}")), o, NULL, NULL);
	assert_true(a->good);
	assert_int_equal(a->requests, 3);
	assert_int_equal(a->got->models, 0);
	attempt_free(a);
}

static void test_retry_after_is_honoured(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.retries = 1;
	a = fetch(SCRIPT("HTTP/1.1 429 x\r\nretry-after:  1 \r\n\r\n", OK("{\"data\":[]}")), o,
		  NULL, NULL);
	assert_true(a->good);
	assert_true(a->got->elapsed_ms >= 950);
	attempt_free(a);
}

static void test_last_failure_says_when_to_come_back(void **state)
{
	struct attempt *a =
		fetch(SCRIPT("HTTP/1.1 503 x\r\nRetry-After: 7\r\n\r\n"), options(), NULL, NULL);

	(void)state;
	assert_false(a->good);
	assert_int_equal(a->err.http_status, 503);
	assert_int_equal(a->err.retry_after_s, 7);
	attempt_free(a);
}

static void test_redirect_within_host(void **state)
{
	struct attempt *a = fetch(SCRIPT("HTTP/1.1 308 x\r\nLocation: /v2/models\r\n\r\n",
					 ONE("\"more\""), ONE("null")),
				  options(), NULL, NULL);

	(void)state;
	assert_true(a->good);
	assert_non_null(strstr(a->asked[1], "GET /v2/models HTTP"));
	assert_non_null(strstr(a->asked[2], "GET /v2/more HTTP"));
	attempt_free(a);
}

static void test_key_is_never_shown(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.api_key = "sk-or-v1-secret";
	a = fetch(SCRIPT("HTTP/1.1 401 x\r\n\r\nunknown key sk-or-v1-secret, sk-or-v1-secret"), o,
		  NULL, NULL);
	assert_false(a->good);
	assert_non_null(strstr(a->err.message, "unknown key ***************, **"));
	assert_null(strstr(a->err.message, "sk-or"));
	attempt_free(a);
}

/* In a message the key is the key, however the answer spelled it. */
static void test_spelling_does_not_bring_it_out(void **state)
{
	struct ms_upstream_options o = options();
	struct attempt *a;

	(void)state;
	o.api_key = "sk-or-v1-secret";
	a = fetch(SCRIPT(OK("{\"error\":{\"message\":\"bad key sk\\u002dor-v1-secret\"}}")), o,
		  NULL, NULL);
	assert_false(a->good);
	assert_non_null(strstr(a->err.message, "bad key ***************"));
	attempt_free(a);
	a = fetch(SCRIPT("HTTP/1.1 401 x\r\n\r\nbad key sk-or\x01-v1-secret"), o, NULL, NULL);
	assert_non_null(strstr(a->err.message, "bad key ***************"));
	attempt_free(a);
}

/* --- connections that never are ------------------------------------------------------------ */

static void test_unusable_settings(void **state)
{
	struct ms_upstream_options o = options();
	struct ms_error err;

	(void)state;
	o.url = "ftp://me:hidden@example.test/models?token=hidden";
	err = failure_of(o);
	assert_int_equal(err.category, MS_ERR_CONFIG);
	assert_string_equal(err.message,
			    "upstream URL: \"ftp://example.test/models?token=***\" is not "
			    "an http:// or https:// URL");
	o.url = "http://127.0.0.1:1/";
	o.api_key = "two\r\nlines";
	err = failure_of(o);
	assert_int_equal(err.category, MS_ERR_CONFIG);
	assert_null(strstr(err.message, "lines"));
	o.api_key = NULL;
	err = failure_of(o);
	assert_int_equal(err.category, MS_ERR_NETWORK);
	assert_non_null(strstr(err.message, "http://127.0.0.1:1/: Failed to connect"));
	o.url = "https://127.0.0.1:1/";
	o.ca_file = "/does/not/exist.pem";
	err = failure_of(o);
	assert_true(err.category == MS_ERR_TLS || err.category == MS_ERR_NETWORK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_answer),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_broken_later_page_names_itself),
		cmocka_unit_test(test_longer_loop),
		cmocka_unit_test(test_totals_that_differ),
		cmocka_unit_test(test_page_size),
		cmocka_unit_test(test_retry_succeeds),
		cmocka_unit_test(test_retry_after_is_honoured),
		cmocka_unit_test(test_last_failure_says_when_to_come_back),
		cmocka_unit_test(test_redirect_within_host),
		cmocka_unit_test(test_key_is_never_shown),
		cmocka_unit_test(test_spelling_does_not_bring_it_out),
		cmocka_unit_test(test_unusable_settings),
	};
	int failed;

	if (!upstream_start())
		return 1;
	failed = cmocka_run_group_tests_name("upstream", tests, NULL, NULL);
	ms_upstream_exit();
	return failed;
}
