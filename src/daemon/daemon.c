/* SPDX-License-Identifier: MIT */
/*
 * Start, schedule, reload, stop. Everything here runs on the main thread and never waits; the lanes
 * do the work and the database decides who does which (docs/operations.md).
 */
#include "daemon.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "modelsync/clock.h"
#include "modelsync/db.h"
#include "modelsync/log.h"
#include "modelsync/notify.h"
#include "notify.h"
#include "privilege.h"

/* Clocks that are set show it by then. */
#define LOOK_EVERY_MS 15000
/* daemons_json() counts a daemon that missed two of these as dead. */
#define BEAT_EVERY_MS 30000
/* Of stop_timeout, what it takes at worst to interrupt a run, to sign off, to stop the lanes and
 * the listener. */
#define FAREWELL_MS 10000
#define SIGN_OFF_MS 1500
/* For answers that are on their way when it ends. */
#define LAST_ANSWERS_MS 1500
#define LARGE_BLOCK	131072

/* --- what it does ------------------------------------------------------------------------- */

void daemon_show_status(const struct daemon *d)
{
	char next[40] = "never: the schedule is switched off";

	if (d->is_stopping)
		return;
	if (d->is_syncing && d->run) {
		notify_send("STATUS=Run %lld: %s", (long long)d->run, ms_run_phase_name(d->phase));
		return;
	}
	if (d->plan.next_s)
		ms_time_format(next, sizeof(next), d->plan.next_s);
	notify_send("STATUS=%sNext sync %s%s%s%s",
		    d->is_connected ? "" : "Waiting for the database. ", next,
		    d->plan.next_s ? " UTC" : "", *d->last ? "; last: " : "", d->last);
}

static void begin_sync(struct daemon *d)
{
	d->is_syncing = true;
	d->run = 0;
	d->phase = MS_PHASE_CLAIM;
	d->began_ms = ms_clock_ms();
}

void daemon_continue(struct daemon *d)
{
	int64_t now_ms = ms_clock_ms(), wall_ms = ms_clock_wall_ms(), next_s = d->plan.next_s;

	if (d->is_stopping)
		return;
	plan_tick(&d->plan, &d->current.schedule, wall_ms / 1000, now_ms);
	if (d->is_connected && !d->is_syncing && plan_wants_to_ask(&d->plan, now_ms)) {
		begin_sync(d);
		ms_lanes_sync_slot(d->lanes, &d->plan.slot,
				   (int)ms_config_int(d->current.config, MS_OPT_DAEMON_TAKEOVER));
	}
	if (next_s != d->plan.next_s)
		daemon_show_status(d);
	ms_timer_start(d->plan_timer,
		       d->is_syncing || !d->is_connected
			       ? LOOK_EVERY_MS
			       : plan_wait_ms(&d->plan, wall_ms, now_ms, LOOK_EVERY_MS));
}

static void on_plan_timer(void *arg)
{
	daemon_continue(arg);
}

void daemon_beat(struct daemon *d)
{
	if (d->is_refused)
		return;
	ms_lanes_beat(d->lanes,
		      &(struct ms_beat){
			      .started_at = d->started_at,
			      .next_slot = d->plan.next_s,
			      .version = d->options->version,
			      .schedule = ms_config_string(d->current.config, MS_OPT_SYNC_SCHEDULE),
			      .timezone = ms_config_string(d->current.config, MS_OPT_SYNC_TIMEZONE),
			      .enabled = ms_config_bool(d->current.config, MS_OPT_SYNC_ENABLED),
		      });
}

static void on_beat_timer(void *arg)
{
	struct daemon *d = arg;

	if (d->is_connected && !d->is_stopping)
		daemon_beat(d);
	ms_timer_start(d->beat_timer, BEAT_EVERY_MS);
}

void daemon_deliver(struct daemon *d)
{
	if (!d->is_connected || d->is_refused || d->is_stopping)
		return;
	if (d->is_delivering) {
		d->wants_delivery = true;
		return;
	}
	d->is_delivering = true;
	d->wants_delivery = false;
	ms_timer_stop(d->deliver_timer);
	ms_lanes_deliver(d->lanes);
}

void daemon_delivered(struct daemon *d, int64_t wait_ms)
{
	d->is_delivering = false;
	if (d->wants_delivery)
		daemon_deliver(d);
	else if (wait_ms >= 0)
		ms_timer_start(d->deliver_timer, wait_ms);
}

static void on_deliver_timer(void *arg)
{
	daemon_deliver(arg);
}

/* Twice as often as demanded; only this thread sends it, so it says that this thread is well. */
static void on_watchdog_timer(void *arg)
{
	struct daemon *d = arg;

	notify_send("WATCHDOG=1");
	ms_timer_start(d->watchdog_timer, notify_watchdog_ms() / 2);
}

/* --- settings ----------------------------------------------------------------------------- */

static void log_warnings(const struct ms_config *config)
{
	struct ms_text warnings;

	ms_text_init(&warnings, 0);
	ms_config_warnings(config, &warnings);
	ms_http_warnings(config, &warnings);
	ms_notify_warnings(config, &warnings);
	for (char *line = warnings.data ? strtok(warnings.data, "\n") : NULL; line;
	     line = strtok(NULL, "\n"))
		ms_log_event(MS_LOG_WARN, "setting", MS_LOG_TEXT("message", line));
	ms_text_clear(&warnings);
}

static void settings_clear(struct settings *s)
{
	ms_config_free(s->config);
	ms_schedule_clear(&s->schedule);
	*s = (struct settings){0};
}

/* Settings that the daemon can work with. */
static bool settings_load(const struct daemon *d, struct settings *out, struct ms_error *err)
{
	*out = (struct settings){0};
	if (!d->options->load(d->options->arg, &out->config, err))
		return false;
	if (ms_schedule_load(&out->schedule, out->config, NULL, err) &&
	    ms_db_check_conninfo(ms_config_string(out->config, MS_OPT_DB_CONNINFO), err) &&
	    ms_notify_check(out->config, err))
		return true;
	settings_clear(out);
	return false;
}

static void log_settings(const struct daemon *d, const char *event)
{
	char next[24];

	ms_log_event(
		MS_LOG_INFO, event, MS_LOG_TEXT("version", d->options->version),
		MS_LOG_TEXT("schedule", ms_config_string(d->current.config, MS_OPT_SYNC_SCHEDULE)),
		MS_LOG_TEXT("timezone", ms_config_string(d->current.config, MS_OPT_SYNC_TIMEZONE)),
		MS_LOG_TEXT("next", d->plan.next_s
					    ? ms_time_format(next, sizeof(next), d->plan.next_s)
					    : "never"));
}

static void start_lanes(struct daemon *d)
{
	struct ms_lanes_events events = daemon_events(d);

	d->is_connected = d->is_delivering = false;
	ms_timer_stop(d->deliver_timer);
	d->lanes = ms_lanes_start_daemon(d->loop, d->current.config, &events);
}

/* What cannot be listened at is reported; the listener of before goes on. */
static void reload_http(struct daemon *d)
{
	struct ms_error err;

	if (!ms_http_reload(&d->http, d->current.config, d->options->version, &err))
		ms_log_event(MS_LOG_ERROR, "http_not_reloaded", MS_LOG_TEXT("message", err.message),
			     MS_LOG_TEXT("hint", "section http stays as it was"));
}

/* The lanes read their settings whenever they like: new ones are for new lanes. */
static void use_next_settings(struct daemon *d)
{
	ms_lanes_stop(d->lanes);
	settings_clear(&d->current);
	d->current = d->next;
	d->next = (struct settings){0};
	ms_config_apply_log(d->current.config, MS_LOG_INFO);
	log_warnings(d->current.config);
	reload_http(d);
	plan_change(&d->plan, &d->current.schedule,
		    ms_config_bool(d->current.config, MS_OPT_SYNC_ENABLED), ms_clock_now());
	log_settings(d, "reloaded");
	start_lanes(d);
	daemon_continue(d);
}

static void on_reload(void *arg, int signo)
{
	struct daemon *d = arg;
	struct settings next;
	struct ms_error err;

	(void)signo;
	if (d->is_stopping)
		return;
	notify_send("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)ms_clock_ms() * 1000);
	if (!settings_load(d, &next, &err)) {
		ms_log_event(MS_LOG_ERROR, "not_reloaded", MS_LOG_TEXT("message", err.message),
			     MS_LOG_TEXT("hint", "the settings from before stay in force"));
	} else {
		settings_clear(&d->next);
		d->next = next;
		if (d->is_syncing)
			ms_log_event(MS_LOG_INFO, "reload_waits", MS_LOG_NUMBER("run", d->run));
		else
			use_next_settings(d);
	}
	notify_send("READY=1");
}

/* --- syncing now, and the end ------------------------------------------------------------- */

static void sync_now(struct daemon *d)
{
	d->wants_sync = false;
	begin_sync(d);
	ms_lanes_sync(d->lanes, false, true);
}

static void on_sync_now(void *arg, int signo)
{
	struct daemon *d = arg;

	if (d->is_stopping || d->run) {
		ms_log_event(MS_LOG_WARN, "sync_refused", MS_LOG_NUMBER("signal", signo),
			     MS_LOG_TEXT("message",
					 d->is_stopping ? "the daemon is stopping"
							: "a sync of this daemon runs already"));
		return;
	}
	ms_log_event(MS_LOG_INFO, "sync_asked_for", MS_LOG_NUMBER("signal", signo));
	if (d->is_syncing)
		d->wants_sync = true;
	else
		sync_now(d);
}

/* The database hears of it where it can be reached; nobody waits for that for long. */
static void leave(struct daemon *d)
{
	ms_timer_start(d->stop_timer, SIGN_OFF_MS);
	if (d->is_connected)
		ms_lanes_leave(d->lanes);
	else
		ms_loop_stop(d->loop);
}

static void interrupt_sync(struct daemon *d)
{
	d->is_interrupted = true;
	ms_lanes_sync_interrupt(d->lanes);
	ms_timer_start(d->stop_timer, SIGN_OFF_MS);
}

static void on_stop_timer(void *arg)
{
	struct daemon *d = arg;

	if (d->is_syncing && !d->is_interrupted)
		interrupt_sync(d);
	else
		ms_loop_stop(d->loop);
}

/* The first signal lets a run go on for as long as there is time, the second one does not. */
static void on_stop(void *arg, int signo)
{
	struct daemon *d = arg;
	int64_t time_ms = ms_config_int(d->current.config, MS_OPT_SYNC_STOP_TIMEOUT) * 1000;
	bool is_first = !d->is_stopping;

	d->is_stopping = true;
	ms_http_drain(d->http);
	ms_log_event(MS_LOG_INFO, "stopping", MS_LOG_NUMBER("signal", signo),
		     MS_LOG_NUMBER("run", d->is_syncing ? d->run : 0));
	notify_send("STOPPING=1\nSTATUS=Stopping%s",
		    d->is_syncing ? " when the sync has ended" : "");
	if (!d->is_syncing) {
		if (is_first)
			leave(d);
	} else if (!is_first) {
		if (!d->is_interrupted)
			interrupt_sync(d);
	} else {
		ms_timer_start(d->stop_timer,
			       time_ms > 2 * FAREWELL_MS ? time_ms - FAREWELL_MS : time_ms / 2);
	}
}

void daemon_sync_ended(struct daemon *d)
{
	d->is_syncing = false;
	d->run = 0;
	if (d->is_stopping) {
		leave(d);
	} else if (d->next.config) {
		use_next_settings(d);
	} else {
		if (d->wants_sync)
			sync_now(d);
		daemon_continue(d);
		daemon_beat(d); /* with the next time */
	}
	daemon_show_status(d);
}

/* --- start -------------------------------------------------------------------------------- */

static void watch_signals(struct daemon *d)
{
	ms_loop_on_signal(d->loop, SIGTERM, on_stop, d);
	ms_loop_on_signal(d->loop, SIGINT, on_stop, d);
	ms_loop_on_signal(d->loop, SIGHUP, on_reload, d);
	ms_loop_on_signal(d->loop, SIGUSR1, on_sync_now, d);
}

static void make_timers(struct daemon *d)
{
	d->plan_timer = ms_timer_new(d->loop, on_plan_timer, d);
	d->beat_timer = ms_timer_new(d->loop, on_beat_timer, d);
	d->deliver_timer = ms_timer_new(d->loop, on_deliver_timer, d);
	d->watchdog_timer = ms_timer_new(d->loop, on_watchdog_timer, d);
	d->stop_timer = ms_timer_new(d->loop, on_stop_timer, d);
	ms_timer_start(d->beat_timer, BEAT_EVERY_MS);
	if (notify_watchdog_ms() > 0)
		on_watchdog_timer(d);
}

static void serve(struct daemon *d)
{
	d->loop = ms_loop_new();
	watch_signals(d);
	make_timers(d);
	plan_start(&d->plan, &d->current.schedule,
		   ms_config_bool(d->current.config, MS_OPT_SYNC_ENABLED), d->started_at,
		   ms_clock_ms());
	start_lanes(d);
	log_settings(d, "started");
	notify_send("READY=1");
	daemon_continue(d);
	daemon_show_status(d);
	ms_loop_run(d->loop);
	ms_http_stop(d->http, LAST_ANSWERS_MS);
	ms_lanes_stop(d->lanes);
	ms_timer_free(d->plan_timer);
	ms_timer_free(d->beat_timer);
	ms_timer_free(d->deliver_timer);
	ms_timer_free(d->watchdog_timer);
	ms_timer_free(d->stop_timer);
	ms_loop_free(d->loop);
}

/*
 * What a sync needs for a moment goes back to the system afterwards; by itself malloc() would learn
 * to keep ever larger blocks. The program then waits for a day.
 */
static void keep_no_large_blocks(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	mallopt(M_TRIM_THRESHOLD, LARGE_BLOCK);
}

bool ms_daemon_run(const struct ms_daemon_options *options, struct ms_error *err)
{
	struct daemon d = {.options = options, .started_at = ms_clock_now()};
	bool ok;

	umask(077);
	keep_no_large_blocks();
	if (!settings_load(&d, &d.current, err))
		return false;
	ms_config_apply_log(d.current.config, MS_LOG_INFO);
	log_warnings(d.current.config);
	ok = ms_http_start(&d.http, d.current.config, options->version, err) &&
	     privilege_drop(ms_config_string(d.current.config, MS_OPT_DAEMON_USER), err);
	if (ok) {
		serve(&d);
		ms_log_event(MS_LOG_INFO, "stopped", MS_LOG_TEXT("last", *d.last ? d.last : NULL));
	} else {
		ms_http_stop(d.http, 0);
	}
	settings_clear(&d.current);
	settings_clear(&d.next);
	return ok;
}
