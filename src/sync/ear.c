/* SPDX-License-Identifier: MIT */
#include "ear.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "modelsync/db.h"
#include "modelsync/json.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"
#include "modelsync/thread.h"

struct ear {
	struct ms_db *db;
	int64_t run;
	void (*cancel)(void *arg);
	void *arg;
	pthread_t thread;
	int stop;		/* readable once nobody listens any more */
	atomic_bool is_waiting; /* with poll(), which sees `stop` */
};

static void on_notice(void *arg, const char *payload)
{
	const struct ear *e = arg;
	struct ms_error err;
	struct ms_json *notice = ms_json_parse(payload, strlen(payload), &err);

	if (ms_json_int(ms_json_get(notice, "run"), 0) == e->run &&
	    strcmp(ms_json_text(ms_json_get(notice, "phase")), "cancel") == 0)
		e->cancel(e->arg);
	ms_json_free(notice);
}

/* Somebody may have been quicker than this connection. */
static bool look_once(struct ear *e, struct ms_error *err)
{
	struct ms_json *run;

	if (!ms_db_run(e->db, e->run, &run, err))
		return false;
	if (ms_json_bool(ms_json_get(run, "cancel_requested")))
		e->cancel(e->arg);
	ms_json_free(run);
	return true;
}

static void *listen_for_cancel(void *arg)
{
	struct ear *e = arg;
	struct pollfd p[2] = {{.fd = e->stop, .events = POLLIN}, {.events = POLLIN}};
	struct ms_error err;
	bool good = ms_db_listen(e->db, &err) && look_once(e, &err);

	atomic_store(&e->is_waiting, good);
	while (good) {
		p[1].fd = ms_db_socket(e->db);
		(void)poll(p, 2, -1);
		if (p[0].revents)
			return NULL;
		good = ms_db_read_notices(e->db, on_notice, e, &err);
	}
	ms_log_event(MS_LOG_DEBUG, "cancel_not_heard", MS_LOG_NUMBER("run", e->run),
		     MS_LOG_TEXT("why", err.message));
	return NULL;
}

struct ear *ear_new(const struct ms_config *config, int64_t run, void (*cancel)(void *arg),
		    void *arg)
{
	struct ms_db_options options;
	int stop = eventfd(0, EFD_CLOEXEC);
	struct ear *e;

	if (stop < 0)
		return NULL;
	e = ms_alloc(sizeof(*e));
	ms_db_options_init(&options, config, "cancel");
	*e = (struct ear){
		.db = ms_db_new(&options), .run = run, .cancel = cancel, .arg = arg, .stop = stop};
	atomic_init(&e->is_waiting, false);
	ms_db_begin_cancellable(e->db); /* until it is over: ear_free() stops whatever it does */
	e->thread = ms_thread_start(listen_for_cancel, e);
	return e;
}

void ear_free(struct ear *e)
{
	if (!e)
		return;
	(void)eventfd_write(e->stop, 1);
	if (!atomic_load(&e->is_waiting))
		ms_db_cancel(e->db); /* it may be connecting */
	pthread_join(e->thread, NULL);
	ms_db_free(e->db);
	(void)close(e->stop);
	ms_free(e);
}
