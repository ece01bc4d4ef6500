/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_STAGE_H
#define MODELSYNC_CONSOLE_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/edit.h"
#include "modelsync/model.h"

/*
 * Edits that are asked for but not written. An entry keeps what was asked, even where the model has
 * it already: the review counts both. Every step can be taken back.
 */
enum ms_staged_state {
	MS_STAGED_ASKED,
	MS_STAGED_CONFLICT, /* refused by the last write: the row had changed */
	MS_STAGED_WRITTEN   /* waits for the new list, so that the row does not flicker back */
};

struct ms_staged {
	char *id;	     /* owned */
	uint32_t model;	     /* index in the catalogue, or UINT32_MAX when it is gone */
	int64_t version;     /* of the row when it was staged */
	struct ms_edit edit; /* set == 0: taken back */
	enum ms_staged_state state;
	char *note; /* owned: what a conflict found, or NULL */
};

struct ms_stage_step {
	size_t entry;
	struct ms_edit before;
	size_t group; /* what one keystroke staged is taken back together */
};

/* Figures of the entries that would change something, for footer and header. */
struct ms_stage_summary {
	size_t rows, fields, conflicts;
	struct ms_staged *only; /* when rows == 1 */
};

struct ms_stage {
	struct ms_staged *entries;
	size_t count, cap;
	struct ms_stage_step *steps;
	size_t step_count, step_cap;
	char **origins; /* of each group: what selected the rows, when; owned */
	size_t group_count;
	unsigned revision;  /* another one after each change */
	uint32_t *by_model; /* per model: entry + 1, or 0 */
	struct ms_stage_summary summary;
};

void ms_stage_clear(struct ms_stage *s);
/* Follows the models of `from` (NULL before the first load) to their places in `to`. */
void ms_stage_replace(struct ms_stage *s, const struct ms_catalog *from,
		      const struct ms_catalog *to);

/* The next asks are one step, selected as `how` says. */
void ms_stage_begin(struct ms_stage *s, const char *how);
void ms_stage_ask(struct ms_stage *s, const struct ms_catalog *c, uint32_t model,
		  const struct ms_edit *edit);
/* How many steps could be taken back, and what selected the rows of the last one. */
size_t ms_stage_groups(const struct ms_stage *s);
const char *ms_stage_origin(const struct ms_stage *s);
/* Returns how many rows were touched; 0 when there is nothing to take back. */
size_t ms_stage_take_back(struct ms_stage *s, const struct ms_catalog *c);
void ms_stage_drop_all(struct ms_stage *s, const struct ms_catalog *c);

/* The entry of that model, or NULL. */
struct ms_staged *ms_stage_at(const struct ms_stage *s, uint32_t model);
/* The row is not what it was when the edit was staged: writing would leave it as it is. */
bool ms_staged_is_in_conflict(const struct ms_staged *e, const struct ms_model *m);
/* What would change; 0 when nothing would. *out is the reduced edit. */
unsigned ms_stage_effect(const struct ms_staged *e, const struct ms_model *m, struct ms_edit *out);
/* Tiers of a model with the staged edit on top. */
unsigned ms_stage_tiers(const struct ms_stage *s, const struct ms_catalog *c, uint32_t model);

/* The rows that would really change, as one batch; owned by the caller. */
struct ms_edit_batch *ms_stage_batch(const struct ms_stage *s, const struct ms_catalog *c);
/* Applied and unchanged rows are done; conflicts stay, with their note. */
void ms_stage_settle(struct ms_stage *s, const struct ms_catalog *c,
		     const struct ms_write_result *result);
/* The list with what was written has come: forgets written entries. */
void ms_stage_forget_written(struct ms_stage *s, const struct ms_catalog *c);
void ms_stage_summarise(struct ms_stage *s, const struct ms_catalog *c);

#endif
