/* SPDX-License-Identifier: MIT */
/*
 * Glue: bytes of the terminal and answers of the lanes become events, the effects they leave become
 * requests, and after that the screen is drawn.
 *
 *	terminal --bytes--> decoder --key--\                       /--> lanes
 *	lanes --callbacks----------------- > ms_ui_update -> effects --> terminal (copy, suspend)
 *	timers --tick, rested-------------/                       \--> quit
 */
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "keep.h"
#include "key.h"
#include "modelsync/clock.h"
#include "modelsync/console.h"
#include "modelsync/lanes.h"
#include "modelsync/loop.h"
#include "modelsync/memory.h"
#include "requests.h"
#include "salvage.h"
#include "term.h"
#include "ui.h"

#define ESC_DELAY_MS	50 /* for the rest of an escape sequence; ESCDELAY overrides */
#define ESC_DELAY_MAX	1000
#define REST_MS		100   /* without a key, before the detail pane follows */
#define TICK_MS		20000 /* ages on the screen grow in minutes */
#define TICK_RUNNING_MS 1000  /* while something shows its seconds */
#define RESIZE_MS	30    /* a dragged window resizes many times */
#define INPUT_BYTES	4096

struct app {
	struct ms_ui *ui;
	struct ms_loop *loop;
	struct ms_answers answers;
	struct ms_salvager *salvager;
	struct ms_lanes *lanes;
	struct ms_term *term;
	struct ms_canvas *canvas;
	struct ms_keymap *keymap; /* NULL: the default one */
	struct ms_key_decoder decoder;
	struct ms_timer *esc_timer, *rest_timer, *tick_timer, *resize_timer, *draw_timer;
	struct ms_clicks clicks;
	int64_t esc_delay_ms;
	bool is_dirty; /* a draw is posted */
	bool is_gone;  /* the terminal went away */
	bool is_quitting;
	bool is_told; /* by a signal: nobody was asked */
};

/* --- drawing ---------------------------------------------------------------------------------- */

static void draw(struct app *app)
{
	int64_t wait;

	app->is_dirty = false;
	if (app->is_gone || app->is_quitting)
		return;
	wait = ms_term_wait(app->term);
	if (wait > 0) { /* then the newest state is shown, whatever came between */
		ms_timer_start(app->draw_timer, wait);
		return;
	}
	ms_timer_stop(app->draw_timer);
	if (app->canvas->width != app->ui->width || app->canvas->height != app->ui->height)
		ms_canvas_resize(app->canvas, app->ui->width, app->ui->height);
	ms_ui_draw(app->ui, app->canvas);
	ms_term_show(app->term, app->canvas);
}

static void posted_draw(void *arg)
{
	struct app *app = arg;

	if (app->is_dirty)
		draw(app);
}

static void delayed_draw(void *arg)
{
	draw(arg);
}

static void schedule_draw(struct app *app)
{
	if (app->is_dirty)
		return;
	app->is_dirty = true;
	ms_loop_post(app->loop, posted_draw, app);
}

/* --- effects ---------------------------------------------------------------------------------- */

static void resize(void *arg);

static void suspend(struct app *app)
{
	ms_term_suspend(app->term);
	resize(app); /* the window may have changed meanwhile */
}

static void update(struct app *app, struct ms_ui_event event);

static void change_views(struct app *app, const struct ms_effect *e)
{
	struct ms_ui_event event = {.kind = MS_EVENT_VIEWS};
	struct ms_error err;

	if (!ms_keep_views(e, &event.json, &err))
		event.err = &err;
	if (e->views.count)
		event.text = e->views.items[0].name;
	update(app, event);
}

/* False when the theme needs colours and there are none. */
static bool set_looks(struct app *app)
{
	const struct ms_ui *ui = app->ui;

	app->decoder.has_mouse = ui->mouse;
	return ms_term_set_looks(app->term, ui->theme, ui->mouse);
}

/* What is neither of the terminal nor of this program is for the lanes. */
static void do_effect(struct app *app, struct ms_effect *e)
{
	switch ((int)e->kind) {
	case MS_EFFECT_COPY:
		ms_term_copy(app->term, e->text);
		break;
	case MS_EFFECT_CHANGE_VIEWS:
		change_views(app, e);
		break;
	case MS_EFFECT_REST_TIMER:
		ms_timer_start(app->rest_timer, REST_MS);
		break;
	case MS_EFFECT_REPAINT:
		ms_term_invalidate(app->term);
		break;
	case MS_EFFECT_DROP_SALVAGE:
		ms_salvager_drop(app->salvager, e->text);
		break;
	case MS_EFFECT_LOOKS:
		if (!set_looks(app))
			ms_ui_note(app->ui, MS_NOTE_HINT, "this terminal has no colours");
		break;
	case MS_EFFECT_SUSPEND:
		suspend(app);
		break;
	case MS_EFFECT_QUIT:
		app->is_quitting = true;
		ms_loop_stop(app->loop);
		break;
	default:
		ms_request(app->lanes, e);
		break;
	}
}

static void update(struct app *app, struct ms_ui_event event)
{
	struct ms_effect effect;
	bool was_counting = ms_ui_counts_seconds(app->ui);

	event.now = ms_clock_now();
	ms_ui_update(app->ui, &event);
	ms_salvager_follow(app->salvager);
	while (ms_effects_pop(&app->ui->effects, &effect)) {
		do_effect(app, &effect);
		ms_effect_clear(&effect);
	}
	if (ms_ui_counts_seconds(app->ui) && !was_counting)
		ms_timer_start(app->tick_timer, TICK_RUNNING_MS);
}

/* --- timers ----------------------------------------------------------------------------------- */

static void rested(void *arg)
{
	struct app *app = arg;

	update(app, (struct ms_ui_event){.kind = MS_EVENT_RESTED});
	draw(app);
}

static void tick(void *arg)
{
	struct app *app = arg;

	update(app, (struct ms_ui_event){.kind = MS_EVENT_TICK});
	ms_timer_start(app->tick_timer, ms_ui_counts_seconds(app->ui) ? TICK_RUNNING_MS : TICK_MS);
	if (!app->ui->low_bandwidth)
		draw(app);
}

static void resize(void *arg)
{
	struct app *app = arg;
	struct ms_ui_event event = {.kind = MS_EVENT_RESIZE};

	ms_term_size(app->term, &event.width, &event.height);
	update(app, event);
	draw(app);
}

/* --- the terminal ----------------------------------------------------------------------------- */

static void take_mouse(struct app *app)
{
	struct ms_mouse m = app->decoder.mouse;

	if (app->ui->mouse && !app->is_quitting)
		update(app, (struct ms_ui_event){.kind = MS_EVENT_MOUSE,
						 .mouse = m,
						 .flag = ms_clicks_second(&app->clicks, &m, ms_clock_ms())});
}

static void take_key(void *arg, uint32_t key, bool is_pasted)
{
	struct app *app = arg;

	if (key == MS_KEY_READY) {
		ms_term_answered(app->term);
		return;
	}
	if (key == MS_KEY_MOUSE) {
		take_mouse(app);
		return;
	}
	if (!app->is_quitting)
		update(app, (struct ms_ui_event){
				    .kind = MS_EVENT_KEY, .key = key, .is_pasted = is_pasted});
}

static void esc_expired(void *arg)
{
	struct app *app = arg;

	ms_key_decoder_expire(&app->decoder, ms_clock_ms(), take_key, app);
	draw(app);
}

static void leave(struct app *app)
{
	app->is_gone = true;
	ms_loop_unwatch(app->loop, ms_term_fd(app->term));
	ms_loop_stop(app->loop);
}

static void take_input(void *arg, int fd, short revents)
{
	struct app *app = arg;
	char bytes[INPUT_BYTES];
	long n = ms_term_read(app->term, bytes, sizeof(bytes));

	(void)fd;
	if (n == 0 || (n < 0 && (revents & (POLLHUP | POLLERR | POLLNVAL)))) {
		leave(app);
		return;
	}
	if (n < 0)
		return;
	ms_key_decoder_feed(&app->decoder, bytes, (size_t)n, ms_clock_ms(), take_key, app);
	if (ms_key_decoder_is_waiting(&app->decoder))
		ms_timer_start(app->esc_timer, app->esc_delay_ms);
	else
		ms_timer_stop(app->esc_timer);
	draw(app);
}

static void take_signal(void *arg, int signo)
{
	struct app *app = arg;

	switch (signo) {
	case SIGWINCH:
		ms_timer_start(app->resize_timer, RESIZE_MS);
		break;
	case SIGTSTP:
		suspend(app);
		break;
	case SIGINT:
		take_key(app, MS_KEY_CTRL('C'), false);
		draw(app);
		break;
	case SIGHUP:
		leave(app);
		break;
	default: /* SIGTERM */
		app->is_quitting = app->is_told = true;
		ms_loop_stop(app->loop);
		break;
	}
}

/* --- the lanes -------------------------------------------------------------------------------- */

static void take_answer(void *arg, const struct ms_ui_event *event)
{
	struct app *app = arg;

	update(app, *event);
	schedule_draw(app);
}

static void start_lanes(struct app *app, const struct ms_config *config)
{
	struct ms_lanes_events events;

	app->answers = (struct ms_answers){take_answer, app};
	events = ms_answers_events(&app->answers);
	app->lanes = ms_lanes_start(app->loop, config, app->ui->read_only, &events);
}

/* --- start and end ---------------------------------------------------------------------------- */

static bool locale_is_utf8(void)
{
	setlocale(LC_CTYPE, "");
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static bool draws_ascii(const struct ms_config *config, bool is_utf8)
{
	return !is_utf8 || strcmp(ms_config_string(config, MS_OPT_CONSOLE_GLYPHS), "ascii") == 0;
}

/* The font of the Linux console has lines, but no eighths of a block. */
static enum ms_glyphs chart_glyphs(const struct ms_config *config, bool is_utf8)
{
	const char *wanted = ms_config_string(config, MS_OPT_CONSOLE_GLYPHS);
	const char *term = getenv("TERM");

	if (draws_ascii(config, is_utf8))
		return MS_GLYPHS_ASCII;
	if (strcmp(wanted, "braille") == 0)
		return MS_GLYPHS_BRAILLE;
	return strcmp(wanted, "block") == 0 || !term || strcmp(term, "linux") != 0
		       ? MS_GLYPHS_BLOCK
		       : MS_GLYPHS_ASCII;
}

static int64_t esc_delay(void)
{
	const char *text = getenv("ESCDELAY");
	long ms = text ? strtol(text, NULL, 10) : 0;

	return ms > 0 && ms <= ESC_DELAY_MAX ? ms : ESC_DELAY_MS;
}

static void watch_world(struct app *app)
{
	static const int signals[] = {SIGWINCH, SIGTSTP, SIGINT, SIGTERM, SIGHUP};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		ms_loop_on_signal(app->loop, signals[i], take_signal, app);
	ms_loop_watch(app->loop, ms_term_fd(app->term), take_input, app);
	app->esc_timer = ms_timer_new(app->loop, esc_expired, app);
	app->rest_timer = ms_timer_new(app->loop, rested, app);
	app->tick_timer = ms_timer_new(app->loop, tick, app);
	app->resize_timer = ms_timer_new(app->loop, resize, app);
	app->draw_timer = ms_timer_new(app->loop, delayed_draw, app);
	ms_timer_start(app->tick_timer, TICK_MS);
}

static void start(struct app *app, const struct ms_console_options *o, bool is_utf8)
{
	const struct ms_config *config = o->config;
	bool read_only = o->read_only || ms_config_bool(config, MS_OPT_CONSOLE_READ_ONLY);

	app->loop = ms_loop_new();
	app->esc_delay_ms = esc_delay();
	app->ui = ms_ui_new(ms_config_string(config, MS_OPT_CONSOLE_LABEL), read_only,
			    ms_clock_now());
	app->ui->theme =
		ms_theme_choose(ms_config_string(config, MS_OPT_CONSOLE_THEME), getenv("NO_COLOR"));
	app->ui->is_theme_fixed =
		ms_config_is_set(config, MS_OPT_CONSOLE_THEME) || getenv("NO_COLOR");
	app->ui->mouse = ms_config_bool(config, MS_OPT_CONSOLE_MOUSE);
	app->ui->low_bandwidth = ms_config_bool(config, MS_OPT_CONSOLE_LOW_BANDWIDTH);
	app->keymap = ms_ui_load_keys(app->ui);
	app->ui->glyphs = chart_glyphs(config, is_utf8);
	app->canvas = ms_canvas_new(1, 1, draws_ascii(config, is_utf8));
	ms_key_decoder_init(&app->decoder, is_utf8);
	ms_term_teach(app->term, &app->decoder);
	(void)set_looks(app);
	app->salvager = ms_salvager_new(app->loop, app->ui, rested, app);
	watch_world(app);
	app->ui->has_no_clipboard = !ms_term_has_clipboard();
	ms_keep_load(app->ui);
	if (o->filter)
		ms_ui_set_filter(app->ui, o->filter);
	if (app->ui->has_filter_error)
		ms_ui_edit_filter(app->ui, o->filter);
	resize(app); /* the first paint, before anybody asks the database */
	start_lanes(app, config);
}

static void stop(struct app *app)
{
	struct ms_error err;

	if (app->is_gone)
		ms_term_abandon(app->term);
	else
		ms_term_close(app->term);
	ms_salvager_end(app->salvager, app->is_gone || app->is_told);
	if (!ms_keep_save(app->ui, &err) && !app->is_gone)
		fprintf(stderr, "modelsync-tui: not remembered for the next time: %s\n",
			err.message);
	ms_lanes_stop(app->lanes);
	ms_timer_free(app->esc_timer);
	ms_timer_free(app->rest_timer);
	ms_timer_free(app->tick_timer);
	ms_timer_free(app->resize_timer);
	ms_timer_free(app->draw_timer);
	ms_loop_free(app->loop);
	ms_canvas_free(app->canvas);
	ms_ui_free(app->ui);
	ms_keymap_free(app->keymap);
}

bool ms_console_run(const struct ms_console_options *options, struct ms_error *err)
{
	struct app app = {0};
	bool is_utf8 = locale_is_utf8();
	bool is_gone;

	if (!ms_term_open(&app.term, err))
		return false;
	start(&app, options, is_utf8);
	ms_loop_run(app.loop);
	is_gone = app.is_gone;
	stop(&app);
	if (is_gone)
		return ms_fail(err, MS_ERR_TERMINAL, "the terminal went away");
	return true;
}
