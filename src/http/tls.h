/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_TLS_H
#define MODELSYNC_HTTP_TLS_H

#include "modelsync/config.h"

/* The server's certificate and key as text; both NULL without TLS. */
struct tls {
	char *cert, *key; /* owned */
};

/* `config` when a file is missing or cannot be read. */
bool tls_load(struct tls *out, const struct ms_config *config, struct ms_error *err) MS_MUST_CHECK;
void tls_clear(struct tls *tls);

#endif
