/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <string.h>

#include "modelsync/memory.h"
#include "rows.h"

static void free_entry(struct ms_staged *e)
{
	ms_free(e->id);
	ms_free(e->note);
}

void ms_stage_clear(struct ms_stage *s)
{
	for (size_t i = 0; i < s->count; i++)
		free_entry(&s->entries[i]);
	ms_free(s->entries);
	ms_free(s->steps);
	ms_free(s->by_model);
	for (size_t i = 0; i < s->group_count; i++)
		ms_free(s->origins[i]);
	ms_free(s->origins);
	memset(s, 0, sizeof(*s));
}

static void index_models(struct ms_stage *s, const struct ms_catalog *c)
{
	s->by_model = ms_realloc_array(s->by_model, c->count + 1, sizeof(*s->by_model));
	memset(s->by_model, 0, (c->count + 1) * sizeof(*s->by_model));
	for (size_t i = 0; i < s->count; i++)
		if (s->entries[i].model != MS_ROW_NONE)
			s->by_model[s->entries[i].model] = (uint32_t)i + 1;
}

void ms_stage_replace(struct ms_stage *s, const struct ms_catalog *from,
		      const struct ms_catalog *to)
{
	uint32_t *map = from && s->count ? ms_rows_map(from, to) : NULL;

	for (size_t i = 0; map && i < s->count; i++)
		if (s->entries[i].model != MS_ROW_NONE)
			s->entries[i].model = map[s->entries[i].model];
	ms_free(map);
	index_models(s, to);
	ms_stage_summarise(s, to);
}

void ms_stage_begin(struct ms_stage *s, const char *how)
{
	s->origins = ms_realloc_array(s->origins, s->group_count + 1, sizeof(*s->origins));
	s->origins[s->group_count++] = ms_strdup(how);
}

struct ms_staged *ms_stage_at(const struct ms_stage *s, uint32_t model)
{
	uint32_t at = s->by_model && model != MS_ROW_NONE ? s->by_model[model] : 0;

	return at ? &s->entries[at - 1] : NULL;
}

static struct ms_staged *add_entry(struct ms_stage *s, const struct ms_model *m, uint32_t model)
{
	if (s->count == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 16;
		s->entries = ms_realloc_array(s->entries, s->cap, sizeof(*s->entries));
	}
	s->entries[s->count] =
		(struct ms_staged){.id = ms_strdup(m->id), .model = model, .version = m->version};
	s->by_model[model] = (uint32_t)++s->count;
	return &s->entries[s->count - 1];
}

static void add_step(struct ms_stage *s, const struct ms_staged *e)
{
	if (s->step_count == s->step_cap) {
		s->step_cap = s->step_cap ? s->step_cap * 2 : 16;
		s->steps = ms_realloc_array(s->steps, s->step_cap, sizeof(*s->steps));
	}
	s->steps[s->step_count++] =
		(struct ms_stage_step){(size_t)(e - s->entries), e->edit, s->group_count};
}

/* Asking anew is the answer to a conflict: it is based on the row as it is now. */
static void rebase(struct ms_staged *e, const struct ms_model *m)
{
	e->state = MS_STAGED_ASKED;
	e->version = m->version;
	ms_free(e->note);
	e->note = NULL;
}

void ms_stage_ask(struct ms_stage *s, const struct ms_catalog *c, uint32_t model,
		  const struct ms_edit *edit)
{
	const struct ms_model *m = &c->models[model];
	struct ms_staged *e = ms_stage_at(s, model);

	if (!e)
		e = add_entry(s, m, model);
	if (e->state == MS_STAGED_WRITTEN)
		e->edit.set = 0;
	add_step(s, e);
	rebase(e, m);
	ms_edit_merge(&e->edit, edit);
}

/* Entries without an edit are kept while steps refer to them; else they go. */
static void compact(struct ms_stage *s, const struct ms_catalog *c)
{
	size_t kept = 0;

	if (s->step_count > 0)
		return;
	for (size_t i = 0; i < s->count; i++) {
		if (s->entries[i].edit.set == 0)
			free_entry(&s->entries[i]);
		else
			s->entries[kept++] = s->entries[i];
	}
	s->count = kept;
	if (c)
		index_models(s, c);
}

/* Conflicts outlive the steps that staged them; they are taken back one by one. */
static size_t take_back_last_entry(struct ms_stage *s)
{
	for (size_t i = s->count; i > 0; i--) {
		struct ms_staged *e = &s->entries[i - 1];

		if (e->edit.set != 0 && e->state != MS_STAGED_WRITTEN) {
			e->edit.set = 0;
			return 1;
		}
	}
	return 0;
}

size_t ms_stage_groups(const struct ms_stage *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->step_count; i++)
		n += i == 0 || s->steps[i].group != s->steps[i - 1].group;
	return n;
}

const char *ms_stage_origin(const struct ms_stage *s)
{
	return s->group_count ? s->origins[s->group_count - 1] : "by hand";
}

size_t ms_stage_take_back(struct ms_stage *s, const struct ms_catalog *c)
{
	size_t rows = 0;
	size_t group = s->step_count ? s->steps[s->step_count - 1].group : 0;

	if (s->step_count == 0)
		rows = take_back_last_entry(s);
	while (s->step_count > 0 && s->steps[s->step_count - 1].group == group) {
		const struct ms_stage_step *step = &s->steps[--s->step_count];

		s->entries[step->entry].edit = step->before;
		rows++;
	}
	while (group > 0 && s->group_count >= group)
		ms_free(s->origins[--s->group_count]);
	compact(s, c);
	ms_stage_summarise(s, c);
	return rows;
}

void ms_stage_drop_all(struct ms_stage *s, const struct ms_catalog *c)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->entries[i].state != MS_STAGED_WRITTEN)
			s->entries[i].edit.set = 0;
	s->step_count = 0;
	compact(s, c);
	ms_stage_summarise(s, c);
}

unsigned ms_stage_effect(const struct ms_staged *e, const struct ms_model *m, struct ms_edit *out)
{
	*out = e->edit;
	return e->edit.set ? ms_edit_reduce(out, m) : 0;
}

unsigned ms_stage_tiers(const struct ms_stage *s, const struct ms_catalog *c, uint32_t model)
{
	const struct ms_staged *e = ms_stage_at(s, model);
	unsigned tiers = c->models[model].tiers;
	unsigned asked;

	if (!e)
		return tiers;
	asked = (e->edit.set & MS_EDIT_FREE ? MS_TIER_FREE : 0u) |
		(e->edit.set & MS_EDIT_PRO ? MS_TIER_PRO : 0u) |
		(e->edit.set & MS_EDIT_ENTERPRISE ? MS_TIER_ENTERPRISE : 0u);
	return (tiers & ~asked) | (e->edit.tiers & asked);
}

struct ms_edit_batch *ms_stage_batch(const struct ms_stage *s, const struct ms_catalog *c)
{
	struct ms_edit_batch *batch = ms_edit_batch_new();

	for (size_t i = 0; i < s->count; i++) {
		const struct ms_staged *e = &s->entries[i];
		struct ms_edit effect;
		struct ms_model basis;

		if (e->model == MS_ROW_NONE || e->state == MS_STAGED_WRITTEN)
			continue;
		if (!ms_stage_effect(e, &c->models[e->model], &effect))
			continue;
		basis = c->models[e->model];
		basis.version = e->version; /* what the admin looked at, not what is there now */
		ms_edit_batch_add(batch, &basis, &effect);
	}
	return batch;
}

static void keep_conflict(struct ms_stage *s, const struct ms_catalog *c,
			  const struct ms_write_row *row)
{
	size_t model = ms_catalog_find(c, row->model_id);
	struct ms_staged *e = model == SIZE_MAX ? NULL : ms_stage_at(s, (uint32_t)model);

	if (!e)
		return;
	e->state = MS_STAGED_CONFLICT;
	ms_free(e->note);
	e->note = ms_strdup(row->note);
}

void ms_stage_settle(struct ms_stage *s, const struct ms_catalog *c,
		     const struct ms_write_result *result)
{
	for (size_t i = 0; i < s->count; i++)
		s->entries[i].state = MS_STAGED_WRITTEN;
	for (size_t i = 0; i < result->row_count; i++)
		if (result->rows[i].outcome == MS_WRITE_CONFLICT)
			keep_conflict(s, c, &result->rows[i]);
	s->step_count = 0;
	ms_stage_summarise(s, c);
}

void ms_stage_forget_written(struct ms_stage *s, const struct ms_catalog *c)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->entries[i].state != MS_STAGED_WRITTEN)
			continue;
		s->entries[i].edit.set = 0;
		s->entries[i].state = MS_STAGED_ASKED;
	}
	compact(s, c);
	ms_stage_summarise(s, c);
}

bool ms_staged_is_in_conflict(const struct ms_staged *e, const struct ms_model *m)
{
	return e->state == MS_STAGED_CONFLICT ||
	       (e->state == MS_STAGED_ASKED && e->version != m->version);
}

void ms_stage_summarise(struct ms_stage *s, const struct ms_catalog *c)
{
	struct ms_stage_summary sum = {0};

	s->revision++;
	for (size_t i = 0; c && i < s->count; i++) {
		struct ms_staged *e = &s->entries[i];
		struct ms_edit effect;
		unsigned fields;

		if (e->state == MS_STAGED_WRITTEN || e->model == MS_ROW_NONE)
			continue;
		fields = ms_stage_effect(e, &c->models[e->model], &effect);
		if (!fields)
			continue;
		sum.rows++;
		sum.conflicts += ms_staged_is_in_conflict(e, &c->models[e->model]);
		sum.only = e;
		for (; fields; fields &= fields - 1)
			sum.fields++;
	}
	s->summary = sum;
}
