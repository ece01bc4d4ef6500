/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_MODEL_H
#define MODELSYNC_MODEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/json.h"
#include "modelsync/memory.h"

/* The admin's decision about a model. */
enum ms_status { MS_STATUS_NEW, MS_STATUS_ACTIVE, MS_STATUS_INACTIVE, MS_STATUS_DISABLED };
#define MS_STATUS_COUNT 4

const char *ms_status_name(enum ms_status status);  /* "new" "active" "inactive" "disabled" */
const char *ms_status_short(enum ms_status status); /* "new" "act" "ina" "dis" */
bool ms_status_from_name(const char *name, enum ms_status *out); /* unambiguous prefixes too */

/* Tiers a model is granted to, as a bit set. */
enum ms_tier { MS_TIER_FREE = 1, MS_TIER_PRO = 2, MS_TIER_ENTERPRISE = 4 };
#define MS_TIER_ALL 7u
const char *ms_tier_name(enum ms_tier tier);
bool ms_tier_from_name(const char *name, enum ms_tier *out); /* "ent" and prefixes too */

/* Prices shown and filtered. Each row of the table in price.c names its key in upstream's pricing. */
enum ms_price_kind {
	MS_PRICE_PROMPT,
	MS_PRICE_COMPLETION,
	MS_PRICE_REQUEST,
	MS_PRICE_IMAGE,
	MS_PRICE_IMAGE_OUTPUT,
	MS_PRICE_WEB_SEARCH,
	MS_PRICE_REASONING,
	MS_PRICE_CACHE_READ,
	MS_PRICE_CACHE_WRITE,
	MS_PRICE_CACHE_WRITE_1H,
	MS_PRICE_AUDIO,
	MS_PRICE_AUDIO_OUTPUT,
	MS_PRICE_AUDIO_CACHE,
	MS_PRICE_COUNT
};

/* A missing price is unknown, never free; "-1" means variable (router models). */
enum ms_price_state { MS_PRICE_UNKNOWN, MS_PRICE_VARIABLE, MS_PRICE_KNOWN };

/* `exact` is upstream's decimal string, USD per token (per request, per image …). Models have many. */
struct ms_price {
	const char *exact; /* NULL when unknown */
	double usd; /* nearest double, for comparing and sorting only; -1 variable, 0 unknown */
};

static inline enum ms_price_state ms_price_state(struct ms_price price)
{
	return !price.exact ? MS_PRICE_UNKNOWN : price.usd < 0.0 ? MS_PRICE_VARIABLE : MS_PRICE_KNOWN;
}

struct ms_price ms_price_from_text(const char *exact); /* borrows the string */
const char *ms_price_key(enum ms_price_kind kind);     /* "prompt", "input_cache_read", … */
bool ms_price_kind_of(const char *key, enum ms_price_kind *kind);
bool ms_price_is_per_token(enum ms_price_kind kind);   /* else per request, image or search */

/*
 * For people, right-aligned by the caller: per-token prices in USD per million tokens, others in
 * USD per unit; moved by exact decimal shifting, never through a double. "?" unknown, "var".
 * Never more than `width` columns (≥ 5): digits after the point are dropped as needed, "<0.01"
 * rather than a false 0. Returns buf.
 */
char *ms_price_format(char *buf, size_t size, struct ms_price price, enum ms_price_kind kind,
		      size_t width);
/* All its digits, in the same unit, as a filter takes it: "none" and "variable" too. Returns buf. */
#define MS_PRICE_WORD_MAX 480
char *ms_price_word(char buf[MS_PRICE_WORD_MAX], struct ms_price price, enum ms_price_kind kind);

/* One model as loaded from the database. All strings live in the catalogue's arena; NULL = none. */
struct ms_model {
	const char *id;
	const char *name;
	const char *provider; /* part of the id before '/', without a leading '~' */
	const char *canonical_slug;
	const char *modality;          /* "text+image->text" */
	const char *input_modalities;  /* "text,image" */
	const char *output_modalities; /* "text" */
	const char *tokenizer;
	const char *instruct_type;
	const char *supported_parameters; /* "max_tokens,tools" */
	const char *supported_voices;     /* "alloy,echo" */
	const char *request_limits;       /* JSON of upstream's per_request_limits */
	const char *details_link;         /* path on upstream's host */
	const char *alias_target; /* id this alias stands for */
	const char *knowledge_cutoff;
	const char *hugging_face_id;
	const char *changed_by; /* who decided last */
	const char *attention;  /* open alerts, comma-separated kinds */
	const char *overrides;     /* JSON of upstream's pricing.overrides: modelsync/override.h */
	const char *extra_pricing; /* JSON of pricing keys not in prices[], or NULL */
	int64_t version;        /* row version that an edit is based on */
	int64_t created;        /* epoch s, upstream's; 0 = unknown */
	int64_t added_at;       /* epoch s, first seen by us */
	int64_t updated_at;     /* epoch s, last upstream change */
	int64_t changed_at;     /* epoch s, last decision; 0 = never */
	int64_t missing_since;  /* epoch s; 0 = present */
	int64_t expires_at;     /* epoch s (00:00 UTC of that day); 0 = none, placeholder dates too */
	int32_t context_length; /* tokens; 0 = unknown */
	int32_t max_completion_tokens; /* 0 = unknown */
	int32_t provider_context_length; /* of the top provider; 0 = unknown */
	int32_t override_count;
	int32_t price_trend;           /* input price against 30 days ago in %; 0 = the same */
	int32_t daily_limit;           /* -1 = none */
	int32_t monthly_limit;         /* -1 = none */
	uint8_t status;                /* enum ms_status */
	uint8_t restore_status;        /* what a return restores; = status unless missing */
	uint8_t tiers;                 /* enum ms_tier bits */
	bool is_moderated;
	struct ms_price prices[MS_PRICE_COUNT];
};

/* Takes over the prices of an object like upstream's pricing; null and other members count nothing. */
void ms_model_set_prices(struct ms_model *m, const struct ms_json *prices, struct ms_arena *arena);
/* The prices of a pricing as JSON text; what else is in it becomes extra_pricing. */
void ms_model_read_pricing(struct ms_model *m, const char *pricing, struct ms_arena *arena);

/* What the input price was, in USD per token (NAN: not known), becomes price_trend: at least 1 %,
 * at most 9999 %, which is also that of a model that was free. */
void ms_model_compare_price(struct ms_model *m, double before);

bool ms_model_is_alias(const struct ms_model *m);
bool ms_model_is_missing(const struct ms_model *m);
/* Every known price is zero, and at least one is known; a variable price is not free. */
bool ms_model_is_free(const struct ms_model *m);
/* Granted to the free tier though it costs something or may (variable). */
bool ms_model_is_paid_in_free_tier(const struct ms_model *m, unsigned tiers);

/* A loaded list of models and the arena that owns it; ordered by id. */
struct ms_catalog {
	struct ms_arena *arena;
	struct ms_model *models;
	size_t count;
	int64_t loaded_at; /* epoch s */
	atomic_int shares; /* who else has it, see ms_catalog_share() */
};

struct ms_catalog *ms_catalog_new(void);
void ms_catalog_free(struct ms_catalog *c); /* NULL is fine */
/* The same catalogue for somebody else, another thread perhaps; from now on nobody changes it, and
 * the last one to free it does. */
struct ms_catalog *ms_catalog_share(struct ms_catalog *c);
/* Appends a zeroed model; the pointer is valid until the next append. */
struct ms_model *ms_catalog_append(struct ms_catalog *c);
/* Index of that id by binary search, or SIZE_MAX. */
size_t ms_catalog_find(const struct ms_catalog *c, const char *id);
/* Sorts by id (bytes), which ms_catalog_find() needs. */
void ms_catalog_sort(struct ms_catalog *c);

#endif
