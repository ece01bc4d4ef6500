/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_USERFILE_H
#define MODELSYNC_USERFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/error.h"
#include "modelsync/json.h"
#include "modelsync/text.h"

/* Files that belong to the user who runs the program (XDG Base Directory Specification). */

/*
 * BASE/modelsync-tui/NAME, or HOME/BELOW_HOME/modelsync-tui/NAME when base is none; NULL without
 * either. Paths that are not absolute count as none. Owned.
 */
char *ms_user_path(const char *base, const char *home, const char *below_home, const char *name);
/* The same by the environment: XDG_CONFIG_HOME, and XDG_STATE_HOME. */
char *ms_user_config_path(const char *name);
char *ms_user_state_path(const char *name);

/*
 * Appends the file to `out`. *is_there is false when there is none, which is no error. More than
 * max bytes is one.
 */
bool ms_user_file_read(const char *path, size_t max, struct ms_text *out, bool *is_there,
		       struct ms_error *err) MS_MUST_CHECK;
/*
 * Replaces the file as a whole: whoever reads meanwhile, or after a crash, finds the old one or the
 * new one. Only its owner may read it. Missing directories are made.
 */
bool ms_user_file_write(const char *path, const char *data, size_t len,
			struct ms_error *err) MS_MUST_CHECK;
/* Makes the missing directories; one that cannot be made shows when the file is opened. */
void ms_user_file_make_room(const char *path);

/* --- JSON below the state directory ----------------------------------------------------------- */

/* *out is NULL when there is no such file, or no such directory. A damaged file is an error. */
bool ms_user_state_read(const char *name, size_t max, struct ms_json **out,
			struct ms_error *err) MS_MUST_CHECK;

/* What stands there is to become what it returns (owned), or to stay, with *err filled. */
typedef struct ms_json *(*ms_user_state_fn)(void *arg, const struct ms_json *before,
					    struct ms_error *err);
/*
 * Programs that change the same file take turns, so that none loses what another one wrote. A
 * damaged file is put aside as NAME.damaged, and `before` is NULL then, as when there is none.
 */
bool ms_user_state_update(const char *name, size_t max, ms_user_state_fn fn, void *arg,
			  struct ms_error *err) MS_MUST_CHECK;

#endif
