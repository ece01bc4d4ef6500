/* SPDX-License-Identifier: MIT */
/*
 * Feeds bodies to the readers of PATCH requests. What they let through must be a list of objects
 * that the database can take; what they refuse must say why.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "modelsync/memory.h"
#include "src/http/patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void check_edits(const struct patch *p)
{
	size_t count = ms_json_count(p->edits);

	require(count >= 1 && count <= PATCH_MAX_MODELS, "a number of edits that is not allowed");
	for (const struct ms_json *e = ms_json_first(p->edits); e; e = ms_json_next(e)) {
		require(ms_json_is_object(e), "an edit that is no object");
		require(!ms_json_get(e, "rule"), "an edit in the name of a rule");
	}
}

static void check_problems(const struct ms_json *problems)
{
	require(ms_json_first(problems) != NULL, "refused without a reason");
	for (const struct ms_json *p = ms_json_first(problems); p; p = ms_json_next(p))
		require(*ms_json_text(ms_json_get(p, "message")) != '\0', "no message");
}

static void check(bool is_read, struct patch *p, struct ms_json *problems)
{
	if (is_read) {
		check_edits(p);
		patch_clear(p);
	} else {
		check_problems(problems);
		ms_json_free(problems);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ms_error err;
	struct ms_json *body = ms_json_parse((const char *)data, size, &err), *problems = NULL;
	struct patch p;
	bool is_read;

	if (!body)
		return 0;
	is_read = patch_read_one(body, "a/b", &p, &problems);
	check(is_read, &p, problems);
	is_read = patch_read_many(body, &p, &problems);
	check(is_read, &p, problems);
	ms_json_free(body);
	return 0;
}
