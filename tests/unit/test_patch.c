/* SPDX-License-Identifier: MIT */
/* The bodies of PATCH requests: what is handed to the database, and what is refused before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "src/http/patch.h"

static struct ms_json *parse(const char *text)
{
	struct ms_error err;
	struct ms_json *v = ms_json_parse(text, strlen(text), &err);

	assert_non_null(v);
	return v;
}

static void check_text(const struct ms_json *v, const char *expected)
{
	char *text = ms_json_print(v);

	assert_string_equal(text, expected);
	ms_free(text);
}

/* Of the model a/b. */
static void check_one(const char *body, const char *edits)
{
	struct ms_json *v = parse(body), *problems;
	struct patch p;

	assert_true(patch_read_one(v, "a/b", &p, &problems));
	check_text(p.edits, edits);
	patch_clear(&p);
	ms_json_free(v);
}

static void check_refused(bool is_one, const char *body, const char *expected)
{
	struct ms_json *v = parse(body), *problems = NULL;
	struct patch p;

	assert_false(is_one ? patch_read_one(v, "a/b", &p, &problems)
			    : patch_read_many(v, &p, &problems));
	assert_null(p.edits);
	assert_null(p.reason);
	check_text(problems, expected);
	ms_json_free(problems);
	ms_json_free(v);
}

static void one_model(void **state)
{
	(void)state;
	check_one("{\"status\":\"active\",\"is_free\":true,\"version\":7}",
		  "[{\"status\":\"active\",\"is_free\":true,\"version\":7,\"model_id\":\"a/b\"}]");
	/* what fields there are and what they may hold is the database's business */
	check_one("{\"colour\":[1]}", "[{\"colour\":[1],\"model_id\":\"a/b\"}]");
}

static void reason_and_consent(void **state)
{
	struct ms_json *problems,
		*v = parse("{\"reason\":\"because\",\"is_pro\":true,\"allow_paid_free\":false}");
	struct patch p;

	(void)state;
	assert_true(patch_read_one(v, "a/b", &p, &problems));
	assert_string_equal(p.reason, "because");
	assert_false(p.allow_paid_free);
	check_text(p.edits, "[{\"is_pro\":true,\"model_id\":\"a/b\"}]");
	patch_clear(&p);
	ms_json_free(v);
	v = parse("{\"reason\":null,\"is_pro\":true}");
	assert_true(patch_read_one(v, "a/b", &p, &problems));
	assert_null(p.reason);
	assert_true(p.allow_paid_free);
	patch_clear(&p);
	ms_json_free(v);
}

static void one_model_refused(void **state)
{
	(void)state;
	check_refused(true, "[]", "[{\"path\":\"\",\"message\":\"expected an object\"}]");
	check_refused(true, "{\"is_pro\":true,\"is_pro\":false}",
		      "[{\"path\":\"is_pro\",\"message\":\"is there twice\"}]");
	check_refused(true, "{\"is_pro\":true,\"rule\":\"x\",\"model_id\":\"a/b\"}",
		      "[{\"path\":\"rule\",\"message\":\"is not a field that can be edited\"},"
		      "{\"path\":\"model_id\",\"message\":\"is not a field that can be edited\"}]");
	check_refused(true, "{\"is_pro\":true,\"reason\":7,\"allow_paid_free\":\"yes\"}",
		      "[{\"path\":\"reason\",\"message\":\"is no text\"},"
		      "{\"path\":\"allow_paid_free\",\"message\":\"is neither true nor false\"}]");
	check_refused(true, "{\"version\":7,\"reason\":\"why\"}",
		      "[{\"path\":\"\",\"message\":\"there is nothing to change: name status, "
		      "is_free, is_pro, is_enterprise, daily_limit or monthly_limit\"}]");
}

static void many_models(void **state)
{
	struct ms_json *problems,
		*v = parse("{\"updates\":[{\"model_id\":\"a/b\",\"is_pro\":true},"
			   "{\"model_id\":\"c\",\"version\":2}],\"reason\":\"x\"}");
	struct patch p;

	(void)state;
	assert_true(patch_read_many(v, &p, &problems));
	check_text(p.edits, "[{\"model_id\":\"a/b\",\"is_pro\":true},"
			    "{\"model_id\":\"c\",\"version\":2}]");
	assert_string_equal(p.reason, "x");
	patch_clear(&p);
	ms_json_free(v);
}

static void many_models_refused(void **state)
{
	static const char count[] =
		"[{\"path\":\"updates\",\"message\":\"expected a list of 1 to 1000 edits\"}]";

	(void)state;
	check_refused(false, "{}", count);
	check_refused(false, "{\"updates\":[]}", count);
	check_refused(false, "{\"updates\":{}}", count);
	check_refused(false, "7", "[{\"path\":\"\",\"message\":\"expected an object\"}]");
	check_refused(
		false, "{\"updates\":[{\"model_id\":\"a\"},7,{\"rule\":\"x\"}],\"limit\":1}",
		"[{\"path\":\"limit\",\"message\":\"is not known here: use updates, reason and "
		"allow_paid_free\"},"
		"{\"index\":1,\"path\":\"\",\"message\":\"expected an object\"},"
		"{\"index\":2,\"path\":\"rule\",\"message\":\"is not a field that can be "
		"edited\"}]");
	/* about the whole request, not about one edit */
	check_refused(false, "{\"updates\":[{\"model_id\":\"a\",\"is_pro\":true}],\"updates\":[]}",
		      "[{\"path\":\"updates\",\"message\":\"is there twice\"}]");
}

/* A list of n edits that are all wrong. */
static char *wrong_edits(int n)
{
	struct ms_text t;

	ms_text_init(&t, 0);
	ms_text_add(&t, "{\"updates\":[");
	for (int i = 0; i < n; i++)
		ms_text_addf(&t, "%s7", i ? "," : "");
	ms_text_add(&t, "]}");
	return ms_text_take(&t);
}

static void limits(void **state)
{
	struct ms_json *v, *problems;
	struct patch p;
	char *text = wrong_edits(PATCH_MAX_MODELS);

	(void)state;
	v = parse(text);
	assert_false(patch_read_many(v, &p, &problems));
	assert_int_equal(ms_json_count(problems), 100);
	ms_json_free(problems);
	ms_json_free(v);
	ms_free(text);
	text = wrong_edits(PATCH_MAX_MODELS + 1);
	v = parse(text);
	assert_false(patch_read_many(v, &p, &problems));
	assert_int_equal(ms_json_count(problems), 1);
	ms_json_free(problems);
	ms_json_free(v);
	ms_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_model),	       cmocka_unit_test(reason_and_consent),
		cmocka_unit_test(one_model_refused),   cmocka_unit_test(many_models),
		cmocka_unit_test(many_models_refused), cmocka_unit_test(limits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("patch", tests, NULL, NULL);
}
