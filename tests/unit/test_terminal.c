/* SPDX-License-Identifier: MIT */
/* What lies between the state and the terminal: colours, the mouse, the pace of frames. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "src/console/key.h"
#include "src/console/pace.h"
#include "src/console/theme.h"
#include "src/console/ui.h"
#include "src/console/view.h"
#include "tests/screens/fixture.h"

/* --- themes --------------------------------------------------------------------------------- */

static void themes_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < MS_THEME_COUNT; i++) {
		enum ms_theme theme = (enum ms_theme)i;

		assert_int_equal(ms_theme_choose(ms_theme_name(theme), NULL), theme);
		assert_int_equal(ms_theme_choose(ms_theme_name(theme), ""), theme);
		assert_int_equal(ms_theme_choose(ms_theme_name(theme), "1"), MS_THEME_MONO);
	}
}

/* One letter per colour or attribute that a style has, "fg/bg/attributes". */
static void render(struct ms_text *out, enum ms_theme theme, int colours)
{
	for (int i = 0; i < MS_STYLE_COUNT; i++) {
		struct ms_look look = ms_theme_look(theme, (enum ms_style)i);

		ms_text_addf(out, "%c:%d/%d/%x ", ms_theme_letter((enum ms_style)i),
			     ms_colour_number(look.fg, colours), ms_colour_number(look.bg, colours),
			     look.attrs);
	}
}

static void assert_rendered(enum ms_theme theme, int colours, const char *expected)
{
	struct ms_text out;

	ms_text_init(&out, 0);
	render(&out, theme, colours);
	assert_string_equal(ms_text_str(&out), expected);
	ms_text_clear(&out);
}

static void every_theme_renders_every_style(void **state)
{
	(void)state;
	assert_rendered(MS_THEME_DARK, 8,
			".:-1/-1/0 d:-1/-1/2 h:-1/-1/1 t:7/4/1 L:7/1/1 H:6/-1/1 C:6/-1/9 c:-1/-1/4 "
			"m:3/-1/0 p:5/-1/1 g:2/-1/0 w:3/-1/1 e:7/1/1 k:6/-1/0 i:-1/-1/8 b:6/-1/0 "
			"B:2/-1/0 q:0/3/0 ");
	assert_rendered(MS_THEME_LIGHT, 256,
			".:-1/-1/0 d:-1/-1/2 h:-1/-1/1 t:7/4/1 L:7/1/1 H:4/-1/1 C:4/-1/9 c:-1/-1/4 "
			"m:5/-1/0 p:5/-1/1 g:2/-1/0 w:1/-1/1 e:7/1/1 k:4/-1/0 i:-1/-1/8 b:4/-1/0 "
			"B:2/-1/0 q:0/3/0 ");
	assert_rendered(MS_THEME_SAFE, 256,
			".:-1/-1/0 d:-1/-1/2 h:-1/-1/1 t:231/25/1 L:16/214/1 H:32/-1/1 C:32/-1/9 "
			"c:-1/-1/4 m:132/-1/0 p:166/-1/1 g:29/-1/0 w:166/-1/1 e:16/214/1 k:32/-1/0 "
			"i:-1/-1/8 b:32/-1/0 B:29/-1/0 q:16/214/0 ");
	assert_rendered(MS_THEME_SAFE, 16,
			".:-1/-1/0 d:-1/-1/2 h:-1/-1/1 t:7/4/1 L:0/3/1 H:6/-1/1 C:6/-1/9 c:-1/-1/4 "
			"m:5/-1/0 p:3/-1/1 g:6/-1/0 w:3/-1/1 e:0/3/1 k:6/-1/0 i:-1/-1/8 b:6/-1/0 "
			"B:6/-1/0 q:0/3/0 ");
	assert_rendered(MS_THEME_MONO, 256,
			".:-1/-1/0 d:-1/-1/2 h:-1/-1/1 t:-1/-1/4 L:-1/-1/5 H:-1/-1/1 C:-1/-1/9 "
			"c:-1/-1/4 m:-1/-1/1 p:-1/-1/8 g:-1/-1/0 w:-1/-1/1 e:-1/-1/4 k:-1/-1/1 "
			"i:-1/-1/8 b:-1/-1/0 B:-1/-1/0 q:-1/-1/4 ");
}

static double linear(int level)
{
	double c = (level == 0 ? 0 : 55 + 40 * level) / 255.0;

	return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* Relative luminance (WCAG 2) of a colour of xterm's cube. */
static double luminance(int number)
{
	int n = number - 16;

	assert_in_range(n, 0, 215);
	return 0.2126 * linear(n / 36) + 0.7152 * linear(n / 6 % 6) + 0.0722 * linear(n % 6);
}

static double contrast(double a, double b)
{
	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void the_safe_theme_is_legible_on_any_background(void **state)
{
	(void)state;
	for (int i = 0; i < MS_STYLE_COUNT; i++) {
		struct ms_look look = ms_theme_look(MS_THEME_SAFE, (enum ms_style)i);
		double fg;

		if (look.fg == MS_COLOUR_DEFAULT)
			continue;
		fg = luminance(ms_colour_number(look.fg, 256));
		if (look.bg != MS_COLOUR_DEFAULT) {
			double bg = luminance(ms_colour_number(look.bg, 256));

			assert_true(contrast(fg, bg) >= 6);
			continue;
		}
		assert_true(contrast(fg, 0) >= 3.8);
		assert_true(contrast(fg, 1) >= 3.8);
	}
}

/* --- the mouse, decoded ---------------------------------------------------------------------- */

struct seen {
	struct ms_key_decoder decoder;
	struct ms_text text;
};

static void note(void *arg, uint32_t key, bool is_pasted)
{
	struct seen *seen = arg;
	char name[MS_KEY_NAME_MAX];

	(void)is_pasted;
	if (key == MS_KEY_MOUSE)
		ms_text_addf(&seen->text, "%d@%d,%d ", (int)seen->decoder.mouse.button,
			     seen->decoder.mouse.x, seen->decoder.mouse.y);
	else if (key == MS_KEY_READY)
		ms_text_add(&seen->text, "ready ");
	else
		ms_text_addf(&seen->text, "%s ", ms_key_name(name, sizeof(name), key));
}

static void assert_seen(const char *bytes, bool has_mouse, const char *expected)
{
	struct seen seen;

	ms_text_init(&seen.text, 0);
	ms_key_decoder_init(&seen.decoder, true);
	seen.decoder.has_mouse = has_mouse;
	for (const char *p = bytes; *p; p++)
		ms_key_decoder_feed(&seen.decoder, p, 1, 1000, note, &seen);
	assert_string_equal(ms_text_str(&seen.text), expected);
	ms_text_clear(&seen.text);
}

static void clicks_are_decoded(void **state)
{
	(void)state;
	assert_seen("\033[<0;10;5Mj\033[<0;10;5m", true, "0@9,4 j ");
	assert_seen("\033[<64;1;1M\033[<65;200;60M", true, "64@0,0 65@199,59 ");
	assert_seen("\033[<16;3;4M", true, "0@2,3 ");		   /* with Ctrl */
	assert_seen("\033[<35;3;4Mj", true, "j ");		   /* moved */
	assert_seen("\033[<0;0;4M\033[<;;M\033[<1Mj", true, "j "); /* nonsense */
	assert_seen("\033[M !\"\033[M#!\"j", true, "0@0,1 j ");
	assert_seen("\033[Mj", false, "j "); /* not asked for: no mouse */
	assert_seen("\033[0nj\033[3n\033[1;2n", true, "ready j ");
}

/* --- the mouse on the screen ------------------------------------------------------------------ */

static struct ms_ui *models(int width, int height)
{
	struct ms_ui *ui = ms_ui_new("", false, ms_clock_now());

	ms_ui_update(ui, &(struct ms_ui_event){
				 .kind = MS_EVENT_RESIZE, .width = width, .height = height});
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_CONNECTION, .text = "db"});
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_MODELS,
					       .catalog = fixture_big_catalog(100)});
	return ui;
}

static void mouse(struct ms_ui *ui, enum ms_mouse_button button, int x, int y, bool is_double)
{
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_MOUSE,
					       .mouse = {button, x, y},
					       .flag = is_double});
}

/* Where that text stands in the line, or fails. */
static int column_of(const struct ms_ui *ui, int y, const char *text)
{
	struct ms_canvas *c = ms_canvas_new(ui->width, ui->height, true);
	char line[256] = "";
	const char *at;

	ms_ui_draw(ui, c);
	for (int x = 0; x < ui->width; x++)
		line[x] = (char)ms_canvas_at(c, x, y)->cp;
	ms_canvas_free(c);
	at = strstr(line, text);
	if (!at)
		fail_msg("no %s in: %s", text, line);
	return (int)(at - line);
}

static void rows_are_clicked(void **state)
{
	struct ms_ui *ui = models(80, 24);
	struct ms_layout l;

	(void)state;
	ms_layout_get(ui, &l);
	mouse(ui, MS_MOUSE_LEFT, 20, l.table.y + 4, false);
	assert_int_equal(ui->rows.cursor, 4);
	assert_false(ui->panes[MS_SCREEN_MODELS].is_full);
	mouse(ui, MS_MOUSE_RIGHT, 20, l.table.y + 6, false);
	assert_int_equal(ui->rows.cursor, 4);
	mouse(ui, MS_MOUSE_WHEEL_DOWN, 20, 10, false);
	mouse(ui, MS_MOUSE_WHEEL_DOWN, 20, 10, false);
	mouse(ui, MS_MOUSE_WHEEL_UP, 20, 10, false);
	assert_int_equal(ui->rows.cursor, 7);
	mouse(ui, MS_MOUSE_LEFT, 20, l.table.y + 2, true);
	assert_int_equal(ui->rows.cursor, 2);
	assert_true(ui->panes[MS_SCREEN_MODELS].is_full);
	ms_ui_free(ui);
}

static void an_empty_place_means_nothing(void **state)
{
	struct ms_ui *ui = models(80, 24);
	struct ms_layout l;

	(void)state;
	ms_ui_set_filter(ui, "model-7");
	ms_layout_get(ui, &l);
	mouse(ui, MS_MOUSE_LEFT, 20, l.table.y + l.table.h - 1, false);
	mouse(ui, MS_MOUSE_LEFT, 500, 500, true);
	mouse(ui, MS_MOUSE_LEFT, -1, -1, true);
	assert_false(ui->panes[MS_SCREEN_MODELS].is_full);
	ms_ui_update(ui, &(struct ms_ui_event){.kind = MS_EVENT_RESIZE, .width = 10, .height = 3});
	mouse(ui, MS_MOUSE_LEFT, 2, 2, true);
	ms_ui_free(ui);
}

static void screens_and_hints_are_clicked(void **state)
{
	struct ms_ui *ui = models(80, 24);
	struct ms_layout l;

	(void)state;
	ms_layout_get(ui, &l);
	mouse(ui, MS_MOUSE_LEFT, column_of(ui, l.tabs.y, "Changes") + 3, l.tabs.y, false);
	assert_int_equal(ui->screen, MS_SCREEN_CHANGES);
	mouse(ui, MS_MOUSE_LEFT, column_of(ui, l.tabs.y, "1 Models"), l.tabs.y, false);
	assert_int_equal(ui->screen, MS_SCREEN_MODELS);
	mouse(ui, MS_MOUSE_LEFT, column_of(ui, l.hints.y, "mark-all"), l.hints.y, false);
	assert_int_equal(ui->rows.marked, 100);
	/* The hints moved: what is marked stands before them now. */
	mouse(ui, MS_MOUSE_LEFT, column_of(ui, l.hints.y, "filter"), l.hints.y, false);
	assert_non_null(ms_input_in_filter_line(ui));
	mouse(ui, MS_MOUSE_LEFT, column_of(ui, l.tabs.y, "Changes"), l.tabs.y, false);
	assert_int_equal(ui->screen, MS_SCREEN_MODELS); /* a dialog takes no clicks */
	ms_dialog_close_all(ui);
	mouse(ui, MS_MOUSE_LEFT, column_of(ui, l.tabs.y, "? help"), l.tabs.y, false);
	assert_non_null(ui->dialog);
	mouse(ui, MS_MOUSE_WHEEL_DOWN, 20, 10, false); /* in the list of keys */
	assert_int_equal(ui->rows.cursor, 0);
	ms_ui_free(ui);
}

/* --- the pace of frames ------------------------------------------------------------------------
 */

static void frames_wait_for_an_answer(void **state)
{
	struct ms_pace p = {0};

	(void)state;
	assert_true(ms_pace_ask(&p, 400, 1000));
	assert_int_equal(ms_pace_wait(&p, 1001), 0); /* perhaps it never answers */
	assert_false(ms_pace_ask(&p, 400, 1002));    /* and is not asked twice */
	ms_pace_answered(&p);
	assert_true(ms_pace_ask(&p, 400, 1100));
	assert_true(ms_pace_wait(&p, 1101) > 0);
	ms_pace_answered(&p);
	assert_int_equal(ms_pace_wait(&p, 1102), 0);
}

static void small_frames_share_a_question(void **state)
{
	struct ms_pace p = {0};

	(void)state;
	assert_true(ms_pace_ask(&p, 2000, 1000));
	ms_pace_answered(&p);
	assert_false(ms_pace_ask(&p, 160, 1100));
	assert_int_equal(ms_pace_wait(&p, 1100), 0);
	assert_false(ms_pace_ask(&p, 160, 1101));
	assert_true(ms_pace_ask(&p, 160, 1102));
	assert_true(ms_pace_wait(&p, 1103) > 0);
}

static void a_terminal_that_falls_silent_is_left_alone(void **state)
{
	struct ms_pace p = {0};
	int64_t now = 1000;

	(void)state;
	assert_true(ms_pace_ask(&p, 400, now));
	ms_pace_answered(&p);
	for (int i = 0; i < 2; i++) {
		assert_true(ms_pace_ask(&p, 400, now));
		assert_true(ms_pace_wait(&p, now + 100) > 0);
		now += 100 + ms_pace_wait(&p, now + 100);
		assert_int_equal(ms_pace_wait(&p, now), 0);
	}
	assert_false(ms_pace_ask(&p, 400, now));
	assert_int_equal(ms_pace_wait(&p, now), 0);
	ms_pace_answered(&p); /* it was only slow */
	assert_true(ms_pace_ask(&p, 400, now));
}

static void answers_are_awaited_before_leaving(void **state)
{
	struct ms_pace p = {0};

	(void)state;
	assert_int_equal(ms_pace_farewell(&p, 1000), 0);
	assert_true(ms_pace_ask(&p, 400, 1000));
	assert_int_equal(ms_pace_farewell(&p, 1050), 150);
	assert_int_equal(ms_pace_farewell(&p, 1500), 0); /* silent all the time */
	ms_pace_answered(&p);
	assert_int_equal(ms_pace_farewell(&p, 1500), 0);
	assert_true(ms_pace_ask(&p, 400, 2000));
	assert_int_equal(ms_pace_farewell(&p, 2000), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(themes_have_names),
		cmocka_unit_test(every_theme_renders_every_style),
		cmocka_unit_test(the_safe_theme_is_legible_on_any_background),
		cmocka_unit_test(clicks_are_decoded),
		cmocka_unit_test(rows_are_clicked),
		cmocka_unit_test(an_empty_place_means_nothing),
		cmocka_unit_test(screens_and_hints_are_clicked),
		cmocka_unit_test(frames_wait_for_an_answer),
		cmocka_unit_test(small_frames_share_a_question),
		cmocka_unit_test(a_terminal_that_falls_silent_is_left_alone),
		cmocka_unit_test(answers_are_awaited_before_leaving),
	};

	return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
