/* SPDX-License-Identifier: MIT */
/* Actions about the columns of the table of models. */
#include "layout.h"
#include "modelsync/utf8.h"
#include "ui.h"

const struct ms_column *ms_ui_columns(const struct ms_ui *ui, struct ms_columns *out)
{
	struct ms_layout l;

	ms_layout_get(ui, &l);
	ms_columns_layout(out, &ui->columns, l.table.w);
	return &out->items[ui->has_column && ui->column < out->count ? ui->column : out->model];
}

void ms_do_columns(struct ms_ui *ui)
{
	ms_columns_open(ui);
}

void ms_do_column_hide(struct ms_ui *ui)
{
	struct ms_columns columns;
	const struct ms_field *f = ms_ui_columns(ui, &columns)->field;

	if (ms_column_set_hide(&ui->columns, f))
		ms_ui_note(ui, MS_NOTE_HINT, "%s hidden; {columns} brings it back", f->name);
	else
		ms_ui_note(
			ui, MS_NOTE_HINT,
			"status and model stay; {column-left} and {column-right} choose another");
}

/* What the longest of the shown values takes. */
static int width_of_values(const struct ms_ui *ui, const struct ms_field *f)
{
	size_t widest = MS_COLUMN_WIDTH_MIN;
	char text[400];

	for (size_t i = 0; i < ui->rows.shown; i++) {
		const struct ms_model *m = &ui->catalog->models[ui->rows.visible[i]];
		size_t width = ms_utf8_columns(ms_field_format(text, sizeof(text), f, m, ui->now));

		if (width > widest)
			widest = width;
	}
	return widest < MS_COLUMN_WIDTH_MAX ? (int)widest : MS_COLUMN_WIDTH_MAX;
}

/* As usual → whole → narrow → as usual; one of these may be the same as another. Half a number
 * would be another number: only texts get narrow. */
void ms_do_column_width(struct ms_ui *ui)
{
	struct ms_columns columns;
	const struct ms_column *c = ms_ui_columns(ui, &columns);
	struct ms_column_pick *pick =
		&ui->columns.items[ms_column_set_find(&ui->columns, c->field)];
	int whole = width_of_values(ui, c->field), narrow = (int)ms_utf8_columns(c->title);
	bool can_shrink = c->kind != MS_COLUMN_MODEL && !c->is_right_aligned;

	if (c->kind == MS_COLUMN_STATUS || c->kind == MS_COLUMN_TIER) {
		ms_ui_note(ui, MS_NOTE_HINT, "%s always has the width it needs", c->field->name);
		return;
	}
	if (narrow < MS_COLUMN_WIDTH_MIN)
		narrow = MS_COLUMN_WIDTH_MIN;
	if (pick->width == 0 && c->width != whole)
		pick->width = whole;
	else if (can_shrink && pick->width != narrow && narrow < whole)
		pick->width = narrow;
	else
		pick->width = 0;
	ms_ui_note(ui, MS_NOTE_HINT, "%s: %s", c->field->name,
		   pick->width == 0	  ? "as wide as usual"
		   : pick->width == whole ? "as wide as its longest value"
					  : "narrow");
}
