/* SPDX-License-Identifier: MIT */
/* Actions that filter and find. */
#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/complete.h"
#include "modelsync/memory.h"
#include "ui.h"

/* --- the filter line ------------------------------------------------------------------------ */

static void filter_changed(struct ms_ui *ui, const char *text)
{
	ms_ui_set_filter(ui, text);
}

void ms_ui_complete_filter(const struct ms_ui *ui, const char *text, size_t at,
			   struct ms_completion *out)
{
	ms_filter_complete(text, at, ui->catalog, &ui->views, out);
}

static void forget_before(struct ms_ui *ui)
{
	ms_free(ui->filter_before);
	ui->filter_before = NULL;
}

static bool filter_accepted(struct ms_ui *ui, const char *text)
{
	ms_ui_set_filter(ui, text);
	if (ui->has_filter_error)
		return false;
	ms_rows_move_to(&ui->rows, ui->rows.cursor);
	forget_before(ui);
	return true;
}

static void filter_cancelled(struct ms_ui *ui)
{
	ms_ui_set_filter(ui, ui->filter_before ? ui->filter_before : "");
	forget_before(ui);
}

void ms_ui_edit_filter(struct ms_ui *ui, const char *text)
{
	static const struct ms_input_class class = {
		.prompt = "/ ",
		.in_filter_line = true,
		.changed = filter_changed,
		.accept = filter_accepted,
		.cancelled = filter_cancelled,
		.complete = ms_ui_complete_filter,
	};

	forget_before(ui);
	ui->filter_before = ms_strdup(ui->rows.filter_text);
	ms_input_open(ui, &class, text, &ui->filters);
	ms_ui_set_filter(ui, text);
}

void ms_do_filter(struct ms_ui *ui)
{
	ms_ui_edit_filter(ui, ui->rows.filter_text);
}

/* Keeps what the user already has, and puts the term behind it. */
static void add_term(struct ms_ui *ui, const char *term)
{
	const char *before = ui->rows.filter_text;
	char *text = ms_format("%s%s%s", before, *before ? " " : "", term);

	ms_ui_set_filter(ui, text);
	if (ui->has_filter_error) {
		ms_ui_note(ui, MS_NOTE_HINT, "filter not changed: %s", ui->filter_error.message);
		ui->has_filter_error = false;
	} else {
		ms_history_add(&ui->filters, text);
	}
	ms_free(text);
}

/* A slash there begins a regular expression: of its own, negated, or after `~`. */
static bool begins_regex(const char *text, size_t at)
{
	if (at > 0 && text[at - 1] == '~')
		return true;
	if (at > 0 && (text[at - 1] == '-' || text[at - 1] == '!'))
		at--;
	return at == 0 || text[at - 1] == ' ' || text[at - 1] == '(';
}

/* Start of the last term outside quotes, regular expressions and brackets, with the OR before it.
 */
static size_t last_term(const char *text)
{
	size_t start = 0;
	int depth = 0;
	char within = '\0'; /* '"' or '/': what ends it */

	for (size_t i = 0; text[i]; i++) {
		char c = text[i];

		if (within && c == '\\' && text[i + 1])
			i++;
		else if (within)
			within = c == within ? '\0' : within;
		else if (c == '"' || (c == '/' && begins_regex(text, i)))
			within = c;
		else if (c == '(' || c == ')')
			depth += c == '(' ? 1 : -1;
		else if (depth == 0 && c == ' ' && text[i + 1] && text[i + 1] != ' ')
			start = i;
	}
	if (start >= 3 && strncmp(text + start - 3, " OR", 3) == 0)
		start -= 3;
	return start;
}

void ms_filter_drop_term(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == ' ')
		text[--len] = '\0';
	text[last_term(text)] = '\0';
}

void ms_do_drop_term(struct ms_ui *ui)
{
	char *text = ms_strdup(ui->rows.filter_text);

	ms_filter_drop_term(text);
	ms_ui_set_filter(ui, text);
	ms_free(text);
}

bool ms_ui_go_to_model(struct ms_ui *ui, const char *id)
{
	size_t at = ui->catalog ? ms_catalog_find(ui->catalog, id) : SIZE_MAX;

	if (at == SIZE_MAX)
		return false;
	ms_screen_show(ui, MS_SCREEN_MODELS);
	if (!ms_rows_go_to(&ui->rows, (uint32_t)at)) {
		ms_history_add(&ui->filters, ui->rows.filter_text);
		ms_ui_set_filter(ui, "");
		ms_ui_note(ui, MS_NOTE_HINT,
			   "the filter hid this model and was dropped; / Up brings it back");
		(void)ms_rows_go_to(&ui->rows, (uint32_t)at);
	}
	ms_ui_cursor_moved(ui);
	ms_detail_follow(ui);
	return true;
}

/* --- the value of a cell as a term ----------------------------------------------------------- */

/* "a,b" as "a+b": all of them. */
static char *words_term(const char *name, char sign, char *words)
{
	for (char *p = words; (p = strchr(p, ',')); p++)
		*p = '+';
	return ms_format("%s%c%s", name, sign, words);
}

static char *text_term(const char *name, const char *value)
{
	char *quoted = ms_filter_quote(value), *term = ms_format("%s=%s", name, quoted);

	ms_free(quoted);
	return term;
}

/* What the cell says as a term; NULL when it says nothing that could be asked for. */
static char *cell_term(const struct ms_column *c, const struct ms_model *m, int64_t now)
{
	const struct ms_field *f = c->field;
	char value[MS_PRICE_WORD_MAX];

	if (c->kind == MS_COLUMN_TIER) /* what the box shows */
		return ms_format("%stier:%s", m->tiers & (unsigned)c->tier ? "" : "-",
				 ms_tier_name(c->tier));
	ms_field_export(value, sizeof(value), f, m, now);
	switch (f->type) {
	case MS_FIELD_PRICE:
		return ms_format("%s:%s", f->name,
				 ms_price_word(value, m->prices[f->price], f->price));
	case MS_FIELD_TIME:
		return ms_format("%s:%.10s", f->name, *value ? value : "none");
	case MS_FIELD_ENUM:
		return ms_format("%s:%s", f->name, ms_status_name((enum ms_status)m->status));
	case MS_FIELD_FLAGS:
		return *value ? words_term(f->name, ':', value) : NULL;
	case MS_FIELD_SET:
		return words_term(f->name, *value ? '=' : ':',
				  *value ? value : strcpy(value, "none"));
	case MS_FIELD_NUMBER:
	case MS_FIELD_TEXT:
		break;
	}
	return *value ? text_term(f->name, value) : ms_format("%s:none", f->name);
}

static void filter_by_cell(struct ms_ui *ui, bool is_excluded)
{
	struct ms_columns columns;
	const struct ms_column *c = ms_ui_columns(ui, &columns);
	char *term = cell_term(c, ms_rows_current(&ui->rows), ui->now);
	char *negated = NULL;

	if (!term) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s: nothing in this cell to filter by", c->title);
		return;
	}
	if (is_excluded)
		negated = *term == '-' ? ms_strdup(term + 1) : ms_format("-%s", term);
	add_term(ui, negated ? negated : term);
	ms_free(negated);
	ms_free(term);
}

void ms_do_include(struct ms_ui *ui)
{
	filter_by_cell(ui, false);
}

void ms_do_exclude(struct ms_ui *ui)
{
	filter_by_cell(ui, true);
}

/* --- find ------------------------------------------------------------------------------------ */

static bool find(struct ms_ui *ui, bool is_backwards, bool from_here)
{
	bool is_found =
		ui->found && ms_rows_find(&ui->rows, ui->found, is_backwards, from_here, ui->now);

	ms_ui_cursor_moved(ui);
	return is_found;
}

static bool find_set(struct ms_ui *ui, const char *text, struct ms_filter_error *err)
{
	struct ms_filter *what = ms_filter_parse_with(text, &ui->views, err);

	if (!what)
		return false;
	ms_filter_free(ui->found);
	ui->found = what;
	return true;
}

static void find_changed(struct ms_ui *ui, const char *text)
{
	struct ms_filter_error err;

	ms_rows_move_to(&ui->rows, ui->find_from);
	if (*text && find_set(ui, text, &err))
		(void)find(ui, false, true);
	else
		ms_ui_cursor_moved(ui);
}

static bool find_accepted(struct ms_ui *ui, const char *text)
{
	struct ms_filter_error err;

	if (*text && !find_set(ui, text, &err)) {
		ms_ui_note(ui, MS_NOTE_HINT, "find: %s", err.message);
		ms_input_point(ui, err.at);
		return false;
	}
	ms_rows_move_to(&ui->rows, ui->find_from);
	if (*text && !find(ui, false, true))
		ms_ui_note(ui, MS_NOTE_HINT, "find: no shown row matches %s", text);
	return true;
}

static void find_cancelled(struct ms_ui *ui)
{
	ms_rows_move_to(&ui->rows, ui->find_from);
	ms_ui_cursor_moved(ui);
}

void ms_do_find(struct ms_ui *ui)
{
	static const struct ms_input_class class = {
		.prompt = "find ",
		.changed = find_changed,
		.accept = find_accepted,
		.cancelled = find_cancelled,
		.complete = ms_ui_complete_filter,
	};

	ui->find_from = ui->rows.cursor;
	ms_input_open(ui, &class, "", &ui->finds);
}

static void find_again(struct ms_ui *ui, bool is_backwards)
{
	if (!ui->found)
		ms_ui_note(ui, MS_NOTE_HINT, "nothing to find yet; {find} starts");
	else if (!find(ui, is_backwards, false))
		ms_ui_note(ui, MS_NOTE_HINT, "no shown row matches");
}

void ms_do_find_next(struct ms_ui *ui)
{
	find_again(ui, false);
}

void ms_do_find_previous(struct ms_ui *ui)
{
	find_again(ui, true);
}
