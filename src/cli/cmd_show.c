/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/model_json.h"
#include "private.h"

#define LABEL_WIDTH 16
#define CELL_MAX    4096

static void print_line(const char *label, const char *value)
{
	char prefix[LABEL_WIDTH + 2];

	if (!*value)
		return;
	snprintf(prefix, sizeof(prefix), "%-*s ", LABEL_WIDTH, label);
	print_clean(prefix, value);
}

static const char *unit_of(const struct ms_field *field)
{
	if (field->type != MS_FIELD_PRICE)
		return "";
	return ms_price_is_per_token(field->price) ? " $ per million tokens" : " $ each";
}

/* All fields that have a value, in the order of the table. */
static void print_fields(const struct ms_model *m, int64_t now)
{
	char cell[CELL_MAX], line[CELL_MAX + 40];

	for (size_t i = 0; ms_field_at(i); i++) {
		const struct ms_field *field = ms_field_at(i);

		if (field->type == MS_FIELD_PRICE &&
		    ms_price_state(m->prices[field->price]) == MS_PRICE_UNKNOWN)
			continue;
		if (field->type == MS_FIELD_PRICE)
			ms_field_format(cell, sizeof(cell), field, m, now);
		else
			ms_field_export(cell, sizeof(cell), field, m, now);
		snprintf(line, sizeof(line), "%s%s", cell, *cell ? unit_of(field) : "");
		print_line(field->name, line);
	}
	print_line("alerts", m->attention ? m->attention : "");
}

static void print_overrides(const char *text)
{
	struct ms_error err;
	struct ms_json *list = text ? ms_json_parse(text, strlen(text), &err) : NULL;
	struct ms_text line;

	ms_text_init(&line, 0);
	if (ms_json_count(list))
		puts("prices under conditions:");
	for (const struct ms_json *o = ms_json_first(list); o; o = ms_json_next(o)) {
		ms_text_reset(&line);
		ms_override_describe(&line, o);
		print_clean("  ", ms_text_str(&line));
	}
	ms_text_clear(&line);
	ms_json_free(list);
}

static void print_model(const struct cli *cli, const struct ms_model *m,
			const struct ms_json *detail, int64_t now)
{
	print_fields(m, now);
	print_overrides(m->overrides);
	print_line("description", ms_json_text(ms_json_get(detail, "description")));
	if (args_has(cli, ARG_RAW)) {
		puts("raw:");
		print_json(ms_json_get(detail, "document"));
	}
}

static void print_model_json(const struct cli *cli, const struct ms_model *m,
			     const struct ms_json *detail)
{
	struct ms_json *o = ms_model_json(m);

	ms_json_add_string(o, "description", ms_json_string(ms_json_get(detail, "description")));
	if (args_has(cli, ARG_RAW))
		ms_json_add(o, "raw", ms_json_copy(ms_json_get(detail, "document")));
	print_json(o);
	ms_json_free(o);
}

bool command_show(struct cli *cli, struct ms_error *err)
{
	struct selection selection;
	struct ms_json *detail = NULL;
	size_t at;

	if (!selection_load(cli, "*", NULL, &selection, err))
		return false;
	if (!ms_model_detail(cli->db, cli->words[0], &detail, err)) {
		selection_clear(&selection);
		return false;
	}
	at = ms_catalog_find(selection.catalog, cli->words[0]);
	if (at == SIZE_MAX) {
		ms_fail(err, MS_ERR_CONFLICT, "%s has just been deleted", cli->words[0]);
	} else if (args_has(cli, ARG_JSON)) {
		print_model_json(cli, &selection.catalog->models[at], detail);
	} else {
		print_model(cli, &selection.catalog->models[at], detail,
			    selection.catalog->loaded_at);
	}
	ms_json_free(detail);
	selection_clear(&selection);
	return at != SIZE_MAX;
}
