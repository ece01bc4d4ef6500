/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "modelsync/json.h"
#include "modelsync/log.h"

static char written[4096];
static int saved, ends[2];

/* Standard error goes into a pipe until its text is taken. */
static void capture(void)
{
	saved = dup(STDERR_FILENO);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
}

static const char *captured(void)
{
	size_t len = 0;
	ssize_t n;

	dup2(saved, STDERR_FILENO);
	close(saved);
	while ((n = read(ends[0], written + len, sizeof(written) - 1 - len)) > 0)
		len += (size_t)n;
	close(ends[0]);
	written[len] = '\0';
	return written;
}

static int set_up(void **state)
{
	(void)state;
	ms_log_set_level(MS_LOG_INFO);
	ms_log_set_target(MS_LOG_KEYVALUE, false);
	return 0;
}

static void log_sample(void)
{
	ms_log_event(MS_LOG_INFO, "run_completed", MS_LOG_NUMBER("run", 17),
		     MS_LOG_TEXT("owner", "host:12"), MS_LOG_TEXT("none", NULL),
		     MS_LOG_TEXT("message", "two \"words\"\n\033[31m \xFF"),
		     MS_LOG_TEXT("empty", ""));
}

static void pairs_are_quoted_where_needed(void **state)
{
	const char *line;

	(void)state;
	capture();
	log_sample();
	line = captured();
	assert_memory_equal(line, "time=20", 7);
	assert_string_equal(
		strstr(line, " level="),
		" level=info event=run_completed run=17 owner=host:12 "
		"message=\"two \\\"words\\\"\\n\\u001b[31m \xEF\xBF\xBD\" empty=\"\"\n");
}

static void objects_are_json(void **state)
{
	struct ms_json *v;
	struct ms_error err;
	const char *line;

	(void)state;
	ms_log_set_target(MS_LOG_JSON, false);
	capture();
	log_sample();
	line = captured();
	v = ms_json_parse(line, strlen(line), &err);
	assert_non_null(v);
	assert_int_equal(ms_json_count(v), 7);
	assert_int_equal(ms_json_int(ms_json_get(v, "run"), 0), 17);
	assert_string_equal(ms_json_text(ms_json_get(v, "event")), "run_completed");
	assert_string_equal(ms_json_text(ms_json_get(v, "message")),
			    "two \"words\"\n\033[31m \xEF\xBF\xBD");
	assert_int_equal(strlen(ms_json_text(ms_json_get(v, "time"))), 20);
	ms_json_free(v);
}

static void levels_are_thresholds(void **state)
{
	(void)state;
	ms_log_set_level(MS_LOG_WARN);
	capture();
	ms_log_event(MS_LOG_INFO, "no", MS_LOG_NUMBER("n", 1));
	ms_log_event(MS_LOG_DEBUG, "no", MS_LOG_NUMBER("n", 1));
	ms_log_event(MS_LOG_ERROR, "yes", MS_LOG_NUMBER("n", 1));
	assert_non_null(strstr(captured(), "level=error event=yes n=1\n"));
	assert_null(strstr(written, "no"));
}

/* The journal knows the time; it takes the level from the beginning of the line. */
static void a_journal_gets_the_level_in_front(void **state)
{
	char stream[64];
	struct stat st;

	(void)state;
	capture();
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	ms_log_set_target(MS_LOG_KEYVALUE, false);
	ms_log_event(MS_LOG_WARN, "late", MS_LOG_NUMBER("n", 1));
	unsetenv("JOURNAL_STREAM");
	assert_string_equal(captured(), "<4>level=warn event=late n=1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(pairs_are_quoted_where_needed, set_up),
		cmocka_unit_test_setup(objects_are_json, set_up),
		cmocka_unit_test_setup(levels_are_thresholds, set_up),
		cmocka_unit_test_setup(a_journal_gets_the_level_in_front, set_up),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
