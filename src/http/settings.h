/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SETTINGS_H
#define MODELSYNC_HTTP_SETTINGS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "modelsync/config.h"

/*
 * Settings, and what was made of them, do not change: a reload puts others in their place, and a
 * request keeps those it began with.
 */
struct http_settings {
	atomic_int shares;
	struct ms_config *config;
	size_t max_body, max_header; /* bytes */
	char **origins;		     /* of http.cors_origins; NULL-terminated */
};

/* Has one share of config. */
struct http_settings *http_settings_new(struct ms_config *config);
struct http_settings *http_settings_share(struct http_settings *s);
void http_settings_release(struct http_settings *s); /* NULL is fine */

/* Whether scripts of that origin may read answers. */
bool http_settings_allow_origin(const struct http_settings *s, const char *origin);

/* The words of a list separated by commas, without the spaces around them; owned, with its words.
 */
char **http_words(const char *list);
void http_words_free(char **words);

#endif
