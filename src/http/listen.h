/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_LISTEN_H
#define MODELSYNC_HTTP_LISTEN_H

#include "modelsync/error.h"

/*
 * A socket that listens at "127.0.0.1:8080", "[::1]:8080", "localhost:8080", "*:8080" (all of
 * IPv4), "[::]:8080" (all of IPv6) or "/run/x.sock". `config` when that is not possible.
 */
bool listen_at(const char *address, int *fd, struct ms_error *err) MS_MUST_CHECK;
/* Whether the text is an address, without listening there. */
bool listen_check(const char *address, struct ms_error *err) MS_MUST_CHECK;
/* The address with the port that the system chose, where the text says 0. Owned. */
char *listen_name(const char *address, int fd);
/* Closes the socket; that of a path is taken away, too. */
void listen_end(const char *address, int fd);

#endif
