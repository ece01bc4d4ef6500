/* SPDX-License-Identifier: MIT */
#include "modelsync/export.h"

#include <string.h>

#include "modelsync/model_json.h"

#define CELL_MAX    1024
#define COLUMNS_MAX 200 /* of rows; further members are left out */

void ms_csv_add(struct ms_text *out, const char *cell, bool is_last)
{
	if (!cell[strcspn(cell, ",\"\r\n")]) {
		ms_text_add(out, cell);
	} else {
		ms_text_add(out, "\"");
		for (; *cell; cell++)
			ms_text_add_bytes(out, *cell == '"' ? "\"\"" : cell, *cell == '"' ? 2 : 1);
		ms_text_add(out, "\"");
	}
	ms_text_add(out, is_last ? "\r\n" : ",");
}

/* Hands a line over and empties it. */
static bool flush(struct ms_text *line, const struct ms_export_sink *sink)
{
	bool ok = sink->put(sink->arg, ms_text_str(line), line->len);

	ms_text_reset(line);
	return ok;
}

/* --- objects --------------------------------------------------------------------------------- */

/* Number `at`, behind what belongs between it and the one before. */
static bool put_object(enum ms_export_format format, const struct ms_json *o, size_t at,
		       struct ms_text *line, const struct ms_export_sink *sink)
{
	char *text = ms_json_print(o);

	if (format == MS_EXPORT_JSON)
		ms_text_add(line, at ? ",\n" : "[");
	ms_text_add(line, text);
	if (format == MS_EXPORT_JSONL)
		ms_text_add(line, "\n");
	ms_free(text);
	return flush(line, sink);
}

static bool put_end(enum ms_export_format format, size_t count, struct ms_text *line,
		    const struct ms_export_sink *sink)
{
	if (format != MS_EXPORT_JSON)
		return true;
	ms_text_add(line, count ? "]\n" : "[]\n");
	return flush(line, sink);
}

/* --- models ---------------------------------------------------------------------------------- */

static bool put_model_cells(const struct ms_model *m, const struct ms_field *const *fields,
			    size_t n, int64_t now, struct ms_text *line,
			    const struct ms_export_sink *sink)
{
	char cell[CELL_MAX];

	for (size_t i = 0; i < n; i++)
		ms_csv_add(line, ms_field_export(cell, sizeof(cell), fields[i], m, now),
			   i + 1 == n);
	return flush(line, sink);
}

static bool put_model_object(enum ms_export_format format, const struct ms_model *m, size_t at,
			     struct ms_text *line, const struct ms_export_sink *sink)
{
	struct ms_json *o = ms_model_json(m);
	bool ok = put_object(format, o, at, line, sink);

	ms_json_free(o);
	return ok;
}

bool ms_export_models(enum ms_export_format format, struct ms_model *const *models, size_t count,
		      const struct ms_field *const *fields, size_t field_count, int64_t now,
		      const struct ms_export_sink *sink)
{
	struct ms_text line;
	bool ok = true;

	ms_text_init(&line, 0);
	for (size_t i = 0; format == MS_EXPORT_CSV && i < field_count; i++)
		ms_csv_add(&line, fields[i]->name, i + 1 == field_count);
	if (format == MS_EXPORT_CSV)
		ok = flush(&line, sink);
	for (size_t i = 0; ok && i < count; i++)
		ok = format == MS_EXPORT_CSV
			     ? put_model_cells(models[i], fields, field_count, now, &line, sink)
			     : put_model_object(format, models[i], i, &line, sink);
	ok = ok && put_end(format, count, &line, sink);
	ms_text_clear(&line);
	return ok;
}

/* --- rows ------------------------------------------------------------------------------------ */

static size_t all_names(const struct ms_json *rows, const char *names[COLUMNS_MAX])
{
	size_t n = 0;

	for (const struct ms_json *row = ms_json_first(rows); row; row = ms_json_next(row)) {
		const struct ms_json *v;

		for (v = ms_json_first(row); v && n < COLUMNS_MAX; v = ms_json_next(v)) {
			size_t i = 0;

			while (i < n && strcmp(names[i], ms_json_name(v)) != 0)
				i++;
			if (i == n)
				names[n++] = ms_json_name(v);
		}
	}
	return n;
}

static void add_value(struct ms_text *line, const struct ms_json *v, bool is_last)
{
	char *text = ms_json_is_null(v) || ms_json_is_string(v) ? NULL : ms_json_print(v);

	ms_csv_add(line, text ? text : ms_json_text(v), is_last);
	ms_free(text);
}

static bool put_table(const struct ms_json *rows, const char *const *names, size_t n,
		      struct ms_text *line, const struct ms_export_sink *sink)
{
	for (size_t i = 0; i < n; i++)
		ms_csv_add(line, names[i], i + 1 == n);
	if (!flush(line, sink))
		return false;
	for (const struct ms_json *row = ms_json_first(rows); row; row = ms_json_next(row)) {
		for (size_t i = 0; i < n; i++)
			add_value(line, ms_json_get(row, names[i]), i + 1 == n);
		if (!flush(line, sink))
			return false;
	}
	return true;
}

static bool put_objects(enum ms_export_format format, const struct ms_json *rows,
			struct ms_text *line, const struct ms_export_sink *sink)
{
	size_t count = 0;

	for (const struct ms_json *row = ms_json_first(rows); row; row = ms_json_next(row))
		if (!put_object(format, row, count++, line, sink))
			return false;
	return put_end(format, count, line, sink);
}

bool ms_export_rows(enum ms_export_format format, const struct ms_json *rows,
		    const char *const *names, size_t name_count, const struct ms_export_sink *sink)
{
	const char *found[COLUMNS_MAX];
	struct ms_text line;
	bool ok;

	ms_text_init(&line, 0);
	if (format != MS_EXPORT_CSV) {
		ok = put_objects(format, rows, &line, sink);
	} else {
		if (!names)
			name_count = all_names(rows, found);
		ok = put_table(rows, names ? names : found, name_count, &line, sink);
	}
	ms_text_clear(&line);
	return ok;
}

/* --- the order to export --------------------------------------------------------------------- */

void ms_export_free(struct ms_export *e)
{
	if (!e)
		return;
	ms_free(e->path);
	ms_json_free(e->rows);
	ms_free(e->models);
	ms_catalog_free(e->catalog);
	ms_free(e);
}

bool ms_export_put(const struct ms_export *e, const struct ms_export_sink *sink)
{
	if (e->rows)
		return ms_export_rows(e->format, e->rows, NULL, 0, sink);
	return ms_export_models(e->format, e->models, e->count, e->fields, e->field_count, e->now,
				sink);
}
