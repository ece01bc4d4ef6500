/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_BROWSE_H
#define MODELSYNC_CONSOLE_BROWSE_H

#include "list.h"
#include "modelsync/error.h"
#include "modelsync/feed.h"
#include "screen.h"

/*
 * What the screens have in common that list a feed: its newest page is loaded when the screen is
 * shown and whenever something happens meanwhile, older pages when the cursor comes near the end,
 * and while a filter leaves few rows.
 */
#define MS_BROWSE_MAX 5000 /* rows kept at most */

struct ms_browse_class {
	enum ms_feed feed;
	struct ms_list_class list;
	const char *empty; /* said when there is nothing at all */
	bool wants_status; /* shows figures of the database's status */
	/* Appends rows of this session behind those of the feed, as objects of its own; NULL. */
	void (*add_rows)(const struct ms_ui *ui, struct ms_json *array);
	/* Other rows came; NULL. */
	void (*renewed)(struct ms_ui *ui);
	/* Lines between filter and table, `height` of them; NULL. */
	int (*summary_height)(const struct ms_ui *ui);
	void (*draw_summary)(const struct ms_ui *ui, struct ms_rect r, struct ms_canvas *c);
	/* What the pane says about a row, and its heading. */
	char *(*subject)(const struct ms_json *row);
	void (*lines)(const struct ms_ui *ui, const struct ms_json *row, int width,
		      struct ms_page *out);
};

struct ms_browse {
	struct ms_list list;
	bool is_loading, load_again; /* the newest page is under way; another is wanted then */
	bool is_extending;	     /* an older one is */
	bool is_known;		     /* one has come */
	bool is_complete;	     /* there are no older rows */
	char *problem;		     /* why the last one did not come; owned */
};

void ms_browse_init(struct ms_ui *ui);
void ms_browse_clear(struct ms_ui *ui);
/* Of the screen shown; NULL on Models. */
struct ms_browse *ms_browse_now(struct ms_ui *ui);
const struct ms_browse *ms_browse_shown_list(const struct ms_ui *ui);
/* The row under the cursor there, or NULL. */
const struct ms_json *ms_browse_row(const struct ms_ui *ui);

/* Loads the newest page of the screen shown, if it lists a feed. */
void ms_browse_load(struct ms_ui *ui);
/* A page came, or why not; takes over the rows. */
void ms_browse_loaded(struct ms_ui *ui, enum ms_feed feed, int64_t before, struct ms_json *rows,
		      const struct ms_error *err);
/* The connection was lost: nothing is under way any more. */
void ms_browse_disconnected(struct ms_ui *ui);
/* The table may have got another height. */
void ms_browse_fit(struct ms_ui *ui);
/* The rows of this session are others. */
void ms_browse_renew(struct ms_ui *ui, enum ms_screen screen);

/* The functions of such a screen. */
void ms_browse_move(struct ms_ui *ui, long step);
void ms_browse_follow(struct ms_ui *ui);
bool ms_browse_act(struct ms_ui *ui, enum ms_action action);
void ms_browse_draw(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c);
char *ms_browse_subject(const struct ms_ui *ui);
void ms_browse_lines(const struct ms_ui *ui, int width, struct ms_page *out);
#define MS_BROWSE_SCREEN                                                                           \
	.move = ms_browse_move, .follow = ms_browse_follow, .act = ms_browse_act,                  \
	.draw = ms_browse_draw, .subject = ms_browse_subject, .lines = ms_browse_lines

#endif
