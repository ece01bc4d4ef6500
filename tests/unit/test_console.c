/* SPDX-License-Identifier: MIT */
/* The console's state: rows, marks, staged edits, and random keys against everything at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "src/console/columns.h"
#include "src/console/key.h"
#include "src/console/ui.h"
#include "tests/screens/fixture.h"

static int64_t fixture_now(void)
{
	int64_t now = 0;

	assert_true(ms_time_parse(FIXTURE_NOW, &now));
	return now;
}

/* --- rows ------------------------------------------------------------------------------------- */

struct rows_fixture {
	struct ms_rows rows;
	struct ms_catalog *catalog;
};

static int rows_setup(void **state)
{
	struct rows_fixture *f = ms_alloc(sizeof(*f));

	f->catalog = fixture_catalog("standard");
	ms_rows_init(&f->rows);
	ms_rows_replace(&f->rows, f->catalog, fixture_now());
	*state = f;
	return 0;
}

static int rows_teardown(void **state)
{
	struct rows_fixture *f = *state;

	ms_rows_clear(&f->rows);
	ms_catalog_free(f->catalog);
	ms_free(f);
	return 0;
}

static const char *current_id(const struct ms_rows *r)
{
	const struct ms_model *m = ms_rows_current(r);

	return m ? m->id : "(none)";
}

static void replace(struct rows_fixture *f, const char *variant)
{
	struct ms_catalog *next = fixture_catalog(variant);

	ms_rows_replace(&f->rows, next, fixture_now());
	ms_catalog_free(f->catalog);
	f->catalog = next;
}

static void test_newest_first(void **state)
{
	struct rows_fixture *f = *state;

	assert_int_equal(f->rows.shown, 11);
	assert_string_equal(current_id(&f->rows), "alpha/large");
}

static void test_the_cursor_follows_its_model(void **state)
{
	struct rows_fixture *f = *state;

	ms_rows_move_to(&f->rows, 3);
	assert_string_equal(current_id(&f->rows), "beta/paid");
	replace(f, "changed"); /* one new row above */
	assert_string_equal(current_id(&f->rows), "beta/paid");
	assert_int_equal(f->rows.cursor, 4);
	/* Also where the user never moved. */
	ms_rows_move_to(&f->rows, 0);
	f->rows.chosen = MS_ROW_NONE;
	replace(f, "standard");
	replace(f, "changed");
	assert_string_equal(current_id(&f->rows), "alpha/large");
}

static void test_the_cursor_returns_when_the_filter_goes(void **state)
{
	struct rows_fixture *f = *state;
	struct ms_filter_error err;

	ms_rows_move_to(&f->rows, 3);
	assert_true(ms_rows_set_filter(&f->rows, "gamma", fixture_now(), &err));
	assert_int_equal(f->rows.shown, 2);
	assert_string_equal(current_id(&f->rows), "gamma/unknown");
	assert_true(ms_rows_set_filter(&f->rows, "", fixture_now(), &err));
	assert_string_equal(current_id(&f->rows), "beta/paid");
}

static void test_a_bad_filter_keeps_the_rows(void **state)
{
	struct rows_fixture *f = *state;
	struct ms_filter_error err;

	assert_true(ms_rows_set_filter(&f->rows, "gamma", fixture_now(), &err));
	assert_false(ms_rows_set_filter(&f->rows, "gamma price<", fixture_now(), &err));
	assert_int_equal(f->rows.shown, 2);
	assert_string_equal(f->rows.filter_text, "gamma");
	/* The text may be the rows' own. */
	assert_true(ms_rows_set_filter(&f->rows, f->rows.filter_text, fixture_now(), &err));
	assert_string_equal(f->rows.filter_text, "gamma");
}

static void test_sort_terms_of_the_filter_win(void **state)
{
	struct rows_fixture *f = *state;
	struct ms_filter_error err;

	assert_true(ms_rows_set_filter(&f->rows, "price>=0 sort:-price", fixture_now(), &err));
	ms_rows_move_to(&f->rows, 0);
	assert_string_equal(current_id(&f->rows), "beta/paid");
	assert_true(ms_rows_set_filter(&f->rows, "", fixture_now(), &err));
	ms_rows_move_to(&f->rows, 0);
	assert_string_equal(current_id(&f->rows), "alpha/large");
}

static void test_marks_survive_filter_and_reload(void **state)
{
	struct rows_fixture *f = *state;
	struct ms_filter_error err;

	ms_rows_mark_one(&f->rows, ms_rows_current_index(&f->rows), MS_MARK_FLIP);
	assert_true(ms_rows_set_filter(&f->rows, "gamma", fixture_now(), &err));
	ms_rows_mark_shown(&f->rows, MS_MARK_SET, NULL, fixture_now());
	assert_int_equal(f->rows.marked, 3);
	assert_int_equal(f->rows.marked_hidden, 1);
	replace(f, "changed");
	assert_int_equal(f->rows.marked, 3);
	assert_int_equal(f->rows.marked_hidden, 1);
	assert_true(
		ms_rows_is_marked(&f->rows, (uint32_t)ms_catalog_find(f->catalog, "alpha/large")));
	ms_rows_mark_clear(&f->rows);
	assert_int_equal(f->rows.marked, 0);
	ms_rows_mark_restore(&f->rows);
	assert_int_equal(f->rows.marked, 3);
}

static void test_marking_by_expression(void **state)
{
	struct rows_fixture *f = *state;
	struct ms_filter_error err;
	struct ms_filter *what = ms_filter_parse("tier:pro", &err);

	assert_int_equal(ms_rows_mark_shown(&f->rows, MS_MARK_SET, what, fixture_now()), 4);
	assert_int_equal(ms_rows_mark_shown(&f->rows, MS_MARK_SET, what, fixture_now()), 0);
	assert_int_equal(ms_rows_mark_shown(&f->rows, MS_MARK_FLIP, NULL, fixture_now()), 11);
	assert_int_equal(f->rows.marked, 7);
	ms_filter_free(what);
}

static void test_a_range_goes_both_ways(void **state)
{
	struct rows_fixture *f = *state;
	size_t from, to;

	ms_rows_move_to(&f->rows, 5);
	ms_rows_range_begin(&f->rows);
	ms_rows_move_to(&f->rows, 2);
	assert_true(ms_rows_range(&f->rows, &from, &to));
	assert_int_equal(from, 2);
	assert_int_equal(to, 5);
	ms_rows_range_end(&f->rows, false);
	assert_int_equal(f->rows.marked, 0);
	ms_rows_range_begin(&f->rows);
	ms_rows_move_to(&f->rows, 4);
	ms_rows_range_end(&f->rows, true);
	assert_int_equal(f->rows.marked, 3);
}

static void test_changed_rows_are_known(void **state)
{
	struct rows_fixture *f = *state;
	struct ms_filter_error err;

	replace(f, "changed");
	assert_true(ms_rows_set_filter(&f->rows, "is:changed", fixture_now(), &err));
	assert_int_equal(f->rows.shown, 2); /* the new one and the one with another version */
}

static void test_an_empty_list_has_no_cursor(void **state)
{
	struct rows_fixture *f = *state;

	replace(f, "empty");
	assert_null(ms_rows_current(&f->rows));
	ms_rows_move_by(&f->rows, 5);
	ms_rows_move_by(&f->rows, -5);
	ms_rows_range_begin(&f->rows);
	ms_rows_range_end(&f->rows, true);
	ms_rows_show_cursor(&f->rows, 10);
	assert_int_equal(f->rows.top, 0);
	replace(f, "standard");
	assert_non_null(ms_rows_current(&f->rows));
}

/* --- staged edits ----------------------------------------------------------------------------- */

struct stage_fixture {
	struct ms_stage stage;
	struct ms_catalog *catalog;
};

static int stage_setup(void **state)
{
	struct stage_fixture *f = ms_alloc(sizeof(*f));

	f->catalog = fixture_catalog("standard");
	ms_stage_replace(&f->stage, NULL, f->catalog);
	*state = f;
	return 0;
}

static int stage_teardown(void **state)
{
	struct stage_fixture *f = *state;

	ms_stage_clear(&f->stage);
	ms_catalog_free(f->catalog);
	ms_free(f);
	return 0;
}

static uint32_t at(const struct stage_fixture *f, const char *id)
{
	size_t i = ms_catalog_find(f->catalog, id);

	assert_true(i != SIZE_MAX);
	return (uint32_t)i;
}

static void ask(struct stage_fixture *f, const char *id, struct ms_edit edit)
{
	ms_stage_begin(&f->stage, "test");
	ms_stage_ask(&f->stage, f->catalog, at(f, id), &edit);
	ms_stage_summarise(&f->stage, f->catalog);
}

static const struct ms_edit activate = {.set = MS_EDIT_STATUS, .status = MS_STATUS_ACTIVE};
static const struct ms_edit grant_pro = {.set = MS_EDIT_PRO, .tiers = MS_TIER_PRO};

static void test_what_a_row_has_already_is_no_change(void **state)
{
	struct stage_fixture *f = *state;

	ask(f, "alpha/large", activate);
	assert_int_equal(f->stage.summary.rows, 0);
	ask(f, "alpha/small", activate);
	assert_int_equal(f->stage.summary.rows, 1);
	ask(f, "alpha/small", grant_pro);
	assert_int_equal(f->stage.summary.rows, 1);
	assert_int_equal(f->stage.summary.fields, 2);
}

static void test_steps_are_taken_back_one_by_one(void **state)
{
	struct stage_fixture *f = *state;

	ask(f, "alpha/small", activate);
	ask(f, "alpha/small", grant_pro);
	assert_int_equal(ms_stage_take_back(&f->stage, f->catalog), 1);
	assert_int_equal(f->stage.summary.fields, 1);
	assert_int_equal(ms_stage_take_back(&f->stage, f->catalog), 1);
	assert_int_equal(f->stage.summary.rows, 0);
	assert_int_equal(ms_stage_take_back(&f->stage, f->catalog), 0);
	assert_null(ms_stage_at(&f->stage, at(f, "alpha/small")));
}

static void test_one_keystroke_is_one_step(void **state)
{
	struct stage_fixture *f = *state;

	ms_stage_begin(&f->stage, "three rows");
	for (uint32_t i = 0; i < 3; i++)
		ms_stage_ask(&f->stage, f->catalog, i, &grant_pro);
	assert_int_equal(ms_stage_take_back(&f->stage, f->catalog), 3);
	assert_int_equal(f->stage.count, 0);
}

/* The review says what selected the rows of the step that is the last one now. */
static void test_a_step_taken_back_was_not_the_last(void **state)
{
	struct stage_fixture *f = *state;

	ms_stage_begin(&f->stage, "by hand");
	ms_stage_ask(&f->stage, f->catalog, 0, &grant_pro);
	ms_stage_begin(&f->stage, "all of a filter");
	for (uint32_t i = 0; i < 3; i++)
		ms_stage_ask(&f->stage, f->catalog, i, &grant_pro);
	assert_int_equal(ms_stage_groups(&f->stage), 2);
	assert_string_equal(ms_stage_origin(&f->stage), "all of a filter");
	ms_stage_take_back(&f->stage, f->catalog);
	assert_int_equal(ms_stage_groups(&f->stage), 1);
	assert_string_equal(ms_stage_origin(&f->stage), "by hand");
}

static void test_a_batch_carries_the_version_it_was_staged_on(void **state)
{
	struct stage_fixture *f = *state;
	struct ms_catalog *next = fixture_catalog("changed");
	struct ms_edit_batch *batch;

	ask(f, "alpha/small", grant_pro);
	ms_stage_replace(&f->stage, f->catalog, next);
	ms_catalog_free(f->catalog);
	f->catalog = next;
	batch = ms_stage_batch(&f->stage, f->catalog);
	assert_int_equal(batch->count, 1);
	assert_string_equal(batch->items[0].model_id, "alpha/small");
	assert_int_equal(batch->items[0].version, 1);
	assert_int_equal(next->models[at(f, "alpha/small")].version, 2);
	ms_edit_batch_free(batch);
	/* Asking again is an answer to what is there now. */
	ask(f, "alpha/small", grant_pro);
	batch = ms_stage_batch(&f->stage, f->catalog);
	assert_int_equal(batch->items[0].version, 2);
	ms_edit_batch_free(batch);
}

static void test_conflicts_stay_and_the_rest_settles(void **state)
{
	struct stage_fixture *f = *state;
	struct ms_write_result *result = fixture_result("conflict");
	struct ms_edit_batch *batch;

	ask(f, "alpha/small", grant_pro);
	ask(f, "gamma/unknown", grant_pro);
	ms_stage_settle(&f->stage, f->catalog, result);
	assert_int_equal(f->stage.summary.rows, 1);
	assert_int_equal(f->stage.summary.conflicts, 1);
	ms_stage_forget_written(&f->stage, f->catalog);
	assert_null(ms_stage_at(&f->stage, at(f, "gamma/unknown")));
	assert_string_equal(ms_stage_at(&f->stage, at(f, "alpha/small"))->note,
			    "status is active now");
	batch = ms_stage_batch(&f->stage, f->catalog);
	assert_int_equal(batch->count, 1);
	ms_edit_batch_free(batch);
	assert_int_equal(ms_stage_take_back(&f->stage, f->catalog), 1);
	assert_int_equal(f->stage.count, 0);
	ms_write_result_free(result);
}

static void test_a_gone_model_edits_its_return(void **state)
{
	struct stage_fixture *f = *state;

	ask(f, "delta/gone", activate); /* it returns as active anyway */
	assert_int_equal(f->stage.summary.rows, 0);
	ask(f, "delta/gone", (struct ms_edit){.set = MS_EDIT_STATUS, .status = MS_STATUS_INACTIVE});
	assert_int_equal(f->stage.summary.rows, 1);
}

static void test_dropping_all(void **state)
{
	struct stage_fixture *f = *state;

	ask(f, "alpha/small", grant_pro);
	ask(f, "gamma/unknown", grant_pro);
	ms_stage_drop_all(&f->stage, f->catalog);
	assert_int_equal(f->stage.count, 0);
	assert_int_equal(ms_stage_take_back(&f->stage, f->catalog), 0);
}

static void test_the_last_term_goes_as_a_whole(void **state)
{
	static const char *const rows[][2] = {
		{"status:new price<1", "status:new"},
		{"gpt", ""},
		{"", ""},
		{"a \"two words\"  ", "a"},
		{"a \"say \\\" b\"", "a"},
		{"a /two words/", "a"},
		{"a -/two \\/ words/", "a"},
		{"a name~/two words/", "a"},
		{"openai/gpt 5", "openai/gpt"},
		{"a (b OR c d)", "a"},
		{"a OR b", "a"},
		{"a OR (b c)", "a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = ms_strdup(rows[i][0]);

		ms_filter_drop_term(text);
		if (strcmp(text, rows[i][1]) != 0)
			fail_msg("%s: %s", rows[i][0], text);
		ms_free(text);
	}
}

/* The rows that are left when `action` is done on the cell of that field and model. */
static bool is_shown_after(struct ms_ui *ui, enum ms_action action, uint32_t model, bool *is_done)
{
	struct ms_columns columns;
	size_t shown;

	ms_ui_set_filter(ui, "");
	assert_true(ms_rows_go_to(&ui->rows, model));
	ui->has_column = true;
	ui->column = 0;
	(void)ms_ui_columns(ui, &columns);
	assert_int_equal(columns.count, 3);
	while (ms_column_is_fixed(columns.items[ui->column].field))
		ui->column++;
	shown = ui->rows.shown;
	ms_ui_do(ui, action);
	assert_false(ui->has_filter_error);
	*is_done = *ui->rows.filter_text != '\0';
	if (!*is_done)
		assert_int_equal(ui->rows.shown, shown);
	return ms_rows_go_to(&ui->rows, model);
}

static void test_every_cell_can_be_filtered_by(void **state)
{
	struct ms_ui *ui = ms_ui_new("", false, fixture_now());
	struct ms_ui_event e = {.kind = MS_EVENT_MODELS, .catalog = fixture_catalog("standard")};
	const struct ms_field *f;
	bool is_done;

	(void)state;
	ms_ui_update(ui, &e);
	e = (struct ms_ui_event){.kind = MS_EVENT_RESIZE, .width = 400, .height = 40};
	ms_ui_update(ui, &e);
	for (size_t i = 0; (f = ms_field_at(i)); i++) {
		char *columns = ms_format("status,id,%s", f->name);

		ms_column_set_read(&ui->columns, columns);
		ms_free(columns);
		if (ms_column_is_fixed(f) || strcmp(f->name, "tier") == 0)
			continue;
		for (uint32_t m = 0; m < ui->catalog->count; m++) {
			if (!is_shown_after(ui, MS_ACTION_include, m, &is_done))
				fail_msg("%s: %s hides %s", f->name, ui->rows.filter_text,
					 ui->catalog->models[m].id);
			if (is_shown_after(ui, MS_ACTION_exclude, m, &is_done) && is_done)
				fail_msg("%s: %s shows %s", f->name, ui->rows.filter_text,
					 ui->catalog->models[m].id);
		}
	}
	ms_ui_free(ui);
}

/* --- columns ---------------------------------------------------------------------------------- */

static bool has_column(const struct ms_columns *c, const char *field)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->items[i].field->name, field) == 0)
			return true;
	return false;
}

static void test_columns_go_in_order_and_never_overlap(void **state)
{
	static const char *const order[] = {"ctx", "added", "in", "out"};
	int before = 0;

	struct ms_column_set set;

	(void)state;
	ms_column_set_init(&set);
	for (int width = 40; width <= 400; width++) {
		struct ms_columns c;
		int shown = 0, end = 2;

		ms_columns_layout(&c, &set, width);
		assert_true(has_column(&c, "status") && has_column(&c, "id") &&
			    has_column(&c, "tier"));
		while (shown < 4 && has_column(&c, order[shown]))
			shown++;
		for (int i = shown; i < 4; i++)
			assert_false(has_column(&c, order[i]));
		assert_true(shown >= before);
		before = shown;
		for (size_t i = 0; i < c.count; i++) {
			assert_true(c.items[i].x > end);
			end = c.items[i].x + c.items[i].width;
		}
		assert_true(end < width);
	}
	assert_int_equal(before, 4);
}

static const char *columns_text(const struct ms_column_set *s)
{
	static char buf[MS_COLUMN_TEXT_BYTES];
	struct ms_text text;

	ms_text_init(&text, 0);
	ms_column_set_write(s, &text);
	(void)snprintf(buf, sizeof(buf), "%s", ms_text_str(&text));
	ms_text_clear(&text);
	return buf;
}

static void test_chosen_columns_survive_and_are_shown_while_they_fit(void **state)
{
	struct ms_column_set set;
	struct ms_columns c;

	(void)state;
	ms_column_set_read(&set, "id:40,by,tier,nonsense,ctx:9,name?,by,status,in:9999");
	assert_string_equal(columns_text(&set), "id:40,by,tier,ctx:9,name?,status,in");
	ms_columns_layout(&c, &set, 400);
	assert_int_equal(c.count, 9);
	assert_string_equal(c.items[0].field->name, "id");
	assert_int_equal(c.model, 0);
	ms_columns_layout(&c, &set, 80); /* 40 for the model; what was chosen comes first */
	assert_true(has_column(&c, "by") && has_column(&c, "ctx"));
	assert_false(has_column(&c, "in") || has_column(&c, "name"));
	assert_true(c.items[0].width >= 40);
	ms_columns_layout(&c, &set, 40);
	assert_true(has_column(&c, "id") && has_column(&c, "status") && has_column(&c, "tier"));
	assert_int_equal(c.count, 5);
	ms_column_set_read(&set, "");
	assert_string_equal(columns_text(&set), "status,id");
}

static void test_a_column_is_hidden_unless_it_is_fixed(void **state)
{
	const struct ms_field *by = ms_field_by_name("by"), *status = ms_field_by_name("status");
	struct ms_column_set set;

	(void)state;
	ms_column_set_read(&set, "status,id,by?,ctx");
	assert_false(ms_column_set_hide(&set, status));
	assert_true(ms_column_set_hide(&set, by));
	assert_false(ms_column_set_hide(&set, by));
	assert_string_equal(columns_text(&set), "status,id,ctx");
}

static void test_every_field_can_be_a_column_at_once(void **state)
{
	struct ms_column_set set;
	struct ms_columns c;
	struct ms_text all;

	(void)state;
	ms_text_init(&all, MS_COLUMN_TEXT_BYTES);
	for (size_t i = 0; ms_field_at(i); i++)
		ms_text_addf(&all, "%s,", ms_field_at(i)->name);
	ms_column_set_read(&set, ms_text_str(&all));
	ms_text_clear(&all);
	ms_columns_layout(&c, &set, 2000);
	assert_int_equal(c.count, set.count + 2);
	for (size_t i = 0; ms_field_at(i); i++)
		assert_true(has_column(&c, ms_field_at(i)->name));
}

/* --- notes
 * -----------------------------------------------------------------------------------------------
 */

static void test_errors_are_counted_until_seen(void **state)
{
	struct ms_notes n = {0};

	(void)state;
	ms_notes_add(&n, MS_NOTE_HINT, 1, "a hint");
	assert_int_equal(n.count, 0);
	assert_string_equal(n.current->text, "a hint");
	for (int i = 0; i < MS_NOTES_MAX + 5; i++)
		ms_notes_add(&n, MS_NOTE_ERROR, 1, "error %d", i);
	assert_int_equal(n.count, MS_NOTES_MAX);
	assert_int_equal(n.unseen, MS_NOTES_MAX + 5);
	assert_string_equal(n.current->text, "error 204");
	assert_string_equal(n.items[0].text, "error 5");
	ms_notes_clear(&n);
}

/* --- everything at once ----------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Answers what the state asks for, as the database would. */
/* What was saved so far, in the place of the file. */
static struct ms_views saved;

static struct ms_json *change_views(const struct ms_effect *e)
{
	struct ms_json *json, *again;
	struct ms_error err;
	char *text;

	if (e->text)
		(void)ms_views_remove(&saved, e->text);
	for (size_t i = 0; i < e->views.count; i++)
		(void)ms_views_set(&saved, &e->views.items[i]);
	json = ms_views_json(&saved);
	text = ms_json_print(json);
	again = ms_json_parse(text, strlen(text), &err);
	ms_json_free(json);
	ms_free(text);
	return again;
}

static bool count_bytes(void *arg, const char *text, size_t len)
{
	size_t *bytes = arg;

	(void)text;
	*bytes += len;
	return true;
}

static void answer_export(const struct ms_export *order, uint32_t r, struct ms_ui_event *event,
			  struct ms_error *err)
{
	size_t bytes = 0;
	const struct ms_export_sink sink = {count_bytes, &bytes};

	assert_true(order->count > 0);
	assert_true(ms_export_put(order, &sink));
	assert_true(bytes > order->count);
	event->kind = MS_EVENT_EXPORTED;
	event->number = (int64_t)order->count;
	event->text = order->path;
	if (r % 3 == 0)
		return;
	(void)ms_fail(err, r % 3 == 1 ? MS_ERR_CONFLICT : MS_ERR_CONFIG, "%s exists", order->path);
	event->err = err;
}

static void answer(struct ms_ui *ui, uint32_t *seed)
{
	struct ms_error err;
	static const char *const results[] = {"applied", "conflict"};
	static const char *const reports[] = {"completed", "held", "failed"};
	static const char *const feeds[] = {"standard", "empty", "newer", "many 900 500"};
	static const char *const states[] = {"completed", "held",   "failed",	 "running",
					     "alerts",	  "sample", "scheduled", "silent"};
	struct ms_effect e;

	while (ms_effects_pop(&ui->effects, &e)) {
		struct ms_ui_event event = {.kind = MS_EVENT_TICK};
		uint32_t r = next_random(seed);

		if (e.kind == MS_EFFECT_LOAD_MODELS) {
			event.kind = MS_EVENT_MODELS;
			event.catalog = fixture_catalog(r % 7 == 0 ? "empty"
							: r & 1	   ? "changed"
								   : "standard");
		} else if (e.kind == MS_EFFECT_WRITE) {
			event.kind = MS_EVENT_WRITTEN;
			event.result = fixture_result(results[r & 1]);
		} else if (e.kind == MS_EFFECT_UNDO) {
			event.kind = e.flag ? MS_EVENT_UNDO_SHOWN : MS_EVENT_WRITTEN;
			event.number = e.number;
			event.result = fixture_result(e.flag ? "undo" : "applied");
		} else if (e.kind == MS_EFFECT_SYNC) {
			event.kind = MS_EVENT_SYNCED;
			event.report = fixture_report(reports[r % 3]);
		} else if (e.kind == MS_EFFECT_LOAD_DETAIL) {
			event.kind = MS_EVENT_DETAIL;
			event.text = e.text;
			event.json = fixture_detail(e.text);
		} else if (e.kind == MS_EFFECT_LOAD_FEED) {
			event.kind = MS_EVENT_FEED;
			event.feed = e.feed;
			event.number = e.number;
			event.json = fixture_feed(e.feed, e.feed == MS_FEED_RUNS && r % 3 == 0
								  ? "runs 500"
								  : feeds[e.number ? 1 : r % 4]);
		} else if (e.kind == MS_EFFECT_LOAD_CHANGESET) {
			event.kind = MS_EVENT_CHANGESET;
			event.number = e.number;
			event.json = fixture_changeset(r & 1 ? e.number : 17);
		} else if (e.kind == MS_EFFECT_LOAD_STATUS) {
			event.kind = MS_EVENT_STATUS;
			event.json = fixture_status(states[r % 8], "admin");
		} else if (e.kind == MS_EFFECT_VERIFY) {
			event.kind = MS_EVENT_VERIFIED;
			event.json = fixture_verdict(r & 1 ? "good" : "bad");
		} else if (e.kind == MS_EFFECT_ACKNOWLEDGE) {
			event.kind = MS_EVENT_ACKNOWLEDGED;
			event.number = e.number;
		} else if (e.kind == MS_EFFECT_CHANGE_VIEWS) {
			event.kind = MS_EVENT_VIEWS;
			event.json = change_views(&e);
		} else if (e.kind == MS_EFFECT_EXPORT) {
			answer_export(e.order, r, &event, &err);
		} else if (e.kind == MS_EFFECT_REST_TIMER) {
			event.kind = MS_EVENT_RESTED;
		}
		ms_ui_update(ui, &event);
		ms_effect_clear(&e);
	}
}

static uint32_t random_key(uint32_t *seed)
{
	uint32_t r = next_random(seed);

	if (r % 5 == 0)
		return MS_KEY_UP + r / 5 % (MS_KEY_F12 - MS_KEY_UP);
	if (r % 5 == 1)
		return r / 5 % 32;
	return ' ' + r / 5 % 95;
}

static void check_invariants(const struct ms_ui *ui)
{
	const struct ms_rows *r = &ui->rows;

	assert_true(r->shown == 0 || r->cursor < r->shown);
	assert_true(r->top <= r->cursor);
	assert_true(r->marked_hidden <= r->marked);
	assert_true(ui->stage.summary.rows <= ui->stage.count);
	assert_true(ms_column_set_find(&ui->columns, ms_field_by_name("id")) != SIZE_MAX);
	assert_true(ms_column_set_find(&ui->columns, ms_field_by_name("status")) != SIZE_MAX);
	for (int i = 0; i < MS_FEED_COUNT; i++) {
		const struct ms_list *l = &ui->browses[i].list;

		assert_true(l->shown == 0 || l->cursor < l->shown);
		assert_true(l->shown <= l->count && l->top <= l->cursor);
	}
}

/* No sequence of keys and sizes may crash, leak or break what must always hold. */
static void test_random_keys(void **state)
{
	static const int sizes[][2] = {{80, 24}, {40, 12}, {200, 60}, {30, 8}, {121, 19}, {1, 1}};
	struct ms_ui *ui = ms_ui_new("PROD", false, fixture_now());
	struct ms_canvas *c = ms_canvas_new(80, 24, false);
	static const char *const notices[] = {
		"{\"changeset\":5}", "{\"run\":883,\"phase\":\"fetch\"}",
		"{\"run\":883,\"phase\":\"completed\"}", "{\"alerts\":1}"};
	struct ms_ui_event connected = {.kind = MS_EVENT_CONNECTION, .text = "db1/models"};
	uint32_t seed = 20260922;

	(void)state;
	ms_ui_update(ui, &connected);
	for (int i = 0; i < 60000; i++) {
		struct ms_ui_event e = {.kind = MS_EVENT_KEY, .key = random_key(&seed)};

		if (i % 500 == 0) {
			const int *size = sizes[next_random(&seed) % 6];

			e = (struct ms_ui_event){
				.kind = MS_EVENT_RESIZE, .width = size[0], .height = size[1]};
			ms_canvas_resize(c, size[0], size[1]);
			ui->glyphs = (enum ms_glyphs)(next_random(&seed) % 3);
		} else if (i % 501 == 0) {
			e = (struct ms_ui_event){.kind = MS_EVENT_NOTICE,
						 .text = notices[next_random(&seed) % 4]};
		}
		ms_ui_update(ui, &e);
		answer(ui, &seed);
		check_invariants(ui);
		if (i % 16 == 0)
			ms_ui_draw(ui, c);
	}
	ms_canvas_free(c);
	ms_ui_free(ui);
	ms_views_clear(&saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_newest_first, rows_setup, rows_teardown),
		cmocka_unit_test_setup_teardown(test_the_cursor_follows_its_model, rows_setup,
						rows_teardown),
		cmocka_unit_test_setup_teardown(test_the_cursor_returns_when_the_filter_goes,
						rows_setup, rows_teardown),
		cmocka_unit_test_setup_teardown(test_a_bad_filter_keeps_the_rows, rows_setup,
						rows_teardown),
		cmocka_unit_test_setup_teardown(test_sort_terms_of_the_filter_win, rows_setup,
						rows_teardown),
		cmocka_unit_test_setup_teardown(test_marks_survive_filter_and_reload, rows_setup,
						rows_teardown),
		cmocka_unit_test_setup_teardown(test_marking_by_expression, rows_setup,
						rows_teardown),
		cmocka_unit_test_setup_teardown(test_a_range_goes_both_ways, rows_setup,
						rows_teardown),
		cmocka_unit_test_setup_teardown(test_changed_rows_are_known, rows_setup,
						rows_teardown),
		cmocka_unit_test_setup_teardown(test_an_empty_list_has_no_cursor, rows_setup,
						rows_teardown),
		cmocka_unit_test_setup_teardown(test_what_a_row_has_already_is_no_change,
						stage_setup, stage_teardown),
		cmocka_unit_test_setup_teardown(test_steps_are_taken_back_one_by_one, stage_setup,
						stage_teardown),
		cmocka_unit_test_setup_teardown(test_one_keystroke_is_one_step, stage_setup,
						stage_teardown),
		cmocka_unit_test_setup_teardown(test_a_step_taken_back_was_not_the_last,
						stage_setup, stage_teardown),
		cmocka_unit_test_setup_teardown(test_a_batch_carries_the_version_it_was_staged_on,
						stage_setup, stage_teardown),
		cmocka_unit_test_setup_teardown(test_conflicts_stay_and_the_rest_settles,
						stage_setup, stage_teardown),
		cmocka_unit_test_setup_teardown(test_a_gone_model_edits_its_return, stage_setup,
						stage_teardown),
		cmocka_unit_test_setup_teardown(test_dropping_all, stage_setup, stage_teardown),
		cmocka_unit_test(test_the_last_term_goes_as_a_whole),
		cmocka_unit_test(test_every_cell_can_be_filtered_by),
		cmocka_unit_test(test_columns_go_in_order_and_never_overlap),
		cmocka_unit_test(test_chosen_columns_survive_and_are_shown_while_they_fit),
		cmocka_unit_test(test_a_column_is_hidden_unless_it_is_fixed),
		cmocka_unit_test(test_every_field_can_be_a_column_at_once),
		cmocka_unit_test(test_errors_are_counted_until_seen),
		cmocka_unit_test(test_random_keys),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
