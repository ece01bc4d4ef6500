/* SPDX-License-Identifier: MIT */
#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "modelsync/memory.h"

#define BACKLOG 511

struct address {
	struct sockaddr_storage data;
	socklen_t len;
};

static bool fail(const char *address, const char *why, struct ms_error *err)
{
	return ms_fail(err, MS_ERR_CONFIG, "http.listen: %.120s: %s", address, why);
}

static bool parse_path(const char *path, struct address *out, struct ms_error *err)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(un.sun_path))
		return fail(path, "the path of a socket has at most 107 bytes", err);
	strcpy(un.sun_path, path);
	memcpy(&out->data, &un, sizeof(un));
	out->len = sizeof(un);
	return true;
}

static bool look_up(const char *address, const char *host, const char *port, struct address *out,
		    struct ms_error *err)
{
	bool is_any = strcmp(host, "*") == 0;
	struct addrinfo hints = {.ai_family = is_any ? AF_INET : AF_UNSPEC,
				 .ai_socktype = SOCK_STREAM,
				 .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *found;
	int failed = getaddrinfo(is_any ? NULL : host, port, &hints, &found);

	if (failed)
		return fail(address, gai_strerror(failed), err);
	memcpy(&out->data, found->ai_addr, found->ai_addrlen);
	out->len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

static bool is_port(const char *s)
{
	char *end;
	long port = strtol(s, &end, 10);

	return *s >= '0' && *s <= '9' && !*end && port <= 65535;
}

static bool parse(const char *address, struct address *out, struct ms_error *err)
{
	const char *colon = strrchr(address, ':');
	size_t skip = address[0] == '[', len = colon ? (size_t)(colon - address) : 0;
	char *host;
	bool ok;

	*out = (struct address){0};
	if (address[0] == '/')
		return parse_path(address, out, err);
	if (len <= 2 * skip || (skip && colon[-1] != ']') || !is_port(colon + 1))
		return fail(address, "HOST:PORT, [IPv6]:PORT or the path of a socket is expected",
			    err);
	host = ms_strndup(address + skip, len - 2 * skip);
	ok = look_up(address, host, colon + 1, out, err);
	ms_free(host);
	return ok;
}

bool listen_check(const char *address, struct ms_error *err)
{
	struct address parsed;

	return parse(address, &parsed, err);
}

/* What a process left behind that ended without cleaning up; one that is in use stays. */
static void remove_stale(const struct address *a)
{
	const struct sockaddr_un *un = (const void *)&a->data;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const void *)un, a->len) != 0 && errno == ECONNREFUSED)
		unlink(un->sun_path);
	close(fd);
}

static bool open_socket(const struct address *a, int *out)
{
	int family = a->data.ss_family, one = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*out = fd;
	if (fd < 0)
		return false;
	if (family == AF_UNIX)
		remove_stale(a);
	else
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	return bind(fd, (const void *)&a->data, a->len) == 0 && listen(fd, BACKLOG) == 0;
}

bool listen_at(const char *address, int *fd, struct ms_error *err)
{
	struct address parsed;
	int problem;

	if (!parse(address, &parsed, err))
		return false;
	if (open_socket(&parsed, fd)) {
		/* who may ask is decided by tokens, as on any other address */
		if (address[0] == '/')
			chmod(address, 0666);
		return true;
	}
	problem = errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return fail(address, strerror(problem), err);
}

char *listen_name(const char *address, int fd)
{
	struct address bound = {.len = sizeof(bound.data)};
	char port[NI_MAXSERV] = "";
	const char *colon = strrchr(address, ':');

	if (address[0] == '/' || getsockname(fd, (void *)&bound.data, &bound.len) != 0 ||
	    getnameinfo((void *)&bound.data, bound.len, NULL, 0, port, sizeof(port),
			NI_NUMERICSERV) != 0)
		return ms_strdup(address);
	return ms_format("%.*s:%s", (int)(colon - address), address, port);
}

void listen_end(const char *address, int fd)
{
	close(fd);
	if (address[0] == '/')
		unlink(address);
}
