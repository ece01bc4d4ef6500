/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/memory.h"
#include "private.h"

#define COLUMNS_MAX	60
#define CELL_MAX	1024
#define COLUMNS_DEFAULT "status,id,tier,ctx,in,out,added"

struct listing {
	const struct selection *selection;
	struct ms_sort_key columns[COLUMNS_MAX]; /* the order's direction does not count here */
	size_t column_count;
	bool is_default;
};

/* What goes first when the terminal is narrow: the console's order. */
static int rank_of(const struct ms_field *field)
{
	static const char *const order[] = {"out", "in", "added", "ctx"};

	for (int i = 0; i < 4; i++)
		if (strcmp(field->name, order[i]) == 0)
			return i + 1;
	return 0;
}

static void print_table(const struct listing *l)
{
	struct table *t = table_new(l->column_count);
	char cell[CELL_MAX];

	for (size_t i = 0; i < l->column_count; i++) {
		table_head(t, i, l->columns[i].field->title, l->columns[i].field->right_aligned);
		if (l->is_default)
			table_head_optional(t, i, rank_of(l->columns[i].field));
	}
	for (size_t row = 0; row < l->selection->count; row++)
		for (size_t i = 0; i < l->column_count; i++)
			table_add(t, ms_field_format(cell, sizeof(cell), l->columns[i].field,
						     l->selection->models[row],
						     l->selection->catalog->loaded_at));
	table_print(t, stdout);
	table_free(t);
}

static void export(const struct listing *l, enum ms_export_format format)
{
	const struct ms_field *fields[COLUMNS_MAX];

	for (size_t i = 0; i < l->column_count; i++)
		fields[i] = l->columns[i].field;
	(void)ms_export_models(format, l->selection->models, l->selection->count, fields,
			       l->column_count, l->selection->catalog->loaded_at, &to_stdout);
}

static void print_csv(const struct listing *l)
{
	export(l, MS_EXPORT_CSV);
}

static void print_json_array(const struct listing *l)
{
	export(l, MS_EXPORT_JSON);
}

static void print_json_lines(const struct listing *l)
{
	export(l, MS_EXPORT_JSONL);
}

static const struct format {
	const char *name;
	void (*print)(const struct listing *l);
	bool has_columns;
} formats[] = {
	{"table", print_table, true},
	{"json", print_json_array, false},
	{"jsonl", print_json_lines, false},
	{"csv", print_csv, true},
};

static const struct format *find_format(const struct cli *cli, struct ms_error *err)
{
	const char *otherwise = args_has(cli, ARG_JSON) ? "json" : "table";
	const char *name = args_has(cli, ARG_FORMAT) ? cli->values[ARG_FORMAT] : otherwise;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, name) != 0)
			continue;
		if (!formats[i].has_columns && args_has(cli, ARG_COLUMNS)) {
			ms_fail(err, MS_ERR_USAGE,
				"--columns goes with table and csv; %s always has all fields",
				name);
			return NULL;
		}
		return &formats[i];
	}
	ms_fail(err, MS_ERR_USAGE, "--format %s: there are table, json, jsonl, csv", name);
	return NULL;
}

bool command_models(struct cli *cli, struct ms_error *err)
{
	const char *columns = cli->values[ARG_COLUMNS] ? cli->values[ARG_COLUMNS] : COLUMNS_DEFAULT;
	const struct format *format = find_format(cli, err);
	struct selection selection;
	struct listing l = {.selection = &selection, .is_default = !args_has(cli, ARG_COLUMNS)};
	char *filter;
	bool ok;

	if (!format || !ms_sort_parse(columns, l.columns, COLUMNS_MAX, &l.column_count, err))
		return false;
	filter = args_join(cli, 0);
	ok = selection_load(cli, filter, cli->values[ARG_SORT], &selection, err);
	ms_free(filter);
	if (!ok)
		return false;
	format->print(&l);
	if (!selection.count)
		fputs(selection.catalog->count
			      ? "no model matches\n"
			      : "the catalogue is empty; run: modelsync-tui sync\n",
		      stderr);

	selection_clear(&selection);
	return true;
}
