/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/run.h"

static const char full[] =
	"{\"ok\":true,\"run\":17,\"sync_log_id\":\"00000000-0000-0000-0000-000000000001\","
	"\"state\":\"held\",\"category\":\"held\",\"message\":\"held for review\",\"hold\":4,"
	"\"changeset\":null,\"counts\":{\"total\":340,\"valid\":338,\"invalid\":2,\"duplicates\":1,"
	"\"added\":3,\"updated\":4,\"unchanged\":300,\"missing\":31,\"marked_inactive\":30,"
	"\"returned\":5,\"reactivated\":5,\"documents\":62},"
	"\"timing_ms\":{\"fetch\":100.5,\"validate\":1.25,\"compare\":2,\"apply\":3,\"record\":4,"
	"\"total\":111,\"database\":10.25},\"bytes\":500000,"
	"\"findings\":[{\"model_id\":\"v/x\",\"index\":3,\"path\":\"pricing.prompt\","
	"\"message\":\"not a number\"},{\"model_id\":null,\"index\":9,\"path\":\"id\","
	"\"message\":\"is missing\"}],\"findings_total\":120,"
	"\"guard\":[{\"rule\":\"max_missing_percent\",\"message\":\"31 of 340 are missing\"}],"
	"\"drift\":[{\"kind\":\"new\",\"level\":\"answer\",\"path\":\"links\","
	"\"message\":\"new field links (object), beside the list\"}],"
	"\"flapping\":[{\"model_id\":\"v/z\",\"prices\":[\"prompt\"],\"moves\":3,"
	"\"message\":\"prompt back at an earlier price\"}],"
	"\"alerts\":[{\"kind\":\"price_jump\",\"model_id\":\"v/y\",\"message\":\"20 times dearer\"}],"
	"\"changes\":[{\"model_id\":\"v/n\",\"name\":\"N\",\"kind\":\"added\",\"fields\":"
	"[{\"field\":\"name\",\"old\":null,\"new\":\"N\"}]},"
	"{\"model_id\":\"v/y\",\"name\":\"Y\",\"kind\":\"changed\",\"fields\":["
	"{\"field\":\"pricing.prompt\",\"old\":\"0.1\",\"new\":\"2\"},"
	"{\"field\":\"context_length\",\"old\":1000,\"new\":null},"
	"{\"field\":\"input_modalities\",\"old\":[\"text\"],\"new\":[\"text\",\"image\"]}]}],"
	"\"changes_total\":2000}";

static void full_reports_are_read(void **state)
{
	struct ms_error err;
	struct ms_run_report *r = ms_run_report_parse(full, &err);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->run, 17);
	assert_int_equal(r->hold, 4);
	assert_int_equal(r->changeset, 0);
	assert_int_equal(r->state, MS_RUN_HELD);
	assert_int_equal(r->category, MS_ERR_HELD);
	assert_string_equal(r->message, "held for review");
	assert_int_equal(r->counts.total, 340);
	assert_int_equal(r->counts.documents, 62);
	assert_int_equal(r->counts.marked_inactive, 30);
	assert_float_equal(r->timing.fetch, 100.5, 0.0);
	assert_float_equal(r->timing.database, 10.25, 0.0);
	assert_int_equal(r->bytes, 500000);
	assert_int_equal(r->finding_count, 2);
	assert_int_equal(r->findings_total, 120);
	assert_string_equal(r->findings[0], "v/x: pricing.prompt: not a number");
	assert_string_equal(r->findings[1], "model 9: id: is missing");
	assert_int_equal(r->guard_count, 1);
	assert_string_equal(r->guard[0], "max_missing_percent: 31 of 340 are missing");
	assert_int_equal(r->drift_count, 1);
	assert_string_equal(r->drift[0], "new field links (object), beside the list");
	assert_int_equal(r->flapping_count, 1);
	assert_string_equal(r->flapping[0], "v/z: prompt back at an earlier price");
	assert_int_equal(r->alert_count, 1);
	assert_string_equal(r->alerts[0], "v/y: 20 times dearer");
	assert_int_equal(r->change_count, 2);
	assert_int_equal(r->changes_total, 2000);
	assert_string_equal(r->changes[0].kind, "added");
	assert_string_equal(r->changes[0].summary, "");
	assert_string_equal(r->changes[1].model_id, "v/y");
	assert_string_equal(r->changes[1].summary,
			    "pricing.prompt 0.1>2, context_length 1000>none, "
			    "input_modalities [\"text\"]>[\"text\",\"image\"]");
	assert_string_equal(r->json, full);
	ms_run_report_free(r);
	ms_run_report_free(NULL);
}

static void short_reports_have_nothing(void **state)
{
	struct ms_error err;
	struct ms_run_report *r =
		ms_run_report_parse("{\"ok\":true,\"run\":null,\"state\":\"preview\"}", &err);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->state, MS_RUN_PREVIEW);
	assert_int_equal(r->category, MS_OK);
	assert_int_equal(r->run, 0);
	assert_null(r->message);
	assert_int_equal(r->change_count + r->finding_count + r->guard_count + r->drift_count +
				 r->alert_count + r->flapping_count,
			 0);
	ms_run_report_free(r);
}

static void long_values_are_left_out_of_summaries(void **state)
{
	char json[600];
	char text[300];
	struct ms_error err;
	struct ms_run_report *r;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	snprintf(json, sizeof(json),
		 "{\"ok\":true,\"state\":\"completed\",\"changes\":[{\"model_id\":\"v/x\","
		 "\"kind\":\"changed\",\"fields\":[{\"field\":\"description\",\"old\":\"a\","
		 "\"new\":\"%s\"}]}]}",
		 text);
	r = ms_run_report_parse(json, &err);
	assert_non_null(r);
	assert_string_equal(r->changes[0].summary, "description");
	ms_run_report_free(r);
}

static void refusals_and_nonsense_are_errors(void **state)
{
	static const struct {
		const char *json;
		enum ms_category category;
		const char *says;
	} rows[] = {
		{"{\"ok\":false,\"code\":\"lost\"}", MS_ERR_CONFLICT, "another sync took over"},
		{"{\"ok\":false,\"code\":\"not_open\",\"message\":\"hold 3 is discarded\"}",
		 MS_ERR_CONFLICT, "hold 3 is discarded"},
		{"{\"ok\":false,\"code\":\"odd\"}", MS_ERR_DATABASE, "odd"},
		{"{}", MS_ERR_DATABASE, "gave no reason"},
		{"[]", MS_ERR_DATABASE, "gave no reason"},
		{"{\"ok\":true,\"state\":\"dancing\"}", MS_ERR_INTERNAL, "dancing"},
		{"{\"ok\":tru", MS_ERR_PARSE, "cannot be read"},
		{"", MS_ERR_PARSE, "cannot be read"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ms_error err = {0};

		assert_null(ms_run_report_parse(rows[i].json, &err));
		if (err.category != rows[i].category || !strstr(err.message, rows[i].says))
			fail_msg("%s: %s: %s", rows[i].json, ms_category_name(err.category),
				 err.message);
	}
}

static void wrongly_typed_parts_are_ignored(void **state)
{
	struct ms_error err;
	struct ms_run_report *r = ms_run_report_parse(
		"{\"ok\":true,\"state\":\"completed\",\"run\":\"x\",\"counts\":[1],\"timing_ms\":3,"
		"\"findings\":{\"a\":1},\"guard\":\"no\",\"alerts\":[1,null],\"changes\":[7]}",
		&err);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->run, 0);
	assert_int_equal(r->finding_count, 0);
	assert_int_equal(r->alert_count, 2);
	assert_string_equal(r->alerts[0], "");
	assert_int_equal(r->change_count, 1);
	assert_string_equal(r->changes[0].model_id, "");
	ms_run_report_free(r);
}

static void rules_become_part_of_the_report(void **state)
{
	struct ms_error err;
	struct ms_run_report *r = ms_run_report_parse(
		"{\"ok\":true,\"run\":7,\"state\":\"completed\",\"rule_pending\":3,\"rules\":null,"
		"\"quality\":{\"stale\":0,\"undecided\":2,\"price_missing\":1}}",
		&err);
	struct ms_json *rules = ms_json_new_object(), *list = ms_json_new_array();
	struct ms_json *rule = ms_json_new_object(), *ids = ms_json_new_array();
	struct ms_json *json;

	(void)state;
	assert_non_null(r);
	assert_null(r->rules);
	assert_int_equal(r->rule_pending, 3);
	assert_string_equal(r->quality, "undecided 2, price_missing 1");
	ms_json_add_string(ids, NULL, "v/a");
	ms_json_add_string(rule, "rule", "free");
	ms_json_add_string(rule, "decision", "status active");
	ms_json_add_int(rule, "models", 2);
	ms_json_add_int(rule, "refused", 1);
	ms_json_add(rule, "ids", ids);
	ms_json_add(list, NULL, rule);
	ms_json_add_int(rules, "changeset", 12);
	ms_json_add_int(rules, "models", 3);
	ms_json_add_int(rules, "unmatched", 0);
	ms_json_add(rules, "by_rule", list);
	ms_run_report_set_rules(r, rules);
	assert_int_equal(r->rules->changeset, 12);
	assert_int_equal(r->rules->looked_at, 3);
	assert_null(r->rules->problem);
	assert_int_equal(r->rules->count, 1);
	assert_string_equal(r->rules->items[0].name, "free");
	assert_int_equal(r->rules->items[0].models, 2);
	assert_int_equal(r->rules->items[0].refused, 1);
	assert_int_equal(r->rules->items[0].id_count, 1);
	assert_string_equal(r->rules->items[0].ids[0], "v/a");
	assert_int_equal(r->rules->items[0].refused_id_count, 0);
	json = ms_json_parse(r->json, strlen(r->json), &err);
	assert_int_equal(ms_json_int(ms_json_get(ms_json_get(json, "rules"), "changeset"), 0), 12);
	assert_int_equal(ms_json_int(ms_json_get(json, "run"), 0), 7);
	ms_json_free(json);
	ms_run_report_free(r);
}

static void names_are_complete(void **state)
{
	(void)state;
	for (int i = MS_PHASE_CLAIM; i <= MS_PHASE_DONE; i++)
		assert_true(strlen(ms_run_phase_name((enum ms_run_phase)i)) > 0);
	for (int i = MS_RUN_RUNNING; i <= MS_RUN_PREVIEW; i++)
		assert_true(strlen(ms_run_state_name((enum ms_run_state)i)) > 0);
	assert_string_equal(ms_run_phase_name(MS_PHASE_APPLY), "apply");
	assert_string_equal(ms_run_state_name(MS_RUN_FAILED), "failed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_reports_are_read),
		cmocka_unit_test(short_reports_have_nothing),
		cmocka_unit_test(long_values_are_left_out_of_summaries),
		cmocka_unit_test(refusals_and_nonsense_are_errors),
		cmocka_unit_test(wrongly_typed_parts_are_ignored),
		cmocka_unit_test(rules_become_part_of_the_report),
		cmocka_unit_test(names_are_complete),
	};

	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
