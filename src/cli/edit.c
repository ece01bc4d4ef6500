/* SPDX-License-Identifier: MIT */
/* The way of a batch of edits from review to result. */
#include "modelsync/edit.h"
#include "modelsync/memory.h"
#include "private.h"

#define LISTED_MAX 20

static void review_tiers(const struct ms_edit_review *r)
{
	static const enum ms_tier tiers[] = {MS_TIER_FREE, MS_TIER_PRO, MS_TIER_ENTERPRISE};

	for (int i = 0; i < 3; i++) {
		const char *name = ms_tier_name(tiers[i]);

		if (r->tier_on[i])
			fprintf(stderr, "  tier %s granted to %zu\n", name, r->tier_on[i]);
		if (r->tier_off[i])
			fprintf(stderr, "  tier %s taken from %zu\n", name, r->tier_off[i]);
	}
	for (int i = 0; i < 3; i++)
		if (r->visible[i])
			fprintf(stderr, "  effect: models visible to %s users: %+ld\n",
				ms_tier_name(tiers[i]), r->visible[i]);
}

static void review_warnings(const struct ms_edit_review *r)
{
	if (r->paid_to_free)
		fprintf(stderr, "  warning: paid models that become free-tier: %zu, such as %s\n",
			r->paid_to_free, r->first_paid_to_free);
	if (r->disables_active)
		fprintf(stderr, "  warning: active models that stop being active: %zu\n",
			r->disables_active);
	if (r->without_tier)
		fprintf(stderr, "  warning: active models in no tier, seen by nobody: %zu\n",
			r->without_tier);
}

/* What it would do, on stderr: results belong to stdout. */
static void print_review(const struct selection *s, const struct ms_edit_batch *batch,
			 size_t matched)
{
	struct ms_edit_review r;

	ms_edit_batch_review(batch, s->catalog, &r);
	fprintf(stderr, "%zu of %zu models match; to be changed: %zu; have it already: %zu\n",
		matched, s->catalog->count, batch->count, matched - batch->count);
	for (int i = 0; i < MS_STATUS_COUNT; i++)
		if (r.status_to[i])
			fprintf(stderr, "  status %s for %zu\n", ms_status_name((enum ms_status)i),
				r.status_to[i]);
	if (r.limits)
		fprintf(stderr, "  limits for %zu\n", r.limits);
	review_tiers(&r);
	review_warnings(&r);
}

static const char *describe(char *buf, size_t size, const struct selection *s,
			    const struct ms_edit_item *item)
{
	size_t at = ms_catalog_find(s->catalog, item->model_id);

	return ms_edit_describe(buf, size, &item->edit, &s->catalog->models[at]);
}

static void print_change(const struct selection *s, const struct ms_edit_item *item)
{
	char change[200];

	printf("%s  %s", item->model_id, describe(change, sizeof(change), s, item));
	if (item->rule)
		printf("  rule: %s", item->rule);
	putchar('\n');
}

static void print_dry_run(const struct selection *s, const struct ms_edit_batch *batch)
{
	for (size_t i = 0; i < batch->count && i < LISTED_MAX; i++)
		print_change(s, &batch->items[i]);
	if (batch->count > LISTED_MAX)
		printf("and %zu more\n", batch->count - LISTED_MAX);
	puts("dry run: nothing was written");
}

static void print_dry_run_json(const struct selection *s, const struct ms_edit_batch *batch,
			       size_t matched)
{
	struct ms_json *o = ms_json_new_object(), *list = ms_json_new_array();
	char change[200];

	for (size_t i = 0; i < batch->count; i++) {
		struct ms_json *item = ms_json_new_object();

		ms_json_add_string(item, "model_id", batch->items[i].model_id);
		ms_json_add_int(item, "version", batch->items[i].version);
		ms_json_add_string(item, "change",
				   describe(change, sizeof(change), s, &batch->items[i]));
		if (batch->items[i].rule)
			ms_json_add_string(item, "rule", batch->items[i].rule);
		ms_json_add(list, NULL, item);
	}
	ms_json_add_bool(o, "ok", true);
	ms_json_add_bool(o, "dry_run", true);
	ms_json_add_null(o, "changeset");
	ms_json_add_int(o, "matched", (int64_t)matched);
	ms_json_add_int(o, "unchanged", (int64_t)(matched - batch->count));
	ms_json_add(o, "changes", list);
	print_json(o);
	ms_json_free(o);
}

static bool write_batch(struct cli *cli, const struct ms_edit_batch *batch, struct ms_error *err)
{
	struct ms_write_result *result;

	if (!ms_models_edit(cli->db, batch, &result, err))
		return false;
	if (args_has(cli, ARG_JSON))
		puts(result->json);
	else
		write_result_print(result, "model", "changed");
	if (result->conflicts || result->unknown)
		cli->exit_code = ms_category_exit_code(MS_ERR_CONFLICT);
	ms_write_result_free(result);
	return true;
}

bool edit_review_and_write(struct cli *cli, const struct selection *s,
			   const struct ms_edit_batch *batch, size_t matched, struct ms_error *err)
{
	print_review(s, batch, matched);
	if (args_has(cli, ARG_DRY_RUN)) {
		if (args_has(cli, ARG_JSON))
			print_dry_run_json(s, batch, matched);
		else
			print_dry_run(s, batch);
		return true;
	}
	if (batch->count > 0 && !args_has(cli, ARG_YES) &&
	    !terminal_confirm(cli, "Write these changes?", err))
		return false;
	return write_batch(cli, batch, err);
}
