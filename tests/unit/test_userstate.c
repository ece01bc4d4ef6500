/* SPDX-License-Identifier: MIT */
/* JSON files that several programs change at the same time, in a directory of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "modelsync/memory.h"
#include "modelsync/userfile.h"

#define NAME	  "count.json"
#define MAX	  10000
#define WRITERS	  6
#define ADDITIONS 40

static char dir[] = "/tmp/modelsync-state-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) && setenv("XDG_STATE_HOME", dir, 1) == 0 ? 0 : -1;
}

static void remove_file(const char *suffix)
{
	char *path = ms_format("%s/modelsync-tui/" NAME "%s", dir, suffix);

	(void)unlink(path);
	ms_free(path);
}

static int tear_down(void **state)
{
	char *path = ms_format("%s/modelsync-tui", dir);

	(void)state;
	remove_file("");
	remove_file(".lock");
	remove_file(".damaged");
	(void)rmdir(path); /* fails when anything else is left */
	ms_free(path);
	return rmdir(dir);
}

static struct ms_json *add_one(void *arg, const struct ms_json *before, struct ms_error *err)
{
	struct ms_json *o = ms_json_new_object();

	(void)arg;
	(void)err;
	ms_json_add_int(o, "n", ms_json_int(ms_json_get(before, "n"), 0) + 1);
	return o;
}

static int64_t count(void)
{
	struct ms_json *json;
	struct ms_error err;
	int64_t n;

	assert_true(ms_user_state_read(NAME, MAX, &json, &err));
	n = ms_json_int(ms_json_get(json, "n"), 0);
	ms_json_free(json);
	return n;
}

static void write_file(const char *text)
{
	char *path = ms_user_state_path(NAME);
	struct ms_error err;

	assert_true(ms_user_file_write(path, text, strlen(text), &err));
	ms_free(path);
}

static void test_what_is_not_there_is_nothing(void **state)
{
	struct ms_json *json;
	struct ms_error err;

	(void)state;
	assert_true(ms_user_state_read(NAME, MAX, &json, &err));
	assert_null(json);
}

static void test_nobody_loses_what_another_one_wrote(void **state)
{
	(void)state;
	for (int i = 0; i < WRITERS; i++) {
		struct ms_error err;

		if (fork() != 0)
			continue;
		for (int n = 0; n < ADDITIONS; n++)
			while (!ms_user_state_update(NAME, MAX, add_one, NULL, &err))
				; /* the machine is slow */
		_exit(0);
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count(), WRITERS * ADDITIONS);
}

static void test_only_the_owner_may_read(void **state)
{
	char *path = ms_user_state_path(NAME);
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	*strrchr(path, '/') = '\0';
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	ms_free(path);
}

static void test_a_damaged_file_is_told_and_put_aside(void **state)
{
	char *aside = ms_user_state_path(NAME ".damaged");
	struct ms_error err;
	struct ms_json *json;
	struct ms_text text;
	bool is_there;

	(void)state;
	write_file("{\"n\": 7");
	assert_false(ms_user_state_read(NAME, MAX, &json, &err));
	assert_null(json);
	assert_non_null(strstr(err.message, NAME " is damaged"));
	assert_true(ms_user_state_update(NAME, MAX, add_one, NULL, &err));
	assert_int_equal(count(), 1);
	ms_text_init(&text, 0);
	assert_true(ms_user_file_read(aside, MAX, &text, &is_there, &err));
	assert_string_equal(ms_text_str(&text), "{\"n\": 7");
	ms_text_clear(&text);
	ms_free(aside);
}

static struct ms_json *refuse(void *arg, const struct ms_json *before, struct ms_error *err)
{
	(void)arg;
	(void)before;
	(void)ms_fail(err, MS_ERR_CONFIG, "not like this");
	return NULL;
}

static void test_who_refuses_changes_nothing(void **state)
{
	struct ms_error err;

	(void)state;
	write_file("{\"n\": 7}");
	assert_false(ms_user_state_update(NAME, MAX, refuse, NULL, &err));
	assert_string_equal(err.message, "not like this");
	assert_int_equal(count(), 7);
}

static void test_a_lock_that_stays_taken_is_an_error(void **state)
{
	char *path = ms_user_state_path(NAME ".lock");
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	struct ms_error err;

	(void)state;
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_false(ms_user_state_update(NAME, MAX, add_one, NULL, &err));
	assert_non_null(strstr(err.message, "locked"));
	assert_int_equal(close(fd), 0);
	assert_true(ms_user_state_update(NAME, MAX, add_one, NULL, &err));
	ms_free(path);
}

static void test_without_a_home_nothing_is_kept(void **state)
{
	struct ms_error err;
	struct ms_json *json;

	(void)state;
	assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
	assert_int_equal(unsetenv("HOME"), 0);
	assert_true(ms_user_state_read(NAME, MAX, &json, &err));
	assert_null(json);
	assert_false(ms_user_state_update(NAME, MAX, add_one, NULL, &err));
	assert_non_null(strstr(err.message, "HOME"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_there_is_nothing),
		cmocka_unit_test(test_nobody_loses_what_another_one_wrote),
		cmocka_unit_test(test_only_the_owner_may_read),
		cmocka_unit_test(test_a_damaged_file_is_told_and_put_aside),
		cmocka_unit_test(test_who_refuses_changes_nothing),
		cmocka_unit_test(test_a_lock_that_stays_taken_is_an_error),
		cmocka_unit_test(test_without_a_home_nothing_is_kept),
	};

	return cmocka_run_group_tests_name("userstate", tests, set_up, tear_down);
}
