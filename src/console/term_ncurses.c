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
#include "modelsync/memory.h"
#include "modelsync/text.h"

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

struct ms_term {
	SCREEN *screen;
	struct ms_canvas *shown;
	bool is_valid;	/* `shown` is what the terminal shows */
	bool has_paste; /* knows bracketed paste */
	cchar_t blank;
	attr_t attrs[MS_STYLE_COUNT];
	short pairs[MS_STYLE_COUNT];
};

/* --- giving the terminal back whatever happens
 * ------------------------------------------------------ */

/* A signal handler can reach nothing but these. */
static struct termios termios_before;
static char restore_bytes[128];
static size_t restore_len;
static volatile sig_atomic_t is_taken;

static void restore_raw(void)
{
	ssize_t n;

	if (!is_taken)
		return;
	is_taken = 0;
	n = write(STDOUT_FILENO, restore_bytes, restore_len);
	(void)n;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &termios_before);
	ms_hush_end();
}

static void on_crash(int signo)
{
	struct sigaction action = {.sa_handler = SIG_DFL};

	restore_raw();
	sigemptyset(&action.sa_mask);
	sigaction(signo, &action, NULL);
	raise(signo);
}

static void restore_on_crash(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
	struct sigaction action = {.sa_handler = on_crash};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static void add_capability(const char *name)
{
	const char *value = tigetstr(name);
	size_t len;

	if (!value || value == (const char *)-1) /* absent, or not a string */
		return;
	len = strcspn(value, "$"); /* without padding */
	if (restore_len + len > sizeof(restore_bytes))
		return;
	memcpy(restore_bytes + restore_len, value, len);
	restore_len += len;
}

static void prepare_restore(bool has_paste)
{
	restore_len = 0;
	if (has_paste) {
		memcpy(restore_bytes, PASTE_OFF, sizeof(PASTE_OFF) - 1);
		restore_len = sizeof(PASTE_OFF) - 1;
	}
	add_capability("sgr0");
	add_capability("cnorm");
	add_capability("rmcup");
}

/* --- opening and closing
 * ------------------------------------------------------------------------------ */

static bool can_move_cursor(void)
{
	const char *cup = tigetstr("cup");

	return cup && cup != (const char *)-1;
}

/* newterm() says less about what is wrong; its own look-up follows. */
static bool check_description(const char *term, struct ms_error *err)
{
	int status;
	bool is_good;

	if (!term || !*term || setupterm(term, STDOUT_FILENO, &status) != OK)
		return ms_fail(err, MS_ERR_TERMINAL, "no terminal is known as TERM=%s",
			       term ? term : "");
	is_good = can_move_cursor();
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

static void set_styles(struct ms_term *t, enum ms_theme theme)
{
	bool has_colours = theme != MS_THEME_MONO && has_colors() && start_color() == OK;

	if (has_colours && use_default_colors() == ERR)
		theme = MS_THEME_DARK; /* the terminal has no colours of its own: white on black */
	for (int i = 0; i < MS_STYLE_COUNT; i++) {
		struct ms_look look =
			ms_theme_look(has_colours ? theme : MS_THEME_MONO, (enum ms_style)i);

		t->attrs[i] = curses_attrs(look.attrs);
		if (look.fg == MS_COLOUR_DEFAULT && look.bg == MS_COLOUR_DEFAULT)
			continue;
		t->pairs[i] = (short)(i + 1);
		init_pair(t->pairs[i], (short)look.fg, (short)look.bg);
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
	const char *be = tigetstr("BE");

	return tigetflag("XT") == 1 || (be && be != (const char *)-1);
}

bool ms_term_open(struct ms_term **out, enum ms_theme theme, struct ms_error *err)
{
	struct ms_term *t;
	SCREEN *screen;

	if (!check_terminal(err))
		return false;
	(void)tcgetattr(STDIN_FILENO, &termios_before);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return ms_fail(err, MS_ERR_TERMINAL, "the terminal could not be opened");
	t = ms_alloc(sizeof(*t));
	t->screen = screen;
	t->shown = ms_canvas_new(1, 1, false);
	t->has_paste = knows_paste();
	prepare_restore(t->has_paste);
	is_taken = 1;
	restore_on_crash();
	(void)atexit(restore_raw);
	ms_hush_begin();
	set_modes();
	set_styles(t, theme);
	if (t->has_paste)
		write_all(PASTE_ON, sizeof(PASTE_ON) - 1);
	*out = t;
	return true;
}

/* A terminal without an alternate screen keeps ours: the shell gets an empty last line. */
static void leave_screen(const struct ms_term *t)
{
	const char *rmcup = tigetstr("rmcup");

	if (!rmcup || rmcup == (const char *)-1) {
		move(LINES - 1, 0);
		clrtoeol();
		refresh();
	}
	if (t->has_paste)
		write_all(PASTE_OFF, sizeof(PASTE_OFF) - 1);
	endwin();
	is_taken = 0;
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
	is_taken = 0;
	ms_hush_end();
	free_term(t);
}

/* --- input and size
 * -------------------------------------------------------------------------------- */

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
		const char *sequence = tigetstr(keys[i].capability);

		if (sequence && sequence != (const char *)-1)
			ms_key_decoder_learn(d, sequence, keys[i].key);
	}
}

/* --- output
 * ---------------------------------------------------------------------------------------- */

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

static void send_row(struct ms_term *t, const struct ms_canvas *c, int y, bool is_all)
{
	for (int x = 0; x < c->width; x++) {
		const struct ms_cell *cell = ms_canvas_at(c, x, y);
		cchar_t out;

		if (cell->width == 0 ||
		    (!is_all && ms_cell_equal(cell, ms_canvas_at(t->shown, x, y))))
			continue;
		fill_cchar(t, cell, &out);
		mvadd_wch(y, x, &out);
		if (cell->width == 2 && wcwidth((wchar_t)cell->cp) != 2)
			mvaddch(y, x + 1, '?' | t->attrs[cell->style]);
	}
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

	if (is_same(t, c))
		return;
	if (COLS != c->width || LINES != c->height)
		resize_term(c->height, c->width);
	if (is_all) {
		erase();
		clearok(stdscr, TRUE);
	}
	for (int y = 0; y < c->height; y++)
		send_row(t, c, y, is_all);
	move(c->cursor_y, c->cursor_x);
	refresh();
	remember(t, c);
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
	is_taken = 1;
	ms_hush_begin();
	reset_prog_mode();
	if (t->has_paste)
		write_all(PASTE_ON, sizeof(PASTE_ON) - 1);
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
