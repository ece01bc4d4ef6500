/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <string.h>

#include "fit.h"

#define MODEL_MIN     24 /* below this, optional columns give way */
#define MODEL_COMFORT 36 /* above this, columns that are only welcome are added */
#define USUAL	      4	 /* columns that everybody has who chose nothing */

/* One column to be fitted: a pick, or one of the boxes that a pick of the tiers stands for. */
struct part {
	const struct ms_column_pick *pick;
	enum ms_column_kind kind;
	enum ms_tier tier;
	int lateness; /* 0 = always there, else the smaller the longer it stays when it gets narrow
		       */
};

static enum ms_column_kind kind_of(const struct ms_field *f)
{
	if (strcmp(f->name, "id") == 0)
		return MS_COLUMN_MODEL;
	if (strcmp(f->name, "status") == 0)
		return MS_COLUMN_STATUS;
	return strcmp(f->name, "tier") == 0 ? MS_COLUMN_TIER : MS_COLUMN_FIELD;
}

/* What somebody chose who has it always, then the usual ones, then those that are only welcome. */
static int lateness_of(const struct ms_column_pick *pick, size_t at)
{
	static const char *const usual[USUAL] = {"ctx", "added", "in", "out"};
	static const char *const welcome[] = {"updated",    "modality",	   "expires", "by",
					      "cache_read", "cache_write", "maxout",  "provider",
					      "daily",	    "monthly",	   "name"};
	const int later = MS_COLUMN_PICKS_MAX;

	for (int i = 0; pick->is_wanted && i < USUAL; i++)
		if (strcmp(usual[i], pick->field->name) == 0)
			return later + i;
	if (pick->is_wanted)
		return 1 + (int)at;
	for (int i = 0; i < (int)(sizeof(welcome) / sizeof(welcome[0])); i++)
		if (strcmp(welcome[i], pick->field->name) == 0)
			return 2 * later + i;
	return 3 * later + (int)at;
}

static size_t split(struct part parts[MS_COLUMNS_MAX], const struct ms_column_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct ms_column_pick *pick = &set->items[i];
		enum ms_column_kind kind = kind_of(pick->field);

		parts[n++] = (struct part){pick, kind, MS_TIER_FREE,
					   kind == MS_COLUMN_FIELD ? lateness_of(pick, i) : 0};
		if (kind != MS_COLUMN_TIER)
			continue;
		parts[n++] = (struct part){pick, kind, MS_TIER_PRO, 0};
		parts[n++] = (struct part){pick, kind, MS_TIER_ENTERPRISE, 0};
	}
	return n;
}

/* As struct ms_fit has it: 0, 1, 2, 3 … */
static int rank_of(const struct part *parts, size_t n, size_t at)
{
	int rank = parts[at].lateness ? 1 : 0;

	for (size_t i = 0; i < n; i++)
		rank += parts[i].lateness && parts[i].lateness < parts[at].lateness;
	return rank;
}

static int width_of(const struct part *p)
{
	const struct ms_field *f = p->pick->field;

	if (p->kind == MS_COLUMN_TIER)
		return 1;
	if (p->kind == MS_COLUMN_MODEL)
		return 0;
	if (p->pick->width)
		return p->pick->width;
	return f->width ? f->width : MS_COLUMN_OWN_WIDTH;
}

static struct ms_column column(const struct part *p, const struct ms_fit *fit)
{
	static const char *const boxes[] = {
		[MS_TIER_FREE] = "F", [MS_TIER_PRO] = "P", [MS_TIER_ENTERPRISE] = "E"};
	const struct ms_field *f = p->pick->field;

	return (struct ms_column){
		.field = f,
		.kind = p->kind,
		.tier = p->tier,
		.title = p->kind == MS_COLUMN_TIER ? boxes[p->tier] : f->title,
		.x = fit->x,
		.width = fit->width,
		.is_right_aligned = f->right_aligned,
		.shows_age = ms_field_is_age(f),
	};
}

/* Columns it takes whatever happens; the model's least. */
static int least_of(const struct part *p)
{
	if (p->kind == MS_COLUMN_MODEL)
		return p->pick->width > MODEL_MIN ? p->pick->width : MODEL_MIN;
	return p->lateness ? 0 : width_of(p) + 1;
}

static struct ms_fit_rule rule_of(const struct part *parts, size_t n)
{
	struct ms_fit_rule rule = {MODEL_MIN, MODEL_COMFORT, 0};

	for (size_t i = 0; i < n; i++) {
		const struct ms_column_pick *pick = parts[i].pick;

		rule.easy += parts[i].lateness && pick->is_wanted;
		if (parts[i].kind == MS_COLUMN_MODEL)
			rule.least = least_of(&parts[i]);
	}
	if (rule.comfort < rule.least)
		rule.comfort = rule.least;
	return rule;
}

/* A chosen column that is too wide for the screen must not keep the others from it. */
static size_t leave_out(struct part *parts, size_t n, int room)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		room -= least_of(&parts[i]);
	for (size_t i = 0; i < n; i++) {
		bool is_chosen = parts[i].lateness > 0 && parts[i].lateness < MS_COLUMN_PICKS_MAX;

		if (is_chosen && width_of(&parts[i]) + 1 > room)
			continue;
		room -= is_chosen ? width_of(&parts[i]) + 1 : 0;
		parts[kept++] = parts[i];
	}
	return kept;
}

void ms_columns_layout(struct ms_columns *out, const struct ms_column_set *set, int width)
{
	struct part parts[MS_COLUMNS_MAX];
	struct ms_fit fit[MS_COLUMNS_MAX];
	size_t n = leave_out(parts, split(parts, set), width - MS_COLUMNS_LEFT - 1);
	const struct ms_fit_rule rule = rule_of(parts, n);

	for (size_t i = 0; i < n; i++)
		fit[i] = (struct ms_fit){width_of(&parts[i]), rank_of(parts, n, i), 0};
	ms_fit_columns(fit, n, MS_COLUMNS_LEFT, width, &rule);
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		if (fit[i].x < 0)
			continue;
		if (parts[i].kind == MS_COLUMN_MODEL)
			out->model = out->count;
		out->items[out->count++] = column(&parts[i], &fit[i]);
	}
}
