/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "key.h"
#include "layout.h"
#include "modelsync/complete.h"
#include "modelsync/memory.h"
#include "ui.h"

#define INPUT_MIN 10 /* columns that the prompt leaves at least */

struct input {
	struct ms_dialog dialog;
	const struct ms_input_class *class;
	struct ms_history *history;
	struct ms_line line;
	/* while Tab goes round: what there is, and which one stands in the line */
	struct ms_completion found;
	size_t chosen; /* found.count = none yet */
};

/* --- completion ------------------------------------------------------------------------------- */

static void forget_completion(struct input *in)
{
	ms_completion_clear(&in->found);
}

/* "new [active] inactive": what there is, from the chosen one on, as far as the footer goes. */
static void show_completions(struct ms_ui *ui, const struct input *in)
{
	size_t chosen = in->chosen < in->found.count ? in->chosen : 0;
	struct ms_text out;

	ms_text_init(&out, 0);
	for (size_t i = 0; i < in->found.count; i++) {
		size_t at = (chosen + i) % in->found.count;

		ms_text_addf(&out, at == in->chosen ? "%s[%s]" : "%s%s", i ? "  " : "",
			     in->found.items[at]);
	}
	ms_ui_note(ui, MS_NOTE_HINT, "%s", ms_text_str(&out));
	ms_text_clear(&out);
}

static bool put(struct input *in, const char *item)
{
	if (!ms_line_replace(&in->line, in->found.from, in->found.to, item))
		return false;
	in->found.to = in->found.from + strlen(item);
	return true;
}

/* What all of them begin with, if that is more than what stands there. */
static bool put_common(struct input *in)
{
	size_t common = ms_completion_common(&in->found);
	char *item;
	bool ok;

	if (common <= in->found.to - in->found.from)
		return false;
	item = ms_strndup(in->found.items[0], common);
	ok = put(in, item);
	ms_free(item);
	return ok;
}

static bool complete_first(struct ms_ui *ui, struct input *in)
{
	if (in->class->complete)
		in->class->complete(ui, in->line.text, in->line.at, &in->found);
	in->chosen = in->found.count;
	if (in->found.count == 0) {
		ms_ui_note(ui, MS_NOTE_HINT, "nothing to complete here");
		return false;
	}
	if (in->found.count == 1) {
		bool ok = put(in, in->found.items[0]);

		forget_completion(in);
		return ok;
	}
	return put_common(in);
}

static bool complete(struct ms_ui *ui, struct input *in, bool is_back)
{
	size_t n = in->found.count;
	bool is_changed = false;

	if (n == 0)
		is_changed = complete_first(ui, in);
	if (in->found.count == 0)
		return is_changed;
	if (!is_changed) {
		n = in->found.count;
		if (in->chosen == n)
			in->chosen = is_back ? n - 1 : 0;
		else
			in->chosen = (in->chosen + (is_back ? n - 1 : 1)) % n;
		is_changed = put(in, in->found.items[in->chosen]);
	}
	show_completions(ui, in);
	return is_changed;
}

/* --- the line --------------------------------------------------------------------------------- */

/* What is typed next is a term of its own, not the end of the last one. */
static void begin_term(struct ms_line *l)
{
	if (l->len > 0 && l->text[l->len - 1] != ' ')
		ms_line_type(l, ' ');
}

/* Blanks at the end say nothing, unless a backslash makes the first of them part of a term. */
static void drop_blanks(struct ms_line *l)
{
	size_t len = l->len;

	while (len > 0 && l->text[len - 1] == ' ' && (len < 2 || l->text[len - 2] != '\\'))
		len--;
	ms_line_replace(l, len, l->len, "");
}

static void input_accept(struct ms_ui *ui, struct input *in)
{
	if (in->class->in_filter_line)
		drop_blanks(&in->line);
	if (in->class->accept && !in->class->accept(ui, in->line.text))
		return;
	if (in->history)
		ms_history_add(in->history, in->line.text);
	ms_dialog_close(ui, &in->dialog);
}

static void input_cancel(struct ms_ui *ui, struct input *in)
{
	if (in->class->cancelled)
		in->class->cancelled(ui);
	ms_dialog_close(ui, &in->dialog);
}

static void input_key(struct ms_ui *ui, struct ms_dialog *d, uint32_t key, enum ms_action action,
		      bool is_pasted)
{
	struct input *in = (struct input *)d;
	size_t len = in->line.len;
	bool is_changed;

	if (action == MS_ACTION_accept) {
		input_accept(ui, in);
		return;
	}
	/* Erasing in an empty line leaves it, as in vi. */
	if (action == MS_ACTION_cancel || action == MS_ACTION_interrupt ||
	    (action == MS_ACTION_erase_left && len == 0)) {
		input_cancel(ui, in);
		return;
	}
	if (action == MS_ACTION_complete || action == MS_ACTION_complete_back) {
		if (complete(ui, in, action == MS_ACTION_complete_back) && in->class->changed)
			in->class->changed(ui, in->line.text);
		return;
	}
	forget_completion(in);
	if (action != MS_ACTION_NONE)
		is_changed = ms_line_action(&in->line, action);
	else
		is_changed = ms_line_type(&in->line, is_pasted && key < ' ' ? ' ' : key);
	if (is_changed && in->class->changed)
		in->class->changed(ui, in->line.text);
}

static void input_draw(const struct ms_ui *ui, const struct ms_dialog *d, struct ms_canvas *c)
{
	const struct input *in = (const struct input *)d;
	struct ms_layout l;
	int x;

	if (in->class->in_filter_line)
		return; /* drawn with the filter */
	ms_layout_get(ui, &l);
	ms_canvas_fill(c, l.pending, MS_STYLE_NORMAL);
	x = ms_canvas_text(c, 0, l.pending.y, l.pending.w - INPUT_MIN, MS_STYLE_HEADING,
			   in->class->prompt);
	ms_line_draw(&in->line, c, x, l.pending.y, l.pending.w - x);
}

static void input_free(struct ms_dialog *d)
{
	forget_completion((struct input *)d);
	ms_free(d);
}

static const struct ms_dialog_class input_dialog = {
	.scope = MS_SCOPE_INPUT, .key = input_key, .draw = input_draw, .free = input_free};

void ms_input_open(struct ms_ui *ui, const struct ms_input_class *class, const char *text,
		   struct ms_history *history)
{
	struct input *in = ms_alloc(sizeof(*in));

	in->dialog.class = &input_dialog;
	in->class = class;
	in->history = history;
	ms_line_init(&in->line, text, history);
	if (class->in_filter_line)
		begin_term(&in->line);
	ms_dialog_open(ui, &in->dialog);
}

const struct ms_dialog *ms_input_in_filter_line(const struct ms_ui *ui)
{
	const struct ms_dialog *d = ms_dialog_of_class(ui, &input_dialog);

	return d && ((const struct input *)d)->class->in_filter_line ? d : NULL;
}

bool ms_input_completes(const struct ms_ui *ui)
{
	return ui->dialog && ui->dialog->class == &input_dialog &&
	       ((const struct input *)ui->dialog)->class->complete;
}

void ms_input_point(struct ms_ui *ui, size_t at)
{
	struct input *in = (struct input *)ui->dialog;

	if (ui->dialog && ui->dialog->class == &input_dialog && at <= in->line.len)
		in->line.at = at;
}

int ms_input_column(const struct ms_dialog *d, size_t at, int w)
{
	return ms_line_column(&((const struct input *)d)->line, at, w);
}

void ms_input_draw_line(const struct ms_dialog *d, struct ms_canvas *c, int x, int y, int w)
{
	ms_line_draw(&((const struct input *)d)->line, c, x, y, w);
}
