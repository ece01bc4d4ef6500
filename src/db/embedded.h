/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DB_EMBEDDED_H
#define MODELSYNC_DB_EMBEDDED_H

#include <stddef.h>

/* One file of sql/, as it was at build time. */
struct embedded_sql {
	int version; /* of a migration; the leading number of a code file */
	const char *name;
	const char *checksum; /* SHA-256, hex */
	const char *text;
};

extern const struct embedded_sql embedded_migrations[]; /* in order of version */
extern const size_t embedded_migrations_count;
extern const struct embedded_sql embedded_code[]; /* in order of name */
extern const size_t embedded_code_count;
extern const char embedded_code_checksum[]; /* of all code files together */
extern const char embedded_survey[];	     /* one query, see survey.sql */

#endif
