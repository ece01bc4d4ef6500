/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_OUTFILE_H
#define MODELSYNC_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/error.h"

/*
 * A file that somebody asked for by its name. It has that name when it is complete, and not before:
 * whatever goes wrong, what stood there stays.
 */
struct ms_outfile;

/*
 * "~/" at the start is $HOME. Category `conflict` when there is such a file and it may not be
 * replaced; only regular files ever are.
 */
bool ms_outfile_open(struct ms_outfile **out, const char *path, bool may_replace,
		     struct ms_error *err) MS_MUST_CHECK;
/* After a failure nothing more is written; ms_outfile_close() tells why. */
bool ms_outfile_put(struct ms_outfile *f, const char *text, size_t len);
/* *where is its absolute path, owned, NULL on an error. Frees f in any case. */
bool ms_outfile_close(struct ms_outfile *f, char **where, struct ms_error *err) MS_MUST_CHECK;

#endif
