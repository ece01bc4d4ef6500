/* SPDX-License-Identifier: MIT */
/* Any text as the file of saved views or of what the console remembers: refused with a reason, or
 * what is written back means the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/memory.h"
#include "src/console/state.h"
#include "src/console/ui.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static struct ms_json *reread(struct ms_json *json)
{
	char *text = ms_json_print(json);
	struct ms_error err;
	struct ms_json *again = ms_json_parse(text, strlen(text), &err);

	require(again != NULL, "what is written cannot be read");
	ms_json_free(json);
	ms_free(text);
	return again;
}

static void try_views(const struct ms_json *json)
{
	struct ms_views a = {0}, b = {0};
	struct ms_error err;
	struct ms_json *written;

	if (!ms_views_read(&a, json, &err)) {
		require(*err.message != '\0', "no reason");
		return;
	}
	written = reread(ms_views_json(&a));
	require(ms_views_read(&b, written, &err), "written views are refused");
	require(a.count == b.count, "views were lost");
	for (size_t i = 0; i < a.count; i++) {
		struct ms_filter_error where;
		char *text = ms_format("@%s -@%s", a.items[i].name, a.items[i].name);

		require(strcmp(a.items[i].filter, b.items[i].filter) == 0, "another filter");
		ms_filter_free(ms_filter_parse_with(text, &a, &where));
		ms_free(text);
	}
	ms_json_free(written);
	ms_views_clear(&a);
	ms_views_clear(&b);
}

/* Takes over json. */
static void try_state(struct ms_json *json)
{
	struct ms_ui *ui = ms_ui_new("", false, 0);
	struct ms_ui_event event = {.kind = MS_EVENT_CONNECTION, .text = "db1/models"};
	struct ms_json *before = ms_json_copy(json), *first, *second;
	struct ms_error err;

	if (ms_state_take(ui, json, &err)) {
		ms_ui_update(ui, &event);
		first = reread(ms_state_json(ui, before, &err));
		second = reread(ms_state_json(ui, first, &err));
		require(ms_json_count(ms_json_get(first, "databases")) ==
				ms_json_count(ms_json_get(second, "databases")),
			"databases were lost");
		ms_json_free(first);
		ms_json_free(second);
	}
	ms_json_free(before);
	ms_ui_free(ui);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ms_error err;
	struct ms_json *json = ms_json_parse((const char *)data, size, &err);

	if (!json)
		return 0;
	try_views(json);
	try_state(json);
	return 0;
}
