/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_RUN_H
#define MODELSYNC_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/error.h"
#include "modelsync/json.h"

/* A run of the sync: what is asked for, how far it is, what came of it. */

enum ms_run_phase {
	MS_PHASE_CLAIM,
	MS_PHASE_FETCH,
	MS_PHASE_VALIDATE,
	MS_PHASE_APPLY, /* compare, guard, apply and record, in one transaction */
	MS_PHASE_DONE
};
const char *ms_run_phase_name(enum ms_run_phase phase);

struct ms_run_progress {
	enum ms_run_phase phase;
	int64_t run; /* 0 while not claimed, and for dry runs */
	/* bytes while fetching (total 0 = unknown); afterwards there are so many models in all: how
	 * many of them are done, nobody can know of a transaction */
	int64_t done, total;
	int attempt;	     /* 1 = first try of the current page */
	int page;	     /* 1 = first */
	int64_t retry_in_ms; /* > 0 while waiting before a retry */
};

/* A time at which a sync was due by the schedule, as one daemon sees it. */
enum ms_slot_state {
	MS_SLOT_UNKNOWN, /* the claim failed for another reason */
	MS_SLOT_TAKEN,	 /* the run that follows is for it, or for an interrupted one before it */
	MS_SLOT_BUSY,	 /* another sync runs */
	MS_SLOT_WAITS,	 /* an attempt failed; it is too early for the next */
	MS_SLOT_DONE	 /* nothing is left to do */
};
struct ms_slot {
	int64_t at;	/* epoch s */
	bool is_missed; /* passed while this daemon did not run */
	/* what the claim found: */
	enum ms_slot_state state;
	int64_t wait_ms;  /* busy, waits: ask again then, at the latest */
	int attempt;	  /* taken: 1 = the first */
	int64_t taken_at; /* taken: the slot's time */
};

struct ms_run_request {
	bool dry_run;
	bool force;	      /* skip the cooldown and fetch everything; never skips the guard */
	const char *from;     /* file path, "-" or URL; NULL = the configured upstream */
	const char *trigger;  /* "manual", "scheduled"; "file" is chosen when `from` is set */
	struct ms_slot *slot; /* of scheduled runs; filled in by the claim */
	int lease_s;	      /* silence after which others take over; 0 = what the database says */
};

enum ms_run_state {
	MS_RUN_RUNNING,
	MS_RUN_COMPLETED,
	MS_RUN_HELD,
	MS_RUN_FAILED,
	MS_RUN_PREVIEW /* dry run */
};
const char *ms_run_state_name(enum ms_run_state state);

struct ms_run_counts {
	int64_t total, valid, invalid, duplicates;
	int64_t added, updated, unchanged, missing, marked_inactive, returned, documents;
};

struct ms_run_timing { /* milliseconds */
	double fetch, validate, compare, apply, record, database, total;
};

struct ms_run_change {
	char *model_id;
	char *kind;    /* "added" "removed" "returned" "changed" */
	char *summary; /* "prompt 0.0000001>0.0000002, context_length 1000>2000"; "" for added … */
};

/* What one rule did, or would do, with new models. */
struct ms_run_rule {
	char *name, *decision;
	size_t models;	/* it took so many */
	size_t refused; /* paid ones that it may not grant to the free tier */
	char **ids;	/* the first of those that it took, and of those that were refused */
	size_t id_count;
	char **refused_ids;
	size_t refused_id_count;
};

/* What rules did, or would do, after a run. */
struct ms_run_rules {
	int64_t changeset; /* 0 = none */
	size_t looked_at;
	size_t unmatched;	   /* no rule takes them */
	size_t decided;		   /* somebody else decided first */
	size_t waiting;		   /* they changed meanwhile: the next run's rules look at them */
	struct ms_run_rule *items; /* in the order of the configuration; those that took a model */
	size_t count;
	char *problem; /* why they were not applied, or NULL */
};

/* The report of a run. Owned strings; free with ms_run_report_free(). */
struct ms_run_report {
	int64_t run, hold, changeset; /* 0 = none */
	enum ms_run_state state;
	enum ms_category category; /* of a failed or held run */
	char *message;		   /* what went wrong, or NULL */
	struct ms_run_counts counts;
	struct ms_run_timing timing;
	int64_t bytes;
	bool is_not_modified; /* upstream said so: nothing was transferred */
	struct ms_run_change *changes;
	size_t change_count, changes_total;
	char **findings; /* "vendor/x: pricing.prompt: …" */
	size_t finding_count, findings_total;
	char **guard; /* reasons why it was held */
	size_t guard_count;
	char **drift; /* "new field pricing.overrides (array), in 43 models such as …" */
	size_t drift_count;
	char **alerts;
	size_t alert_count;
	char **flapping; /* "vendor/x: prompt back at an earlier price, …": no alert */
	size_t flapping_count;
	char *quality; /* "active_missing 2", "no finding"; NULL = not counted: not completed */
	size_t rule_pending;	    /* new models that wait for rules */
	struct ms_run_rules *rules; /* NULL = there was nothing for them to look at */
	char *json;		    /* the whole report as one JSON object */
};
void ms_run_report_free(struct ms_run_report *r);

/* The checks that find something, of {"check": n}; NULL when it is no object. Owned. */
char *ms_run_quality_text(const struct ms_json *counts);

/* From the engine's JSON (shape: docs/database.md). */
struct ms_run_report *ms_run_report_parse(const char *json, struct ms_error *err) MS_MUST_CHECK;

/* Makes what rules did, in the shape of docs/database.md, part of the report. Takes it over. */
void ms_run_report_set_rules(struct ms_run_report *r, struct ms_json *rules);

#endif
