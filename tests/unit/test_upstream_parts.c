/* SPDX-License-Identifier: MIT */
/* Files as a source, and the parts of a fetch that need no network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/upstream/header.h"
#include "../../src/upstream/retry.h"
#include "../../src/upstream/url.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "modelsync/upstream.h"

/* --- files -------------------------------------------------------------------------------- */

struct attempt {
	struct ms_fetched *got;
	struct ms_error err;
	bool good;
};

static void attempt_free(struct attempt *a)
{
	ms_fetched_free(a->got);
	ms_free(a);
}

static struct attempt *read_file(const char *content, int64_t max_bytes)
{
	struct attempt *a = ms_alloc(sizeof(*a));
	char path[] = "/tmp/modelsync-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
	a->good = ms_upstream_read_file(path, max_bytes, NULL, NULL, &a->got, &a->err);
	unlink(path);
	return a;
}

static void test_files(void **state)
{
	struct attempt *a =
		read_file("{\"data\":[{}],\"total_count\":1,\"links\":{\"next\":null}}", 1000);

	(void)state;
	assert_true(a->good);
	assert_int_equal(a->got->models, 1);
	assert_int_equal(a->got->total_count, 1);
	attempt_free(a);

	a = read_file("{\"data\":[{}],\"links\":{\"next\":\"/models?offset=1\"}}", 1000);
	assert_int_equal(a->err.category, MS_ERR_SCHEMA);
	assert_non_null(strstr(a->err.message,
			       "only one page of several (links.next is /models?offset=1)"));
	attempt_free(a);

	a = read_file("{\"data\":[{}]}", 5);
	assert_int_equal(a->err.category, MS_ERR_TOO_LARGE);
	attempt_free(a);

	a = ms_alloc(sizeof(*a));
	assert_false(ms_upstream_read_file("/does/not/exist", 5, NULL, NULL, &a->got, &a->err));
	assert_int_equal(a->err.category, MS_ERR_USAGE);
	assert_string_equal(a->err.message,
			    "/does/not/exist: cannot open: No such file or directory");
	assert_false(ms_upstream_read_file("/tmp", 5, NULL, NULL, &a->got, &a->err));
	assert_int_equal(a->err.category, MS_ERR_USAGE);
	attempt_free(a);
}

/* --- parts -------------------------------------------------------------------------------- */

static void test_retry_after(void **state)
{
	static const struct {
		const char *value;
		int64_t seconds;
	} rows[] = {
		{"0", 0},
		{"120", 120},
		{"99999999999999999999999", INT64_MAX},
		{"Wed, 21 Oct 2015 07:28:00 GMT", 480}, /* RFC 9110 §5.6.7: the three forms */
		{"Wednesday, 21-Oct-15 07:28:00 GMT", 480},
		{"Wed Oct 21 07:28:00 2015", 480},
		{"Wed, 21 Oct 2015 07:00:00 GMT", 0},
		{"", -1},
		{"soon", -1},
		{"12 minutes", -1},
		{"-5", -1},
		{"+5", -1},
		{"5.5", -1},
		{"5, 6", -1},
		{"0x10", -1},
		{"10:00", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (retry_after_s(rows[i].value, 1445412000) != rows[i].seconds)
			fail_msg("\"%s\": %lld", rows[i].value,
				 (long long)retry_after_s(rows[i].value, 1445412000));
}

static void test_backoff(void **state)
{
	int64_t longest[8] = {0};

	(void)state;
	for (int failures = 1; failures < 8; failures++)
		for (int i = 0; i < 2000; i++) {
			int64_t ms = retry_backoff_ms(failures);

			assert_in_range(ms, 0, failures < 7 ? 250 << failures : 30000);
			if (ms > longest[failures])
				longest[failures] = ms;
		}
	/* Jitter over the full range: of 2,000 draws one lies in the upper tenth. */
	assert_true(longest[1] > 450 && longest[3] > 1800 && longest[7] > 27000);
}

/* Every tenth of the range is as likely as any other: clients that failed together spread out. */
static void test_jitter_is_full_and_even(void **state)
{
	enum { DRAWS = 40000, TENTHS = 10, EVEN = DRAWS / TENTHS };

	(void)state;
	for (int failures = 1; failures < 8; failures += 3) {
		int64_t limit = failures < 7 ? 250 << failures : 30000;
		int tenths[TENTHS] = {0};

		for (int i = 0; i < DRAWS; i++)
			tenths[retry_backoff_ms(failures) * TENTHS / (limit + 1)]++;
		/* A standard deviation is 60: chance stays within 8 of them. */
		for (int i = 0; i < TENTHS; i++)
			assert_in_range(tenths[i], EVEN - 480, EVEN + 480);
	}
}

static void test_proxies(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"http://proxy.test:3128", true},
		{"https://proxy.test", true},
		{"proxy.test:3128", true},
		{"socks5h://me:hunter2@127.0.0.1:1080", true},
		{"socks4a://[::1]:1080", true},
		{"ftp://me:hunter2@proxy.test", false},
		{"file:///etc/passwd", false},
		{"http://", false},
		{"two words", false},
	};
	struct ms_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool good = url_check_proxy(rows[i].text, &err);

		if (good != rows[i].good ||
		    (!good && (err.category != MS_ERR_CONFIG || strstr(err.message, "hunter2"))))
			fail_msg("%s: %s", rows[i].text, good ? "accepted" : err.message);
	}
}

static const char *retry_after_of(struct headers *h, const char *line)
{
	header_take(h, line, strlen(line));
	return h->retry_after;
}

static void test_headers(void **state)
{
	struct headers h = {0};
	char line[400];

	(void)state;
	assert_string_equal(retry_after_of(&h, "Retry-After \r\n"), "");
	assert_string_equal(retry_after_of(&h, "Retry-Afters: 5\r\n"), "");
	assert_string_equal(retry_after_of(&h, ""), "");
	assert_string_equal(retry_after_of(&h, "rETRY-aFTER:\t 5  \r\n"), "5");
	header_take(&h, "Retry-After: 5\0006\r\n", strlen("Retry-After: 5x6\r\n"));
	assert_string_equal(h.retry_after, "");
	/* A value without its end would be another value. */
	snprintf(line, sizeof(line), "Retry-After: %0300d", 7);
	assert_string_equal(retry_after_of(&h, line), "");
	assert_string_equal(retry_after_of(&h, "Retry-After: 9"), "9");
	assert_string_equal(retry_after_of(&h, "HTTP/2 200\r\n"), "");
}

static void test_origins(void **state)
{
	static const struct {
		const char *from, *to;
		bool same, redirect;
	} rows[] = {
		{"https://a.test/x", "https://A.TEST:443/y?z", true, true},
		{"http://a.test", "http://a.test:80/", true, true},
		{"http://a.test/x", "https://a.test/x", false, true},
		{"https://a.test/x", "http://a.test/x", false, false},
		{"http://a.test:8080/x", "https://a.test/x", false, false},
		{"https://a.test/", "https://a.test.evil/", false, false},
		{"https://a.test/", "https://a.test@evil/", false, false},
		{"https://a.test/", "https://a.test:444/", false, false},
		{"https://a.test/", "/relative", false, false},
		{"nonsense", "nonsense", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ms_upstream_is_same_origin(rows[i].from, rows[i].to) != rows[i].same ||
		    url_may_redirect(rows[i].from, rows[i].to) != rows[i].redirect)
			fail_msg("%s and %s", rows[i].from, rows[i].to);
}

static void test_urls_for_people(void **state)
{
	static const struct {
		const char *url, *shown;
	} rows[] = {
		{"https://a.test/models?offset=5&limit=2",
		 "https://a.test/models?offset=5&limit=2"},
		{"https://me:pw@a.test/models", "https://a.test/models"},
		{"https://me:p@w@a.test/", "https://a.test/"},
		{"me:pw@a.test/models", "a.test/models"},
		{"https://a.test/?api_key=1&x=2&Token=3&sig",
		 "https://a.test/?api_key=***&x=2&Token=***&sig"},
		{"https://a.test/\x1b[2J\n", "https://a.test/?[2J?"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *shown = ms_upstream_source(&(struct ms_upstream_options){.url = rows[i].url});

		assert_string_equal(shown, rows[i].shown);
		ms_free(shown);
	}
}

static void test_excerpt(void **state)
{
	char buf[16];

	(void)state;
	assert_string_equal(ms_text_excerpt(buf, sizeof(buf), "  a \n\t b  ", 10), "a b");
	assert_string_equal(ms_text_excerpt(buf, sizeof(buf), "\x1b[31mred\x07\xff\xe2\x80\xae", 11),
			    "[31mred");
	assert_string_equal(ms_text_excerpt(buf, sizeof(buf), "0123456789ab", 12), "0123456789ab");
	assert_string_equal(ms_text_excerpt(buf, sizeof(buf), "0123456789abcdef", 16), "0123456789ab…");
	assert_string_equal(ms_text_excerpt(buf, sizeof(buf), "××××××××", 16), "××××××…");
	assert_string_equal(ms_text_excerpt(buf, sizeof(buf), "", 0), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_jitter_is_full_and_even),
		cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_urls_for_people),
		cmocka_unit_test(test_excerpt),
	};

	return cmocka_run_group_tests_name("upstream parts", tests, NULL, NULL);
}
