/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_DIALOG_H
#define MODELSYNC_CONSOLE_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "action.h"
#include "canvas.h"

/*
 * What lies on top of the screen and takes the keys: questions, input lines, lists, the
 * review, the sync. A dialog embeds struct ms_dialog as its first member and has a class.
 */
struct ms_ui;
struct ms_dialog;

struct ms_dialog_class {
	enum ms_scope scope;
	/* `action` is what the key means in that scope, or MS_ACTION_NONE; pasted text is text
	 * only. */
	void (*key)(struct ms_ui *ui, struct ms_dialog *d, uint32_t key, enum ms_action action,
		    bool is_pasted);
	void (*draw)(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c);
	void (*free)(struct ms_dialog *d);
	/* The screen was resized or its data changed; may be NULL. */
	void (*refresh)(struct ms_ui *ui, struct ms_dialog *d);
};

struct ms_dialog {
	const struct ms_dialog_class *class;
	struct ms_dialog *below;
};

/* The user interface takes over the dialog. */
void ms_dialog_open(struct ms_ui *ui, struct ms_dialog *d);
/* Closes and frees it, wherever it is in the stack. */
void ms_dialog_close(struct ms_ui *ui, struct ms_dialog *d);
void ms_dialog_close_all(struct ms_ui *ui);
struct ms_dialog *ms_dialog_of_class(const struct ms_ui *ui, const struct ms_dialog_class *class);
/* A rectangle for a dialog in the middle of the screen, at most w × h. */
struct ms_rect ms_dialog_place(const struct ms_ui *ui, int w, int h);

/* --- menu: one key answers (dlg_menu.c) ---------------------------------------------------- */

struct ms_choice {
	uint32_t key;
	const char *label; /* static */
	int64_t value;
};
typedef void (*ms_choice_fn)(struct ms_ui *ui, int64_t value);
/* A question in the footer, on as many lines as it needs. */
void ms_question_draw(const struct ms_ui *ui, struct ms_canvas *c, const char *title,
		      const struct ms_choice *choices, size_t n);
/* Any other key leaves the question standing; Esc drops it. Copies title and choices (≤ 6). */
void ms_menu_open(struct ms_ui *ui, const char *title, const struct ms_choice *choices, size_t n,
		  ms_choice_fn chosen);
/* "question  y yes  n no": runs `yes` with that value after y only. */
void ms_confirm(struct ms_ui *ui, const char *question, ms_choice_fn yes, int64_t value);

/* --- input line (dlg_input.c) -------------------------------------------------------------- */

struct ms_history;
struct ms_completion;
struct ms_input_class {
	const char *prompt;  /* in front of the line */
	bool in_filter_line; /* else in the footer */
	/* All may be NULL. `changed` after each keystroke; `accept` returns false to stay open. */
	void (*changed)(struct ms_ui *ui, const char *text);
	bool (*accept)(struct ms_ui *ui, const char *text);
	void (*cancelled)(struct ms_ui *ui);
	/* What may stand at that byte of the text. */
	void (*complete)(const struct ms_ui *ui, const char *text, size_t at,
			 struct ms_completion *out);
};
void ms_input_open(struct ms_ui *ui, const struct ms_input_class *class, const char *text,
		   struct ms_history *history);
/* The input line in the filter's place, or NULL. */
const struct ms_dialog *ms_input_in_filter_line(const struct ms_ui *ui);
/* The topmost dialog is an input line that Tab completes. */
bool ms_input_completes(const struct ms_ui *ui);
/* Puts the cursor of the topmost dialog, an input line, on that byte: there it is wrong. */
void ms_input_point(struct ms_ui *ui, size_t at);
/* Where byte `at` of its line is in w columns. */
int ms_input_column(const struct ms_dialog *d, size_t at, int w);
/* Draws its line there. */
void ms_input_draw_line(const struct ms_dialog *d, struct ms_canvas *c, int x, int y, int w);

/* --- picker: type to narrow a list (dlg_picker.c) ------------------------------------------ */

struct ms_pick {
	const char *left, *middle, *right; /* static */
	int64_t value;
};
/* Copies the items; `chosen` runs after the picker was closed. With `keep_order`, narrowing keeps
 * the items in their order instead of putting the best match first. */
void ms_picker_open(struct ms_ui *ui, const char *title, const struct ms_pick *items, size_t n,
		    bool keep_order, ms_choice_fn chosen);
/* How well the letters of `pattern` are found in `text` in that order; 0 = not at all. */
int ms_fuzzy_score(const char *pattern, const char *text);

/* --- text page (dlg_page.c) ---------------------------------------------------------------- */

struct ms_page;
int ms_page_width(const struct ms_ui *ui); /* columns of text it shows */
/* Takes over the page's lines. `yes` (or NULL): y asks for it, with `question` in the footer. */
void ms_page_open(struct ms_ui *ui, const char *title, struct ms_page *page, const char *question,
		  ms_choice_fn yes, int64_t value);

/* --- review and sync ------------------------------------------------------------------------ */

void ms_review_open(struct ms_ui *ui);
void ms_sync_dialog_open(struct ms_ui *ui); /* or brings it to the front */
bool ms_sync_dialog_is_open(const struct ms_ui *ui);
void ms_help_open(struct ms_ui *ui);
void ms_palette_open(struct ms_ui *ui);
void ms_columns_open(struct ms_ui *ui);

#endif
