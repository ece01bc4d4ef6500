/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_EFFECT_H
#define MODELSYNC_CONSOLE_EFFECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/edit.h"
#include "modelsync/export.h"
#include "modelsync/feed.h"
#include "modelsync/view.h"

/* What the state wants done in the world; the application does it and answers with events. */
enum ms_effect_kind {
	MS_EFFECT_LOAD_MODELS,
	MS_EFFECT_LOAD_DETAIL, /* text: model id */
	MS_EFFECT_LOAD_STATUS,
	MS_EFFECT_LOAD_FEED,	  /* feed; number: the rows before that one, or 0 */
	MS_EFFECT_LOAD_CHANGESET, /* number */
	MS_EFFECT_WRITE,	  /* batch, handed over */
	MS_EFFECT_WRITE_CANCEL,	  /* of an edit or an undo */
	MS_EFFECT_UNDO,		  /* number: changeset; flag: only a preview */
	MS_EFFECT_SYNC,		  /* flag: dry run; force */
	MS_EFFECT_SYNC_CANCEL,
	MS_EFFECT_CANCEL_RUN,	/* number: somebody else's run */
	MS_EFFECT_LOAD_HOLD,	/* number: hold */
	MS_EFFECT_RESOLVE_HOLD, /* number: hold; run: whose catalogue was looked at; flag: apply */
	MS_EFFECT_VERIFY,	/* the audit log */
	MS_EFFECT_VERIFY_CANCEL,
	MS_EFFECT_ACKNOWLEDGE, /* ids, number: how many */
	MS_EFFECT_RECONNECT,
	MS_EFFECT_COPY,	      /* text: for the clipboard */
	MS_EFFECT_EXPORT,     /* order, handed over */
	MS_EFFECT_CHANGE_VIEWS, /* views: to be saved; text: the name of one to be deleted */
	MS_EFFECT_REST_TIMER, /* tell when no key came for a tenth of a second */
	MS_EFFECT_REPAINT,    /* the whole screen, whatever it shows */
	MS_EFFECT_DROP_SALVAGE, /* text: path */
	MS_EFFECT_LOOKS,      /* theme and mouse are as the state says */
	MS_EFFECT_SUSPEND,
	MS_EFFECT_QUIT
};

struct ms_effect {
	enum ms_effect_kind kind;
	bool flag, force;
	int64_t number, run;
	enum ms_feed feed;
	char *text;		     /* owned */
	int64_t *ids;		     /* owned */
	struct ms_edit_batch *batch; /* owned */
	struct ms_views views;	     /* owned */
	struct ms_export *order;     /* owned */
};

struct ms_effects {
	struct ms_effect *items;
	size_t count, cap;
};

/* The queue takes over text and batch. */
void ms_effects_push(struct ms_effects *q, struct ms_effect effect);
/* Hands over the oldest, or returns false. */
bool ms_effects_pop(struct ms_effects *q, struct ms_effect *out);
void ms_effect_clear(struct ms_effect *effect);
void ms_effects_clear(struct ms_effects *q);

#endif
