/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SETTINGS_H
#define MODELSYNC_HTTP_SETTINGS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "keys.h"
#include "modelsync/config.h"
#include "token.h"

/*
 * Settings, and what was made of them, do not change: a reload puts others in their place, and a
 * request keeps those it began with.
 */
struct http_settings {
	atomic_int shares;
	struct ms_config *config;
	size_t max_body, max_header; /* bytes */
	char **origins;		     /* of http.cors_origins; NULL-terminated */
	struct keys keys;
	pthread_mutex_t lock; /* guards tokens */
	struct token_cache *tokens;
};

/* Has one share of config. Fails with `config` when a key cannot be used. */
bool http_settings_new(struct http_settings **out, struct ms_config *config,
		       struct ms_error *err) MS_MUST_CHECK;
struct http_settings *http_settings_share(struct http_settings *s);
void http_settings_release(struct http_settings *s); /* NULL is fine */

/* token_verify() of the keys, remembering what was verified. From any thread. */
bool http_settings_verify(struct http_settings *s, const char *text, int64_t now, struct token *out,
			  struct ms_error *err) MS_MUST_CHECK;

/* Whether scripts of that origin may read answers. */
bool http_settings_allow_origin(const struct http_settings *s, const char *origin);

/* The words of a list separated by commas, without the spaces around them; owned, with its words.
 */
char **http_words(const char *list);
void http_words_free(char **words);

#endif
