/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_EXPORT_H
#define MODELSYNC_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/filter.h"
#include "modelsync/json.h"
#include "modelsync/model.h"

/* Models and rows as text for other programs; docs/cli.md has the shapes. */

enum ms_export_format {
	MS_EXPORT_CSV,	/* RFC 4180, the first line names the columns */
	MS_EXPORT_JSON, /* one array */
	MS_EXPORT_JSONL /* one object a line */
};

/* Where the text goes, piece by piece; false stops it. */
struct ms_export_sink {
	bool (*put)(void *arg, const char *text, size_t len);
	void *arg;
};

/* Adds a cell and what follows it. */
void ms_csv_add(struct ms_text *out, const char *cell, bool is_last);

/* CSV has these fields, JSON all there are. `now` as in ms_field_export(). False: stopped. */
bool ms_export_models(enum ms_export_format format, struct ms_model *const *models, size_t count,
		      const struct ms_field *const *fields, size_t field_count, int64_t now,
		      const struct ms_export_sink *sink);
/*
 * An array of objects. CSV has the members of those names, or with NULL (and 0) all that occur in
 * one of the rows, in the order in which they do; nothing for null, and JSON for what is no text.
 */
bool ms_export_rows(enum ms_export_format format, const struct ms_json *rows,
		    const char *const *names, size_t name_count, const struct ms_export_sink *sink);

/* What is to be exported to where, so that another thread can do it. */
#define MS_EXPORT_FIELDS_MAX 64
struct ms_export {
	char *path; /* owned; "~/" at its start is the user's home */
	bool may_replace;
	enum ms_export_format format;
	struct ms_json *rows;	    /* owned; NULL: these models */
	struct ms_catalog *catalog; /* shared, see ms_catalog_share() */
	struct ms_model **models;   /* owned array of the catalogue's models */
	size_t count;		    /* of rows or models */
	const struct ms_field *fields[MS_EXPORT_FIELDS_MAX];
	size_t field_count;
	int64_t now;
};
void ms_export_free(struct ms_export *e); /* NULL is fine */
bool ms_export_put(const struct ms_export *e, const struct ms_export_sink *sink);

#endif
