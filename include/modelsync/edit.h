/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_EDIT_H
#define MODELSYNC_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/error.h"
#include "modelsync/model.h"

/* Which of the admin's fields an edit sets. */
enum ms_edit_field {
	MS_EDIT_STATUS = 1,
	MS_EDIT_FREE = 2,
	MS_EDIT_PRO = 4,
	MS_EDIT_ENTERPRISE = 8,
	MS_EDIT_DAILY = 16,
	MS_EDIT_MONTHLY = 32
};
#define MS_EDIT_TIERS (MS_EDIT_FREE | MS_EDIT_PRO | MS_EDIT_ENTERPRISE)

/* What should become of one model; only the fields named in `set` count. */
struct ms_edit {
	unsigned set;
	enum ms_status status;
	unsigned tiers;        /* enum ms_tier bits; those of MS_EDIT_FREE/PRO/ENTERPRISE in `set` */
	int32_t daily_limit;   /* -1 = none */
	int32_t monthly_limit; /* -1 = none */
};

/* The status an admin's edit of that model is about: of a missing one, what its return restores. */
enum ms_status ms_edit_current_status(const struct ms_model *m);

/* Removes from e what the model has already; returns the fields that are left. */
unsigned ms_edit_reduce(struct ms_edit *e, const struct ms_model *m);

/* Lays `over` on top of *e: its fields win. */
void ms_edit_merge(struct ms_edit *e, const struct ms_edit *over);

/*
 * The assignments of the command line: "status=active" "tier=+pro,-free" "tier=pro" (exactly)
 * "daily_limit=100" "monthly_limit=none", applied to *e.
 */
bool ms_edit_parse(struct ms_edit *e, const char *assignment, struct ms_error *err) MS_MUST_CHECK;

/* "status new>active, pro off>on" for people; returns buf. */
char *ms_edit_describe(char *buf, size_t size, const struct ms_edit *e, const struct ms_model *m);

/* A batch to be written as one changeset. Owns copies of its ids. */
struct ms_edit_item {
	char *model_id;
	int64_t version; /* the row version it is based on */
	struct ms_edit edit;
	char *rule; /* the rule that decides, owned; NULL = none */
};
struct ms_edit_batch {
	struct ms_edit_item *items;
	size_t count, cap;
	char *reason; /* owned; NULL = none */
};
struct ms_edit_batch *ms_edit_batch_new(void);
void ms_edit_batch_free(struct ms_edit_batch *b);
void ms_edit_batch_add(struct ms_edit_batch *b, const struct ms_model *m, const struct ms_edit *e);
/* The same on the word of a rule, whose name goes with it; NULL = none. */
void ms_edit_batch_add_by_rule(struct ms_edit_batch *b, const struct ms_model *m,
			       const struct ms_edit *e, const char *rule);
void ms_edit_batch_set_reason(struct ms_edit_batch *b, const char *reason);

/* What reviewing a batch against the loaded catalogue says before it is written. */
struct ms_edit_review {
	size_t rows;             /* rows it touches */
	size_t changed;          /* rows it really changes */
	size_t unchanged;        /* rows that have it already */
	size_t missing;          /* ids not in the catalogue any more */
	size_t stale;            /* rows whose version moved since they were staged */
	size_t status_to[MS_STATUS_COUNT]; /* rows that get that status */
	size_t tier_on[3], tier_off[3];    /* free, pro, enterprise */
	size_t limits;                     /* rows whose limits change */
	size_t disables_active;  /* active rows that stop being active */
	size_t paid_to_free;     /* paid models newly granted to the free tier */
	size_t without_tier;     /* active rows that no tier would see */
	long visible[3];         /* change of models visible to free, pro, enterprise users */
	const char *first_paid_to_free; /* an id as an example, borrowed from the batch */
};
void ms_edit_batch_review(const struct ms_edit_batch *b, const struct ms_catalog *c,
			  struct ms_edit_review *out);

/* What became of a written batch, or of an undo. Owned; free with ms_write_result_free(). */
enum ms_write_outcome { MS_WRITE_APPLIED, MS_WRITE_UNCHANGED, MS_WRITE_CONFLICT, MS_WRITE_UNKNOWN };
struct ms_write_row {
	char *model_id;
	char *note; /* what is there now, for conflicts; NULL else */
	enum ms_write_outcome outcome;
};
struct ms_write_result {
	int64_t changeset; /* 0 = nothing was written */
	size_t applied, unchanged, conflicts, unknown;
	struct ms_write_row *rows; /* those not applied as asked */
	size_t row_count;
	char *json; /* the database's report, as the command line prints it */
};
void ms_write_result_free(struct ms_write_result *r);

#endif
