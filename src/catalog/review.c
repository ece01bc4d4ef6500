/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/edit.h"

struct ms_edit_batch *ms_edit_batch_new(void)
{
	return ms_alloc(sizeof(struct ms_edit_batch));
}

void ms_edit_batch_free(struct ms_edit_batch *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->count; i++) {
		ms_free(b->items[i].model_id);
		ms_free(b->items[i].rule);
	}
	ms_free(b->items);
	ms_free(b->reason);
	ms_free(b);
}

void ms_edit_batch_add(struct ms_edit_batch *b, const struct ms_model *m, const struct ms_edit *e)
{
	ms_edit_batch_add_by_rule(b, m, e, NULL);
}

void ms_edit_batch_add_by_rule(struct ms_edit_batch *b, const struct ms_model *m,
			       const struct ms_edit *e, const char *rule)
{
	if (b->count == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 16;
		b->items = ms_realloc_array(b->items, b->cap, sizeof(*b->items));
	}
	b->items[b->count++] = (struct ms_edit_item){.model_id = ms_strdup(m->id),
						     .version = m->version,
						     .edit = *e,
						     .rule = ms_strdup(rule)};
}

void ms_edit_batch_set_reason(struct ms_edit_batch *b, const char *reason)
{
	char *copy = ms_strdup(reason);

	ms_free(b->reason);
	b->reason = copy;
}

/*
 * The tiers whose users are shown a model: none unless it is present and active. Tiers are
 * cumulative: pro users see what free users see, enterprise users see everything.
 */
static unsigned shown_to(const struct ms_model *m, enum ms_status status, unsigned tiers)
{
	if (status != MS_STATUS_ACTIVE || ms_model_is_missing(m))
		return 0;
	if (tiers & MS_TIER_FREE)
		return MS_TIER_ALL;
	return tiers & MS_TIER_PRO ? tiers | MS_TIER_ENTERPRISE : tiers;
}

static void count_tiers(struct ms_edit_review *r, unsigned before, unsigned after,
			unsigned shown_before, unsigned shown_after)
{
	for (unsigned i = 0; i < 3; i++) {
		unsigned bit = 1u << i;

		r->tier_on[i] += !(before & bit) && (after & bit);
		r->tier_off[i] += (before & bit) && !(after & bit);
		r->visible[i] += !!(shown_after & bit) - !!(shown_before & bit);
	}
}

static void review_change(struct ms_edit_review *r, const struct ms_edit_item *item,
			  const struct ms_model *m, const struct ms_edit *e)
{
	struct ms_edit after = {.set = 0, .status = ms_edit_current_status(m), .tiers = m->tiers};

	ms_edit_merge(&after, e);
	r->changed++;
	if (e->set & MS_EDIT_STATUS)
		r->status_to[e->status]++;
	if (e->set & (MS_EDIT_DAILY | MS_EDIT_MONTHLY))
		r->limits++;
	count_tiers(r, m->tiers, after.tiers, shown_to(m, (enum ms_status)m->status, m->tiers),
		    shown_to(m, after.status, after.tiers));
	if (m->status == MS_STATUS_ACTIVE && after.status != MS_STATUS_ACTIVE)
		r->disables_active++;
	if (after.status == MS_STATUS_ACTIVE && after.tiers == 0)
		r->without_tier++;
	if (!(m->tiers & MS_TIER_FREE) && ms_model_is_paid_in_free_tier(m, after.tiers)) {
		if (r->paid_to_free++ == 0)
			r->first_paid_to_free = item->model_id;
	}
}

void ms_edit_batch_review(const struct ms_edit_batch *b, const struct ms_catalog *c,
			  struct ms_edit_review *out)
{
	memset(out, 0, sizeof(*out));
	out->rows = b->count;
	for (size_t i = 0; i < b->count; i++) {
		const struct ms_edit_item *item = &b->items[i];
		size_t at = ms_catalog_find(c, item->model_id);
		struct ms_edit e = item->edit;

		if (at == SIZE_MAX)
			out->missing++;
		else if (c->models[at].version != item->version)
			out->stale++;
		else if (ms_edit_reduce(&e, &c->models[at]) == 0)
			out->unchanged++;
		else
			review_change(out, item, &c->models[at], &e);
	}
}

void ms_write_result_free(struct ms_write_result *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->row_count; i++) {
		ms_free(r->rows[i].model_id);
		ms_free(r->rows[i].note);
	}
	ms_free(r->rows);
	ms_free(r->json);
	ms_free(r);
}
