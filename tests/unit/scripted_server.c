/* SPDX-License-Identifier: MIT */
#include "scripted_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "modelsync/memory.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void wait_for_end(const struct server *s, int fd)
{
	struct pollfd p[] = {{.fd = s->stop[0], .events = POLLIN}, {.fd = fd, .events = POLLIN}};

	while (poll(p, 2, -1) > 0 && !p[0].revents) {
		char c;

		if (p[1].revents && read(fd, &c, 1) <= 0)
			return;
	}
}

static void send_all(int fd, const char *s, size_t len)
{
	while (len) {
		ssize_t n = send(fd, s, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		s += n;
		len -= (size_t)n;
	}
}

static void play(const struct server *s, int fd, const char *answer)
{
	char port[8];
	const char *hang = strstr(answer, HANG), *mark;

	snprintf(port, sizeof(port), "%d", s->port);
	while ((mark = strstr(answer, "%P"))) {
		send_all(fd, answer, (size_t)(mark - answer));
		send_all(fd, port, strlen(port));
		answer = mark + 2;
	}
	send_all(fd, answer, hang ? (size_t)(hang - answer) : strlen(answer));
	if (hang)
		wait_for_end(s, fd);
}

static void read_request(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len + 1 < size && (n = read(fd, buf + len, size - len - 1)) > 0) {
		len += (size_t)n;
		buf[len] = '\0';
		if (strstr(buf, "\r\n\r\n"))
			return;
	}
	buf[len] = '\0';
}

static void *serve(void *arg)
{
	struct server *s = arg;
	struct pollfd p[] = {{.fd = s->stop[0], .events = POLLIN},
			     {.fd = s->listener, .events = POLLIN}};
	int current = 0;

	while (poll(p, 2, -1) > 0 && !p[0].revents) {
		int fd = accept(s->listener, NULL, NULL);
		int n = atomic_load(&s->requests);

		if (fd < 0 || n == MAX_REQUESTS)
			break;
		read_request(fd, s->asked[n], sizeof(s->asked[n]));
		atomic_fetch_add(&s->requests, 1);
		play(s, fd, s->answers[current]);
		if (s->answers[current + 1])
			current++;
		shutdown(fd, SHUT_WR);
		close(fd);
	}
	return NULL;
}

struct server *server_start(const char *const *answers)
{
	struct server *s = ms_alloc(sizeof(*s));
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);

	for (int i = 0; answers[i] && i < MAX_ANSWERS; i++)
		s->answers[i] = answers[i];
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	require(bind(s->listener, (struct sockaddr *)&address, size) == 0);
	require(listen(s->listener, 16) == 0);
	require(getsockname(s->listener, (struct sockaddr *)&address, &size) == 0);
	s->port = ntohs(address.sin_port);
	require(pipe(s->stop) == 0);
	require(pthread_create(&s->thread, NULL, serve, s) == 0);
	return s;
}

void server_stop(struct server *s)
{
	require(write(s->stop[1], "x", 1) == 1);
	pthread_join(s->thread, NULL);
	close(s->listener);
	close(s->stop[0]);
	close(s->stop[1]);
	ms_free(s);
}

bool upstream_start(void)
{
	static const char *const proxies[] = {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY",
					      "HTTPS_PROXY"};
	struct ms_error err;

	for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++)
		unsetenv(proxies[i]);
	return ms_upstream_init(&err);
}

struct ms_upstream_options options(void)
{
	return (struct ms_upstream_options){
		.connect_timeout_s = 5, .timeout_s = 20, .max_bytes = 1 << 20};
}

struct attempt *fetch(const char *const *answers, struct ms_upstream_options o,
		      ms_fetch_progress_fn progress, void *arg)
{
	struct server *s = server_start(answers);
	struct attempt *a = ms_alloc(sizeof(*a));
	char *url = ms_format("http://127.0.0.1:%d/models", s->port);
	struct ms_upstream *u;

	o.url = url;
	u = ms_upstream_new(&o);
	a->good = ms_upstream_fetch(u, progress, arg, &a->got, &a->err);
	ms_upstream_free(u);
	a->requests = atomic_load(&s->requests);
	memcpy(a->asked, s->asked, sizeof(a->asked));
	server_stop(s);
	ms_free(url);
	return a;
}

void attempt_free(struct attempt *a)
{
	ms_fetched_free(a->got);
	ms_free(a);
}

struct ms_error failure_of(struct ms_upstream_options o)
{
	struct ms_upstream *u = ms_upstream_new(&o);
	struct ms_fetched *got;
	struct ms_error err;

	require(!ms_upstream_fetch(u, NULL, NULL, &got, &err) && !got);
	ms_upstream_free(u);
	return err;
}
