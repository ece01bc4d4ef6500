/* SPDX-License-Identifier: MIT */
/* Models as admins see and decide about them. */
#include <string.h>

#include "admin.h"
#include "catalogue.h"
#include "handlers.h"
#include "http.h"
#include "modelsync/clock.h"
#include "modelsync/filter.h"
#include "modelsync/memory.h"
#include "modelsync/model_json.h"
#include "param.h"

/* What of the list is wanted. */
struct wish {
	struct ms_filter *filter; /* owned */
	struct ms_sort_key keys[MS_SORT_KEYS_MAX];
	size_t key_count;
	bool has_status, has_tier;
	enum ms_status status;
	unsigned tier; /* 0 = those in none */
	int64_t limit, offset;
};

static bool refuse_filter(struct http_call *call, const struct ms_filter_error *where)
{
	struct ms_json *details = ms_json_new_array(), *problem = problem_json("q", where->message);
	char *message = ms_format("q: wrong at character %zu: %s", where->at + 1, where->message);

	ms_json_add_int(problem, "at", (int64_t)where->at);
	ms_json_add_int(problem, "length", (int64_t)where->len);
	ms_json_add(details, NULL, problem);
	http_answer_error(call, 400, NULL, message, details);
	ms_free(message);
	return false;
}

bool admin_read_filter(struct http_call *call, struct ms_filter **out)
{
	const char *text = http_query(call, "q");
	struct ms_filter_error where;

	*out = ms_filter_parse(text ? text : "", &where);
	return *out || refuse_filter(call, &where);
}

static bool read_status(struct http_call *call, struct wish *w)
{
	const char *text = http_query(call, "status");

	w->has_status = text && *text;
	if (!w->has_status ||
	    (ms_status_from_name(text, &w->status) && strcmp(ms_status_name(w->status), text) == 0))
		return true;
	return param_refuse(call, "status", "there are new, active, inactive and disabled");
}

static bool read_tier(struct http_call *call, struct wish *w)
{
	const char *text = http_query(call, "tier");
	enum ms_tier tier = MS_TIER_FREE;

	w->has_tier = text && *text;
	if (!w->has_tier || strcmp(text, "none") == 0)
		return true;
	if (!ms_tier_from_name(text, &tier) || strcmp(ms_tier_name(tier), text) != 0)
		return param_refuse(call, "tier", "there are free, pro, enterprise and none");
	w->tier = tier;
	return true;
}

static bool read_order(struct http_call *call, struct wish *w)
{
	const char *text = http_query(call, "sort");
	struct ms_error err;

	if (!text || !*text)
		w->key_count = ms_filter_sort(w->filter, w->keys);
	else if (!ms_sort_parse(text, w->keys, MS_SORT_KEYS_MAX, &w->key_count, &err))
		return param_refuse(call, "sort", err.message);
	return true;
}

static bool read_wish(struct http_call *call, struct wish *w)
{
	*w = (struct wish){.limit = PAGE_DEFAULT};
	return read_status(call, w) && read_tier(call, w) &&
	       param_number(call, "limit", 1, PAGE_MAX, &w->limit) &&
	       param_number(call, "offset", 0, INT32_MAX, &w->offset) &&
	       admin_read_filter(call, &w->filter) && read_order(call, w);
}

static bool is_wanted(const struct wish *w, const struct ms_model *m)
{
	if (w->has_status && m->status != w->status)
		return false;
	return !w->has_tier || (w->tier ? (m->tiers & w->tier) != 0 : m->tiers == 0);
}

static void answer_list(struct http_call *call, const struct wish *w, const struct ms_catalog *c)
{
	struct ms_json *o = success_json(), *items = ms_json_new_array();
	size_t count;
	int64_t n = 0;
	struct ms_model **models =
		ms_models_pick(c, w->filter, w->keys, w->key_count, ms_clock_now(), &count);

	for (size_t i = 0; i < count; i++) {
		if (!is_wanted(w, models[i]))
			continue;
		if (n >= w->offset && n < w->offset + w->limit)
			ms_json_add(items, NULL, ms_model_json(models[i]));
		n++;
	}
	ms_free(models);
	ms_json_add(o, "items", items);
	ms_json_add_int(o, "totalCount", (int64_t)c->count);
	ms_json_add_int(o, "filteredCount", n);
	http_answer_json(call, 200, o);
}

void admin_models_list(struct http_call *call)
{
	struct catalogue_share *share;
	struct ms_error err;
	struct wish w;

	if (read_wish(call, &w)) {
		if (!catalogue_take(call->http->catalogue, call->db, &share, &err)) {
			http_answer_failure(call, &err);
		} else {
			answer_list(call, &w, catalogue_models(share));
			catalogue_give_back(share);
		}
	}
	ms_filter_free(w.filter);
}

static void answer_model(struct http_call *call, const struct ms_model *m,
			 const struct ms_json *detail, bool is_raw)
{
	struct ms_json *o = success_json(), *model = ms_model_json(m);

	ms_json_add_string(model, "description",
			   ms_json_string(ms_json_get(detail, "description")));
	if (is_raw)
		ms_json_add(model, "raw", ms_json_copy(ms_json_get(detail, "document")));
	ms_json_add(o, "model", model);
	ms_json_add(o, "history", ms_json_copy(ms_json_get(detail, "history")));
	http_answer_json(call, 200, o);
}

void admin_models_one(struct http_call *call)
{
	const char *id = call->param[0];
	struct ms_catalog *found = NULL;
	struct ms_json *detail = NULL;
	struct ms_error err;
	bool is_raw = false;

	if (!param_flag(call, "raw", &is_raw))
		return;
	if (!ms_model_detail(call->db, id, &detail, &err) ||
	    !ms_models_load_one(call->db, id, &found, &err))
		answer_lookup_failure(call, &err);
	else if (!found->count)
		http_answer_error(call, 404, NULL, "the model has just been deleted", NULL);
	else
		answer_model(call, &found->models[0], detail, is_raw);
	ms_catalog_free(found);
	ms_json_free(detail);
}
