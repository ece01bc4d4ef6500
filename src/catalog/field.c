/* SPDX-License-Identifier: MIT */
/*
 * One row per field. The rows feed the filter language, sort orders, table columns, help and error
 * messages, so a new field is a new row.
 */
#include <string.h>

#include "field_row.h"
#include "fold.h"
#include "modelsync/clock.h"
#include "words.h"

#define AT(member) .offset = offsetof(struct ms_model, member)
#define RIGHT	   .right_aligned = true

/* clang-format off */
static const struct ms_field_row rows[] = {
	{.field = {.name = "id", .title = "MODEL", .type = MS_FIELD_TEXT, .help = "model id"}, AT(id)},
	{.field = {.name = "name", .title = "NAME", .type = MS_FIELD_TEXT, .help = "name for people"}, AT(name)},
	{.field = {.name = "provider", .title = "PROVIDER", .type = MS_FIELD_TEXT, .width = 12,
	  .help = "vendor: the part of the id before '/'"}, AT(provider)},
	{.field = {.name = "status", .title = "STATUS", .type = MS_FIELD_ENUM, .width = 8,
	  .values = ms_status_words, .help = "the admin's decision"}, AT(status)},
	{.field = {.name = "tier", .title = "F P E", .type = MS_FIELD_SET, .width = 5,
	  .values = ms_tier_words, .help = "tiers it is granted to"}, AT(tiers), .also = "tiers"},
	{.field = {.name = "ctx", .title = "CTX", .type = MS_FIELD_NUMBER, .width = 5, RIGHT,
	  .help = "context length in tokens"},
	 AT(context_length), .also = "context", .absence = MS_ABSENT_UNKNOWN},
	{.field = {.name = "maxout", .title = "MAXOUT", .type = MS_FIELD_NUMBER, .width = 6, RIGHT,
	  .help = "most tokens of an answer"},
	 AT(max_completion_tokens), .absence = MS_ABSENT_UNKNOWN},
	{.field = {.name = "provider_ctx", .title = "P-CTX", .type = MS_FIELD_NUMBER, .width = 5, RIGHT,
	  .help = "context length at the first provider, in tokens"},
	 AT(provider_context_length), .absence = MS_ABSENT_UNKNOWN},
	{.field = {.name = "in", .title = "IN $/M", .type = MS_FIELD_PRICE, .width = 7, RIGHT,
	  .price = MS_PRICE_PROMPT, .help = "input price, USD per million tokens"}, .also = "price"},
	{.field = {.name = "out", .title = "OUT $/M", .type = MS_FIELD_PRICE, .width = 7, RIGHT,
	  .price = MS_PRICE_COMPLETION, .help = "output price, USD per million tokens"}},
	{.field = {.name = "request", .title = "REQ $", .type = MS_FIELD_PRICE, .width = 7, RIGHT,
	  .price = MS_PRICE_REQUEST, .help = "price of a request, USD"}},
	{.field = {.name = "image", .title = "IMG $/M", .type = MS_FIELD_PRICE, .width = 7, RIGHT,
	  .price = MS_PRICE_IMAGE, .help = "image input price, USD per million tokens"}},
	{.field = {.name = "image_output", .title = "IMGO $/M", .type = MS_FIELD_PRICE, .width = 8, RIGHT,
	  .price = MS_PRICE_IMAGE_OUTPUT, .help = "image output price, USD per million tokens"}},
	{.field = {.name = "cache_read", .title = "C-RD $/M", .type = MS_FIELD_PRICE, .width = 8, RIGHT,
	  .price = MS_PRICE_CACHE_READ, .help = "cached input price, USD per million tokens"}},
	{.field = {.name = "cache_write", .title = "C-WR $/M", .type = MS_FIELD_PRICE, .width = 8, RIGHT,
	  .price = MS_PRICE_CACHE_WRITE, .help = "price of caching input, USD per million tokens"}},
	{.field = {.name = "cache_write_hour", .title = "C-WR1H $/M", .type = MS_FIELD_PRICE, .width = 10, RIGHT,
	  .price = MS_PRICE_CACHE_WRITE_1H, .help = "price of caching input for an hour, USD per million tokens"}},
	{.field = {.name = "audio", .title = "AUD $/M", .type = MS_FIELD_PRICE, .width = 7, RIGHT,
	  .price = MS_PRICE_AUDIO, .help = "audio input price, USD per million tokens"}},
	{.field = {.name = "audio_output", .title = "AUDO $/M", .type = MS_FIELD_PRICE, .width = 8, RIGHT,
	  .price = MS_PRICE_AUDIO_OUTPUT, .help = "audio output price, USD per million tokens"}},
	{.field = {.name = "audio_cache", .title = "AUDC $/M", .type = MS_FIELD_PRICE, .width = 8, RIGHT,
	  .price = MS_PRICE_AUDIO_CACHE, .help = "cached audio input price, USD per million tokens"}},
	{.field = {.name = "reasoning", .title = "REAS $/M", .type = MS_FIELD_PRICE, .width = 8, RIGHT,
	  .price = MS_PRICE_REASONING, .help = "reasoning price, USD per million tokens"}},
	{.field = {.name = "websearch", .title = "WEB $", .type = MS_FIELD_PRICE, .width = 7, RIGHT,
	  .price = MS_PRICE_WEB_SEARCH, .help = "price of a web search, USD"}, .also = "web_search"},
	{.field = {.name = "overrides", .title = "OVERR", .type = MS_FIELD_NUMBER, .width = 5, RIGHT,
	  .help = "prices under conditions, such as long prompts: how many"}, AT(override_count)},
	{.field = {.name = "trend", .title = "TREND", .type = MS_FIELD_NUMBER, .width = 6, RIGHT,
	  .help = "input price against 30 days ago, in per cent"},
	 AT(price_trend), .is_percent = true},
	{.field = {.name = "modality", .title = "MODALITY", .type = MS_FIELD_TEXT, .width = 16,
	  .help = "what goes in and comes out, such as text+image->text"}, AT(modality)},
	{.field = {.name = "input", .title = "INPUT", .type = MS_FIELD_SET, .width = 10,
	  .help = "what it accepts: text, image, file, audio, video"}, AT(input_modalities)},
	{.field = {.name = "output_modality", .title = "OUTPUT", .type = MS_FIELD_SET, .width = 6,
	  .help = "what it gives: text, image, audio"}, AT(output_modalities), .also = "outmod"},
	{.field = {.name = "tokenizer", .title = "TOKENIZER", .type = MS_FIELD_TEXT, .width = 9,
	  .help = "family of its tokenizer"}, AT(tokenizer)},
	{.field = {.name = "instruct", .title = "INSTRUCT", .type = MS_FIELD_TEXT, .width = 9,
	  .help = "format of its instructions"}, AT(instruct_type), .also = "instruct_type"},
	{.field = {.name = "params", .title = "PARAMETERS", .type = MS_FIELD_SET, .width = 20,
	  .help = "request parameters it takes: tools, temperature"}, AT(supported_parameters),
	 .also = "supported_parameters"},
	{.field = {.name = "voices", .title = "VOICES", .type = MS_FIELD_SET, .width = 10,
	  .help = "voices it speaks with"}, AT(supported_voices), .also = "supported_voices"},
	{.field = {.name = "limits", .title = "LIMITS", .type = MS_FIELD_TEXT, .width = 10,
	  .help = "upstream's limits per request, as JSON"}, AT(request_limits), .also = "per_request_limits"},
	{.field = {.name = "slug", .title = "SLUG", .type = MS_FIELD_TEXT, .width = 20,
	  .help = "upstream's permanent name"}, AT(canonical_slug), .also = "canonical_slug"},
	{.field = {.name = "link", .title = "LINK", .type = MS_FIELD_TEXT, .width = 20,
	  .help = "path of upstream's page of details"}, AT(details_link), .also = "details_link"},
	{.field = {.name = "alias", .title = "ALIAS OF", .type = MS_FIELD_TEXT, .width = 20,
	  .help = "the model an alias stands for"}, AT(alias_target)},
	{.field = {.name = "cutoff", .title = "CUTOFF", .type = MS_FIELD_TIME, .width = 10,
	  .help = "date its knowledge ends"},
	 AT(knowledge_cutoff), .absence = MS_ABSENT_UNKNOWN, .from_text = true},
	{.field = {.name = "hf", .title = "HUGGING FACE", .type = MS_FIELD_TEXT, .width = 20,
	  .help = "Hugging Face id"}, AT(hugging_face_id), .also = "hugging_face_id"},
	{.field = {.name = "added", .title = "AGE", .type = MS_FIELD_TIME, .width = 5, RIGHT,
	  .help = "when this catalogue first had it"}, AT(added_at), .as_age = true},
	{.field = {.name = "created", .title = "CREATED", .type = MS_FIELD_TIME, .width = 10,
	  .help = "when upstream first had it"}, AT(created), .absence = MS_ABSENT_UNKNOWN},
	{.field = {.name = "updated", .title = "UPDATED", .type = MS_FIELD_TIME, .width = 7, RIGHT,
	  .help = "last change upstream"}, AT(updated_at), .as_age = true},
	{.field = {.name = "changed", .title = "CHANGED", .type = MS_FIELD_TIME, .width = 7, RIGHT,
	  .help = "last decision of an admin"}, AT(changed_at), .as_age = true},
	{.field = {.name = "by", .title = "BY", .type = MS_FIELD_TEXT, .width = 8,
	  .help = "who decided last"}, AT(changed_by), .also = "changed_by"},
	{.field = {.name = "expires", .title = "EXPIRES", .type = MS_FIELD_TIME, .width = 10,
	  .help = "announced end"}, AT(expires_at), .looks_ahead = true},
	{.field = {.name = "missing", .title = "MISSING", .type = MS_FIELD_TIME, .width = 7, RIGHT,
	  .help = "since when upstream no longer lists it"}, AT(missing_since), .as_age = true},
	{.field = {.name = "daily", .title = "DAILY", .type = MS_FIELD_NUMBER, .width = 7, RIGHT,
	  .help = "daily limit"}, AT(daily_limit), .also = "daily_limit"},
	{.field = {.name = "monthly", .title = "MONTHLY", .type = MS_FIELD_NUMBER, .width = 7, RIGHT,
	  .help = "monthly limit"}, AT(monthly_limit), .also = "monthly_limit"},
	{.field = {.name = "is", .title = "FLAGS", .type = MS_FIELD_FLAGS, .width = 12,
	  .values = ms_flag_words, .help = "what is true of it"}},
};
/* clang-format on */
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool same_name(const char *a, const char *b)
{
	return b && ms_fold_compare(a, b) == 0;
}

const struct ms_field *ms_field_by_name(const char *name)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (same_name(name, rows[i].field.name) || same_name(name, rows[i].also))
			return &rows[i].field;
	return NULL;
}

const struct ms_field *ms_field_at(size_t i)
{
	return i < ROW_COUNT ? &rows[i].field : NULL;
}

bool ms_field_is_age(const struct ms_field *f)
{
	return ms_field_row(f)->as_age;
}

void ms_field_names(const char *names[MS_FIELD_NAMES_MAX], bool with_aliases)
{
	size_t n = 0;

	_Static_assert(2 * ROW_COUNT + 2 <= MS_FIELD_NAMES_MAX, "room for all names");
	for (size_t i = 0; i < ROW_COUNT; i++) {
		names[n++] = rows[i].field.name;
		if (with_aliases && rows[i].also)
			names[n++] = rows[i].also;
	}
	names[n++] = MS_FIELD_SORT;
	names[n] = NULL;
}

static const void *member(const struct ms_field_row *row, const struct ms_model *m)
{
	return (const char *)m + row->offset;
}

const char *ms_field_text(const struct ms_field_row *row, const struct ms_model *m)
{
	return *(const char *const *)member(row, m);
}

bool ms_field_is_tiers(const struct ms_field_row *row)
{
	return row->offset == offsetof(struct ms_model, tiers);
}

bool ms_field_number(const struct ms_field_row *row, const struct ms_model *m, int32_t *out)
{
	*out = *(const int32_t *)member(row, m);
	if (row->is_percent)
		return *out != 0;
	return row->absence == MS_ABSENT_UNKNOWN ? *out > 0 : *out >= 0;
}

bool ms_field_time(const struct ms_field_row *row, const struct ms_model *m, int64_t *out)
{
	if (row->from_text) {
		const char *date = ms_field_text(row, m);

		return date && ms_time_parse(date, out);
	}
	*out = *(const int64_t *)member(row, m);
	return *out != 0;
}

bool ms_field_is_set(const struct ms_field_row *row, const struct ms_model *m)
{
	const char *text;
	int32_t number;
	int64_t time;

	switch (row->field.type) {
	case MS_FIELD_PRICE:
		return ms_price_state(*ms_field_price(row, m)) != MS_PRICE_UNKNOWN;
	case MS_FIELD_NUMBER:
		return ms_field_number(row, m, &number);
	case MS_FIELD_TIME:
		return ms_field_time(row, m, &time);
	case MS_FIELD_TEXT:
	case MS_FIELD_SET:
		if (ms_field_is_tiers(row))
			return m->tiers != 0;
		text = ms_field_text(row, m);
		return text && *text;
	case MS_FIELD_ENUM:
	case MS_FIELD_FLAGS:
		break;
	}
	return true;
}
