/* SPDX-License-Identifier: MIT */
/*
 * libmicrohttpd, and nobody else who knows it. One thread reads, writes and answers what needs no
 * waiting; for everything else a connection is suspended, a worker fills its call in, and the
 * connection is resumed:
 *
 *   on_uri ── on_request(headers) ── on_request(body)* ── on_request(whole) ──┬─ queue ──
 * on_completed suspend, pool ─ serve_continue ──┘
 *
 * An answer that is queued when only the headers are there makes libmicrohttpd close the connection
 * afterwards, for it cannot know where the body ends: that is done on purpose only.
 */
#include "server.h"

#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "http.h"
#include "listen.h"
#include "modelsync/clock.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"
#include "modelsync/thread.h"
#include "serve.h"

struct server {
	struct http *http;
	char *address, *name; /* as in the settings; with the real port */
	int fd;
	struct MHD_Daemon *daemon;
};

struct request {
	struct http_call call;
	struct pool_job job;
	struct server *server;
	struct MHD_Connection *connection;
	enum { ARRIVING, READING, WAITING } state;
	bool is_counted; /* http_call_begins() knows of it */
	bool is_queued;
};

/* --- the answer ----------------------------------------------------------------------------- */

static struct MHD_Response *new_response(struct http_answer *a)
{
	struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
		a->len, (void *)(uintptr_t)(a->body ? a->body : ""), /* only read */
		a->release, a->release_arg);

	a->release = NULL; /* the response does it from now on */
	return response;
}

static void add_headers(struct MHD_Response *response, const struct request *r)
{
	const struct http_answer *a = &r->call.answer;

	if (a->content_type)
		MHD_add_response_header(response, "Content-Type", a->content_type);
	for (size_t i = 0; i < a->header_count; i++)
		MHD_add_response_header(response, a->headers[i].name, a->headers[i].value);
	if (http_is_draining(r->server->http))
		MHD_add_response_header(response, "Connection", "close");
}

static enum MHD_Result queue(struct request *r)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	serve_finish(&r->call);
	response = new_response(&r->call.answer);
	add_headers(response, r);
	result = MHD_queue_response(r->connection, (unsigned)r->call.answer.status, response);
	MHD_destroy_response(response);
	r->is_queued = true;
	return result;
}

/* --- the request ---------------------------------------------------------------------------- */

static const char *find_header(void *arg, const char *name)
{
	return MHD_lookup_connection_value(arg, MHD_HEADER_KIND, name);
}

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct server *s = cls;
	struct request *r = ms_alloc(sizeof(*r));

	r->server = s;
	r->connection = connection;
	serve_init(&r->call, s->http, http_settings_now(s->http), uri);
	r->call.find_header = find_header;
	r->call.find_arg = connection;
	return r;
}

static void run_on_worker(struct pool_job *job, struct ms_db *db, bool is_stopping)
{
	struct request *r = (struct request *)((char *)job - offsetof(struct request, job));

	if (is_stopping)
		http_answer_error(&r->call, 503, NULL, "the server is stopping", NULL);
	else
		serve_continue(&r->call, db);
	MHD_resume_connection(r->connection);
}

/* "127.0.0.1"; not the port, which says nothing about who it is. */
static void name_client(struct request *r)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;
	socklen_t len = address && address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
								  : sizeof(struct sockaddr_in);

	strcpy(r->call.client, "local");
	if (address && (address->sa_family == AF_INET || address->sa_family == AF_INET6))
		(void)getnameinfo(address, len, r->call.client, sizeof(r->call.client), NULL, 0,
				  NI_NUMERICHOST);
}

static enum MHD_Result hand_over(struct request *r, enum http_place place)
{
	r->state = WAITING;
	name_client(r);
	r->job = (struct pool_job){.settings = r->call.settings, .run = run_on_worker};
	MHD_suspend_connection(r->connection);
	if (pool_submit(r->server->http->pool, place, &r->job))
		return MHD_YES;
	traffic_count(r->server->http->traffic, HTTP_COUNT_OVERLOADS);
	http_answer_error(&r->call, 503, NULL, "too many requests are waiting", NULL);
	http_answer_header(&r->call, "Retry-After", "1");
	MHD_resume_connection(r->connection);
	return MHD_YES;
}

static enum MHD_Result begin(struct request *r)
{
	enum http_place place;

	r->is_counted = true;
	http_call_begins(r->server->http);
	return serve_begin(&r->call, &place) ? queue(r) : hand_over(r, place);
}

static enum MHD_Result read_headers(struct request *r, const char *method)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	r->state = READING;
	return serve_read(&r->call, method, info ? info->header_size : 0) ? queue(r) : MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *bytes,
				  size_t *len, void **arg)
{
	struct request *r = *arg;

	(void)cls, (void)connection, (void)url, (void)version;
	if (r->state == ARRIVING)
		return read_headers(r, method);
	if (*len) {
		enum MHD_Result result = serve_take(&r->call, bytes, *len) ? MHD_YES : MHD_NO;

		*len = 0;
		return result;
	}
	return r->state == READING ? begin(r) : queue(r);
}

/* --- its end -------------------------------------------------------------------------------- */

static void note_request(const struct request *r, bool is_complete)
{
	const struct http_call *call = &r->call;
	int64_t us = ms_clock_us() - call->began_us;
	size_t bytes = call->is_head ? 0 : call->answer.len;
	const struct ms_log_field fields[] = {
		MS_LOG_TEXT("request", call->request_id),
		MS_LOG_TEXT("route", call->route ? call->route->name : "none"),
		MS_LOG_TEXT("method", call->method),
		MS_LOG_TEXT("path", call->target.path),
		MS_LOG_NUMBER("status", call->answer.status),
		MS_LOG_NUMBER("ms", us / 1000),
		MS_LOG_NUMBER("bytes", (int64_t)bytes),
		MS_LOG_TEXT("profile", *call->caller.profile ? call->caller.profile : NULL),
		MS_LOG_TEXT("end", is_complete ? NULL : "cut off"),
		{0},
	};
	bool is_wanted = ms_config_bool(call->settings->config, MS_OPT_HTTP_ACCESS_LOG);

	ms_log_fields(is_wanted ? MS_LOG_INFO : MS_LOG_DEBUG, "request", fields);
	traffic_add(r->server->http->traffic, call->route, call->answer.status, us, bytes);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **arg,
			 enum MHD_RequestTerminationCode how)
{
	struct server *s = cls;
	struct request *r = *arg;

	(void)connection;
	if (!r)
		return;
	*arg = NULL;
	if (r->is_queued)
		note_request(r, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	if (r->is_counted)
		http_call_ends(s->http);
	http_call_clear(&r->call);
	ms_free(r);
}

/* --- start and stop ------------------------------------------------------------------------- */

/* Paths and queries are decoded by target.c, which knows what a zero byte is. */
static size_t leave_as_it_is(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls, (void)connection;
	return strlen(s);
}

static void log_message(void *cls, const char *format, va_list args)
{
	char line[300];

	(void)cls;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\r\n")] = '\0';
	ms_log_event(MS_LOG_DEBUG, "http_notice", MS_LOG_TEXT("message", line));
}

static struct MHD_Daemon *start_daemon(struct server *s, const struct ms_config *c)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
			 MHD_USE_ERROR_LOG;
	size_t memory = 2 * (size_t)ms_config_int(c, MS_OPT_HTTP_MAX_HEADER);

	return MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, log_message, NULL,
		MHD_OPTION_LISTEN_SOCKET, s->fd, MHD_OPTION_URI_LOG_CALLBACK, on_uri, s,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_as_it_is, NULL, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory,
		MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)ms_config_int(c, MS_OPT_HTTP_MAX_CONNECTIONS),
		MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		(unsigned)ms_config_int(c, MS_OPT_HTTP_MAX_PER_CLIENT),
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)ms_config_int(c, MS_OPT_HTTP_TIMEOUT),
		MHD_OPTION_END);
}

bool server_start(struct server **out, struct http *http, const char *address, struct ms_error *err)
{
	struct server *s = ms_alloc(sizeof(*s));
	sigset_t before;

	*out = NULL;
	s->http = http;
	s->address = ms_strdup(address);
	if (listen_at(address, &s->fd, err)) {
		ms_thread_hold_signals(&before);
		s->daemon = start_daemon(s, http->settings->config);
		ms_thread_release_signals(&before);
		if (s->daemon) {
			s->name = listen_name(address, s->fd);
			*out = s;
			return true;
		}
		listen_end(address, s->fd);
		ms_fail(err, MS_ERR_INTERNAL, "http.listen: %.120s: the server does not start",
			address);
	}
	ms_free(s->address);
	ms_free(s);
	return false;
}

const char *server_name(const struct server *s)
{
	return s->name;
}

size_t server_connections(struct server *s)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info ? info->num_connections : 0;
}

void server_close(struct server *s)
{
	MHD_quiesce_daemon(s->daemon);
	listen_end(s->address, s->fd);
	s->fd = -1;
}

void server_stop(struct server *s)
{
	if (s->fd >= 0)
		server_close(s);
	MHD_stop_daemon(s->daemon);
	ms_free(s->name);
	ms_free(s->address);
	ms_free(s);
}
