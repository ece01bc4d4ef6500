/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_KEYS_H
#define MODELSYNC_HTTP_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/config.h"
#include "modelsync/error.h"

/*
 * The keys that tokens are verified with. Each is for one algorithm, whatever a token says: with a
 * public key taken for a shared secret anybody could sign (RFC 8725 section 2.1).
 */

enum key_algorithm { KEY_HS256, KEY_RS256, KEY_ES256, KEY_ALGORITHM_COUNT };
/* KEY_ALGORITHM_COUNT when it is none of ours; case matters. */
enum key_algorithm key_algorithm_from_name(const char *name);

struct key {
	const char *kid; /* "" = none; borrowed from the configuration, like the material */
	enum key_algorithm algorithm;
	const char *material; /* the shared secret, or a public key as PEM */
};

struct keys {
	struct key *items;
	size_t count;
	const char *issuer, *audience; /* "" = any */
	int skew_s;
};

/* Fails with `config`: which key, where it is written, and what is wrong with it. config must stay.
 */
bool keys_load(struct keys *out, const struct ms_config *config,
	       struct ms_error *err) MS_MUST_CHECK;
void keys_clear(struct keys *k);

#endif
