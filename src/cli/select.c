/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/userfile.h"
#include "modelsync/view.h"
#include "private.h"

static bool load_views(struct ms_views *views, struct ms_error *err)
{
	struct ms_json *json;
	bool ok = ms_user_state_read(MS_VIEWS_FILE, MS_VIEWS_FILE_MAX, &json, err) &&
		  (ms_views_read(views, json, err) || ms_error_prefix(err, MS_VIEWS_FILE));

	ms_json_free(json);
	return ok;
}

bool filter_compile(const char *text, struct ms_filter **out, struct ms_error *err)
{
	struct ms_filter_error where;
	struct ms_views views = {0};

	*out = NULL;
	if (strchr(text, '@') && !load_views(&views, err))
		return false;
	*out = ms_filter_parse_with(strcmp(text, "*") == 0 ? "" : text, &views, &where);
	ms_views_clear(&views);
	if (*out)
		return true;
	print_caret(text, where.at, where.len);
	return ms_fail(err, MS_ERR_USAGE, "the filter is wrong at character %zu: %s", where.at + 1,
		       where.message);
}

bool price_request_parse(const struct cli *cli, struct ms_price_request *out, bool *is_asked,
			 struct ms_error *err)
{
	const char *tokens = cli->values[ARG_AT_PROMPT], *time = cli->values[ARG_AT_TIME];

	*out = (struct ms_price_request){-1, -1};
	*is_asked = tokens || time;
	if (tokens && !ms_tokens_parse(tokens, &out->prompt_tokens))
		return ms_fail(err, MS_ERR_USAGE,
			       "--at-prompt %s: not a number of tokens such as 200k or 32768",
			       tokens);
	if (time && !ms_minute_parse(time, &out->minute))
		return ms_fail(err, MS_ERR_USAGE, "--at-time %s: not a time such as 16:30", time);
	return true;
}

/* As a word of a filter, the id of a model would take in those whose ids it begins. */
static bool narrow_to_id(struct selection *s, const char *text, struct ms_error *err)
{
	char *exact;
	bool ok;

	if (ms_catalog_find(s->catalog, text) == SIZE_MAX)
		return true;
	ms_filter_free(s->filter);
	exact = ms_format("id=\"%s\"", text);
	ok = filter_compile(exact, &s->filter, err);
	ms_free(exact);
	return ok;
}

bool selection_load(struct cli *cli, const char *filter, const char *sort, struct selection *out,
		    struct ms_error *err)
{
	struct ms_sort_key keys[MS_SORT_KEYS_MAX];
	struct ms_price_request request;
	size_t key_count = 0;
	bool is_asked;

	*out = (struct selection){0};
	if (!price_request_parse(cli, &request, &is_asked, err))
		return false;
	if (sort && !ms_sort_parse(sort, keys, MS_SORT_KEYS_MAX, &key_count, err))
		return false;
	if (!filter_compile(filter, &out->filter, err))
		return false;
	if (!sort)
		key_count = ms_filter_sort(out->filter, keys);
	if (!session_open(cli, err) || !ms_models_load(cli->db, &out->catalog, err) ||
	    !narrow_to_id(out, filter, err)) {
		selection_clear(out);
		return false;
	}
	for (size_t i = 0; is_asked && i < out->catalog->count; i++)
		ms_model_price_at(&out->catalog->models[i], &request, out->catalog->arena);
	out->models = ms_models_pick(out->catalog, out->filter, keys, key_count,
				     out->catalog->loaded_at, &out->count);
	return true;
}

bool selection_has(const struct selection *s, const char *id)
{
	size_t at = ms_catalog_find(s->catalog, id);

	return at != SIZE_MAX &&
	       ms_filter_match(s->filter, &s->catalog->models[at], 0, s->catalog->loaded_at);
}

void selection_clear(struct selection *s)
{
	ms_filter_free(s->filter);
	ms_catalog_free(s->catalog);
	ms_free(s->models);
	*s = (struct selection){0};
}
