/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/console.h"
#include "modelsync/utf8.h"
#include "src/console/action.h"
#include "src/console/key.h"
#include "src/console/keymap.h"
#include "src/console/line.h"
#include "src/console/theme.h"

/* --- decoding --------------------------------------------------------------------------------- */

/* Names of the keys that came out, with '!' before pasted ones. */
struct seen {
	char text[512];
};

static void note(void *arg, uint32_t key, bool is_pasted)
{
	struct seen *seen = arg;
	size_t n = strlen(seen->text);
	char name[12];

	snprintf(seen->text + n, sizeof(seen->text) - n, "%s%s%s", n ? " " : "",
		 is_pasted ? "!" : "", ms_key_name(name, sizeof(name), key));
}

static void feed(struct ms_key_decoder *d, struct seen *seen, const char *bytes, int64_t at)
{
	ms_key_decoder_feed(d, bytes, strlen(bytes), at, note, seen);
}

static void assert_decodes(const char *bytes, const char *keys)
{
	struct ms_key_decoder whole, split;
	struct seen a = {""}, b = {""};

	ms_key_decoder_init(&whole, true);
	feed(&whole, &a, bytes, 1000);
	assert_string_equal(a.text, keys);
	/* In pieces of one byte it is the same. */
	ms_key_decoder_init(&split, true);
	for (const char *p = bytes; *p; p++)
		ms_key_decoder_feed(&split, p, 1, 1000, note, &b);
	assert_string_equal(b.text, keys);
}

static void test_keys_of_all_terminals(void **state)
{
	(void)state;
	assert_decodes("j\r\n\t\x7f\b", "j Enter Enter Tab BSpace BSpace");
	assert_decodes("\x03\x1a\x0c", "^C ^Z ^L");
	assert_decodes("\033[A\033[B\033[C\033[D", "Up Down Right Left");
	assert_decodes("\033OA\033OB\033OH\033OF", "Up Down Home End");
	assert_decodes("\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "Home End Home End Home End");
	assert_decodes("\033[2~\033[3~\033[5~\033[6~", "Ins Del PgUp PgDn");
	assert_decodes("\033[Z", "S-Tab");
	assert_decodes("\033OP\033[11~\033[[A\033[15~\033[[E\033[24~", "F1 F1 F1 F5 F5 F12");
	assert_decodes("\033[1;5A\033[5;3~", "Up PgUp");
}

static void test_unknown_sequences_are_swallowed_whole(void **state)
{
	(void)state;
	assert_decodes("\033[?62;1cx", "x");
	assert_decodes("\033[99~x", "x");
	assert_decodes("\033Oqx", "x");
	assert_decodes("\033[<0;10;10Mx", "x");
}

static void test_utf8(void **state)
{
	(void)state;
	assert_decodes("\xc3\xa9\xe6\x96\x87\xf0\x9f\x98\x80",
		       "\xc3\xa9 \xe6\x96\x87 \xf0\x9f\x98\x80");
	assert_decodes("\xc3x", "x");	      /* the rest is missing */
	assert_decodes("\xff\x80y", "y");     /* never a character */
	assert_decodes("\xe2\x80\xaez", "z"); /* text direction override */
}

static void test_other_locales_have_no_utf8(void **state)
{
	struct ms_key_decoder d;
	struct seen seen = {""};

	(void)state;
	ms_key_decoder_init(&d, false);
	feed(&d, &seen, "a\xc3\xa9z", 1);
	assert_string_equal(seen.text, "a z");
}

static void test_a_lone_esc_needs_time(void **state)
{
	struct ms_key_decoder d;
	struct seen seen = {""};

	(void)state;
	ms_key_decoder_init(&d, true);
	feed(&d, &seen, "\033", 1000);
	assert_string_equal(seen.text, "");
	assert_true(ms_key_decoder_is_waiting(&d));
	ms_key_decoder_expire(&d, 1050, note, &seen);
	assert_string_equal(seen.text, "Esc");
	assert_false(ms_key_decoder_is_waiting(&d));
	feed(&d, &seen, "j", 1060);
	assert_string_equal(seen.text, "Esc j");
}

/* A slow link delivers ESC, then "[", then "A": none of the letters may become a command. */
static void test_the_tail_of_a_torn_sequence_is_dropped(void **state)
{
	struct ms_key_decoder d;
	struct seen seen = {""};

	(void)state;
	ms_key_decoder_init(&d, true);
	feed(&d, &seen, "\033", 1000);
	ms_key_decoder_expire(&d, 1050, note, &seen);
	feed(&d, &seen, "[", 1100);
	assert_false(ms_key_decoder_is_waiting(&d)); /* no timer gives up on it */
	feed(&d, &seen, "5", 1200);
	feed(&d, &seen, "~", 1500);
	feed(&d, &seen, "j", 1600);
	assert_string_equal(seen.text, "Esc j");
	/* Much later it is what was typed. */
	feed(&d, &seen, "\033", 5000);
	ms_key_decoder_expire(&d, 5050, note, &seen);
	feed(&d, &seen, "O", 9000);
	assert_string_equal(seen.text, "Esc j Esc O");
}

static void test_esc_before_another_sequence(void **state)
{
	(void)state;
	assert_decodes("\033\033[A", "Esc Up");
	assert_decodes("\033j", "Esc j");
}

static void test_pasted_text_is_flagged(void **state)
{
	(void)state;
	assert_decodes("a\033[200~Q\rq\033[201~b", "a !Q !Enter !q b");
}

static void test_learned_sequences_win(void **state)
{
	struct ms_key_decoder d;
	struct seen seen = {""};

	(void)state;
	ms_key_decoder_init(&d, true);
	ms_key_decoder_learn(&d, "\033[V", MS_KEY_PAGE_UP);
	ms_key_decoder_learn(&d, "\033k", MS_KEY_UP);
	ms_key_decoder_learn(&d, "x", MS_KEY_DOWN); /* a plain letter stays one */
	feed(&d, &seen, "\033[V\033kx", 1);
	assert_string_equal(seen.text, "PgUp Up x");
}

static void test_endless_sequences_end(void **state)
{
	struct ms_key_decoder d;
	struct seen seen = {""};

	(void)state;
	ms_key_decoder_init(&d, true);
	feed(&d, &seen, "\033[", 1);
	for (int i = 0; i < 200; i++)
		feed(&d, &seen, ";", 1);
	feed(&d, &seen, "\rj", 1);
	assert_non_null(strstr(seen.text, "j"));
}

static void test_key_names_both_ways(void **state)
{
	static const char *const names[] = {"j",      "Space", "^N", "Enter", "Esc",
					    "PgDn",   "F1",    "F9", "F10",   "F12",
					    "BSpace", "S-Tab", "\\", "|",     "\xc3\xa9"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char back[12];
		uint32_t key = ms_key_from_name(names[i], strlen(names[i]));

		assert_int_not_equal(key, 0);
		assert_string_equal(ms_key_name(back, sizeof(back), key), names[i]);
	}
	assert_int_equal(ms_key_from_name("Nope", 4), 0);
	assert_int_equal(ms_key_from_name("", 0), 0);
}

/* --- the action table ------------------------------------------------------------------------- */

struct use {
	unsigned scopes[MS_ACTION_COUNT];
	uint32_t keys[400];
	enum ms_action actions[400];
	size_t count;
};

static void collect(struct use *use, enum ms_action action)
{
	const char *names = ms_action_info(action)->keys;

	while (*names) {
		size_t len = ms_keymap_first(names);
		uint32_t key = ms_key_from_name(names, len);

		if (key == 0)
			fail_msg("%s has a key without a name", ms_action_info(action)->name);
		use->keys[use->count] = key;
		use->actions[use->count++] = action;
		names += len + (names[len] == ' ');
	}
}

static void test_no_key_means_two_things(void **state)
{
	static struct use use;

	(void)state;
	for (int i = 1; i < MS_ACTION_COUNT; i++)
		collect(&use, (enum ms_action)i);
	for (size_t i = 0; i < use.count; i++) {
		const struct ms_action_info *a = ms_action_info(use.actions[i]);

		for (size_t j = i + 1; j < use.count; j++) {
			const struct ms_action_info *b = ms_action_info(use.actions[j]);

			if (use.keys[i] == use.keys[j] && (a->scopes & b->scopes))
				fail_msg("%s and %s share a key", a->name, b->name);
		}
	}
}

/* Flow control, and the shell's and tmux's own keys. */
static void test_reserved_keys_are_free(void **state)
{
	static const char reserved[] = {'S', 'Q', '\\'};

	(void)state;
	for (size_t i = 0; i < sizeof(reserved); i++)
		for (unsigned scope = 1; scope <= MS_SCOPE_LAST; scope <<= 1)
			assert_int_equal(ms_keymap_action(ms_keymap_default(), (enum ms_scope)scope,
							  MS_KEY_CTRL(reserved[i])),
					 MS_ACTION_NONE);
}

static void test_every_action_is_complete(void **state)
{
	(void)state;
	for (int i = 1; i < MS_ACTION_COUNT; i++) {
		const struct ms_action_info *info = ms_action_info((enum ms_action)i);

		assert_true(*info->name && *info->help && info->scopes);
		assert_true(*info->keys || (!info->hints && info->run));
		for (int j = 1; j < i; j++)
			assert_string_not_equal(info->name,
						ms_action_info((enum ms_action)j)->name);
	}
}

static void test_the_manual_lists_every_action(void **state)
{
	struct ms_text out;

	(void)state;
	ms_text_init(&out, 0);
	ms_console_print_keys(&out);
	for (int i = 1; i < MS_ACTION_COUNT; i++)
		assert_non_null(strstr(ms_text_str(&out), ms_action_info((enum ms_action)i)->help));
	ms_text_clear(&out);
}

/* --- the input line --------------------------------------------------------------------------- */

static void type(struct ms_line *l, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		size_t used;

		ms_line_type(l, ms_utf8_decode(text, len, &used));
		text += used;
		len -= used;
	}
}

static void test_line_editing(void **state)
{
	static struct ms_line l;

	(void)state;
	ms_line_init(&l, "", NULL);
	type(&l, "h\xc3\xa9llo w\xe6\x96\x87");
	ms_line_action(&l, MS_ACTION_erase_left);
	assert_string_equal(l.text, "h\xc3\xa9llo w");
	ms_line_action(&l, MS_ACTION_erase_word);
	assert_string_equal(l.text, "h\xc3\xa9llo ");
	ms_line_action(&l, MS_ACTION_line_start);
	ms_line_action(&l, MS_ACTION_char_right);
	ms_line_action(&l, MS_ACTION_erase_right);
	assert_string_equal(l.text, "hllo ");
	type(&l, "a");
	assert_string_equal(l.text, "hallo ");
	ms_line_action(&l, MS_ACTION_erase_line);
	assert_string_equal(l.text, "llo ");
	assert_false(ms_line_action(&l, MS_ACTION_erase_left));
	assert_false(ms_line_type(&l, MS_KEY_UP));
}

static void test_line_has_a_cap(void **state)
{
	static struct ms_line l;

	(void)state;
	ms_line_init(&l, "", NULL);
	for (int i = 0; i < MS_LINE_MAX + 10; i++)
		ms_line_type(&l, 'x');
	assert_int_equal(l.len, MS_LINE_MAX);
	assert_false(ms_line_type(&l, 'x'));
}

static void test_line_history(void **state)
{
	static struct ms_line l;
	struct ms_history h = {0};

	(void)state;
	ms_history_add(&h, "one");
	ms_history_add(&h, "two");
	ms_history_add(&h, "one"); /* moves to the end */
	ms_history_add(&h, "");
	assert_int_equal(h.count, 2);
	ms_line_init(&l, "", &h);
	type(&l, "new");
	ms_line_action(&l, MS_ACTION_older);
	assert_string_equal(l.text, "one");
	ms_line_action(&l, MS_ACTION_older);
	assert_string_equal(l.text, "two");
	assert_false(ms_line_action(&l, MS_ACTION_older));
	ms_line_action(&l, MS_ACTION_newer);
	ms_line_action(&l, MS_ACTION_newer);
	assert_string_equal(l.text, "new");
	for (int i = 0; i < MS_HISTORY_MAX + 5; i++) {
		char text[24];

		snprintf(text, sizeof(text), "entry %d", i);
		ms_history_add(&h, text);
	}
	assert_int_equal(h.count, MS_HISTORY_MAX);
	assert_string_equal(h.items[MS_HISTORY_MAX - 1], "entry 54");
	assert_string_equal(h.items[0], "entry 5");
	ms_history_clear(&h);
}

/* --- themes ----------------------------------------------------------------------------------- */

static void test_styles_have_letters(void **state)
{
	(void)state;
	for (int i = 0; i < MS_STYLE_COUNT; i++) {
		for (int j = 0; j < i; j++)
			assert_int_not_equal(ms_theme_letter((enum ms_style)i),
					     ms_theme_letter((enum ms_style)j));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_of_all_terminals),
		cmocka_unit_test(test_unknown_sequences_are_swallowed_whole),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_other_locales_have_no_utf8),
		cmocka_unit_test(test_a_lone_esc_needs_time),
		cmocka_unit_test(test_the_tail_of_a_torn_sequence_is_dropped),
		cmocka_unit_test(test_esc_before_another_sequence),
		cmocka_unit_test(test_pasted_text_is_flagged),
		cmocka_unit_test(test_learned_sequences_win),
		cmocka_unit_test(test_endless_sequences_end),
		cmocka_unit_test(test_key_names_both_ways),
		cmocka_unit_test(test_no_key_means_two_things),
		cmocka_unit_test(test_reserved_keys_are_free),
		cmocka_unit_test(test_every_action_is_complete),
		cmocka_unit_test(test_the_manual_lists_every_action),
		cmocka_unit_test(test_line_editing),
		cmocka_unit_test(test_line_has_a_cap),
		cmocka_unit_test(test_line_history),
		cmocka_unit_test(test_styles_have_letters),
	};

	return cmocka_run_group_tests_name("keymap", tests, NULL, NULL);
}
