/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_PARAM_H
#define MODELSYNC_HTTP_PARAM_H

#include "call.h"

/*
 * Parameters of the query as values. False: the call is answered, for the parameter is wrong; one
 * that is not there leaves *out as it is.
 */
bool param_number(struct http_call *call, const char *name, int64_t min, int64_t max, int64_t *out);
bool param_time(struct http_call *call, const char *name, int64_t *epoch_s); /* or an age: "7d" */
bool param_flag(struct http_call *call, const char *name, bool *out);	     /* 1, true, 0, false */

/* {"path", "message"}: what is wrong where. Owned. */
struct ms_json *problem_json(const char *path, const char *message);
/* Answers that this parameter, or member of the body, is wrong; returns false. */
bool param_refuse(struct http_call *call, const char *name, const char *message);

/* A list page by page. */
struct page {
	int64_t limit;	/* rows of a page */
	int64_t before; /* only rows with a lower number; 0 = from the newest */
};
#define PAGE_MAX     500
#define PAGE_DEFAULT 100
/* limit and cursor. */
bool param_page(struct http_call *call, struct page *out);
/* {success, items, nextCursor}; rows, newest first, are taken; number: the member they are numbered
 * by. */
void page_answer(struct http_call *call, const struct page *page, struct ms_json *rows,
		 const char *number);

/* The number in the path; answers 404 when it is none. */
bool param_in_path(struct http_call *call, const char *noun, int64_t *out);

/* {"success": true}, to be added to. */
struct ms_json *success_json(void);
/* As http_answer_failure(), but what the database does not know is not found: 404. */
void answer_lookup_failure(struct http_call *call, const struct ms_error *why);

#endif
