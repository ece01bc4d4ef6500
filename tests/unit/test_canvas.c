/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "modelsync/text.h"
#include "modelsync/utf8.h"
#include "src/console/base64.h"
#include "src/console/canvas.h"
#include "src/console/hush.h"
#include "src/console/page.h"

/* One row as text: '_' for the right half of a wide character. */
static const char *row(const struct ms_canvas *c, int y)
{
	static char buf[256];
	size_t n = 0;

	for (int x = 0; x < c->width; x++) {
		const struct ms_cell *cell = ms_canvas_at(c, x, y);

		if (cell->width == 0) {
			buf[n++] = '_';
			continue;
		}
		n += ms_utf8_encode(cell->cp, buf + n);
		for (int i = 0; i < MS_CELL_MARKS && cell->marks[i]; i++)
			n += ms_utf8_encode(cell->marks[i], buf + n);
	}
	buf[n] = '\0';
	return buf;
}

static void test_text_is_clipped_with_an_ellipsis(void **state)
{
	struct ms_canvas *c = ms_canvas_new(10, 1, false);

	(void)state;
	assert_int_equal(ms_canvas_text(c, 0, 0, 5, MS_STYLE_NORMAL, "abcde"), 5);
	assert_string_equal(row(c, 0), "abcde     ");
	assert_int_equal(ms_canvas_text(c, 0, 0, 5, MS_STYLE_NORMAL, "abcdef"), 5);
	assert_string_equal(row(c, 0), "abcd\xe2\x80\xa6     ");
	c->ascii = true;
	ms_canvas_text(c, 0, 0, 5, MS_STYLE_NORMAL, "abcdef");
	assert_string_equal(row(c, 0), "abcd~     ");
	assert_int_equal(ms_canvas_text(c, 0, 0, 0, MS_STYLE_NORMAL, "abc"), 0);
	ms_canvas_free(c);
}

static void test_outside_is_ignored(void **state)
{
	struct ms_canvas *c = ms_canvas_new(4, 2, false);

	(void)state;
	ms_canvas_text(c, 2, 0, 10, MS_STYLE_NORMAL, "abcdef");
	ms_canvas_text(c, -2, 1, 10, MS_STYLE_NORMAL, "abcdef");
	ms_canvas_text(c, 0, 7, 10, MS_STYLE_NORMAL, "abcdef");
	ms_canvas_fill(c, (struct ms_rect){-5, -5, 3, 3}, MS_STYLE_ERROR);
	assert_string_equal(row(c, 0), "  ab");
	assert_string_equal(row(c, 1), "cdef");
	assert_null(ms_canvas_at(c, 4, 0));
	assert_null(ms_canvas_at(c, 0, -1));
	ms_canvas_free(c);
}

static void test_wide_characters_take_two_cells(void **state)
{
	struct ms_canvas *c = ms_canvas_new(6, 1, false);

	(void)state;
	assert_int_equal(ms_canvas_text(c, 0, 0, 6, MS_STYLE_NORMAL, "\xe6\x96\x87x"), 3);
	assert_string_equal(row(c, 0), "\xe6\x96\x87_x   ");
	/* Half a wide character cannot stay. */
	ms_canvas_text(c, 1, 0, 1, MS_STYLE_NORMAL, "y");
	assert_string_equal(row(c, 0), " yx   ");
	ms_canvas_text(c, 0, 0, 6, MS_STYLE_NORMAL, "\xe6\x96\x87");
	ms_canvas_text(c, 0, 0, 1, MS_STYLE_NORMAL, "z");
	assert_string_equal(row(c, 0), "z x   ");
	/* Nor does it fit into the last column. */
	ms_canvas_text(c, 5, 0, 2, MS_STYLE_NORMAL, "\xe6\x96\x87");
	assert_string_equal(row(c, 0), "z x   ");
	ms_canvas_free(c);
}

static void test_a_wide_character_is_not_cut_in_half(void **state)
{
	struct ms_canvas *c = ms_canvas_new(6, 1, false);

	(void)state;
	assert_int_equal(ms_canvas_text(c, 0, 0, 3, MS_STYLE_NORMAL, "\xe6\x96\x87\xe6\x96\x87"),
			 3);
	assert_string_equal(row(c, 0), "\xe6\x96\x87_\xe2\x80\xa6   ");
	assert_int_equal(ms_canvas_text(c, 0, 0, 2, MS_STYLE_NORMAL, "\xe6\x96\x87"), 2);
	ms_canvas_free(c);
}

static void test_combining_characters_share_a_cell(void **state)
{
	struct ms_canvas *c = ms_canvas_new(4, 1, false);

	(void)state;
	assert_int_equal(ms_canvas_text(c, 0, 0, 4, MS_STYLE_NORMAL, "e\xcc\x81z"), 2);
	assert_string_equal(row(c, 0), "e\xcc\x81z  ");
	/* One without a base has nowhere to go. */
	assert_int_equal(ms_canvas_text(c, 0, 0, 4, MS_STYLE_NORMAL, "\xcc\x81z"), 1);
	assert_string_equal(row(c, 0), "zz  ");
	ms_canvas_free(c);
}

/* A joiner would make one wide character of several, and shift the rest of the line. */
static void test_joined_characters_are_drawn_apart(void **state)
{
	struct ms_canvas *c = ms_canvas_new(8, 1, false);

	(void)state;
	assert_int_equal(ms_canvas_text(c, 0, 0, 8, MS_STYLE_NORMAL,
					"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"
					"\xe2\x9d\xa4\xef\xb8\x8f"),
			 5);
	assert_string_equal(row(c, 0), "\xf0\x9f\x91\xa9_\xf0\x9f\x91\xa7_\xe2\x9d\xa4   ");
	ms_canvas_free(c);
}

static void test_control_characters_cannot_reach_the_terminal(void **state)
{
	struct ms_canvas *c = ms_canvas_new(12, 1, false);

	(void)state;
	ms_canvas_text(c, 0, 0, 12, MS_STYLE_NORMAL, "a\033[31mb\xe2\x80\xae\xc2\x9b\tz\xff");
	for (int x = 0; x < 12; x++) {
		uint32_t cp = ms_canvas_at(c, x, 0)->cp;

		assert_false(ms_utf8_is_control(cp));
	}
	assert_int_equal(ms_canvas_at(c, 1, 0)->cp, '?');
	ms_canvas_free(c);
}

static void test_the_c_locale_gets_ascii_only(void **state)
{
	struct ms_canvas *c = ms_canvas_new(12, 3, true);

	(void)state;
	ms_canvas_box(c, (struct ms_rect){0, 0, 12, 3}, "T");
	ms_canvas_text(c, 1, 1, 10, MS_STYLE_NORMAL, "\xc3\xa9\xe6\x96\x87x");
	assert_string_equal(row(c, 0), "+- T ------+");
	assert_string_equal(row(c, 1), "|???x      |");
	assert_string_equal(row(c, 2), "+----------+");
	ms_canvas_free(c);
}

static void test_bars(void **state)
{
	static const struct {
		int64_t done, total;
		const char *bar;
	} cases[] = {
		{0, 10, "........"},	    {5, 10, "####...."},
		{10, 10, "########"},	    {12, 10, "########"},
		{5, 0, "........"},	    {-3, 10, "........"},
		{1, INT64_MAX, "........"}, {INT64_MAX, INT64_MAX, "########"},
	};
	struct ms_canvas *c = ms_canvas_new(8, 1, true);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ms_canvas_bar(c, 0, 0, 8, cases[i].done, cases[i].total);
		assert_string_equal(row(c, 0), cases[i].bar);
	}
	ms_canvas_free(c);
}

static void test_right_aligned(void **state)
{
	struct ms_canvas *c = ms_canvas_new(8, 1, false);

	(void)state;
	ms_canvas_right(c, 1, 0, 6, MS_STYLE_NORMAL, "12");
	assert_string_equal(row(c, 0), "     12 ");
	ms_canvas_right(c, 1, 0, 6, MS_STYLE_NORMAL, "12345678");
	assert_string_equal(row(c, 0), " 12345\xe2\x80\xa6 ");
	ms_canvas_free(c);
}

/* --- pages ------------------------------------------------------------------------------------ */

static void test_wrapping(void **state)
{
	struct ms_page p = {0};

	(void)state;
	ms_page_add_wrapped(&p, MS_STYLE_NORMAL, 16, "key ",
			    "one two three averylongwordindeed\nx");
	assert_int_equal(p.count, 5);
	assert_string_equal(p.lines[0].text, "key one two");
	assert_string_equal(p.lines[1].text, "    three");
	assert_string_equal(p.lines[2].text, "    averylongwor");
	assert_string_equal(p.lines[3].text, "    dindeed");
	assert_string_equal(p.lines[4].text, "    x");
	ms_page_clear(&p);
	ms_page_add_wrapped(&p, MS_STYLE_NORMAL, 16, "key ", "tools,seed,stop,n and,more");
	assert_int_equal(p.count, 3);
	assert_string_equal(p.lines[0].text, "key tools,seed,");
	assert_string_equal(p.lines[1].text, "    stop,n");
	assert_string_equal(p.lines[2].text, "    and,more");
	ms_page_clear(&p);
	ms_page_add_wrapped(&p, MS_STYLE_NORMAL, 16, "", "");
	assert_int_equal(p.count, 1);
	ms_page_clear(&p);
}

static void test_scrolling_stays_inside(void **state)
{
	struct ms_page p = {0};

	(void)state;
	for (int i = 0; i < 20; i++)
		ms_page_addf(&p, MS_STYLE_NORMAL, "line %d", i);
	assert_true(ms_page_scroll(&p, MS_ACTION_up, 5));
	assert_int_equal(p.top, 0);
	ms_page_scroll(&p, MS_ACTION_page_down, 5);
	assert_int_equal(p.top, 5);
	ms_page_scroll(&p, MS_ACTION_bottom, 5);
	assert_int_equal(p.top, 15);
	ms_page_scroll(&p, MS_ACTION_down, 5);
	assert_int_equal(p.top, 15);
	ms_page_scroll(&p, MS_ACTION_top, 5);
	assert_int_equal(p.top, 0);
	assert_false(ms_page_scroll(&p, MS_ACTION_mark, 5));
	ms_page_clear(&p);
}

/* --- clipboard -------------------------------------------------------------------------------- */

static void assert_clipboard(const char *text, const char *within, const char *expected)
{
	struct ms_text out;

	ms_text_init(&out, 0);
	ms_osc52_add(&out, text, within);
	assert_string_equal(ms_text_str(&out), expected);
	ms_text_clear(&out);
}

static void test_clipboard_sequences(void **state)
{
	(void)state;
	assert_clipboard("f", "", "\033]52;c;Zg==\a");
	assert_clipboard("fo", "", "\033]52;c;Zm8=\a");
	assert_clipboard("foo", "", "\033]52;c;Zm9v\a");
	assert_clipboard("\xff\xfe\xfd\xfc", "", "\033]52;c;//79/A==\a");
	assert_clipboard("f", "screen", "\033P\033]52;c;Zg==\a\033\\");
	assert_clipboard("f", "tmux", "\033]52;c;Zg==\a\033Ptmux;\033\033]52;c;Zg==\a\033\\");
}

static void test_nothing_else_writes_on_the_screen(void **state)
{
	int before = dup(STDERR_FILENO), screen = posix_openpt(O_RDWR | O_NOCTTY), terminal;
	struct pollfd written = {.fd = screen, .events = POLLIN};
	char buf[64] = "";

	(void)state;
	assert_true(grantpt(screen) == 0 && unlockpt(screen) == 0);
	terminal = open(ptsname(screen), O_RDWR | O_NOCTTY);
	dup2(terminal, STDERR_FILENO);
	ms_hush_begin();
	fputs("a log line", stderr);
	assert_int_equal(poll(&written, 1, 0), 0);
	ms_hush_end();
	assert_int_equal(read(screen, buf, sizeof(buf) - 1), 10);
	assert_string_equal(buf, "a log line");
	dup2(before, STDERR_FILENO);
	close(before);
	close(terminal);
	close(screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_clipped_with_an_ellipsis),
		cmocka_unit_test(test_outside_is_ignored),
		cmocka_unit_test(test_wide_characters_take_two_cells),
		cmocka_unit_test(test_a_wide_character_is_not_cut_in_half),
		cmocka_unit_test(test_combining_characters_share_a_cell),
		cmocka_unit_test(test_joined_characters_are_drawn_apart),
		cmocka_unit_test(test_control_characters_cannot_reach_the_terminal),
		cmocka_unit_test(test_the_c_locale_gets_ascii_only),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_right_aligned),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_scrolling_stays_inside),
		cmocka_unit_test(test_clipboard_sequences),
		cmocka_unit_test(test_nothing_else_writes_on_the_screen),
	};

	return cmocka_run_group_tests_name("canvas", tests, NULL, NULL);
}
