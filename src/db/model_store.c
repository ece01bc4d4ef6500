/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <stdlib.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

/* The columns of the list, in order. */
enum column {
	COL_ID,
	COL_NAME,
	COL_SLUG,
	COL_MODALITY,
	COL_INPUT,
	COL_OUTPUT,
	COL_TOKENIZER,
	COL_INSTRUCT,
	COL_PARAMETERS,
	COL_VOICES,
	COL_REQUEST_LIMITS,
	COL_LINK,
	COL_OVERRIDES,
	COL_ALIAS,
	COL_CUTOFF,
	COL_HUGGING_FACE,
	COL_CHANGED_BY,
	COL_ATTENTION,
	COL_VERSION,
	COL_CREATED,
	COL_ADDED,
	COL_UPDATED,
	COL_CHANGED,
	COL_MISSING,
	COL_EXPIRES,
	COL_CONTEXT,
	COL_MAX_COMPLETION,
	COL_PROVIDER_CONTEXT,
	COL_OVERRIDE_COUNT,
	COL_DAILY,
	COL_MONTHLY,
	COL_STATUS,
	COL_RESTORE,
	COL_FREE,
	COL_PRO,
	COL_ENTERPRISE,
	COL_MODERATED,
	COL_PRICING
};

/* A moment rounded up would lie in the future; 'infinity' counts as none. */
#define EPOCH(column)                                                                              \
	"CASE WHEN isfinite(" column ") THEN floor(date_part('epoch', " column "))::bigint END"

static const char list_columns[] =
	"model_id, name, canonical_slug, modality, input_modalities,"
	"output_modalities, tokenizer, instruct_type, supported_parameters,"
	"supported_voices, per_request_limits, details_link, pricing_overrides, alias_target, knowledge_cutoff, hugging_face_id,"
	"changed_by, array_to_string(attention, ','), row_version, created, " EPOCH("added_at") ", " EPOCH("updated_at") ", " EPOCH(
		"changed_at") ", " EPOCH("missing_since") ", " EPOCH("modelsync.announced_end(expires_on)") ", context_length, max_completion_tokens,"
													    "provider_context_length, CASE jsonb_typeof(pricing_overrides) WHEN 'array'"
													    " THEN jsonb_array_length(pricing_overrides) ELSE 0 END, daily_limit, monthly_limit,"
													    "status, restore_status, is_free, is_pro, is_enterprise, is_moderated, pricing";

static const char *value(const PGresult *r, int column)
{
	return PQgetisnull(r, 0, column) || !*PQgetvalue(r, 0, column) ? NULL
								       : PQgetvalue(r, 0, column);
}

static int64_t number(const PGresult *r, int column, int64_t otherwise)
{
	return PQgetisnull(r, 0, column) ? otherwise : strtoll(PQgetvalue(r, 0, column), NULL, 10);
}

static bool truth(const PGresult *r, int column)
{
	return PQgetvalue(r, 0, column)[0] == 't';
}

/* The part before '/', kept once for all models of a provider. */
static const char *provider_of(struct ms_arena *arena, const char *id)
{
	char buf[101];
	size_t len;

	id += *id == '~';
	len = strcspn(id, "/");
	if (len >= sizeof(buf))
		len = sizeof(buf) - 1;
	memcpy(buf, id, len);
	buf[len] = '\0';
	return ms_arena_intern(arena, buf);
}

static void read_decision(struct ms_model *m, const PGresult *r)
{
	enum ms_status status = MS_STATUS_NEW;

	if (value(r, COL_STATUS))
		(void)ms_status_from_name(value(r, COL_STATUS), &status);
	m->status = (uint8_t)status;
	if (value(r, COL_RESTORE))
		(void)ms_status_from_name(value(r, COL_RESTORE), &status);
	m->restore_status = (uint8_t)status;
	m->tiers = (uint8_t)((truth(r, COL_FREE) ? MS_TIER_FREE : 0) |
			     (truth(r, COL_PRO) ? MS_TIER_PRO : 0) |
			     (truth(r, COL_ENTERPRISE) ? MS_TIER_ENTERPRISE : 0));
	m->daily_limit = (int32_t)number(r, COL_DAILY, -1);
	m->monthly_limit = (int32_t)number(r, COL_MONTHLY, -1);
	m->version = number(r, COL_VERSION, 0);
}

/* Rows are many: what can be done here is not asked of the server. */
struct loader {
	struct ms_catalog *catalog;
	struct ms_text words;
};

/* ["text", "image"] → text,image */
static const char *words(struct loader *l, const char *json)
{
	bool is_inside = false;

	if (!json)
		return NULL;
	ms_text_reset(&l->words);
	for (const char *p = json; *p; p++) {
		if (*p == '"') {
			is_inside = !is_inside;
		} else if (is_inside || *p == ',') {
			p += *p == '\\' && (p[1] == '"' || p[1] == '\\');
			ms_text_add_bytes(&l->words, p, 1);
		}
	}
	return l->words.len ? ms_arena_intern(l->catalog->arena, ms_text_str(&l->words)) : NULL;
}

static bool read_model(void *arg, const PGresult *r)
{
	struct loader *l = arg;
	struct ms_arena *a = l->catalog->arena;
	struct ms_model *m = ms_catalog_append(l->catalog);

	m->id = ms_arena_strdup(a, PQgetvalue(r, 0, COL_ID));
	m->name = ms_arena_strdup(a, PQgetvalue(r, 0, COL_NAME));
	m->provider = provider_of(a, m->id);
	m->canonical_slug = ms_arena_strdup(a, value(r, COL_SLUG));
	m->modality = ms_arena_intern(a, value(r, COL_MODALITY));
	m->input_modalities = words(l, value(r, COL_INPUT));
	m->output_modalities = words(l, value(r, COL_OUTPUT));
	m->tokenizer = ms_arena_intern(a, value(r, COL_TOKENIZER));
	m->instruct_type = ms_arena_intern(a, value(r, COL_INSTRUCT));
	m->supported_parameters = words(l, value(r, COL_PARAMETERS));
	m->supported_voices = words(l, value(r, COL_VOICES));
	m->request_limits = ms_arena_intern(a, value(r, COL_REQUEST_LIMITS));
	m->details_link = ms_arena_strdup(a, value(r, COL_LINK));
	m->overrides = ms_arena_intern(a, value(r, COL_OVERRIDES));
	m->alias_target = ms_arena_strdup(a, value(r, COL_ALIAS));
	m->knowledge_cutoff = ms_arena_intern(a, value(r, COL_CUTOFF));
	m->hugging_face_id = ms_arena_strdup(a, value(r, COL_HUGGING_FACE));
	m->changed_by = ms_arena_intern(a, value(r, COL_CHANGED_BY));
	m->attention = ms_arena_intern(a, value(r, COL_ATTENTION));
	m->created = number(r, COL_CREATED, 0);
	m->added_at = number(r, COL_ADDED, 0);
	m->updated_at = number(r, COL_UPDATED, 0);
	m->changed_at = number(r, COL_CHANGED, 0);
	m->missing_since = number(r, COL_MISSING, 0);
	m->expires_at = number(r, COL_EXPIRES, 0);
	m->context_length = (int32_t)number(r, COL_CONTEXT, 0);
	m->max_completion_tokens = (int32_t)number(r, COL_MAX_COMPLETION, 0);
	m->provider_context_length = (int32_t)number(r, COL_PROVIDER_CONTEXT, 0);
	m->override_count = (int32_t)number(r, COL_OVERRIDE_COUNT, 0);
	m->is_moderated = truth(r, COL_MODERATED);
	read_decision(m, r);
	ms_model_read_pricing(m, PQgetvalue(r, 0, COL_PRICING), a);
	return true;
}

bool db_load_models(struct ms_db *db, const char *from, int n, const char *const *params,
		    struct ms_catalog **out, struct ms_error *err)
{
	struct loader l = {.catalog = ms_catalog_new()};
	char *sql = ms_format("SELECT %s FROM %s", list_columns, from);
	bool ok;

	ms_text_init(&l.words, 0);
	ok = db_each_row(db, sql, n, params, read_model, &l, err);
	ms_text_clear(&l.words);
	ms_free(sql);
	if (!ok) {
		ms_catalog_free(l.catalog);
		return false;
	}
	ms_catalog_sort(l.catalog);
	l.catalog->loaded_at = ms_clock_now();
	*out = l.catalog;
	return true;
}

#define TREND_DAYS "30"

static bool read_trend(void *arg, const PGresult *r)
{
	struct ms_catalog *c = arg;
	size_t at = ms_catalog_find(c, PQgetvalue(r, 0, 0));

	if (at != SIZE_MAX && !PQgetisnull(r, 0, 1))
		ms_model_compare_price(&c->models[at], strtod(PQgetvalue(r, 0, 1), NULL));
	return true;
}

/* Few prices change: asking for those costs next to nothing beside the list. */
bool ms_models_load(struct ms_db *db, struct ms_catalog **out, struct ms_error *err)
{
	if (!db_load_models(db, "modelsync.model", 0, NULL, out, err))
		return false;
	if (db_each_row(db, "SELECT * FROM modelsync.input_prices_before(" TREND_DAYS ")", 0, NULL,
			read_trend, *out, err))
		return true;
	ms_catalog_free(*out);
	*out = NULL;
	return false;
}

bool ms_models_load_one(struct ms_db *db, const char *id, struct ms_catalog **out,
			struct ms_error *err)
{
	return db_load_models(db, "modelsync.model WHERE model_id = $1", 1, &id, out, err);
}

bool ms_model_detail(struct ms_db *db, const char *id, struct ms_json **json, struct ms_error *err)
{
	static const char sql[] =
		"SELECT jsonb_build_object('model', to_jsonb(m), 'description', m.description,"
		" 'document', modelsync.model_rest($1),"
		" 'prices', coalesce((SELECT jsonb_agg(to_jsonb(p) ORDER BY p.event_id)"
		" FROM modelsync.model_prices($1) p WHERE p.key IN ('prompt', 'completion')), '[]'),"
		" 'history', coalesce((SELECT jsonb_agg(h) FROM modelsync.model_history($1, 50) h), '[]'))"
		" FROM modelsync.model m WHERE m.model_id = $1"
		" UNION ALL SELECT '{}' WHERE NOT EXISTS (SELECT FROM modelsync.model WHERE model_id = $1)";

	if (!db_query_json(db, sql, 1, &id, json, err))
		return false;
	if (ms_json_get(*json, "model"))
		return true;
	ms_json_free(*json);
	*json = NULL;
	return ms_fail(err, MS_ERR_VALIDATION, "no model is called %s", id);
}
