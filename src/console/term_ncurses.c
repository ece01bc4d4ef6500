/* SPDX-License-Identifier: MIT */
/*
 * The only user of ncurses. It is used for what it does best, finding the shortest bytes that turn
 * one screen into another for any TERM; keys are read and decoded without it (key_decode.c), so
 * that nothing here ever waits.
 *
 * `shown` is the canvas that the terminal shows. Cells that differ are given to ncurses; if none
 * does, no byte is written.
 */
#include "term.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base64.h"
#include "hush.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "pace.h"
#include "restore.h"

#define FULL_MS	  50 /* until a full line is looked at again */
#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON  "\033[?1000h\033[?1006h" /* presses, in the form without a limit of columns */
#define MOUSE_OFF "\033[?1006l\033[?1000l"

struct ms_term {
	SCREEN *screen;
	struct ms_canvas *shown;
	bool is_valid;	/* `shown` is what the terminal shows */
	bool has_paste; /* knows bracketed paste */
	bool can_mouse, has_mouse;
	bool answers;	  /* may be asked how far it is */
	bool has_colours; /* they were started */
	struct ms_pace pace;
	cchar_t blank;
	attr_t attrs[MS_STYLE_COUNT];
	short pairs[MS_STYLE_COUNT];
};

/* NULL when the terminal has none. */
static const char *capability(const char *name)
{
	const char *value = tigetstr(name);

	return value == (const char *)-1 ? NULL : value; /* which is not a string */
}

static void add_capability(const char *name)
{
	const char *value = capability(name);

	if (value)
		ms_restore_add(value, strcspn(value, "$")); /* without padding */
}

static void prepare_restore(const struct ms_term *t)
{
	if (t->has_paste)
		ms_restore_add(PASTE_OFF, sizeof(PASTE_OFF) - 1);
	if (t->can_mouse)
		ms_restore_add(MOUSE_OFF, sizeof(MOUSE_OFF) - 1);
	add_capability("sgr0");
	add_capability("cnorm");
	add_capability("rmcup");
}

/* --- opening and closing ---------------------------------------------------------------------- */

/* newterm() says less about what is wrong; its own look-up follows. */
static bool check_description(const char *term, struct ms_error *err)
{
	int status;
	bool is_good;

	if (!term || !*term || setupterm(term, STDOUT_FILENO, &status) != OK)
		return ms_fail(err, MS_ERR_TERMINAL, "no terminal is known as TERM=%s",
			       term ? term : "");
	is_good = capability("cup") != NULL;
	del_curterm(cur_term);
	if (!is_good)
		return ms_fail(err, MS_ERR_TERMINAL, "a terminal with TERM=%s cannot place text",
			       term);
	return true;
}

static bool check_terminal(struct ms_error *err)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return ms_fail(err, MS_ERR_TERMINAL,
			       "the console needs a terminal on standard input and output");
	return check_description(getenv("TERM"), err);
}

/* ^C and ^Z arrive as bytes, in order with the other keys; ^S, ^Q and ^\ stay the terminal's. */
static void set_modes(void)
{
	struct termios mode;

	cbreak();
	noecho();
	nonl();
	intrflush(NULL, FALSE);
	leaveok(stdscr, FALSE);
	idlok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	if (tcgetattr(STDIN_FILENO, &mode) == 0) {
		mode.c_cc[VINTR] = _POSIX_VDISABLE;
		mode.c_cc[VSUSP] = _POSIX_VDISABLE;
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &mode);
	}
	def_prog_mode();
}

static attr_t curses_attrs(unsigned attrs)
{
	return (attrs & MS_ATTR_BOLD ? A_BOLD : A_NORMAL) |
	       (attrs & MS_ATTR_DIM ? A_DIM : A_NORMAL) |
	       (attrs & MS_ATTR_REVERSE ? A_REVERSE : A_NORMAL) |
	       (attrs & MS_ATTR_UNDERLINE ? A_UNDERLINE : A_NORMAL);
}

/* Colours are started when a theme needs them: with NO_COLOR no such byte is sent. */
static bool start_colours(struct ms_term *t)
{
	if (!t->has_colours)
		t->has_colours = has_colors() && start_color() == OK;
	return t->has_colours;
}

static void set_styles(struct ms_term *t, enum ms_theme theme)
{
	bool is_coloured = theme != MS_THEME_MONO && start_colours(t);

	/* a terminal without colours of its own: white on black */
	if (is_coloured && use_default_colors() == ERR && theme == MS_THEME_LIGHT)
		theme = MS_THEME_DARK;
	for (int i = 0; i < MS_STYLE_COUNT; i++) {
		struct ms_look look =
			ms_theme_look(is_coloured ? theme : MS_THEME_MONO, (enum ms_style)i);

		t->attrs[i] = curses_attrs(look.attrs);
		t->pairs[i] = 0;
		if (look.fg == MS_COLOUR_DEFAULT && look.bg == MS_COLOUR_DEFAULT)
			continue;
		t->pairs[i] = (short)(i + 1);
		init_pair(t->pairs[i], (short)ms_colour_number(look.fg, COLORS),
			  (short)ms_colour_number(look.bg, COLORS));
	}
}

static void write_all(const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

static bool knows_paste(void)
{
	return tigetflag("XT") == 1 || capability("BE");
}

/* The answer to u7 differs, but who knows that one knows the shorter question too. */
static bool knows_question(void)
{
	const char *question = capability("u7");

	return question && strcmp(question, "\033[6n") == 0;
}

static void take_input(const struct ms_term *t)
{
	if (t->has_paste)
		write_all(PASTE_ON, sizeof(PASTE_ON) - 1);
	if (t->has_mouse)
		write_all(MOUSE_ON, sizeof(MOUSE_ON) - 1);
}

static void leave_input(const struct ms_term *t)
{
	if (t->has_mouse)
		write_all(MOUSE_OFF, sizeof(MOUSE_OFF) - 1);
	if (t->has_paste)
		write_all(PASTE_OFF, sizeof(PASTE_OFF) - 1);
}

bool ms_term_open(struct ms_term **out, struct ms_error *err)
{
	struct ms_term *t;
	SCREEN *screen;

	if (!check_terminal(err))
		return false;
	ms_restore_prepare(); /* newterm() changes the modes */
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return ms_fail(err, MS_ERR_TERMINAL, "the terminal could not be opened");
	t = ms_alloc(sizeof(*t));
	t->screen = screen;
	t->shown = ms_canvas_new(1, 1, false);
	t->has_paste = knows_paste();
	t->can_mouse = capability("kmous") != NULL;
	t->answers = knows_question();
	prepare_restore(t);
	ms_restore_begin();
	ms_hush_begin();
	set_modes();
	set_styles(t, MS_THEME_MONO);
	take_input(t);
	*out = t;
	return true;
}

bool ms_term_set_looks(struct ms_term *t, enum ms_theme theme, bool mouse)
{
	leave_input(t);
	t->has_mouse = mouse && t->can_mouse;
	take_input(t);
	set_styles(t, theme);
	t->is_valid = false;
	return theme == MS_THEME_MONO || t->has_colours;
}

/* Answers that come when we are gone would be typed into the shell. Keys pressed meanwhile go too.
 */
static void await_answer(struct ms_term *t)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int64_t left;
	char buf[64];

	while ((left = ms_pace_farewell(&t->pace, ms_clock_ms())) > 0) {
		ssize_t n = poll(&in, 1, (int)left) > 0 ? read(STDIN_FILENO, buf, sizeof(buf)) : 0;

		if (n <= 0 || memchr(buf, 'n', (size_t)n))
			break;
	}
	t->pace.is_waiting = false;
}

/* A terminal without an alternate screen keeps ours: the shell gets an empty last line. */
static void leave_screen(struct ms_term *t)
{
	await_answer(t);
	if (!capability("rmcup")) {
		move(LINES - 1, 0);
		clrtoeol();
		refresh();
	}
	leave_input(t);
	endwin();
	ms_restore_end();
	ms_hush_end();
}

static void free_term(struct ms_term *t)
{
	ms_canvas_free(t->shown);
	delscreen(t->screen);
	ms_free(t);
}

void ms_term_close(struct ms_term *t)
{
	if (!t)
		return;
	leave_screen(t);
	free_term(t);
}

void ms_term_abandon(struct ms_term *t)
{
	if (!t)
		return;
	ms_restore_end();
	ms_hush_end();
	free_term(t);
}

/* --- input and size --------------------------------------------------------------------------- */

int ms_term_fd(const struct ms_term *t)
{
	(void)t;
	return STDIN_FILENO;
}

long ms_term_read(struct ms_term *t, char *buf, size_t size)
{
	ssize_t n = read(STDIN_FILENO, buf, size);

	(void)t;
	if (n > 0)
		return (long)n;
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? -1 : 0;
}

void ms_term_size(const struct ms_term *t, int *width, int *height)
{
	struct winsize size;

	(void)t;
	*width = COLS;
	*height = LINES;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		*width = size.ws_col;
		*height = size.ws_row;
	}
}

void ms_term_teach(const struct ms_term *t, struct ms_key_decoder *d)
{
	static const struct {
		const char *capability;
		uint32_t key;
	} keys[] = {
		{"kcuu1", MS_KEY_UP},	  {"kcud1", MS_KEY_DOWN},    {"kcub1", MS_KEY_LEFT},
		{"kcuf1", MS_KEY_RIGHT},  {"khome", MS_KEY_HOME},    {"kend", MS_KEY_END},
		{"kpp", MS_KEY_PAGE_UP},  {"knp", MS_KEY_PAGE_DOWN}, {"kdch1", MS_KEY_DELETE},
		{"kcbt", MS_KEY_BACKTAB}, {"kf1", MS_KEY_F1},	     {"kf5", MS_KEY_F1 + 4},
	};

	(void)t;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *sequence = capability(keys[i].capability);

		if (sequence)
			ms_key_decoder_learn(d, sequence, keys[i].key);
	}
}

/* --- output ----------------------------------------------------------------------------------- */

/* What the terminal's own tables and ours disagree about would shift the rest of the line. */
static void fill_cchar(const struct ms_term *t, const struct ms_cell *cell, cchar_t *out)
{
	wchar_t text[2 + MS_CELL_MARKS] = {(wchar_t)cell->cp};
	size_t n = 1;

	for (int i = 0; i < MS_CELL_MARKS && cell->marks[i]; i++)
		if (wcwidth((wchar_t)cell->marks[i]) == 0)
			text[n++] = (wchar_t)cell->marks[i];
	if (wcwidth(text[0]) != cell->width) {
		text[0] = L'?';
		text[1] = L'\0';
	}
	setcchar(out, text, t->attrs[cell->style], t->pairs[cell->style], NULL);
}

/* Returns how many cells differed. */
static int send_row(struct ms_term *t, const struct ms_canvas *c, int y, bool is_all)
{
	int sent = 0;

	for (int x = 0; x < c->width; x++) {
		const struct ms_cell *cell = ms_canvas_at(c, x, y);
		cchar_t out;

		if (cell->width == 0 ||
		    (!is_all && ms_cell_equal(cell, ms_canvas_at(t->shown, x, y))))
			continue;
		sent++;
		fill_cchar(t, cell, &out);
		mvadd_wch(y, x, &out);
		if (cell->width == 2 && wcwidth((wchar_t)cell->cp) != 2)
			mvaddch(y, x + 1, '?' | t->attrs[cell->style]);
	}
	return sent;
}

static void remember(struct ms_term *t, const struct ms_canvas *c)
{
	size_t n = (size_t)c->width * (size_t)c->height;

	if (t->shown->width != c->width || t->shown->height != c->height)
		ms_canvas_resize(t->shown, c->width, c->height);
	memcpy(t->shown->cells, c->cells, n * sizeof(*c->cells));
	t->shown->cursor_x = c->cursor_x;
	t->shown->cursor_y = c->cursor_y;
	t->is_valid = true;
}

static bool is_same(const struct ms_term *t, const struct ms_canvas *c)
{
	size_t n = (size_t)c->width * (size_t)c->height;

	return t->is_valid && t->shown->width == c->width && t->shown->height == c->height &&
	       t->shown->cursor_x == c->cursor_x && t->shown->cursor_y == c->cursor_y &&
	       memcmp(t->shown->cells, c->cells, n * sizeof(*c->cells)) == 0;
}

void ms_term_show(struct ms_term *t, const struct ms_canvas *c)
{
	bool is_all = !t->is_valid || t->shown->width != c->width || t->shown->height != c->height;
	int cells = 0;

	if (is_same(t, c))
		return;
	if (COLS != c->width || LINES != c->height)
		resize_term(c->height, c->width);
	if (is_all) {
		erase();
		clearok(stdscr, TRUE);
	}
	for (int y = 0; y < c->height; y++)
		cells += send_row(t, c, y, is_all);
	move(c->cursor_y, c->cursor_x);
	refresh();
	remember(t, c);
	if (t->answers && ms_pace_ask(&t->pace, cells, ms_clock_ms()))
		write_all(MS_PACE_QUESTION, sizeof(MS_PACE_QUESTION) - 1);
}

int64_t ms_term_wait(struct ms_term *t)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	int64_t wait = ms_pace_wait(&t->pace, ms_clock_ms());

	if (wait == 0 && poll(&out, 1, 0) == 0)
		wait = FULL_MS;
	return wait;
}

void ms_term_answered(struct ms_term *t)
{
	ms_pace_answered(&t->pace);
}

void ms_term_invalidate(struct ms_term *t)
{
	t->is_valid = false;
}

void ms_term_suspend(struct ms_term *t)
{
	struct sigaction standard = {.sa_handler = SIG_DFL}, before;

	leave_screen(t);
	sigemptyset(&standard.sa_mask);
	sigaction(SIGTSTP, &standard, &before);
	/* The whole group, as the terminal would do: a script that started us stops too. */
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &before, NULL);
	ms_restore_begin();
	ms_hush_begin();
	reset_prog_mode();
	take_input(t);
	t->is_valid = false;
}

bool ms_term_has_clipboard(void)
{
	static const char *const without[] = {"linux", "vt", "ansi", "cons25", "sun"};
	const char *term = getenv("TERM");

	for (size_t i = 0; term && i < sizeof(without) / sizeof(without[0]); i++)
		if (strncmp(term, without[i], strlen(without[i])) == 0)
			return false;
	return true;
}

void ms_term_copy(struct ms_term *t, const char *text)
{
	const char *term = getenv("TERM");
	bool in_screen = getenv("STY") || (term && strncmp(term, "screen", 6) == 0);
	struct ms_text out;

	(void)t;
	ms_text_init(&out, 0);
	ms_osc52_add(&out, text, getenv("TMUX") ? "tmux" : in_screen ? "screen" : "");
	write_all(ms_text_str(&out), out.len);
	ms_text_clear(&out);
}
