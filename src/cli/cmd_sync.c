/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/sync.h"
#include "modelsync/upstream.h"
#include "private.h"

/*
 * ^C and SIGTERM cancel the run, which is more than a signal handler may do: a thread waits for
 * them. A second one ends the process; what it leaves behind is closed by the next sync. timeout(1)
 * sends two at once: to the process and to its group.
 */
struct canceller {
	pthread_t thread;
	sigset_t old, wanted;
	struct ms_sync *sync;
};

#define STOP_SIGNAL	SIGUSR1
#define SECOND_AFTER_MS 300

static void *wait_for_signals(void *arg)
{
	struct canceller *c = arg;
	int64_t first_ms = 0;
	int signo;

	while (sigwait(&c->wanted, &signo) == 0 && signo != STOP_SIGNAL) {
		if (!first_ms) {
			first_ms = ms_clock_ms();
			ms_sync_cancel(c->sync);
		} else if (ms_clock_ms() - first_ms > SECOND_AFTER_MS) {
			_exit(ms_category_exit_code(MS_ERR_CANCELLED));
		}
	}
	return NULL;
}

static bool canceller_start(struct canceller *c, struct ms_sync *sync, struct ms_error *err)
{
	c->sync = sync;
	sigemptyset(&c->wanted);
	sigaddset(&c->wanted, SIGINT);
	sigaddset(&c->wanted, SIGTERM);
	sigaddset(&c->wanted, SIGHUP);
	sigaddset(&c->wanted, STOP_SIGNAL);
	pthread_sigmask(SIG_BLOCK, &c->wanted, &c->old);
	if (pthread_create(&c->thread, NULL, wait_for_signals, c) == 0)
		return true;
	pthread_sigmask(SIG_SETMASK, &c->old, NULL);
	return ms_fail(err, MS_ERR_INTERNAL, "cannot start a thread");
}

static void canceller_stop(struct canceller *c)
{
	pthread_kill(c->thread, STOP_SIGNAL);
	pthread_join(c->thread, NULL);
	pthread_sigmask(SIG_SETMASK, &c->old, NULL);
}

struct watcher {
	struct cli *cli;
	struct progress progress;
};

static void on_progress(void *arg, const struct ms_run_progress *now)
{
	struct watcher *w = arg;

	w->cli->run = now->run;
	progress_show(&w->progress, now);
}

static bool run_cancellable(struct cli *cli, struct ms_sync *sync, struct ms_run_report **report,
			    struct ms_error *err)
{
	struct ms_run_request request = {
		.dry_run = args_has(cli, ARG_DRY_RUN),
		.force = args_has(cli, ARG_FORCE),
		.from = cli->values[ARG_FROM],
		.trigger = "manual",
	};
	struct watcher w = {.cli = cli};
	struct canceller canceller;
	bool ok;

	if (!canceller_start(&canceller, sync, err))
		return false;
	progress_init(&w.progress, stderr);
	ok = ms_sync_run(sync, &request, on_progress, &w, report, err);
	progress_erase(&w.progress);
	canceller_stop(&canceller);
	return ok;
}

static void show_report(struct cli *cli, const struct ms_run_report *report)
{
	if (args_has(cli, ARG_JSON))
		puts(report->json);
	else
		report_print(cli, report);
	if (report->state == MS_RUN_HELD)
		cli->exit_code = ms_category_exit_code(MS_ERR_HELD);
	else if (report->rules && report->rules->problem)
		cli->exit_code = ms_category_exit_code(MS_ERR_CONFLICT); /* partly done */
}

static bool run_sync(struct cli *cli, struct ms_error *err)
{
	struct ms_run_report *report = NULL;
	struct ms_sync *sync;
	bool ok;

	if (!ms_upstream_init(err))
		return false;
	sync = ms_sync_new(cli->db, cli->config);
	ok = run_cancellable(cli, sync, &report, err);
	ms_sync_free(sync);
	ms_upstream_exit();
	if (ok)
		show_report(cli, report);
	else if (report)
		cli->run = report->run;
	ms_run_report_free(report);
	return ok;
}

static bool apply_held(struct cli *cli, int64_t hold, struct ms_error *err)
{
	struct ms_run_report *report;

	bool ok = args_has(cli, ARG_DRY_RUN)
			  ? ms_sync_preview_held(cli->db, cli->config, hold, &report, err)
			  : ms_sync_apply_held(cli->db, cli->config, hold, 0, &report, err);

	if (!ok)
		return false;
	show_report(cli, report);
	ms_run_report_free(report);
	return true;
}

static bool discard_held(struct cli *cli, int64_t hold, struct ms_error *err)
{
	struct ms_json *o;

	if (!ms_hold_discard(cli->db, hold, err))
		return false;
	if (!args_has(cli, ARG_JSON)) {
		printf("hold %" PRId64 " discarded; the catalogue stays as it is\n", hold);
		return true;
	}
	o = ms_json_new_object();
	ms_json_add_bool(o, "ok", true);
	ms_json_add_int(o, "hold", hold);
	ms_json_add_string(o, "state", "discarded");
	print_json(o);
	ms_json_free(o);
	return true;
}

/* Resolving a hold goes with none of the options that say how to fetch; applying can be tried dry. */
static bool check_combination(const struct cli *cli, struct ms_error *err)
{
	static const enum arg others[] = {ARG_FROM, ARG_FORCE, ARG_DISCARD_HELD, ARG_DRY_RUN};
	enum arg resolve = args_has(cli, ARG_APPLY_HELD) ? ARG_APPLY_HELD : ARG_DISCARD_HELD;
	size_t count = sizeof(others) / sizeof(others[0]) - (resolve == ARG_APPLY_HELD);

	if (!args_has(cli, resolve))
		return true;
	for (size_t i = 0; i < count; i++)
		if (others[i] != resolve && args_has(cli, others[i]))
			return ms_fail(err, MS_ERR_USAGE, "--%s and --%s exclude each other",
				       arg_table[resolve].name, arg_table[others[i]].name);
	return true;
}

bool command_sync(struct cli *cli, struct ms_error *err)
{
	int64_t apply = 0, discard = 0;

	if (!check_combination(cli, err) ||
	    !args_number(cli, ARG_APPLY_HELD, 1, INT64_MAX, &apply, err) ||
	    !args_number(cli, ARG_DISCARD_HELD, 1, INT64_MAX, &discard, err))
		return false;
	if (!args_has(cli, ARG_DRY_RUN) && !session_require_write(cli, err))
		return false;
	if (!session_open(cli, err))
		return false;
	if (apply)
		return apply_held(cli, apply, err);
	return discard ? discard_held(cli, discard, err) : run_sync(cli, err);
}
