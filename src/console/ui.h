/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_UI_H
#define MODELSYNC_CONSOLE_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "action.h"
#include "browse.h"
#include "canvas.h"
#include "changeset_view.h"
#include "chart.h"
#include "columns.h"
#include "dialog.h"
#include "effect.h"
#include "key.h"
#include "keymap.h"
#include "line.h"
#include "modelsync/error.h"
#include "modelsync/json.h"
#include "modelsync/run.h"
#include "modelsync/view.h"
#include "notes.h"
#include "page.h"
#include "rows.h"
#include "run_chart.h"
#include "screen.h"
#include "stage.h"

/*
 * The state of the whole console. It is pure: ms_ui_update() takes an event and changes the state
 * and the queue of effects, ms_ui_draw() draws the state on a canvas; neither knows a terminal, a
 * database or a clock.
 */

#define MS_UI_MIN_WIDTH	 40
#define MS_UI_MIN_HEIGHT 12
#define MS_UI_TALL	 18 /* lines from which tabs, hints and a pane below are shown */

enum ms_event_kind {
	MS_EVENT_KEY,	       /* key, is_pasted */
	MS_EVENT_MOUSE,	       /* mouse; flag: the second click on the same place */
	MS_EVENT_RESIZE,       /* width, height */
	MS_EVENT_TICK,	       /* only the time went on */
	MS_EVENT_RESTED,       /* the timer of MS_EFFECT_REST_TIMER */
	MS_EVENT_MODELS,       /* catalog or error */
	MS_EVENT_DETAIL,       /* text: model id; json or error */
	MS_EVENT_WRITTEN,      /* result or error */
	MS_EVENT_UNDO_SHOWN,   /* number: changeset; result or error */
	MS_EVENT_PROGRESS,     /* progress */
	MS_EVENT_SYNCED,       /* report and/or error */
	MS_EVENT_STATUS,       /* json or error */
	MS_EVENT_FEED,	       /* feed, number: before which; json or error */
	MS_EVENT_CHANGESET,    /* number; json or error */
	MS_EVENT_VERIFIED,     /* json or error */
	MS_EVENT_ACKNOWLEDGED, /* number: how many, or error */
	MS_EVENT_EXPORTED,     /* number: rows, text: path; or error */
	MS_EVENT_VIEWS,	       /* json (NULL = there are none) or error; text: which was saved */
	MS_EVENT_NOTICE,       /* text: payload */
	MS_EVENT_CONNECTION    /* text: label, or error */
};

struct ms_ui_event {
	enum ms_event_kind kind;
	int64_t now; /* epoch s; 0 = unchanged */
	uint32_t key;
	bool is_pasted, flag;
	struct ms_mouse mouse;
	int width, height;
	const char *text;
	int64_t number;
	enum ms_feed feed;
	const struct ms_error *err;
	const struct ms_run_progress *progress;
	struct ms_catalog *catalog; /* this and the next three are handed over */
	struct ms_json *json;
	struct ms_write_result *result;
	struct ms_run_report *report;
};

/* Everything about the model that the detail pane shows. */
struct ms_detail {
	char *id;	      /* shown; follows the cursor when it rests; owned, NULL = none */
	char *loaded_id;      /* whose `json` it is; owned */
	struct ms_json *json; /* owned */
	char *problem;	      /* why it could not be loaded; owned */
	bool is_asked;	      /* the answer is under way */
	bool is_stale; /* the list was loaded anew since: ask again, show the old one meanwhile */
	bool history_only; /* while the pane is full */
};

/* The sync started here, and what is known of one that runs elsewhere. */
struct ms_sync_state {
	bool is_running, is_dry, is_resolving; /* resolving: applying or discarding a hold */
	bool is_viewing_hold;		       /* the next result is only to be shown */
	bool is_unseen;			       /* a result nobody looked at yet */
	bool was_cancelled;
	int64_t started_at;
	struct ms_run_progress progress;
	struct ms_run_report *report; /* owned; of the last one */
	struct ms_error err;	      /* category MS_OK = none */
	int64_t remote_run;	      /* runs elsewhere; 0 = none */
	char remote_phase[24];
};

/* From the database's status. */
struct ms_health {
	bool is_known;
	int64_t last_ok_at;  /* epoch s; 0 = never */
	char last_state[24]; /* of the last run: completed, failed, cancelled, held */
	int64_t hold;	     /* open hold, 0 = none */
	int64_t alerts;	     /* that nobody has acknowledged */
	/* what is there came from a file, perhaps from the sample that the program brings along */
	bool is_from_file, is_sample;
};

/* The verification of the audit log that is under way, and the last one. */
struct ms_verify_state {
	bool is_running, was_cancelled, has_verdict;
	int64_t started_at; /* epoch s */
	int64_t entries, problems;
};

/* The edit or the undo that is under way. */
struct ms_writing {
	bool is_running, was_cancelled;
	int64_t started_at; /* epoch s */
	size_t rows;	    /* 0 = not known: an undo */
};

/* What is being exported, or what the question about it is about. */
struct ms_export_state {
	bool is_running;
	bool all_shown;	  /* though rows are marked */
	enum ms_screen screen;
	enum ms_export_format format;
	char *path; /* owned */
};

/* Staged edits that another console left behind (salvage.h). */
struct ms_salvage {
	struct ms_json *json; /* owned, NULL = none */
	char *path;	      /* owned */
	bool is_asked;
};

#define MS_UNDO_DEPTH 32

struct ms_ui {
	/* set at the start */
	char *label;			/* "PROD" or "" */
	const struct ms_keymap *keymap; /* borrowed */
	bool read_only;
	bool has_no_clipboard; /* the terminal has none: what is copied is shown */
	enum ms_theme theme;
	bool is_theme_chosen, is_theme_fixed; /* here, now or last time; by setting or NO_COLOR */
	bool mouse, low_bandwidth;
	bool is_viewer;	       /* read-only because the database says so */
	enum ms_glyphs glyphs; /* of charts */

	int width, height;
	int64_t now;
	int64_t shown_at; /* the moment for which ages are shown */

	char *database; /* "host/db" or "" */
	bool is_connected;
	struct ms_error lost;	     /* why not */
	bool is_loading, load_again; /* a list is under way; another is wanted after it */
	bool is_paused, has_news;    /* changes wait while paused */
	struct ms_writing writing;
	int64_t undo_pending; /* changeset whose undo is under way, or 0 */

	enum ms_screen screen; /* shown */
	struct ms_pane_state panes[MS_SCREEN_COUNT];

	struct ms_catalog *catalog; /* owned; NULL = nothing loaded yet */
	size_t new_count;	    /* models in it with status new */
	struct ms_rows rows;
	struct ms_stage stage;
	struct ms_salvage salvage;
	struct ms_detail detail;
	struct ms_sync_state sync;
	struct ms_health health;
	struct ms_json *status; /* the whole of it; owned, NULL = not known yet */
	int64_t status_at;	/* epoch s: when it came */
	bool is_status_asked;	/* one is under way for a screen that shows it */
	bool status_again;	/* something happened meanwhile */
	struct ms_verify_state verify;
	struct ms_export_state export;
	struct ms_notes notes;
	struct ms_browse browses[MS_FEED_COUNT];
	struct ms_changeset_view changeset;
	struct ms_chart_state chart;

	struct ms_column_set columns;
	struct ms_views views; /* saved ones, as the file had them last */
	size_t column;	 /* cell cursor: index in the columns shown */
	bool has_column; /* it was moved; else it is on the model */
	struct ms_history filters, list_filters, finds, marks, commands, files;
	char *filter_before; /* text to go back to while editing the filter; owned */
	struct ms_filter_error filter_error;
	bool has_filter_error;
	unsigned hints_read;	    /* bits of enum ms_hint */
	struct ms_json *remembered; /* until the database is known; owned */
	struct ms_filter *found;    /* what n and N look for; owned */
	size_t find_from;	    /* cursor before the find line was opened */

	int64_t written[MS_UNDO_DEPTH]; /* changesets written here, newest last */
	size_t written_count;

	struct ms_dialog *dialog; /* topmost; owned */
	struct ms_effects effects;
};

struct ms_ui *ms_ui_new(const char *label, bool read_only, int64_t now);
void ms_ui_free(struct ms_ui *ui);
/* Takes over what the event hands over. */
void ms_ui_update(struct ms_ui *ui, const struct ms_ui_event *event);
void ms_ui_draw(const struct ms_ui *ui, struct ms_canvas *c);

/* Runs an action, unless it is refused now (read-only, no row, another screen's …). */
void ms_ui_do(struct ms_ui *ui, enum ms_action action);
/* The first key of the action here, or its name when it has none. */
const char *ms_ui_key(const struct ms_ui *ui, enum ms_action action, char name[MS_KEY_NAME_MAX]);
/*
 * Takes the user's key file, and returns the map for ms_keymap_free(), NULL for the default one. A
 * wrong file must not keep anybody out: then the default keys work, and Messages says why.
 */
struct ms_keymap *ms_ui_load_keys(struct ms_ui *ui);
/* The text with the keys of the actions that it names: "{undo} drops them"; returns buf. */
char *ms_ui_keyed(const struct ms_ui *ui, char *buf, size_t size, const char *text);
/* Draws it on the first line of the rectangle; returns the columns used. */
int ms_ui_keyed_text(const struct ms_ui *ui, struct ms_canvas *c, struct ms_rect r,
		     enum ms_style style, const char *text);
/* The same for a format of printf. */
char *ms_ui_keyed_format(const struct ms_ui *ui, char *buf, size_t size, const char *fmt)
	__attribute__((format_arg(4)));
void ms_ui_set_filter(struct ms_ui *ui, const char *text);
/* Opens the filter line with that text, as if it had been typed. */
void ms_ui_edit_filter(struct ms_ui *ui, const char *text);
/* Completes an expression in an input line. */
void ms_ui_complete_filter(const struct ms_ui *ui, const char *text, size_t at,
			   struct ms_completion *out);
/* Cuts the last term of a filter off. */
void ms_filter_drop_term(char *text);
/* Shows that model on the Models screen, if need be without the filter; false when it is unknown.
 */
bool ms_ui_go_to_model(struct ms_ui *ui, const char *id);
/* Lays the columns out as the table shows them now; returns the one under the cell cursor. */
const struct ms_column *ms_ui_columns(const struct ms_ui *ui, struct ms_columns *out);
/* Sends the text to the terminal's clipboard, or says why not; clears it. */
void ms_ui_copy(struct ms_ui *ui, struct ms_text *text);

/* Tells the user, in the footer and the list of messages; fmt may name actions as above. */
void ms_ui_note(struct ms_ui *ui, enum ms_note_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* An error with what to do about it; `what` says what was tried. */
void ms_ui_error(struct ms_ui *ui, const char *what, const struct ms_error *err);

/* Effects without or with one argument. */
void ms_ui_effect(struct ms_ui *ui, enum ms_effect_kind kind);
void ms_ui_effect_text(struct ms_ui *ui, enum ms_effect_kind kind, const char *text);
void ms_ui_load_models(struct ms_ui *ui);
/* Asks for the status for a screen that shows it; one at a time. */
void ms_ui_load_figures(struct ms_ui *ui);
/* The cursor may be on another model: keep it in view, start the rest timer. */
void ms_ui_cursor_moved(struct ms_ui *ui);

/* The models an edit is about: the marked ones, else the one under the cursor. Calls fn for each
 * and returns how many. */
size_t ms_ui_each_target(struct ms_ui *ui, void (*fn)(struct ms_ui *, uint32_t, void *), void *arg);
size_t ms_ui_target_count(const struct ms_ui *ui);

/* The part of the events that concerns the mouse (mouse.c). */
struct ms_clicks {
	struct ms_mouse last;
	int64_t at_ms;
};
/* The second one of a double click: soon after the first, in the same place. */
bool ms_clicks_second(struct ms_clicks *c, const struct ms_mouse *m, int64_t now_ms);
void ms_mouse(struct ms_ui *ui, const struct ms_mouse *m, bool is_double);

/* The part of the events that concerns syncs (sync_state.c). */
void ms_sync_start(struct ms_ui *ui, bool dry_run, bool force);
void ms_sync_progress(struct ms_ui *ui, const struct ms_run_progress *progress);
void ms_sync_done(struct ms_ui *ui, struct ms_run_report *report, const struct ms_error *err);
void ms_sync_notice(struct ms_ui *ui, const struct ms_json *notice);
/* What goes on elsewhere, as the status has it: null when nothing does. */
void ms_sync_running(struct ms_ui *ui, const struct ms_json *running);
/* A run goes on, and neither begins nor ends. */
bool ms_sync_is_progress(const struct ms_json *notice);
void ms_sync_state_clear(struct ms_sync_state *s);

/* The part that concerns writing and undoing (write.c). */
void ms_write_start(struct ms_ui *ui, const char *reason);
void ms_write_cancel(struct ms_ui *ui);
/* Asks for a preview of undoing that changeset. */
void ms_undo_ask(struct ms_ui *ui, int64_t changeset);
void ms_write_remember(struct ms_ui *ui, int64_t changeset); /* so that u proposes its reverse */
void ms_write_done(struct ms_ui *ui, struct ms_write_result *result, const struct ms_error *err);
void ms_undo_shown(struct ms_ui *ui, int64_t changeset, struct ms_write_result *result,
		   const struct ms_error *err);

/* The audit log was verified (scr_audit.c), alerts were acknowledged (scr_messages.c). */
void ms_verify_done(struct ms_ui *ui, struct ms_json *verdict, const struct ms_error *err);
void ms_acknowledged(struct ms_ui *ui, int64_t count, const struct ms_error *err);
/* A file was written, or why not (do_export.c). */
void ms_exported(struct ms_ui *ui, int64_t count, const char *path, const struct ms_error *err);
/* The file of saved views was read or changed (dlg_views.c); takes over json. */
void ms_views_changed(struct ms_ui *ui, struct ms_json *json, const char *saved,
		      const struct ms_error *err);
/* Something under way shows its seconds. */
bool ms_ui_counts_seconds(const struct ms_ui *ui);

/* The detail of the model (detail.c). */
void ms_detail_clear(struct ms_detail *d);
void ms_detail_follow(struct ms_ui *ui); /* the cursor rested */
void ms_detail_loaded(struct ms_ui *ui, const char *id, struct ms_json *json,
		      const struct ms_error *err);
/* The lines for a pane of that width; `brief` for the small pane below the table. */
void ms_detail_lines(const struct ms_ui *ui, int width, struct ms_page *out);

#endif
