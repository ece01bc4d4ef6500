/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "modelsync/clock.h"
#include "modelsync/loop.h"
#include "modelsync/memory.h"
#include "src/runtime/lane.h"

struct trace {
	struct ms_loop *loop;
	struct ms_timer *timers[3];
	char seen[64];
	size_t len;
	int64_t at;
};

static void note(struct trace *t, char c)
{
	t->seen[t->len++] = c;
}

static void on_first(void *arg)
{
	note(arg, '1');
}

static void on_second(void *arg)
{
	struct trace *t = arg;

	note(t, '2');
	ms_timer_start(t->timers[2], 0);
}

static void on_third(void *arg)
{
	struct trace *t = arg;

	note(t, '3');
	ms_loop_stop(t->loop);
}

static void timers_fire_in_order_and_can_be_stopped(void **state)
{
	struct trace t = {.loop = ms_loop_new()};
	struct ms_timer *never;

	(void)state;
	t.timers[0] = ms_timer_new(t.loop, on_first, &t);
	t.timers[1] = ms_timer_new(t.loop, on_second, &t);
	t.timers[2] = ms_timer_new(t.loop, on_third, &t);
	never = ms_timer_new(t.loop, on_third, &t);
	ms_timer_start(t.timers[1], 20);
	ms_timer_start(t.timers[0], 5);
	ms_timer_start(never, 10);
	ms_timer_stop(never);
	ms_loop_run(t.loop);
	assert_string_equal(t.seen, "123");
	for (int i = 0; i < 3; i++)
		ms_timer_free(t.timers[i]);
	ms_timer_free(never);
	ms_loop_free(t.loop);
}

struct flood {
	struct ms_loop *loop;
	int next, wrong;
};

static struct flood flood;
#define FLOOD 5000

static void on_flood(void *arg)
{
	if ((int)(intptr_t)arg != flood.next++)
		flood.wrong++;
	if (flood.next == FLOOD)
		ms_loop_stop(flood.loop);
}

static void *post_flood(void *arg)
{
	for (intptr_t i = 0; i < FLOOD; i++)
		ms_loop_post(arg, on_flood, (void *)i);
	return NULL;
}

static void posts_from_another_thread_arrive_in_order(void **state)
{
	pthread_t thread;

	(void)state;
	flood = (struct flood){.loop = ms_loop_new()};
	pthread_create(&thread, NULL, post_flood, flood.loop);
	ms_loop_run(flood.loop);
	pthread_join(thread, NULL);
	assert_int_equal(flood.next, FLOOD);
	assert_int_equal(flood.wrong, 0);
	ms_loop_free(flood.loop);
}

static void on_readable(void *arg, int fd, short revents)
{
	struct trace *t = arg;
	char c;

	(void)revents;
	assert_int_equal(read(fd, &c, 1), 1);
	note(t, c);
	if (c == 'b') {
		ms_loop_unwatch(t->loop, fd);
		ms_loop_stop(t->loop);
	}
}

static void descriptors_are_watched(void **state)
{
	struct trace t = {.loop = ms_loop_new()};
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	ms_loop_watch(t.loop, fds[0], on_readable, &t);
	assert_int_equal(write(fds[1], "ab", 2), 2);
	ms_loop_run(t.loop);
	assert_string_equal(t.seen, "ab");
	close(fds[0]);
	close(fds[1]);
	ms_loop_free(t.loop);
}

static void on_signal(void *arg, int signo)
{
	struct trace *t = arg;

	assert_int_equal(signo, SIGUSR1);
	note(t, 's');
	ms_loop_stop(t->loop);
}

static void raise_usr1(void *arg)
{
	(void)arg;
	raise(SIGUSR1);
}

static void signals_become_callbacks(void **state)
{
	struct trace t = {.loop = ms_loop_new()};
	struct sigaction after;

	(void)state;
	ms_loop_on_signal(t.loop, SIGUSR1, on_signal, &t);
	ms_loop_post(t.loop, raise_usr1, NULL);
	ms_loop_run(t.loop);
	assert_string_equal(t.seen, "s");
	ms_loop_free(t.loop);
	sigaction(SIGUSR1, NULL, &after);
	assert_ptr_equal(after.sa_handler, SIG_DFL);
}

struct counted {
	struct job job;
	struct lane_trace *trace;
};
struct lane_trace {
	pthread_mutex_t gate;
	int run, dropped;
};

static void run_counted(struct job *job)
{
	struct counted *c = (struct counted *)job;

	pthread_mutex_lock(&c->trace->gate);
	c->trace->run++;
	pthread_mutex_unlock(&c->trace->gate);
	ms_free(c);
}

static void drop_counted(struct job *job)
{
	((struct counted *)job)->trace->dropped++;
	ms_free(job);
}

static void a_stopping_lane_drops_what_it_has_not_begun(void **state)
{
	struct lane_trace trace = {.gate = PTHREAD_MUTEX_INITIALIZER};
	struct lane *lane = lane_new();

	(void)state;
	pthread_mutex_lock(&trace.gate);
	for (int i = 0; i < 10; i++) {
		struct counted *c = ms_alloc(sizeof(*c));

		c->job = (struct job){.run = run_counted, .drop = drop_counted};
		c->trace = &trace;
		lane_submit(lane, &c->job);
	}
	lane_close(lane);
	pthread_mutex_unlock(&trace.gate);
	lane_stop(lane);
	assert_true(trace.run <= 1);
	assert_int_equal(trace.run + trace.dropped, 10);
}

static void free_arg(void *arg)
{
	ms_free(arg);
}

static void posts_that_never_ran_are_run_when_the_loop_is_freed(void **state)
{
	struct ms_loop *loop = ms_loop_new();

	(void)state;
	ms_loop_post(loop, free_arg, ms_alloc(8)); /* the leak checker is the judge */
	ms_loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order_and_can_be_stopped),
		cmocka_unit_test(posts_from_another_thread_arrive_in_order),
		cmocka_unit_test(descriptors_are_watched),
		cmocka_unit_test(signals_become_callbacks),
		cmocka_unit_test(a_stopping_lane_drops_what_it_has_not_begun),
		cmocka_unit_test(posts_that_never_ran_are_run_when_the_loop_is_freed),
	};

	return cmocka_run_group_tests_name("runtime", tests, NULL, NULL);
}
