/* SPDX-License-Identifier: MIT */
/* Requests as text: routes, targets, lists; what is counted of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "src/http/sent.h"
#include "src/http/settings.h"
#include "src/http/target.h"
#include "src/http/traffic.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char *decoded(const char *s)
{
	return target_decode_slice((struct http_slice){s, strlen(s)});
}

static void check_decoded(const char *s, const char *expected)
{
	char *got = decoded(s);

	assert_string_equal(got, expected);
	ms_free(got);
}

static void decoding(void **state)
{
	static const char *const bad[] = {"%", "%2", "%zz", "a%00b", "%ff", "%c3", "%-1"};

	(void)state;
	check_decoded("openai%2Fgpt-4o%3afree", "openai/gpt-4o:free");
	check_decoded("a%252Fb", "a%2Fb");
	check_decoded("%C3%A9~+", "\xC3\xA9~+");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(decoded(bad[i]));
}

static void targets(void **state)
{
	struct http_target t;
	struct ms_error err;

	(void)state;
	assert_true(target_parse(&t, "/a%2Fb?x=1&y=a+b%2B&z&&x=2&=e", &err));
	assert_string_equal(t.path, "/a%2Fb");
	assert_string_equal(target_query(&t, "x"), "1");
	assert_string_equal(target_query(&t, "y"), "a b+");
	assert_string_equal(target_query(&t, "z"), "");
	assert_string_equal(target_query(&t, ""), "e");
	assert_null(target_query(&t, "a"));
	target_clear(&t);
	assert_true(target_parse(&t, "http://host:80/path?", &err));
	assert_string_equal(t.path, "/path");
	target_clear(&t);
}

static void bad_queries(void **state)
{
	char many[4 * (HTTP_MAX_QUERY + 1) + 4] = "/?";
	struct http_target t;
	struct ms_error err;

	(void)state;
	assert_false(target_parse(&t, "/p?a=%f", &err));
	assert_string_equal(t.path, "/p");
	target_clear(&t);
	for (int i = 0; i <= HTTP_MAX_QUERY; i++)
		strcat(many, "a=b&");
	assert_false(target_parse(&t, many, &err));
	target_clear(&t);
}

static void lists(void **state)
{
	char **words = http_words(" a, b c ,,d, ");

	(void)state;
	assert_string_equal(words[0], "a");
	assert_string_equal(words[1], "b c");
	assert_string_equal(words[2], "d");
	assert_null(words[3]);
	http_words_free(words);
	words = http_words("");
	assert_null(words[0]);
	http_words_free(words);
}

static void routes(void **state)
{
	struct http_match match;
	char allow[HTTP_ALLOW_SIZE];

	(void)state;
	http_route_find("/healthz", HTTP_GET, &match);
	assert_ptr_equal(match.route, http_route(HTTP_ROUTE_HEALTHZ));
	http_route_find("/healthz", HTTP_POST, &match);
	assert_null(match.route);
	assert_string_equal(http_route_allow(match.methods, allow), "GET, HEAD, OPTIONS");
	http_route_find("/health", HTTP_GET, &match);
	assert_int_equal(match.methods, 0);
	assert_int_equal(http_method_from_name("HEAD"), HTTP_HEAD);
	assert_int_equal(http_method_from_name("get"), HTTP_METHOD_COUNT);
	http_route_find("/healthz", HTTP_METHOD_COUNT, &match);
	assert_null(match.route);
}

static void head_begins_nothing(void **state)
{
	struct http_match match;
	char allow[HTTP_ALLOW_SIZE];

	(void)state;
	http_route_find("/healthz", HTTP_HEAD, &match);
	assert_ptr_equal(match.route, http_route(HTTP_ROUTE_HEALTHZ));
	http_route_find("/api/cron/sync-models", HTTP_GET, &match);
	assert_ptr_equal(match.route, http_route(HTTP_ROUTE_CRON_SYNC_GET));
	http_route_find("/api/cron/sync-models", HTTP_HEAD, &match);
	assert_null(match.route);
	assert_string_equal(http_route_allow(match.methods, allow), "GET, POST, OPTIONS");
}

static struct http_sent sent_of(const char *const (*headers)[2], size_t count)
{
	struct http_sent sent = {0};

	for (size_t i = 0; i < count; i++)
		sent_add(&sent, headers[i][0], strlen(headers[i][0]), headers[i][1]);
	return sent;
}

static void headers_are_found_whatever_their_case(void **state)
{
	static const char *const headers[][2] = {{"authorization", "a"}, {"AUTHORIZATION", "b"},
						 {"Authorizatiom", "c"}, {"x-request-ID", "d"},
						 {"If-None-Match", ""},	 {"Origin", NULL},
						 {"Content-Length", "7"}};
	struct http_sent sent = sent_of(headers, COUNT(headers));

	(void)state;
	assert_string_equal(sent.values[HTTP_AUTHORIZATION], "a");
	assert_string_equal(sent.values[HTTP_REQUEST_ID], "d");
	assert_string_equal(sent.values[HTTP_IF_NONE_MATCH], "");
	assert_string_equal(sent.values[HTTP_ORIGIN], "");
	assert_string_equal(sent.values[HTTP_CONTENT_LENGTH], "7");
	assert_null(sent.values[HTTP_CONTENT_TYPE]);
	assert_false(sent_is_ambiguous(&sent));
}

static void ambiguous_ends(void **state)
{
	static const struct {
		const char *headers[2][2];
		bool is_ambiguous;
	} rows[] = {
		{{{"Content-Length", "5"}, {"Host", "x"}}, false},
		{{{"Transfer-Encoding", "Chunked"}, {"Host", "x"}}, false},
		{{{"Content-Length", "5"}, {"content-length", "5"}}, true},
		{{{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}, true},
		{{{"Transfer-Encoding", "gzip"}, {"Host", "x"}}, true},
		{{{"Transfer-Encoding", NULL}, {"Host", "x"}}, true},
		{{{"Host", "x"}, {"Content-Length ", "5"}}, true},
		{{{"X\t", "x"}, {"", ""}}, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct http_sent sent = sent_of(rows[i].headers, 2);

		assert_int_equal(sent_is_ambiguous(&sent), rows[i].is_ambiguous);
	}
}

static void templates(void **state)
{
	struct http_slice param[HTTP_MAX_PARAMS];
	size_t count;

	(void)state;
	assert_true(http_path_matches("/m/{id+}", "/m/a/b:c", param, &count));
	assert_int_equal(count, 1);
	assert_string_equal(param[0].at, "a/b:c");
	assert_false(http_path_matches("/m/{id+}", "/m/", param, &count));
	assert_true(http_path_matches("/r/{id}/apply", "/r/17/apply", param, &count));
	assert_int_equal(param[0].len, 2);
	assert_false(http_path_matches("/r/{id}/apply", "/r/1/7/apply", param, &count));
	assert_false(http_path_matches("/r/{id}", "/r/1/", param, &count));
}

static void check_exposed(struct exposition *x, const char *expected)
{
	assert_string_equal(ms_text_str(&x->text), expected);
	ms_text_clear(&x->text);
}

static void figures(void **state)
{
	const struct exposition_label labels[] = {{"a", "x\"y\\z\n"}, {"b", ""}, {0}};
	const double limits[] = {0.5, 1}, counts[] = {2, 0, 3};
	struct exposition x = {0};

	(void)state;
	exposition_single(&x, "m", "gauge", "What it is", 1700000000);
	check_exposed(&x, "# HELP m What it is\n# TYPE m gauge\nm 1700000000\n");
	x.name = "m";
	exposition_add(&x, "", labels, 0.25);
	check_exposed(&x, "m{a=\"x\\\"y\\\\z\\n\",b=\"\"} 0.25\n");
	exposition_add_histogram(&x, &labels[1], limits, counts, 2, 7.5);
	check_exposed(&x, "m_bucket{b=\"\",le=\"0.5\"} 2\nm_bucket{b=\"\",le=\"1\"} 2\n"
			  "m_bucket{b=\"\",le=\"+Inf\"} 5\nm_sum{b=\"\"} 7.5\nm_count{b=\"\"} 5\n");
}

static void traffic(void **state)
{
	struct traffic *t = traffic_new();
	struct exposition x = {0};

	(void)state;
	traffic_add(t, http_route(HTTP_ROUTE_HEALTHZ), 200, 700, 40);
	traffic_add(t, http_route(HTTP_ROUTE_HEALTHZ), 200, 70000000, 2);
	traffic_add(t, NULL, 404, 1, 0);
	traffic_count(t, HTTP_COUNT_OVERLOADS);
	traffic_write(t, &x);
	assert_non_null(strstr(x.text.data,
			       "_bucket{method=\"GET\",path=\"/healthz\",status=\"200\","
			       "le=\"0.001\"} 1\n"));
	assert_non_null(strstr(x.text.data, "le=\"5\"} 1\n"));
	assert_non_null(strstr(x.text.data, "path=\"/healthz\",status=\"200\"} 42\n"));
	assert_non_null(
		strstr(x.text.data, "_count{method=\"any\",path=\"none\",status=\"404\"} 1\n"));
	assert_non_null(strstr(x.text.data, "\nmodelsync_http_overloads_total 1\n"));
	ms_text_clear(&x.text);
	traffic_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoding),
		cmocka_unit_test(targets),
		cmocka_unit_test(bad_queries),
		cmocka_unit_test(lists),
		cmocka_unit_test(routes),
		cmocka_unit_test(head_begins_nothing),
		cmocka_unit_test(headers_are_found_whatever_their_case),
		cmocka_unit_test(ambiguous_ends),
		cmocka_unit_test(templates),
		cmocka_unit_test(figures),
		cmocka_unit_test(traffic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
