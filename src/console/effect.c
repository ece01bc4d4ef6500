/* SPDX-License-Identifier: MIT */
#include "effect.h"

#include <string.h>

#include "modelsync/memory.h"

void ms_effects_push(struct ms_effects *q, struct ms_effect effect)
{
	if (q->count == q->cap) {
		q->cap = q->cap ? q->cap * 2 : 8;
		q->items = ms_realloc_array(q->items, q->cap, sizeof(*q->items));
	}
	q->items[q->count++] = effect;
}

bool ms_effects_pop(struct ms_effects *q, struct ms_effect *out)
{
	if (q->count == 0)
		return false;
	*out = q->items[0];
	q->count--;
	memmove(&q->items[0], &q->items[1], q->count * sizeof(q->items[0]));
	return true;
}

void ms_effect_clear(struct ms_effect *effect)
{
	ms_free(effect->text);
	ms_free(effect->ids);
	ms_edit_batch_free(effect->batch);
	ms_views_clear(&effect->views);
	ms_export_free(effect->order);
	*effect = (struct ms_effect){0};
}

void ms_effects_clear(struct ms_effects *q)
{
	for (size_t i = 0; i < q->count; i++)
		ms_effect_clear(&q->items[i]);
	ms_free(q->items);
	*q = (struct ms_effects){0};
}
