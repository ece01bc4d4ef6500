/* SPDX-License-Identifier: MIT */
#include "param.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/text.h"

struct ms_json *problem_json(const char *path, const char *message)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, "path", path);
	ms_json_add_string(o, "message", message);
	return o;
}

bool param_refuse(struct http_call *call, const char *name, const char *message)
{
	struct ms_json *details = ms_json_new_array();
	char text[400];

	snprintf(text, sizeof(text), "%s: %s", name, message);
	ms_json_add(details, NULL, problem_json(name, message));
	http_answer_error(call, 400, NULL, text, details);
	return false;
}

bool param_number(struct http_call *call, const char *name, int64_t min, int64_t max, int64_t *out)
{
	const char *text = http_query(call, name);
	char message[80];

	if (!text || ms_text_integer(text, min, max, out))
		return true;
	if (max == INT64_MAX)
		snprintf(message, sizeof(message), "not a number from %" PRId64 " on", min);
	else
		snprintf(message, sizeof(message), "not a number from %" PRId64 " to %" PRId64, min,
			 max);
	return param_refuse(call, name, message);
}

bool param_time(struct http_call *call, const char *name, int64_t *epoch_s)
{
	const char *text = http_query(call, name);

	if (!text || ms_moment_parse(text, ms_clock_now(), epoch_s))
		return true;
	return param_refuse(call, name,
			    "neither a time (2026-06-07, 2026-06-07T18:00:00Z) nor an age (30m, "
			    "12h, 7d, 2w)");
}

bool param_flag(struct http_call *call, const char *name, bool *out)
{
	const char *text = http_query(call, name);

	if (!text)
		return true;
	*out = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
	if (*out || strcmp(text, "0") == 0 || strcmp(text, "false") == 0)
		return true;
	return param_refuse(call, name, "neither 1 nor 0, true nor false");
}

bool param_page(struct http_call *call, struct page *out)
{
	*out = (struct page){.limit = PAGE_DEFAULT};
	return param_number(call, "limit", 1, PAGE_MAX, &out->limit) &&
	       param_number(call, "cursor", 1, INT64_MAX, &out->before);
}

void page_answer(struct http_call *call, const struct page *page, struct ms_json *rows,
		 const char *number)
{
	struct ms_json *o = success_json();
	const struct ms_json *last = NULL;
	char cursor[24];

	for (const struct ms_json *row = ms_json_first(rows); row; row = ms_json_next(row))
		last = row;
	snprintf(cursor, sizeof(cursor), "%" PRId64, ms_json_int(ms_json_get(last, number), 0));
	ms_json_add_string(o, "nextCursor",
			   (int64_t)ms_json_count(rows) < page->limit ? NULL : cursor);
	ms_json_add(o, "items", rows);
	http_answer_json(call, 200, o);
}

bool param_in_path(struct http_call *call, const char *noun, int64_t *out)
{
	char message[120];

	if (ms_text_integer(call->param[0], 1, INT64_MAX, out))
		return true;
	snprintf(message, sizeof(message), "\"%.60s\" is not the number of a %s", call->param[0],
		 noun);
	http_answer_error(call, 404, NULL, message, NULL);
	return false;
}

struct ms_json *success_json(void)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_bool(o, "success", true);
	return o;
}

void answer_lookup_failure(struct http_call *call, const struct ms_error *why)
{
	if (why->category == MS_ERR_VALIDATION)
		http_answer_error(call, 404, NULL, why->message, NULL);
	else
		http_answer_failure(call, why);
}
