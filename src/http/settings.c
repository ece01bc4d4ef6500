/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <ctype.h>
#include <string.h>

#include "modelsync/memory.h"

static const char *skip_space(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

char **http_words(const char *list)
{
	char **words = ms_alloc_array(strlen(list) / 2 + 2, sizeof(*words));
	size_t count = 0;

	while (*(list = skip_space(list))) {
		size_t len = strcspn(list, ","), end = len;

		while (end && isspace((unsigned char)list[end - 1]))
			end--;
		if (end)
			words[count++] = ms_strndup(list, end);
		list += len + (list[len] == ',');
	}
	return words;
}

void http_words_free(char **words)
{
	for (size_t i = 0; words[i]; i++)
		ms_free(words[i]);
	ms_free(words);
}

bool http_settings_new(struct http_settings **out, struct ms_config *config, struct ms_error *err)
{
	struct http_settings *s;
	struct keys keys;

	*out = NULL;
	if (!keys_load(&keys, config, err))
		return false;
	s = ms_alloc(sizeof(*s));
	s->config = ms_config_share(config);
	s->max_body = (size_t)ms_config_int(config, MS_OPT_HTTP_MAX_BODY);
	s->max_header = (size_t)ms_config_int(config, MS_OPT_HTTP_MAX_HEADER);
	s->origins = http_words(ms_config_string(config, MS_OPT_HTTP_CORS_ORIGINS));
	s->keys = keys;
	s->tokens = token_cache_new();
	pthread_mutex_init(&s->lock, NULL);
	*out = s;
	return true;
}

bool http_settings_verify(struct http_settings *s, const char *text, int64_t now, struct token *out,
			  struct ms_error *err)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = token_cache_verify(s->tokens, &s->keys, text, now, out, err);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

struct http_settings *http_settings_share(struct http_settings *s)
{
	atomic_fetch_add(&s->shares, 1);
	return s;
}

void http_settings_release(struct http_settings *s)
{
	if (!s || atomic_fetch_sub(&s->shares, 1) > 0)
		return;
	token_cache_free(s->tokens);
	pthread_mutex_destroy(&s->lock);
	keys_clear(&s->keys);
	ms_config_free(s->config);
	http_words_free(s->origins);
	ms_free(s);
}

bool http_settings_allow_origin(const struct http_settings *s, const char *origin)
{
	for (size_t i = 0; s->origins[i]; i++)
		if (strcmp(s->origins[i], "*") == 0 || strcmp(s->origins[i], origin) == 0)
			return true;
	return false;
}
