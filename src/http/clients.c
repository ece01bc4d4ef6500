/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

#define STATES 4 /* at least as many as there are; a power of two */

struct client {
	struct clients *clients;
	struct client *next, **at; /* at: what points here */
	int fd;
	atomic_int_least64_t does; /* since when, in us, and in the lowest bits its state */
	bool is_broken;
};

struct clients {
	pthread_mutex_t lock; /* guards the list and its members, but what they do */
	struct client *first;
	size_t count;
	void (*on_first)(void *arg);
	void *arg;
};

struct clients *clients_new(void (*on_first)(void *arg), void *arg)
{
	struct clients *c = ms_alloc(sizeof(*c));

	pthread_mutex_init(&c->lock, NULL);
	c->on_first = on_first;
	c->arg = arg;
	return c;
}

void clients_free(struct clients *c)
{
	pthread_mutex_destroy(&c->lock);
	ms_free(c);
}

struct client *client_new(struct clients *c, int fd)
{
	struct client *client = ms_alloc(sizeof(*client));
	bool is_first;

	client->clients = c;
	client->fd = fd;
	client_does(client, CLIENT_SENDS, ms_clock_us());
	pthread_mutex_lock(&c->lock);
	is_first = c->count++ == 0;
	client->next = c->first;
	client->at = &c->first;
	if (client->next)
		client->next->at = &client->next;
	c->first = client;
	pthread_mutex_unlock(&c->lock);
	if (is_first)
		c->on_first(c->arg);
	return client;
}

void client_free(struct client *client)
{
	struct clients *c = client->clients;

	pthread_mutex_lock(&c->lock);
	c->count--;
	*client->at = client->next;
	if (client->next)
		client->next->at = client->at;
	pthread_mutex_unlock(&c->lock);
	ms_free(client);
}

/* Twice or more with each request: one word needs no lock. */
void client_does(struct client *client, enum client_state state, int64_t now_us)
{
	atomic_store_explicit(&client->does, now_us * STATES | (int64_t)state,
			      memory_order_release);
}

static enum client_state state_of(const struct client *client)
{
	return (enum client_state)(atomic_load(&client->does) % STATES);
}

static bool is_slow(const struct client *client, int64_t now_us, int64_t send_us, int64_t read_us)
{
	int64_t does = atomic_load(&client->does), past_us = now_us - does / STATES;

	switch ((enum client_state)(does % STATES)) {
	case CLIENT_SENDS:
		return past_us > send_us;
	case CLIENT_READS:
		return past_us > read_us;
	case CLIENT_WAITS:
		break;
	}
	return false;
}

size_t clients_break_slow(struct clients *c, int64_t send_us, int64_t read_us)
{
	int64_t now_us = ms_clock_us();
	size_t n = 0;

	pthread_mutex_lock(&c->lock);
	for (struct client *client = c->first; client; client = client->next) {
		if (client->is_broken || !is_slow(client, now_us, send_us, read_us))
			continue;
		client->is_broken = true;
		shutdown(client->fd, SHUT_RDWR); /* closed by whoever opened it */
		n++;
	}
	pthread_mutex_unlock(&c->lock);
	return n;
}

size_t clients_count(struct clients *c)
{
	size_t n;

	pthread_mutex_lock(&c->lock);
	n = c->count;
	pthread_mutex_unlock(&c->lock);
	return n;
}

bool clients_are_idle(struct clients *c)
{
	bool are_idle = true;

	pthread_mutex_lock(&c->lock);
	for (const struct client *client = c->first; client; client = client->next)
		are_idle = are_idle && state_of(client) == CLIENT_SENDS;
	pthread_mutex_unlock(&c->lock);
	return are_idle;
}
