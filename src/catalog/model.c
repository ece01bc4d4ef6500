/* SPDX-License-Identifier: MIT */
#include "modelsync/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"
#include "modelsync/error.h"
#include "modelsync/json.h"

const char *const ms_status_words[] = {"new", "active", "inactive", "disabled", NULL};
const char *const ms_tier_words[] = {"free", "pro", "enterprise", NULL};

const char *ms_status_name(enum ms_status status)
{
	return ms_status_words[status];
}

const char *ms_status_short(enum ms_status status)
{
	static const char *const names[MS_STATUS_COUNT] = {"new", "act", "ina", "dis"};

	return names[status];
}

bool ms_status_from_name(const char *name, enum ms_status *out)
{
	int i = ms_words_find(ms_status_words, name, strlen(name));

	if (i < 0)
		return false;
	*out = (enum ms_status)i;
	return true;
}

const char *ms_tier_name(enum ms_tier tier)
{
	return ms_tier_words[tier == MS_TIER_FREE ? 0 : tier == MS_TIER_PRO ? 1 : 2];
}

bool ms_tier_from_name(const char *name, enum ms_tier *out)
{
	int i = ms_words_find(ms_tier_words, name, strlen(name));

	if (i < 0)
		return false;
	*out = (enum ms_tier)(1 << i);
	return true;
}

#define TREND_MAX 9999

void ms_model_compare_price(struct ms_model *m, double before)
{
	struct ms_price now = m->prices[MS_PRICE_PROMPT];
	double percent;

	m->price_trend = 0;
	if (ms_price_state(now) != MS_PRICE_KNOWN || !(before >= 0) || now.usd == before)
		return;
	percent = before > 0 ? (now.usd - before) / before * 100 : TREND_MAX;
	if (fabs(percent) < 1)
		percent = percent < 0 ? -1 : 1;
	m->price_trend = percent < TREND_MAX ? (int32_t)lround(percent) : TREND_MAX;
}

bool ms_model_is_alias(const struct ms_model *m)
{
	return m->alias_target != NULL || m->id[0] == '~';
}

bool ms_model_is_missing(const struct ms_model *m)
{
	return m->missing_since != 0;
}

/* Some write a price as a number. */
static const char *price_text(const struct ms_json *v, struct ms_arena *arena)
{
	const char *interned;
	char *text;

	if (ms_json_is_string(v))
		return ms_arena_intern(arena, ms_json_text(v));
	text = ms_json_print(v);
	interned = ms_arena_intern(arena, text);
	ms_free(text);
	return interned;
}

void ms_model_set_prices(struct ms_model *m, const struct ms_json *prices, struct ms_arena *arena)
{
	enum ms_price_kind kind;

	for (const struct ms_json *v = ms_json_first(prices); v; v = ms_json_next(v))
		if (ms_price_kind_of(ms_json_name(v), &kind) && !ms_json_is_null(v))
			m->prices[kind] = ms_price_from_text(price_text(v, arena));
}

static void set_extra_pricing(struct ms_model *m, const struct ms_json *pricing,
			      struct ms_arena *arena)
{
	struct ms_json *extra = NULL;
	enum ms_price_kind kind;
	char *text;

	for (const struct ms_json *v = ms_json_first(pricing); v; v = ms_json_next(v)) {
		if (ms_price_kind_of(ms_json_name(v), &kind))
			continue;
		if (!extra)
			extra = ms_json_new_object();
		ms_json_add(extra, ms_json_name(v), ms_json_copy(v));
	}
	if (!extra)
		return;
	text = ms_json_print(extra);
	m->extra_pricing = ms_arena_intern(arena, text);
	ms_free(text);
	ms_json_free(extra);
}

void ms_model_read_pricing(struct ms_model *m, const char *pricing, struct ms_arena *arena)
{
	struct ms_error unused;
	struct ms_json *v = ms_json_parse(pricing, strlen(pricing), &unused);

	ms_model_set_prices(m, v, arena);
	set_extra_pricing(m, v, arena);
	ms_json_free(v);
}

/* Whether a price outside prices[] costs something; `discount` is a share, not a price. */
static bool extra_costs(const struct ms_json *v)
{
	struct ms_price price = ms_price_from_text(ms_json_string(v));

	if (strcmp(ms_json_name(v), "discount") == 0)
		return false;
	return ms_price_state(price) == MS_PRICE_VARIABLE || price.usd > 0.0 ||
	       ms_json_number(v, 0.0) > 0.0;
}

static bool extras_are_free(const char *extra_pricing)
{
	struct ms_error err;
	struct ms_json *extras;
	bool is_free = true;

	if (!extra_pricing)
		return true;
	extras = ms_json_parse(extra_pricing, strlen(extra_pricing), &err);
	for (const struct ms_json *v = ms_json_first(extras); v && is_free; v = ms_json_next(v))
		is_free = !extra_costs(v);
	ms_json_free(extras);
	return is_free;
}

bool ms_model_is_free(const struct ms_model *m)
{
	bool known = false;

	for (size_t i = 0; i < MS_PRICE_COUNT; i++) {
		if (ms_price_state(m->prices[i]) == MS_PRICE_VARIABLE || m->prices[i].usd > 0.0)
			return false;
		if (ms_price_state(m->prices[i]) == MS_PRICE_KNOWN)
			known = true;
	}
	return known && extras_are_free(m->extra_pricing);
}

bool ms_model_is_paid_in_free_tier(const struct ms_model *m, unsigned tiers)
{
	return (tiers & MS_TIER_FREE) && !ms_model_is_free(m);
}

struct ms_catalog *ms_catalog_new(void)
{
	struct ms_catalog *c = ms_alloc(sizeof(*c));

	c->arena = ms_arena_new();
	return c;
}

void ms_catalog_free(struct ms_catalog *c)
{
	if (!c || atomic_fetch_sub(&c->shares, 1) > 0)
		return;
	ms_arena_free(c->arena);
	ms_free(c->models);
	ms_free(c);
}

struct ms_catalog *ms_catalog_share(struct ms_catalog *c)
{
	atomic_fetch_add(&c->shares, 1);
	return c;
}

struct ms_model *ms_catalog_append(struct ms_catalog *c)
{
	/* The array doubles whenever its size is a power of two, so no capacity need be kept. */
	if (c->count == 0)
		c->models = ms_alloc_array(1, sizeof(*c->models));
	else if ((c->count & (c->count - 1)) == 0)
		c->models = ms_realloc_array(c->models, c->count * 2, sizeof(*c->models));
	memset(&c->models[c->count], 0, sizeof(*c->models));
	return &c->models[c->count++];
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct ms_model *)a)->id, ((const struct ms_model *)b)->id);
}

void ms_catalog_sort(struct ms_catalog *c)
{
	if (c->count > 1)
		qsort(c->models, c->count, sizeof(*c->models), by_id);
}

size_t ms_catalog_find(const struct ms_catalog *c, const char *id)
{
	struct ms_model key = {.id = id};
	const struct ms_model *found = NULL;

	if (c->count)
		found = bsearch(&key, c->models, c->count, sizeof(*c->models), by_id);
	return found ? (size_t)(found - c->models) : SIZE_MAX;
}
