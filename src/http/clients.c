/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include <pthread.h>
#include <sys/socket.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

struct client {
	struct clients *clients;
	struct client *next, **at; /* at: what points here */
	int fd;
	enum client_state state;
	int64_t since_us;
	bool is_broken;
};

struct clients {
	pthread_mutex_t lock; /* guards the list and its members */
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
	client->since_us = ms_clock_us();
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

void client_does(struct client *client, enum client_state state)
{
	pthread_mutex_lock(&client->clients->lock);
	client->state = state;
	client->since_us = ms_clock_us();
	pthread_mutex_unlock(&client->clients->lock);
}

static bool is_slow(const struct client *client, int64_t now_us, int64_t send_us, int64_t read_us)
{
	int64_t past_us = now_us - client->since_us;

	return (client->state == CLIENT_SENDS && past_us > send_us) ||
	       (client->state == CLIENT_READS && past_us > read_us);
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
		are_idle = are_idle && client->state == CLIENT_SENDS;
	pthread_mutex_unlock(&c->lock);
	return are_idle;
}
