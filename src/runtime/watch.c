/* SPDX-License-Identifier: MIT */
/*
 * The quiet connection: it waits for notifications, and because it always waits, it is the first to
 * see that the database went away. It says so once, and then tries again with growing pauses.
 */
#include "lanes_private.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

#define FIRST_PAUSE_S   1
#define LONGEST_PAUSE_S 10
#define SAME_LOSS_MS    1000

void watch_tell(struct ms_lanes *lanes, char what)
{
	ssize_t n = write(lanes->watch_write, &what, 1);

	(void)n;
}

static void tell_connected(struct ms_lanes *lanes)
{
	struct reply *r = reply_new(lanes, deliver_connection);

	r->text = ms_strdup(ms_db_label(lanes->watch_db));
	reply_send(r, true);
}

static void tell_lost(struct ms_lanes *lanes, const struct ms_error *why, int pause_s)
{
	struct reply *r = reply_new(lanes, deliver_connection);

	r->err = *why;
	r->err.retry_after_s = pause_s;
	r->text = ms_strdup(ms_db_label(lanes->watch_db));
	reply_send(r, false);
}

static void pass_on(void *arg, const char *payload)
{
	struct reply *r = reply_new(arg, deliver_notice);

	r->text = ms_strdup(payload);
	reply_send(r, true);
}

/* Waits for the pipe, and the connection's socket where there is one. Returns what the pipe said,
 * 'n' for news on the socket, 't' when the time is over. */
static char wait_for_news(struct ms_lanes *lanes, int timeout_ms)
{
	struct pollfd p[2] = {{.fd = lanes->watch_read, .events = POLLIN},
			      {.fd = ms_db_socket(lanes->watch_db), .events = POLLIN}};
	char what;
	int n;

	do
		n = poll(p, 2, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (p[0].revents && read(lanes->watch_read, &what, 1) == 1)
		return what;
	return n > 0 ? 'n' : 't';
}

/* Connected: passes notifications on until the connection is lost (false: the lanes stop). */
static bool listen_until_lost(struct ms_lanes *lanes, struct ms_error *err)
{
	int64_t began_ms = ms_clock_ms();

	for (;;) {
		char what = wait_for_news(lanes, -1);

		if (what == WATCH_STOP)
			return false;
		/* other connections were lost together with the one before this one */
		if (what == WATCH_CHECK && ms_clock_ms() - began_ms < SAME_LOSS_MS)
			continue;
		if (what == WATCH_RECONNECT || what == WATCH_CHECK) {
			ms_db_disconnect(lanes->watch_db);
			ms_fail(err, MS_ERR_UNREACHABLE, "connecting anew");
			return true;
		}
		if (!ms_db_read_notices(lanes->watch_db, pass_on, lanes, err))
			return true;
	}
}

static bool connect_and_listen(struct ms_lanes *lanes, struct ms_error *err)
{
	return ms_db_connect(lanes->watch_db, err) && ms_schema_require(lanes->watch_db, err) &&
	       ms_db_listen(lanes->watch_db, err);
}

void *watch_main(void *arg)
{
	struct ms_lanes *lanes = arg;
	struct ms_error err;
	int pause_s = FIRST_PAUSE_S;

	for (;;) {
		if (connect_and_listen(lanes, &err)) {
			pause_s = FIRST_PAUSE_S;
			tell_connected(lanes);
			if (!listen_until_lost(lanes, &err))
				return NULL;
			if (connect_and_listen(lanes, &err)) { /* a restart in between is no outage */
				tell_connected(lanes);
				if (!listen_until_lost(lanes, &err))
					return NULL;
			}
		}
		ms_db_disconnect(lanes->watch_db);
		tell_lost(lanes, &err, pause_s);
		if (wait_for_news(lanes, pause_s * 1000) == WATCH_STOP)
			return NULL;
		pause_s = pause_s * 2 > LONGEST_PAUSE_S ? LONGEST_PAUSE_S : pause_s * 2;
	}
}
