/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_TOKEN_H
#define MODELSYNC_HTTP_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keys.h"

/* JSON Web Tokens (RFC 7519) in compact form, signed. */

#define TOKEN_MAX_BYTES 8192
#define TOKEN_SUB_SIZE	256

struct token {
	char sub[TOKEN_SUB_SIZE];
	int64_t until; /* epoch s: from then on it has expired, the difference of clocks included */
};

/*
 * Whether somebody who holds one of the keys has signed it, it is valid now (epoch s) and meant for
 * us. Fails with `auth` and words that its sender may read.
 */
bool token_verify(const struct keys *keys, const char *text, int64_t now, struct token *out,
		  struct ms_error *err) MS_MUST_CHECK;

/*
 * Tokens that were verified lately. Of a limited size; a token that takes the place of another
 * makes that one be verified again. Used by one thread at a time.
 */
struct token_cache;
struct token_cache *token_cache_new(void);
void token_cache_free(struct token_cache *c);
bool token_cache_verify(struct token_cache *c, const struct keys *keys, const char *text,
			int64_t now, struct token *out, struct ms_error *err) MS_MUST_CHECK;

#endif
