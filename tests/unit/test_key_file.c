/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "modelsync/console.h"
#include "modelsync/memory.h"
#include "modelsync/userfile.h"
#include "src/console/key.h"
#include "src/console/keymap.h"
#include "src/console/ui.h"

static struct ms_keymap *parse(const char *text, struct ms_text *problems)
{
	ms_text_init(problems, 0);
	return ms_keymap_parse("keys.conf", text, strlen(text), problems);
}

static struct ms_keymap *good(const char *text)
{
	struct ms_text problems;
	struct ms_keymap *map = parse(text, &problems);

	if (!map)
		fail_msg("%s", ms_text_str(&problems));
	ms_text_clear(&problems);
	return map;
}

static void assert_refused(const char *text, const char *why)
{
	struct ms_text problems;

	assert_null(parse(text, &problems));
	assert_string_equal(ms_text_str(&problems), why);
	ms_text_clear(&problems);
}

static void an_action_gets_other_keys(void **state)
{
	struct ms_keymap *map = good("# comment\n\n  filter =\t^X  f3 \r\n");

	(void)state;
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, MS_KEY_CTRL('X')), MS_ACTION_filter);
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_CHANGES, MS_KEY_F1 + 2), MS_ACTION_filter);
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, '/'), MS_ACTION_NONE);
	assert_string_equal(ms_keymap_names(map, MS_ACTION_filter, MS_SCOPE_TABLE), "^X F3");
	ms_keymap_free(map);
}

static void a_section_is_about_one_scope(void **state)
{
	struct ms_keymap *map =
		good("[Changes]\nfilter = ^X\n[all screens]\nfilter = ^Y\n[models]\nquit = none\n"
		     "back = Q q\n");

	(void)state;
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_CHANGES, MS_KEY_CTRL('X')),
			 MS_ACTION_filter); /* though the wider section comes later */
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_CHANGES, MS_KEY_CTRL('Y')), MS_ACTION_NONE);
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_AUDIT, MS_KEY_CTRL('Y')), MS_ACTION_filter);
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, 'Q'), MS_ACTION_back);
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_AUDIT, 'Q'), MS_ACTION_quit);
	ms_keymap_free(map);
}

static void two_actions_change_places(void **state)
{
	struct ms_keymap *map = good("down = k\nup = j\n");

	(void)state;
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, 'k'), MS_ACTION_down);
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, 'j'), MS_ACTION_up);
	ms_keymap_free(map);
}

static void every_character_can_be_a_key(void **state)
{
	struct ms_keymap *map =
		good("mark = # = # or so\nmark-all = \xc3\xa9\nfilter = ^h\ndrop-term = none\n");

	(void)state;
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, '='), MS_ACTION_mark);
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, '#'), MS_ACTION_mark);
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, 0xe9), MS_ACTION_mark_all);
	/* What arrives when ^H is pressed. */
	assert_int_equal(ms_keymap_action(map, MS_SCOPE_TABLE, MS_KEY_BACKSPACE), MS_ACTION_filter);
	ms_keymap_free(map);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
	(void)state;
	assert_refused("\nfilters = x\n",
		       "keys.conf:2: no action is called filters; did you mean filter?\n");
	assert_refused("filter = PgDwn\n",
		       "keys.conf:1: no key is called PgDwn; did you mean PgDn?\n");
	assert_refused("filter = none x\n", "keys.conf:1: none stands alone\n");
	assert_refused("[Modelz]\nfilter = ^X\n",
		       "keys.conf:1: no section is called Modelz; did you mean Models?\n");
	assert_refused("[Models\n", "keys.conf:1: a section looks like [Models]\n");
	assert_refused("filter ^X\n", "keys.conf:1: not understood; a line looks like: filter = / "
				      "F3\n");
	assert_refused("filter =\n",
		       "keys.conf:1: no key is given; write none to take its keys away\n");
	assert_refused("filter = a b c d e f g h i\n", "keys.conf:1: more than 8 keys\n");
	assert_refused("filter = ^X\nfilter = ^Y\n",
		       "keys.conf:2: filter was given keys in line 1 already\n");
	assert_refused("[Audit]\nrange = ^X\n",
		       "keys.conf:2: range does nothing in this section, only in: Models\n");
	assert_refused("\xff\n", "keys.conf:1: is no text in UTF-8\n");
}

static void no_key_means_two_things(void **state)
{
	(void)state;
	assert_refused("filter = j\n", "keys.conf:1: j already means down in Models; give that one "
				       "other keys, or none\n");
	assert_refused("mark = ^X\nfilter = ^X\n",
		       "keys.conf:2: ^X already means mark in Models; give that one other keys, or "
		       "none\n");
	/* The same key under its other name. */
	assert_refused("filter = ^M\n",
		       "keys.conf:1: Enter already means detail in Models; give that "
		       "one other keys, or none\n");
}

static void keys_of_text_stay_text(void **state)
{
	(void)state;
	assert_refused("erase-left = x\n",
		       "keys.conf:1: x is typed as text or answers a question in list\n"
		       "keys.conf:1: x is typed as text or answers a question in input\n");
	assert_refused("[review]\ndown = y\n",
		       "keys.conf:2: y is how a question is answered in review\n");
	assert_refused("[review]\naccept = x\n",
		       "keys.conf:2: x is typed as text or answers a question in review\n");
}

static void there_is_always_a_way_out(void **state)
{
	(void)state;
	assert_refused("cancel = none\n", "keys.conf:1: cancel needs a key in Models\n");
	assert_refused("quit = none\nback = none\n", "keys.conf:1: quit needs a key in Models, or "
						     "back\n");
}

static void all_problems_are_listed_up_to_a_limit(void **state)
{
	struct ms_text text, problems;
	struct ms_keymap *map;

	(void)state;
	ms_text_init(&text, 0);
	for (int i = 0; i < 30; i++)
		ms_text_add(&text, "nonsense\n");
	map = parse(ms_text_str(&text), &problems);
	assert_null(map);
	assert_non_null(strstr(ms_text_str(&problems), "keys.conf:20: "));
	assert_null(strstr(ms_text_str(&problems), "keys.conf:21: "));
	assert_non_null(strstr(ms_text_str(&problems), "keys.conf: and 10 more\n"));
	ms_text_clear(&problems);
	ms_text_clear(&text);
}

static void what_is_printed_can_be_read_again(void **state)
{
	struct ms_keymap *map = good("[Sync]\nfilter = ^X\n[Models]\nback = none\n"), *again;
	struct ms_text out, second;

	(void)state;
	ms_text_init(&out, 0);
	ms_text_init(&second, 0);
	ms_keymap_print(ms_keymap_default(), &out);
	assert_non_null(strstr(ms_text_str(&out), "\nfilter             = /"));
	ms_text_reset(&out);
	ms_keymap_print(map, &out);
	again = good(ms_text_str(&out));
	ms_keymap_print(again, &second);
	assert_string_equal(ms_text_str(&out), ms_text_str(&second));
	ms_keymap_free(map);
	ms_keymap_free(again);
	ms_text_clear(&out);
	ms_text_clear(&second);
}

static void keys_that_others_take_are_named(void **state)
{
	struct ms_keymap *map = good("filter = ^S\nfind = ^O\n");
	struct ms_text out;

	(void)state;
	ms_text_init(&out, 0);
	ms_keymap_warnings(map, 0, &out);
	assert_non_null(strstr(ms_text_str(&out),
			       "# filter: ^S is kept by the terminal itself (and "
			       "it has no other key)\n"));
	assert_non_null(strstr(ms_text_str(&out), "# page-up: ^B is the prefix of tmux (all its "
						  "keys: PgUp ^B)\n"));
	assert_non_null(strstr(ms_text_str(&out), "# line-start: ^A is the prefix of screen"));
	ms_text_reset(&out);
	ms_keymap_warnings(map, MS_KEY_CTRL('O'), &out);
	assert_non_null(strstr(ms_text_str(&out), "# find: ^O is the prefix of tmux"));
	assert_null(strstr(ms_text_str(&out), "^B"));
	ms_text_clear(&out);
	ms_keymap_free(map);
}

/* Out of the box nothing depends on a key that somebody else takes. */
static void default_keys_have_alternatives(void **state)
{
	struct ms_text out;

	(void)state;
	ms_text_init(&out, 0);
	ms_keymap_warnings(ms_keymap_default(), 0, &out);
	assert_null(strstr(ms_text_str(&out), "no other key"));
	ms_text_clear(&out);
}

static void texts_name_the_keys_in_effect(void **state)
{
	struct ms_keymap *map =
		good("undo = F9\nhelp = %\nreview = none\n[question]\ncancel = ^G\n");
	struct ms_ui *ui = ms_ui_new("", false, 1000);
	char buf[100];

	(void)state;
	ui->keymap = map;
	assert_string_equal(ms_ui_keyed(ui, buf, sizeof(buf), "{undo} {nonsense} {review}{help}"),
			    "F9 {nonsense} review%");
	assert_string_equal(ms_ui_keyed(ui, buf, 6, "{undo}{undo}{undo}"), "F9F9F");
	ms_ui_note(ui, MS_NOTE_HINT, "%d, then {help}", 7);
	assert_string_equal(ui->notes.current->text, "7, then %");
	ms_ui_free(ui);
	ms_keymap_free(map);
}

static void files_are_found_and_checked(void **state)
{
	char dir[] = "/tmp/modelsync-keys-XXXXXX";
	struct ms_text out, problems;
	struct ms_error err;
	char *path;

	(void)state;
	assert_non_null(mkdtemp(dir));
	setenv("XDG_CONFIG_HOME", dir, 1);
	path = ms_user_config_path("keys.conf");
	ms_text_init(&out, 0);
	ms_text_init(&problems, 0);
	assert_true(ms_console_check_keys(NULL, &out, &problems, &err)); /* none is fine */
	assert_true(ms_user_file_write(path, "filter = F9\n", 12, &err));
	ms_text_reset(&out);
	assert_true(ms_console_check_keys("C-a", &out, &problems, &err));
	assert_non_null(strstr(ms_text_str(&out), "\nfilter             = F9 "));
	assert_non_null(strstr(ms_text_str(&out), "^A is the prefix of tmux"));
	assert_true(ms_user_file_write(path, "filter = F99\n", 13, &err));
	ms_text_reset(&out);
	assert_false(ms_console_check_keys("", &out, &problems, &err));
	assert_int_equal(err.category, MS_ERR_CONFIG);
	assert_non_null(strstr(ms_text_str(&problems), "keys.conf:1: no key is called F99"));
	assert_non_null(strstr(ms_text_str(&out), "\nfilter             = / "));
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	(void)rmdir(path);
	(void)rmdir(dir);
	ms_free(path);
	ms_text_clear(&out);
	ms_text_clear(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_action_gets_other_keys),
		cmocka_unit_test(a_section_is_about_one_scope),
		cmocka_unit_test(two_actions_change_places),
		cmocka_unit_test(every_character_can_be_a_key),
		cmocka_unit_test(what_is_wrong_is_said_with_its_line),
		cmocka_unit_test(no_key_means_two_things),
		cmocka_unit_test(keys_of_text_stay_text),
		cmocka_unit_test(there_is_always_a_way_out),
		cmocka_unit_test(all_problems_are_listed_up_to_a_limit),
		cmocka_unit_test(what_is_printed_can_be_read_again),
		cmocka_unit_test(keys_that_others_take_are_named),
		cmocka_unit_test(default_keys_have_alternatives),
		cmocka_unit_test(texts_name_the_keys_in_effect),
		cmocka_unit_test(files_are_found_and_checked),
	};

	return cmocka_run_group_tests_name("key_file", tests, NULL, NULL);
}
