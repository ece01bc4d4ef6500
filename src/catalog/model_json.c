/* SPDX-License-Identifier: MIT */
#include "modelsync/model_json.h"

#include <stddef.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

/* How a member of struct ms_model becomes JSON. */
enum kind {
	KIND_TEXT,   /* const char *, NULL = null */
	KIND_WORDS,  /* "a,b" as an array */
	KIND_JSON,   /* const char * of JSON, NULL = null */
	KIND_COUNT,  /* int32_t, 0 = null */
	KIND_LIMIT,  /* int32_t, -1 = null */
	KIND_NUMBER, /* int64_t */
	KIND_EPOCH,  /* int64_t seconds, 0 = null */
	KIND_TIME,   /* the same as "2026-06-07T18:23:05Z" */
	KIND_DATE    /* the same as "2026-06-07" */
};

static const struct member {
	const char *name;
	enum kind kind;
	size_t offset;
} members[] = {
#define MEMBER(name, kind, field)                                                                  \
	{                                                                                          \
		name, KIND_##kind, offsetof(struct ms_model, field)                                \
	}
	MEMBER("model_id", TEXT, id),
	MEMBER("name", TEXT, name),
	MEMBER("provider", TEXT, provider),
	MEMBER("canonical_slug", TEXT, canonical_slug),
	MEMBER("context_length", COUNT, context_length),
	MEMBER("max_completion_tokens", COUNT, max_completion_tokens),
	MEMBER("modality", TEXT, modality),
	MEMBER("input_modalities", WORDS, input_modalities),
	MEMBER("output_modalities", WORDS, output_modalities),
	MEMBER("tokenizer", TEXT, tokenizer),
	MEMBER("instruct_type", TEXT, instruct_type),
	MEMBER("supported_parameters", WORDS, supported_parameters),
	MEMBER("supported_voices", WORDS, supported_voices),
	MEMBER("provider_context_length", COUNT, provider_context_length),
	MEMBER("per_request_limits", JSON, request_limits),
	MEMBER("details_link", TEXT, details_link),
	MEMBER("pricing_overrides", JSON, overrides),
	MEMBER("alias_target", TEXT, alias_target),
	MEMBER("knowledge_cutoff", TEXT, knowledge_cutoff),
	MEMBER("hugging_face_id", TEXT, hugging_face_id),
	MEMBER("expires_on", DATE, expires_at),
	MEMBER("created", EPOCH, created),
	MEMBER("daily_limit", LIMIT, daily_limit),
	MEMBER("monthly_limit", LIMIT, monthly_limit),
	MEMBER("added_at", TIME, added_at),
	MEMBER("updated_at", TIME, updated_at),
	MEMBER("changed_at", TIME, changed_at),
	MEMBER("changed_by", TEXT, changed_by),
	MEMBER("missing_since", TIME, missing_since),
	MEMBER("attention", WORDS, attention),
	MEMBER("version", NUMBER, version),
#undef MEMBER
};

static struct ms_json *words_json(const char *words)
{
	struct ms_json *list = ms_json_new_array();

	while (words && *words) {
		size_t len = strcspn(words, ",");
		char *word = ms_strndup(words, len);

		ms_json_add_string(list, NULL, word);
		ms_free(word);
		words += len + (words[len] == ',');
	}
	return list;
}

static struct ms_json *parsed_json(const char *text)
{
	struct ms_error err;
	struct ms_json *v = text ? ms_json_parse(text, strlen(text), &err) : NULL;

	return v ? v : ms_json_new_string(NULL);
}

static void add_time(struct ms_json *o, const struct member *m, int64_t epoch_s)
{
	char buf[32];

	if (!epoch_s)
		ms_json_add_null(o, m->name);
	else if (m->kind == KIND_DATE)
		ms_json_add_string(o, m->name, ms_time_format_date(buf, sizeof(buf), epoch_s));
	else
		ms_json_add_string(o, m->name, ms_time_format_iso(buf, sizeof(buf), epoch_s));
}

static void add_number(struct ms_json *o, const char *name, int64_t n, int64_t nothing)
{
	if (n == nothing)
		ms_json_add_null(o, name);
	else
		ms_json_add_int(o, name, n);
}

static void add_member(struct ms_json *o, const struct member *m, const void *at)
{
	switch (m->kind) {
	case KIND_TEXT:
		ms_json_add_string(o, m->name, *(const char *const *)at);
		break;
	case KIND_WORDS:
		ms_json_add(o, m->name, words_json(*(const char *const *)at));
		break;
	case KIND_JSON:
		ms_json_add(o, m->name, parsed_json(*(const char *const *)at));
		break;
	case KIND_COUNT:
		add_number(o, m->name, *(const int32_t *)at, 0);
		break;
	case KIND_LIMIT:
		add_number(o, m->name, *(const int32_t *)at, -1);
		break;
	case KIND_NUMBER:
		ms_json_add_int(o, m->name, *(const int64_t *)at);
		break;
	case KIND_EPOCH:
		add_number(o, m->name, *(const int64_t *)at, 0);
		break;
	case KIND_TIME:
	case KIND_DATE:
		add_time(o, m, *(const int64_t *)at);
		break;
	}
}

/* Exact strings; a price that upstream does not give is absent. */
static struct ms_json *pricing_json(const struct ms_model *m)
{
	struct ms_json *o = ms_json_new_object(), *extra = NULL;
	struct ms_error err;

	for (int i = 0; i < MS_PRICE_COUNT; i++)
		if (m->prices[i].exact)
			ms_json_add_string(o, ms_price_key((enum ms_price_kind)i),
					   m->prices[i].exact);
	if (m->extra_pricing)
		extra = ms_json_parse(m->extra_pricing, strlen(m->extra_pricing), &err);
	for (const struct ms_json *e = ms_json_first(extra); e; e = ms_json_next(e))
		ms_json_add(o, ms_json_name(e), ms_json_copy(e));
	ms_json_free(extra);
	return o;
}

struct ms_json *ms_model_json(const struct ms_model *m)
{
	struct ms_json *o = ms_json_new_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		add_member(o, &members[i], (const char *)m + members[i].offset);
	ms_json_add_string(o, "status", ms_status_name((enum ms_status)m->status));
	ms_json_add_string(
		o, "restore_status",
		ms_model_is_missing(m) ? ms_status_name((enum ms_status)m->restore_status) : NULL);
	ms_json_add_bool(o, "is_free", m->tiers & MS_TIER_FREE);
	ms_json_add_bool(o, "is_pro", m->tiers & MS_TIER_PRO);
	ms_json_add_bool(o, "is_enterprise", m->tiers & MS_TIER_ENTERPRISE);
	ms_json_add_bool(o, "is_moderated", m->is_moderated);
	ms_json_add(o, "pricing", pricing_json(m));
	return o;
}
