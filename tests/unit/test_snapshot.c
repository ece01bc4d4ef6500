/* SPDX-License-Identifier: MIT */
/* Snapshots of the models that are shown, the fallbacks, who calls, and what clients accept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "src/http/callers.h"
#include "src/http/fallback.h"
#include "src/http/negotiate.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ADMINS	 MS_SHOWN_TO_ADMINS

static void add(struct snapshot_builder *b, const char *id, unsigned shown_to)
{
	char *entry = ms_format("{\"id\":\"%s\"}", id);

	snapshot_builder_add(b, &(struct ms_served_model){id, shown_to, entry, strlen(entry)});
	ms_free(entry);
}

static struct snapshot *finish(struct snapshot_builder *b)
{
	struct snapshot *s;
	struct ms_error err;

	if (!snapshot_builder_finish(b, SNAPSHOT_DATABASE, &s, &err))
		fail_msg("%s", err.message);
	snapshot_builder_free(b);
	return s;
}

static struct snapshot *make_house(void)
{
	struct snapshot_builder *b = snapshot_builder_new();

	add(b, "z/free", 15);
	add(b, "a/pro", 14);
	add(b, "m/none", ADMINS);
	return finish(b);
}

static void expect_body(const struct snapshot *s, enum snapshot_audience audience,
			enum snapshot_form form, const char *text)
{
	const struct snapshot_body *body = snapshot_body(s, audience, form);
	char out[1000];
	z_stream z = {.next_in = (unsigned char *)body->packed,
		      .avail_in = (uInt)body->packed_len,
		      .next_out = (unsigned char *)out,
		      .avail_out = sizeof(out)};

	assert_int_equal(body->len, strlen(text));
	assert_memory_equal(body->text, text, body->len);
	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, body->len);
	assert_memory_equal(out, text, body->len);
	inflateEnd(&z);
}

static void each_audience_has_its_own(void **state)
{
	struct snapshot *s = make_house();
	size_t len;

	(void)state;
	expect_body(s, SNAPSHOT_FREE, SNAPSHOT_LEGACY, "{\"models\":[\"z/free\"]}");
	expect_body(s, SNAPSHOT_PRO, SNAPSHOT_LEGACY, "{\"models\":[\"z/free\",\"a/pro\"]}");
	expect_body(s, SNAPSHOT_ENTERPRISE, SNAPSHOT_ENHANCED,
		    "{\"models\":[{\"id\":\"z/free\"},{\"id\":\"a/pro\"}]}");
	expect_body(s, SNAPSHOT_ADMIN, SNAPSHOT_ENHANCED,
		    "{\"models\":[{\"id\":\"z/free\"},{\"id\":\"a/pro\"},{\"id\":\"m/none\"}]}");
	assert_int_equal(snapshot_count(s, SNAPSHOT_FREE), 1);
	assert_int_equal(snapshot_count(s, SNAPSHOT_ADMIN), 3);
	assert_ptr_equal(snapshot_body(s, SNAPSHOT_PRO, SNAPSHOT_LEGACY),
			 snapshot_body(s, SNAPSHOT_ENTERPRISE, SNAPSHOT_LEGACY));
	assert_memory_equal(snapshot_find(s, SNAPSHOT_PRO, "a/pro", &len), "{\"id\":\"a/pro\"}",
			    14);
	assert_int_equal(len, 14);
	assert_memory_equal(snapshot_find(s, SNAPSHOT_ADMIN, "m/none", &len), "{\"id\":\"m/none\"}",
			    15);
	assert_null(snapshot_find(s, SNAPSHOT_FREE, "a/pro", &len));
	assert_null(snapshot_find(s, SNAPSHOT_ADMIN, "a/pr", &len));
	assert_null(snapshot_find(s, SNAPSHOT_ADMIN, "", &len));
	snapshot_release(s);
}

static void tags_follow_the_content(void **state)
{
	struct snapshot *a = make_house(), *same = make_house(), *other;
	struct snapshot_builder *b = snapshot_builder_new();
	const struct snapshot_body *body = snapshot_body(a, SNAPSHOT_PRO, SNAPSHOT_LEGACY);

	(void)state;
	add(b, "z/free", 15);
	add(b, "a/pro", 14);
	other = finish(b);
	assert_true(snapshot_is_same(a, same));
	assert_false(snapshot_is_same(a, other));
	assert_string_equal(body->etag, snapshot_body(other, SNAPSHOT_PRO, SNAPSHOT_LEGACY)->etag);
	assert_string_not_equal(snapshot_body(a, SNAPSHOT_ADMIN, SNAPSHOT_LEGACY)->etag,
				snapshot_body(other, SNAPSHOT_ADMIN, SNAPSHOT_LEGACY)->etag);
	assert_string_not_equal(body->etag, body->packed_etag);
	assert_string_not_equal(body->etag,
				snapshot_body(a, SNAPSHOT_PRO, SNAPSHOT_ENHANCED)->etag);
	snapshot_release(a);
	snapshot_release(same);
	snapshot_release(other);
}

static void nothing_at_all(void **state)
{
	struct snapshot *s = finish(snapshot_builder_new());
	size_t len;

	(void)state;
	expect_body(s, SNAPSHOT_ADMIN, SNAPSHOT_ENHANCED, "{\"models\":[]}");
	assert_null(snapshot_find(s, SNAPSHOT_ADMIN, "x", &len));
	assert_ptr_equal(snapshot_share(s), s);
	snapshot_release(s);
	snapshot_release(s);
}

/* --- fallbacks ---------------------------------------------------------------------------- */

static void a_list_is_for_everybody(void **state)
{
	static const char *const environ[] = {"OPENROUTER_MODELS_LIST= b/two, a/one:free ,,", NULL};
	struct ms_config_source source = {.file = "/dev/null", .environ = environ};
	struct ms_config *c;
	struct snapshot *s;
	struct ms_error err;
	size_t len;

	(void)state;
	if (!ms_config_load(&c, &source, &err))
		fail_msg("%s", err.message);
	assert_true(fallback_has_list(c));
	assert_true(fallback_from_list(c, &s, &err));
	expect_body(s, SNAPSHOT_FREE, SNAPSHOT_LEGACY, "{\"models\":[\"b/two\",\"a/one:free\"]}");
	assert_int_equal(snapshot_source(s), SNAPSHOT_ENVIRONMENT);
	assert_non_null(snapshot_find(s, SNAPSHOT_FREE, "a/one:free", &len));
	snapshot_release(s);
	ms_config_free(c);
}

static void upstream_shows_the_free_tier_what_costs_nothing(void **state)
{
	static char page[] =
		"{\"data\":["
		"{\"id\":\"x/paid\",\"name\":\"A\",\"pricing\":{\"prompt\":\"0.1\",\"image_output\":\"2\"}},"
		"{\"id\":\"x/free\",\"name\":\"C\",\"pricing\":{\"prompt\":\"0\",\"completion\":\"0.000\"},"
		"\"context_length\":9,\"created\":7,\"architecture\":{\"input_modalities\":[\"text\"]}},"
		"{\"id\":\"x/var\",\"name\":\"B\",\"pricing\":{\"prompt\":\"-1\",\"completion\":\"0\"}},"
		"{\"id\":\"x/odd\",\"name\":\"D\",\"pricing\":{\"prompt\":\"0\",\"overrides\":[]}},"
		"{\"id\":\"x/none\",\"name\":\"E\",\"pricing\":{}},{\"name\":\"no id\"},7]}";
	char *pages[] = {page};
	struct ms_fetched fetched = {.pages = pages, .count = 1, .models = 7};
	struct snapshot *s;
	struct ms_error err;
	struct ms_json *v;
	const char *entry;
	size_t len;

	(void)state;
	if (!fallback_from_upstream(&fetched, &s, &err))
		fail_msg("%s", err.message);
	expect_body(s, SNAPSHOT_FREE, SNAPSHOT_LEGACY, "{\"models\":[\"x/free\"]}");
	expect_body(s, SNAPSHOT_PRO, SNAPSHOT_LEGACY,
		    "{\"models\":[\"x/paid\",\"x/var\",\"x/free\",\"x/odd\",\"x/none\"]}");
	entry = snapshot_find(s, SNAPSHOT_FREE, "x/free", &len);
	v = ms_json_parse(entry, len, &err);
	assert_string_equal(ms_json_text(ms_json_get(ms_json_get(v, "pricing"), "completion")),
			    "0.000");
	assert_string_equal(ms_json_text(ms_json_get(ms_json_get(v, "pricing"), "output_image")),
			    "0");
	assert_null(ms_json_get(ms_json_get(v, "pricing"), "input_cache_read"));
	assert_int_equal(ms_json_int(ms_json_get(v, "context_length"), 0), 9);
	assert_int_equal(ms_json_count(ms_json_get(v, "input_modalities")), 1);
	assert_true(ms_json_is_array(ms_json_get(v, "output_modalities")));
	ms_json_free(v);
	snapshot_release(s);
}

/* --- who calls ---------------------------------------------------------------------------- */

static void callers_are_remembered_for_a_while(void **state)
{
	struct callers *c = callers_new();
	struct ms_api_caller pro = {.profile = "s1", .tier = MS_TIER_PRO};
	struct ms_api_caller nobody = {.tier = MS_TIER_FREE}, found;
	unsigned begun = callers_begin(c);

	(void)state;
	assert_false(callers_find(c, "s1", 1000, 5, &found));
	callers_keep(c, begun, "s1", 1000, &pro);
	assert_true(callers_find(c, "s1", 5999, 5, &found));
	assert_int_equal(found.tier, MS_TIER_PRO);
	assert_false(callers_find(c, "s1", 6000, 5, &found));
	assert_true(callers_find(c, "s1", 6000, 60, &found));
	assert_false(callers_find(c, "s2", 1000, 5, &found));
	callers_forget(c, "other");
	assert_true(callers_find(c, "s1", 1000, 5, &found));
	callers_forget(c, "S1");
	assert_false(callers_find(c, "s1", 1000, 5, &found));
	callers_keep(c, begun, "s1", 1000, &pro); /* asked before it changed */
	assert_false(callers_find(c, "s1", 1000, 5, &found));
	callers_keep(c, callers_begin(c), "s1", 1000, &pro);
	callers_forget(c, NULL);
	assert_false(callers_find(c, "s1", 1000, 5, &found));
	callers_keep(c, callers_begin(c), "s1", 1000, &nobody);
	callers_forget(c, "s1"); /* who was unknown has a profile now */
	assert_false(callers_find(c, "s1", 1000, 5, &found));
	callers_keep(c, callers_begin(c), "", 1000, &pro);
	assert_false(callers_find(c, "", 1000, 5, &found));
	callers_free(c);
}

static void many_callers_are_not_mixed_up(void **state)
{
	struct callers *c = callers_new();
	struct ms_api_caller caller = {0}, found;
	char sub[32];
	int known = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		snprintf(sub, sizeof(sub), "subject-%d", i);
		snprintf(caller.profile, sizeof(caller.profile), "p%d", i);
		callers_keep(c, callers_begin(c), sub, 0, &caller);
	}
	for (int i = 0; i < 10000; i++) {
		snprintf(sub, sizeof(sub), "subject-%d", i);
		if (!callers_find(c, sub, 0, 5, &found))
			continue;
		known++;
		assert_int_equal(atoi(found.profile + 1), i);
	}
	assert_in_range(known, 1000, 2048);
	callers_free(c);
}

/* --- headers ------------------------------------------------------------------------------ */

static void accepted_encodings(void **state)
{
	static const struct {
		const char *header;
		bool takes;
	} rows[] = {
		{NULL, false},
		{"", false},
		{"gzip", true},
		{"GZIP", true},
		{"deflate, gzip;q=1.0, *;q=0.5", true},
		{"gzip;q=0", false},
		{"gzip; q=0.0, *", false},
		{"gzip ; q=0.001", true},
		{"*", true},
		{"*;q=0", false},
		{"identity", false},
		{"x-gzip", false},
		{"br,gzip", true},
		{"gzipped", false},
		{",,gzip,", true},
		{"gzip;", true},
		{"gzip;level=9", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (negotiate_takes_gzip(rows[i].header) != rows[i].takes)
			fail_msg("%s", rows[i].header);
}

static void tags_in_a_condition(void **state)
{
	static const struct {
		const char *header;
		bool has;
	} rows[] = {
		{NULL, false},
		{"", false},
		{"\"abc\"", true},
		{"W/\"abc\"", true},
		{"\"ab\"", false},
		{"\"abcd\"", false},
		{"abc", false},
		{"*", true},
		{"\"x\", \"abc\"", true},
		{"\"x\",W/\"abc\" ", true},
		{"\"x,\"abc\"", false},
		{"\"x, \"abc\"\"", false},
		{"\"a\"bc", false},
		{"W/", false},
		{"\"", false},
		{",,,", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (negotiate_has_tag(rows[i].header, "\"abc\"") != rows[i].has)
			fail_msg("%s", rows[i].header);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_audience_has_its_own),
		cmocka_unit_test(tags_follow_the_content),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(a_list_is_for_everybody),
		cmocka_unit_test(upstream_shows_the_free_tier_what_costs_nothing),
		cmocka_unit_test(callers_are_remembered_for_a_while),
		cmocka_unit_test(many_callers_are_not_mixed_up),
		cmocka_unit_test(accepted_encodings),
		cmocka_unit_test(tags_in_a_condition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
