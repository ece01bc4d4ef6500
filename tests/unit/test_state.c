/* SPDX-License-Identifier: MIT */
/* What the console remembers, from one session to the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "src/console/state.h"
#include "src/console/ui.h"
#include "tests/screens/fixture.h"

/* As if it had been written and read. Takes over json. */
static struct ms_json *reread(struct ms_json *json)
{
	char *text = ms_json_print(json);
	struct ms_error err;
	struct ms_json *again = ms_json_parse(text, strlen(text), &err);

	assert_non_null(again);
	ms_json_free(json);
	ms_free(text);
	return again;
}

static struct ms_json *state_of(const struct ms_ui *ui, const struct ms_json *before)
{
	struct ms_error err;
	struct ms_json *json = ms_state_json(ui, before, &err);

	assert_non_null(json);
	return reread(json);
}

/* A session on that database that begins with what the last one left. Takes over json. */
static struct ms_ui *session(struct ms_json *json, const char *database)
{
	struct ms_ui *ui = ms_ui_new("", false, 1790000000);
	struct ms_ui_event connected = {.kind = MS_EVENT_CONNECTION, .text = database};
	struct ms_error err;

	assert_true(ms_state_take(ui, json, &err));
	ms_ui_update(ui, &connected);
	connected = (struct ms_ui_event){.kind = MS_EVENT_MODELS,
					 .catalog = fixture_catalog("standard")};
	ms_ui_update(ui, &connected);
	return ui;
}

static void test_a_session_goes_on_where_the_last_one_ended(void **state)
{
	struct ms_ui *ui = session(NULL, "db1/models");
	struct ms_json *json;

	(void)state;
	ms_ui_set_filter(ui, "tier:pro sort:-price");
	ms_ui_do(ui, MS_ACTION_sort_invert);
	ms_column_set_read(&ui->columns, "id,status,by:20,name?");
	ms_history_add(&ui->filters, "gpt");
	json = state_of(ui, NULL);
	ms_ui_free(ui);

	ui = session(json, "db1/models");
	assert_string_equal(ui->rows.filter_text, "tier:pro sort:-price");
	assert_false(ui->rows.sort.descending);
	assert_string_equal(ui->rows.sort.field->name, "added");
	assert_int_equal(ui->columns.count, 4);
	assert_int_equal(ui->columns.items[2].width, 20);
	assert_string_equal(ui->filters.items[0], "gpt");
	ms_ui_free(ui);
}

static void test_each_database_has_its_own_view(void **state)
{
	struct ms_ui *ui = session(NULL, "db1/models");
	struct ms_json *json, *both;

	(void)state;
	ms_ui_set_filter(ui, "one");
	json = state_of(ui, NULL);
	ms_ui_free(ui);
	ui = session(reread(ms_json_copy(json)), "db2/models");
	assert_string_equal(ui->rows.filter_text, "");
	ms_ui_set_filter(ui, "two");
	both = state_of(ui, json);
	ms_ui_free(ui);
	ms_json_free(json);
	ui = session(reread(ms_json_copy(both)), "db1/models");
	assert_string_equal(ui->rows.filter_text, "one");
	ms_ui_free(ui);
	ui = session(both, "db2/models");
	assert_string_equal(ui->rows.filter_text, "two");
	ms_ui_free(ui);
}

static void test_what_another_session_added_stays(void **state)
{
	struct ms_ui *a = session(NULL, "db1/models"), *b = session(NULL, "db1/models");
	struct ms_json *first, *second;

	(void)state;
	ms_history_add(&a->filters, "from a");
	ms_history_add(&b->filters, "from b");
	first = state_of(a, NULL);
	second = state_of(b, first);
	ms_ui_free(a);
	a = session(second, "db1/models");
	assert_int_equal(a->filters.count, 2);
	assert_string_equal(a->filters.items[1], "from b");
	ms_json_free(first);
	ms_ui_free(a);
	ms_ui_free(b);
}

static void test_databases_used_long_ago_are_forgotten(void **state)
{
	struct ms_json *json = NULL;
	struct ms_ui *ui;

	(void)state;
	for (int i = 0; i < 60; i++) {
		char name[32];
		struct ms_json *next;

		snprintf(name, sizeof(name), "db%d/models", i);
		ui = session(NULL, name);
		next = state_of(ui, json);
		ms_ui_free(ui);
		ms_json_free(json);
		json = next;
	}
	assert_int_equal(ms_json_count(ms_json_get(json, "databases")), 50);
	assert_string_equal(
		ms_json_text(ms_json_get(ms_json_first(ms_json_get(json, "databases")), "name")),
		"db10/models");
	ms_json_free(json);
}

static void test_hints_that_were_read_do_not_come_again(void **state)
{
	struct ms_ui *ui = session(NULL, "db1/models");
	struct ms_ui_event key = {.kind = MS_EVENT_KEY, .key = ' '};
	struct ms_json *json;

	(void)state;
	assert_non_null(ui->notes.current);
	ms_ui_update(ui, &key);
	assert_non_null(strstr(ui->notes.current->text, "marked rows"));
	json = state_of(ui, NULL);
	ms_ui_free(ui);
	ui = session(json, "db1/models");
	assert_null(ui->notes.current);
	ms_ui_update(ui, &key);
	assert_null(ui->notes.current);
	ms_ui_free(ui);
}

static void test_a_newer_file_is_left_alone(void **state)
{
	static const char newer[] = "{\"format\": 2, \"databases\": []}";
	struct ms_ui *ui = ms_ui_new("", false, 0);
	struct ms_error err;
	struct ms_json *json = ms_json_parse(newer, strlen(newer), &err);

	(void)state;
	assert_non_null(json);
	assert_null(ms_state_json(ui, json, &err));
	assert_false(ms_state_take(ui, json, &err));
	assert_non_null(strstr(err.message, "format 2"));
	ms_ui_free(ui);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_session_goes_on_where_the_last_one_ended),
		cmocka_unit_test(test_each_database_has_its_own_view),
		cmocka_unit_test(test_what_another_session_added_stays),
		cmocka_unit_test(test_databases_used_long_ago_are_forgotten),
		cmocka_unit_test(test_hints_that_were_read_do_not_come_again),
		cmocka_unit_test(test_a_newer_file_is_left_alone),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
