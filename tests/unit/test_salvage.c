/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "src/console/salvage.h"
#include "src/console/ui.h"
#include "tests/screens/fixture.h"

static struct ms_ui *console(const char *catalogue)
{
	struct ms_ui *ui = ms_ui_new("", false, ms_clock_now());

	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_CONNECTION, .text = "db1/models"});
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_MODELS,
					       .catalog = fixture_catalog(catalogue)});
	return ui;
}

static void press(struct ms_ui *ui, const char *keys)
{
	for (; *keys; keys++)
		ms_ui_update(ui,
			     &(struct ms_ui_event){.kind = MS_EVENT_KEY, .key = (uint32_t)*keys});
}

static char *kept(const struct ms_ui *ui)
{
	struct ms_json *json = ms_salvage_json(ui);
	char *text = json ? ms_json_print(json) : NULL;

	ms_json_free(json);
	return text;
}

static void find(struct ms_ui *ui, const char *text)
{
	struct ms_error err;
	struct ms_json *json = ms_json_parse(text, strlen(text), &err);

	if (!json)
		fail_msg("%s", err.message);
	ms_salvage_found(ui, json, "/there/staged-host-1.json");
	ms_salvage_offer(ui);
}

static const struct ms_effect *last_effect(const struct ms_ui *ui)
{
	assert_true(ui->effects.count > 0);
	return &ui->effects.items[ui->effects.count - 1];
}

static void what_is_staged_comes_back(void **state)
{
	struct ms_ui *first = console("standard"), *second = console("standard");
	char *text, *again;

	(void)state;
	assert_null(ms_salvage_json(first));
	press(first, "  PFSd");
	first->now = second->now = 1790000000;
	text = kept(first);
	find(second, text);
	assert_non_null(second->dialog);
	press(second, "jn"); /* neither is an answer */
	assert_non_null(second->dialog);
	press(second, "y");
	assert_null(second->dialog);
	again = kept(second);
	assert_string_equal(text, again);
	assert_int_equal(second->stage.summary.rows, first->stage.summary.rows);
	assert_int_equal(last_effect(second)->kind, MS_EFFECT_DROP_SALVAGE);
	assert_string_equal(last_effect(second)->text, "/there/staged-host-1.json");
	press(second, "u"); /* one step */
	assert_int_equal(second->stage.summary.rows, 0);
	ms_free(text);
	ms_free(again);
	ms_ui_free(first);
	ms_ui_free(second);
}

static void it_asks_when_nothing_else_is_open(void **state)
{
	struct ms_ui *ui = console("standard");

	(void)state;
	press(ui, "/");
	find(ui, "{\"at\":1,\"edits\":[{}]}");
	assert_non_null(ms_input_in_filter_line(ui));
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_KEY, .key = MS_KEY_ESC});
	ms_salvage_offer(ui);
	assert_non_null(ui->dialog);
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_KEY, .key = MS_KEY_ESC});
	assert_null(ui->dialog);
	ms_salvage_offer(ui); /* the next console asks again, not this one */
	assert_null(ui->dialog);
	ms_ui_free(ui);
}

static void damaged_and_foreign_entries_are_left_out(void **state)
{
	struct ms_ui *ui = console("standard");

	(void)state;
	find(ui,
	     "{\"at\":-1,\"edits\":[1,{},{\"model_id\":\"no/such\",\"set\":1,\"status\":\"active\"},"
	     "{\"model_id\":\"alpha/large\",\"set\":0,\"status\":\"active\"},"
	     "{\"model_id\":\"alpha/large\",\"set\":2147483647,\"status\":\"nonsense\"},"
	     "{\"model_id\":\"alpha/small\",\"version\":1,\"set\":1,\"status\":\"disabled\"},"
	     "{\"model_id\":\"alpha/small\",\"version\":1,\"set\":1,\"status\":\"active\"}]}");
	press(ui, "y");
	assert_int_equal(ui->stage.summary.rows, 1);
	assert_non_null(strstr(ui->notes.current->text, "1 of 7 edits"));
	ms_ui_free(ui);
}

static void they_can_be_dropped(void **state)
{
	struct ms_ui *ui = console("standard");

	(void)state;
	find(ui, "{\"edits\":[{\"model_id\":\"alpha/large\",\"set\":1,\"status\":\"active\"}]}");
	press(ui, "X");
	assert_int_equal(ui->stage.summary.rows, 0);
	assert_int_equal(last_effect(ui)->kind, MS_EFFECT_DROP_SALVAGE);
	ms_ui_free(ui);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_staged_comes_back),
		cmocka_unit_test(it_asks_when_nothing_else_is_open),
		cmocka_unit_test(damaged_and_foreign_entries_are_left_out),
		cmocka_unit_test(they_can_be_dropped),
	};

	return cmocka_run_group_tests_name("salvage", tests, NULL, NULL);
}
