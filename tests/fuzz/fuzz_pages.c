/* SPDX-License-Identifier: MIT */
/*
 * An answer of upstream from its raw bytes to what goes to the database. Whatever comes: accepted
 * text is JSON that can be stored, a refusal says why in one printable line of valid UTF-8, and a
 * link never leads to another host.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/upstream/page.h"
#include "../../src/upstream/url.h"
#include "modelsync/json.h"
#include "modelsync/json_scan.h"
#include "modelsync/memory.h"
#include "require.h"

#define BASE "https://upstream.test/api/v1/models?offset=0"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(const char *text, const struct ms_json_range *range, const struct ms_json *model)
{
	struct ms_error err;
	struct ms_json *v = ms_json_parse(text + range->start, range->len, &err);
	char *here = ms_json_print(v), *there = ms_json_print(model);
	bool same = strcmp(here, there) == 0;

	ms_free(here);
	ms_free(there);
	ms_json_free(v);
	return same;
}

/* The list that is found without a tree has the models of the tree. */
static void check_split(const struct ms_text *text, const struct ms_json *model)
{
	struct ms_json_list list;
	struct ms_error err;

	require(ms_json_scan(text->data, text->len, "data", &list, &err));
	for (size_t i = 0; i < list.count; i++, model = ms_json_next(model))
		require(model && is_same(text->data, &list.items[i], model));
	ms_json_list_clear(&list);
}

static void check_accepted(const struct ms_text *text, const struct page *page)
{
	struct ms_error err;
	struct ms_json *root = ms_json_parse(text->data, text->len, &err);

	require(root != NULL);
	require(strlen(text->data) == text->len);
	require(page->models == ms_json_count(ms_json_get(root, "data")));
	require(page->total_count >= -1);
	check_split(text, ms_json_first(ms_json_get(root, "data")));
	ms_json_free(root);
}

static void check_link(const char *next)
{
	char *target = url_resolve(BASE, next), *shown = url_for_people(next);

	require(is_one_clean_line(shown));
	if (target && url_same_origin(BASE, target))
		require(strncmp(target, "https://upstream.test/", 22) == 0 ||
			strncmp(target, "https://upstream.test:443/", 26) == 0);
	ms_free(target);
	ms_free(shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {NULL, "application/json", "text/html", "text/plain"};
	struct ms_text text;
	struct page page;
	struct ms_error err;

	if (size == 0)
		return 0;
	ms_text_init(&text, 0);
	ms_text_add_bytes(&text, data + 1, size - 1);
	if (page_check(&text, types[data[0] % 4], &page, &err))
		check_accepted(&text, &page);
	else
		require(is_one_clean_line(err.message));
	if (page.next)
		check_link(page.next);
	ms_free(page.next);
	ms_text_clear(&text);
	return 0;
}
