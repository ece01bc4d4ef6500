/* SPDX-License-Identifier: MIT */
/* Models and rows as CSV and JSON, and the files they go to. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/filter_models.h"

#include "modelsync/export.h"
#include "modelsync/outfile.h"

static bool add(void *arg, const char *text, size_t len)
{
	return ms_text_add_bytes(arg, text, len);
}

static void test_csv_cells(void **state)
{
	struct ms_text out;

	(void)state;
	ms_text_init(&out, 0);
	ms_csv_add(&out, "plain", false);
	ms_csv_add(&out, "", false);
	ms_csv_add(&out, "a,b", false);
	ms_csv_add(&out, "say \"hi\"", false);
	ms_csv_add(&out, "two\nlines", true);
	assert_string_equal(ms_text_str(&out),
			    "plain,,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n");
	ms_text_clear(&out);
}

static void export_two(enum ms_export_format format, size_t count, struct ms_text *out)
{
	const struct ms_field *fields[] = {ms_field_by_name("id"), ms_field_by_name("tier")};
	struct ms_model *const list[] = {&models[0], &models[1]};
	const struct ms_export_sink sink = {add, out};

	ms_text_reset(out);
	assert_true(ms_export_models(format, list, count, fields, 2, now, &sink));
}

static void test_models(void **state)
{
	struct ms_text out;
	struct ms_error err;
	struct ms_json *json;

	(void)state;
	ms_text_init(&out, 0);
	export_two(MS_EXPORT_CSV, 2, &out);
	assert_int_equal(strncmp(ms_text_str(&out), "id,tier\r\n", 9), 0);
	assert_non_null(strstr(ms_text_str(&out), models[1].id));
	export_two(MS_EXPORT_CSV, 0, &out);
	assert_string_equal(ms_text_str(&out), "id,tier\r\n");
	export_two(MS_EXPORT_JSON, 0, &out);
	assert_string_equal(ms_text_str(&out), "[]\n");
	export_two(MS_EXPORT_JSONL, 0, &out);
	assert_string_equal(ms_text_str(&out), "");
	export_two(MS_EXPORT_JSON, 2, &out);
	json = ms_json_parse(ms_text_str(&out), out.len, &err);
	assert_int_equal(ms_json_count(json), 2);
	assert_string_equal(ms_json_text(ms_json_get(ms_json_first(json), "model_id")),
			    models[0].id);
	ms_json_free(json);
	export_two(MS_EXPORT_JSONL, 2, &out);
	json = ms_json_parse(ms_text_str(&out), strcspn(ms_text_str(&out), "\n"), &err);
	assert_string_equal(ms_json_text(ms_json_get(json, "model_id")), models[0].id);
	ms_json_free(json);
	ms_text_clear(&out);
}

static void test_rows_have_the_columns_that_occur(void **state)
{
	static const char text[] =
		"[{\"a\": 1, \"b\": null}, {\"b\": \"x,y\", \"c\": {\"d\": [true]}}]";
	static const char *const names[] = {"c", "a"};
	struct ms_error err;
	struct ms_json *rows = ms_json_parse(text, strlen(text), &err);
	struct ms_text out;
	const struct ms_export_sink to = {add, &out};

	(void)state;
	assert_non_null(rows);
	ms_text_init(&out, 0);
	assert_true(ms_export_rows(MS_EXPORT_CSV, rows, NULL, 0, &to));
	assert_string_equal(ms_text_str(&out),
			    "a,b,c\r\n1,,\r\n,\"x,y\",\"{\"\"d\"\":[true]}\"\r\n");
	ms_text_reset(&out);
	assert_true(ms_export_rows(MS_EXPORT_CSV, rows, names, 2, &to));
	assert_string_equal(ms_text_str(&out), "c,a\r\n,1\r\n\"{\"\"d\"\":[true]}\",\r\n");
	ms_text_reset(&out);
	assert_true(ms_export_rows(MS_EXPORT_JSONL, rows, NULL, 0, &to));
	assert_string_equal(ms_text_str(&out),
			    "{\"a\":1,\"b\":null}\n{\"b\":\"x,y\",\"c\":{\"d\":[true]}}\n");
	ms_text_clear(&out);
	ms_json_free(rows);
}

static bool count_down(void *arg, const char *text, size_t len)
{
	int *left = arg;

	(void)text;
	(void)len;
	return --*left > 0;
}

static void test_a_full_disk_stops_it(void **state)
{
	struct ms_model *const list[] = {&models[0], &models[1], &models[2]};
	const struct ms_field *field = ms_field_by_name("id");
	int left = 2;
	const struct ms_export_sink sink = {count_down, &left};

	(void)state;
	assert_false(ms_export_models(MS_EXPORT_CSV, list, 3, &field, 1, now, &sink));
	assert_int_equal(left, 0);
}

/* --- files ----------------------------------------------------------------------------------- */

static char dir[] = "/tmp/modelsync-export-XXXXXX";

static bool write_to(const char *path, const char *text, bool may_replace, char **where,
		     struct ms_error *err)
{
	struct ms_outfile *f;

	*where = NULL;
	if (!ms_outfile_open(&f, path, may_replace, err))
		return false;
	(void)ms_outfile_put(f, text, strlen(text));
	return ms_outfile_close(f, where, err);
}

static void assert_holds(const char *path, const char *text)
{
	char buf[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_non_null(fgets(buf, sizeof(buf), f));
	assert_string_equal(buf, text);
	(void)fclose(f);
}

static void test_a_file_is_replaced_only_if_asked(void **state)
{
	char *path = ms_format("%s/out.csv", dir), *link_path = ms_format("%s/link", dir), *where;
	struct ms_error err;
	struct stat st;

	(void)state;
	assert_true(write_to(path, "one", false, &where, &err));
	assert_string_equal(where, path);
	ms_free(where);
	assert_holds(path, "one");
	assert_false(write_to(path, "two", false, &where, &err));
	assert_int_equal(err.category, MS_ERR_CONFLICT);
	assert_non_null(strstr(err.message, "exists"));
	assert_holds(path, "one");
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(symlink(path, link_path), 0);
	assert_true(write_to(link_path, "three", true, &where, &err));
	assert_string_equal(where, path); /* what the link points to, and the link stays */
	ms_free(where);
	assert_holds(path, "three");
	assert_int_equal(lstat(link_path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	(void)unlink(link_path);
	(void)unlink(path);
	ms_free(link_path);
	ms_free(path);
}

static void test_what_cannot_be_written_is_told(void **state)
{
	char *missing = ms_format("%s/no/such/out.csv", dir), *home = ms_format("%s/h", dir),
	     *where;
	struct ms_error err;

	(void)state;
	assert_false(write_to(missing, "x", false, &where, &err));
	assert_non_null(strstr(err.message, "No such file"));
	assert_false(write_to(dir, "x", true, &where, &err));
	assert_non_null(strstr(err.message, "no ordinary file"));
	assert_false(write_to("/dev/null", "x", true, &where, &err));
	assert_int_equal(setenv("HOME", dir, 1), 0);
	assert_true(write_to("~/h", "x", false, &where, &err));
	assert_string_equal(where, home);
	(void)unlink(home);
	ms_free(where);
	ms_free(home);
	ms_free(missing);
}

static void test_somebody_who_was_faster_keeps_the_file(void **state)
{
	char *path = ms_format("%s/race.csv", dir), *where;
	struct ms_error err;
	struct ms_outfile *f;
	FILE *other;

	(void)state;
	assert_true(ms_outfile_open(&f, path, false, &err));
	assert_true(ms_outfile_put(f, "mine", 4));
	other = fopen(path, "w");
	assert_non_null(other);
	(void)fputs("theirs", other);
	(void)fclose(other);
	assert_false(ms_outfile_close(f, &where, &err));
	assert_int_equal(err.category, MS_ERR_CONFLICT);
	assert_holds(path, "theirs");
	(void)unlink(path);
	ms_free(path);
}

static int set_up_all(void **state)
{
	return mkdtemp(dir) ? set_up(state) : -1;
}

/* Fails when a file was left behind. */
static int tear_down_all(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv_cells),
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_rows_have_the_columns_that_occur),
		cmocka_unit_test(test_a_full_disk_stops_it),
		cmocka_unit_test(test_a_file_is_replaced_only_if_asked),
		cmocka_unit_test(test_what_cannot_be_written_is_told),
		cmocka_unit_test(test_somebody_who_was_faster_keeps_the_file),
	};

	return cmocka_run_group_tests_name("export", tests, set_up_all, tear_down_all);
}
