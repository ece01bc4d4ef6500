/* SPDX-License-Identifier: MIT */
#include "detail.h"

#include <string.h>

#include "layout.h"
#include "modelsync/memory.h"

static void forget_json(struct ms_detail *d)
{
	ms_json_free(d->json);
	ms_free(d->loaded_id);
	ms_free(d->problem);
	d->json = NULL;
	d->loaded_id = NULL;
	d->problem = NULL;
}

void ms_detail_clear(struct ms_detail *d)
{
	forget_json(d);
	ms_free(d->id);
	memset(d, 0, sizeof(*d));
}

void ms_detail_follow(struct ms_ui *ui)
{
	struct ms_detail *d = &ui->detail;
	const struct ms_model *m = ms_rows_current(&ui->rows);
	struct ms_layout l;

	if (!m || ui->screen != MS_SCREEN_MODELS)
		return;
	if (!d->id || strcmp(d->id, m->id) != 0) {
		ms_free(d->id);
		d->id = ms_strdup(m->id);
		ui->panes[MS_SCREEN_MODELS].top = 0;
		d->is_asked = false;
	}
	ms_layout_get(ui, &l);
	if (l.pane == MS_PANE_NONE || !ui->is_connected || d->is_asked)
		return;
	if (d->is_stale || !d->loaded_id || strcmp(d->loaded_id, d->id) != 0) {
		ms_ui_effect_text(ui, MS_EFFECT_LOAD_DETAIL, d->id);
		d->is_asked = true;
	}
}

void ms_detail_loaded(struct ms_ui *ui, const char *id, struct ms_json *json,
		      const struct ms_error *err)
{
	struct ms_detail *d = &ui->detail;

	if (!d->id || strcmp(d->id, id) != 0) { /* the cursor is elsewhere by now */
		ms_json_free(json);
		return;
	}
	forget_json(d);
	d->is_asked = d->is_stale = false;
	d->json = json;
	d->loaded_id = ms_strdup(id);
	if (!json && err)
		d->problem = ms_strdup(err->message);
}

const struct ms_model *ms_detail_model(const struct ms_ui *ui)
{
	const struct ms_detail *d = &ui->detail;
	bool is_shown = ui->panes[MS_SCREEN_MODELS].is_full || ms_rows_current(&ui->rows);
	size_t at =
		d->id && ui->catalog && is_shown ? ms_catalog_find(ui->catalog, d->id) : SIZE_MAX;

	return at == SIZE_MAX ? NULL : &ui->catalog->models[at];
}

const struct ms_json *ms_detail_json(const struct ms_ui *ui)
{
	const struct ms_detail *d = &ui->detail;

	return d->id && d->loaded_id && strcmp(d->loaded_id, d->id) == 0 ? d->json : NULL;
}

bool ms_detail_is_history(const struct ms_ui *ui)
{
	return ui->panes[MS_SCREEN_MODELS].is_full && ui->detail.history_only;
}

void ms_detail_lines(const struct ms_ui *ui, int width, struct ms_page *out)
{
	const struct ms_model *m = ms_detail_model(ui);
	struct ms_layout l;

	if (!m)
		return;
	ms_layout_get(ui, &l);
	if (l.pane == MS_PANE_BELOW) {
		ms_detail_brief(ui, m, width, out);
		return;
	}
	if (!ms_detail_is_history(ui))
		ms_detail_long(ui, m, width, out);
	ms_detail_history(ui, width, out);
}
