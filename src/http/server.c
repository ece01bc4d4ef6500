/* SPDX-License-Identifier: MIT */
/*
 * libmicrohttpd, and nobody else who knows it. One thread reads, writes and answers what needs no
 * waiting; for everything else a connection is suspended, a worker fills its call in, and the
 * connection is resumed:
 *
 *   on_uri ── on_request(headers) ── on_request(body)* ── on_request(whole)
 *                                                              │
 *                  ┌── needs a worker ── serve_begin() ────────┘
 *                  │                          │
 *          suspend, pool               answered at once
 *                  │                          │
 *          serve_continue(),                queue() ── on_completed
 *          resume ── on_request() ────────────┘
 *
 * An answer that is queued when only the headers are there makes libmicrohttpd close the connection
 * afterwards, for it cannot know where the body ends: that is done on purpose only.
 */
#include "server.h"

#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients.h"
#include "http.h"
#include "listen.h"
#include "modelsync/clock.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"
#include "modelsync/thread.h"
#include "serve.h"
#include "tls.h"

#define TLS_VERSIONS "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"
/* An answer may be as slow as so many requests. */
#define READING_TIMES 4
/* Of requests that have ended, how many are kept. */
#define SPARE_MAX 32

/* Settings that libmicrohttpd cannot change while it runs. */
struct limits {
	int64_t connections, per_client, header, timeout;
};

struct server {
	struct http *http;
	char *address, *name; /* as in the settings; with the real port */
	int fd;
	struct limits limits;
	struct tls tls;
	struct clients *clients;
	struct request *spare; /* of requests that have ended, its thread's; see new_request() */
	size_t spare_count;
	struct MHD_Daemon *daemon;
	atomic_bool is_closed;
};

struct request {
	struct http_call call;
	struct pool_job job;
	struct server *server;
	struct MHD_Connection *connection;
	struct client *client;
	enum { ARRIVING, READING, WAITING } state;
	bool is_counted; /* http_call_begins() knows of it */
	bool is_queued;
	struct request *next; /* of the spare ones */
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
	if (r->server->is_closed || http_is_draining(r->server->http))
		MHD_add_response_header(response, "Connection", "close");
}

static enum MHD_Result queue(struct request *r)
{
	struct MHD_Response *response;
	enum MHD_Result result;
	int64_t now_us = ms_clock_us();

	client_does(r->client, CLIENT_READS, now_us);
	serve_finish(&r->call, now_us);
	response = new_response(&r->call.answer);
	add_headers(response, r);
	result = MHD_queue_response(r->connection, (unsigned)r->call.answer.status, response);
	MHD_destroy_response(response);
	r->is_queued = true;
	return result;
}

/* --- the request ---------------------------------------------------------------------------- */

static enum MHD_Result take_header(void *arg, enum MHD_ValueKind kind, const char *name,
				   size_t name_len, const char *value, size_t len)
{
	struct request *r = arg;

	(void)kind, (void)len;
	sent_add(&r->call.sent, name, name_len, value);
	return MHD_YES;
}

/*
 * Its call is all zero. Most requests end before the next one begins: those that have ended are
 * taken again, which saves the allocator from dividing and joining its largest blocks each time.
 */
static struct request *new_request(struct server *s)
{
	struct request *r = s->spare;

	if (!r)
		return ms_alloc(sizeof(*r));
	s->spare = r->next;
	s->spare_count--;
	return r;
}

static void end_request(struct server *s, struct request *r)
{
	http_call_clear(&r->call);
	if (s->spare_count == SPARE_MAX) {
		ms_free(r);
		return;
	}
	r->next = s->spare;
	s->spare = r;
	s->spare_count++;
}

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct server *s = cls;
	struct request *r = new_request(s);

	r->state = ARRIVING;
	r->is_counted = r->is_queued = false;
	r->server = s;
	r->connection = connection;
	r->client = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
			    ->socket_context;
	serve_init(&r->call, s->http, http_settings_now(s->http), uri);
	client_does(r->client, CLIENT_SENDS, r->call.began_us);
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
	client_does(r->client, CLIENT_WAITS, ms_clock_us());
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
	MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, take_header, r);
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

static void note_request(const struct request *r, int64_t now_us, bool is_complete)
{
	const struct http_call *call = &r->call;
	int64_t us = now_us - call->began_us;
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
	int64_t now_us;

	(void)connection;
	if (!r)
		return;
	*arg = NULL;
	now_us = ms_clock_us();
	client_does(r->client, CLIENT_SENDS, now_us);
	if (r->is_queued)
		note_request(r, now_us, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	if (r->is_counted)
		http_call_ends(s->http);
	end_request(s, r);
}

/* --- start and stop ------------------------------------------------------------------------- */

/* Paths and queries are decoded by target.c, which knows what a zero byte is. */
static size_t leave_as_it_is(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls, (void)connection;
	return strlen(s);
}

MS_PRINTF(2, 0)
static void log_message(void *cls, const char *format, va_list args)
{
	char line[300];

	(void)cls;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\r\n")] = '\0';
	ms_log_event(MS_LOG_DEBUG, "http_notice", MS_LOG_TEXT("message", line));
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct server *s = cls;

	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*context = client_new(
			s->clients,
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				->connect_fd);
	else
		client_free(*context);
}

static struct MHD_Daemon *start_daemon(struct server *s)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
			 MHD_USE_ERROR_LOG | (s->tls.cert ? MHD_USE_TLS : 0);
	const struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, s->tls.cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, s->tls.key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_VERSIONS},
		{MHD_OPTION_END, 0, NULL},
	};

	return MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, log_message, NULL,
		MHD_OPTION_LISTEN_SOCKET, s->fd, MHD_OPTION_URI_LOG_CALLBACK, on_uri, s,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_as_it_is, NULL, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(2 * s->limits.header),
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->limits.connections,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)s->limits.per_client,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->limits.timeout, MHD_OPTION_ARRAY,
		s->tls.cert ? tls : &tls[3], MHD_OPTION_END);
}

static struct limits limits_of(const struct ms_config *c)
{
	return (struct limits){
		.connections = ms_config_int(c, MS_OPT_HTTP_MAX_CONNECTIONS),
		.per_client = ms_config_int(c, MS_OPT_HTTP_MAX_PER_CLIENT),
		.header = ms_config_int(c, MS_OPT_HTTP_MAX_HEADER),
		.timeout = ms_config_int(c, MS_OPT_HTTP_TIMEOUT),
	};
}

static void wake_keeper(void *arg)
{
	http_wake_keeper(arg);
}

static bool open_socket(struct server *s, const struct server *successor_of, struct ms_error *err)
{
	if (!successor_of)
		return listen_at(s->address, &s->fd, err);
	s->fd = dup(successor_of->fd);
	return s->fd >= 0 ||
	       ms_fail(err, MS_ERR_INTERNAL, "http.listen: %.120s: no file is left", s->address);
}

static bool begin_serving(struct server *s, struct ms_error *err)
{
	sigset_t before;

	ms_thread_hold_signals(&before);
	s->daemon = start_daemon(s);
	ms_thread_release_signals(&before);
	return s->daemon ||
	       (s->tls.cert
			? ms_fail(err, MS_ERR_CONFIG,
				  "http.tls_cert and http.tls_key: not a certificate and its key")
			: ms_fail(err, MS_ERR_INTERNAL,
				  "http.listen: %.120s: the server does not start", s->address));
}

static void free_server(struct server *s)
{
	while (s->spare)
		ms_free(new_request(s));
	clients_free(s->clients);
	tls_clear(&s->tls);
	ms_free(s->name);
	ms_free(s->address);
	ms_free(s);
}

bool server_start(struct server **out, struct http *http, const struct ms_config *config,
		  const char *address, const struct server *successor_of, struct ms_error *err)
{
	struct server *s = ms_alloc(sizeof(*s));

	*out = NULL;
	s->http = http;
	s->address = ms_strdup(address);
	s->limits = limits_of(config);
	s->clients = clients_new(wake_keeper, http);
	if (tls_load(&s->tls, config, err) && open_socket(s, successor_of, err)) {
		if (begin_serving(s, err)) {
			s->name = listen_name(address, s->fd);
			*out = s;
			return true;
		}
		if (successor_of)
			close(s->fd);
		else
			listen_end(address, s->fd);
	}
	free_server(s);
	return false;
}

const char *server_address(const struct server *s)
{
	return s->address;
}

bool server_fits(const struct server *s, const struct ms_config *config)
{
	struct limits limits = limits_of(config);

	return memcmp(&limits, &s->limits, sizeof(limits)) == 0 && !s->tls.cert &&
	       !*ms_config_string(config, MS_OPT_HTTP_TLS_CERT);
}

const char *server_name(const struct server *s)
{
	return s->name;
}

size_t server_connections(const struct server *s)
{
	return clients_count(s->clients);
}

size_t server_break_slow(struct server *s)
{
	/* libmicrohttpd itself closes those that are silent, a little earlier */
	int64_t send_us = (s->limits.timeout + 1) * 1000000;

	return clients_break_slow(s->clients, send_us, READING_TIMES * send_us);
}

bool server_is_idle(const struct server *s)
{
	return clients_are_idle(s->clients);
}

void server_close(struct server *s, bool is_gone)
{
	if (atomic_exchange(&s->is_closed, true))
		return;
	MHD_quiesce_daemon(s->daemon);
	if (is_gone)
		listen_end(s->address, s->fd);
	else
		close(s->fd);
}

void server_stop(struct server *s)
{
	server_close(s, true);
	MHD_stop_daemon(s->daemon);
	free_server(s);
}
