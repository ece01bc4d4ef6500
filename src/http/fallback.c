/* SPDX-License-Identifier: MIT */
#include "fallback.h"

#include <stdlib.h>
#include <string.h>

#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "modelsync/model.h"
#include "settings.h"

#define ALL_TIERS (MS_TIER_ALL | MS_SHOWN_TO_ADMINS)

static void add_model(struct snapshot_builder *b, const char *id, unsigned shown_to,
		      struct ms_json *entry)
{
	char *text = ms_json_print(entry);

	snapshot_builder_add(b, &(struct ms_served_model){.id = id,
							  .shown_to = shown_to,
							  .entry = text,
							  .entry_len = strlen(text)});
	ms_free(text);
	ms_json_free(entry);
}

static bool finish(struct snapshot_builder *b, enum snapshot_source source, struct snapshot **out,
		   struct ms_error *err)
{
	bool ok = snapshot_builder_finish(b, source, out, err);

	snapshot_builder_free(b);
	return ok;
}

/* --- entries ------------------------------------------------------------------------------ */

static const struct {
	const char *name, *upstream;
	bool is_optional; /* left out rather than "0" */
} prices[] = {
	{"prompt", "prompt", false},
	{"completion", "completion", false},
	{"request", "request", false},
	{"image", "image", false},
	{"output_image", "image_output", false},
	{"web_search", "web_search", false},
	{"internal_reasoning", "internal_reasoning", false},
	{"input_cache_read", "input_cache_read", true},
	{"input_cache_write", "input_cache_write", true},
};

static struct ms_json *make_pricing(const struct ms_json *pricing)
{
	struct ms_json *o = ms_json_new_object();

	for (size_t i = 0; i < sizeof(prices) / sizeof(prices[0]); i++) {
		const char *price = ms_json_string(ms_json_get(pricing, prices[i].upstream));

		if (price || !prices[i].is_optional)
			ms_json_add_string(o, prices[i].name, price ? price : "0");
	}
	return o;
}

static void add_list(struct ms_json *to, const char *name, const struct ms_json *from)
{
	ms_json_add(to, name, ms_json_is_array(from) ? ms_json_copy(from) : ms_json_new_array());
}

/* m NULL: nothing but the id is known. */
static struct ms_json *make_entry(const char *id, const struct ms_json *m)
{
	const struct ms_json *architecture = ms_json_get(m, "architecture");
	const char *name = ms_json_string(ms_json_get(m, "name"));
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, "id", id);
	ms_json_add_string(o, "name", name ? name : id);
	ms_json_add(o, "description", ms_json_copy(ms_json_get(m, "description")));
	ms_json_add(o, "context_length", ms_json_copy(ms_json_get(m, "context_length")));
	ms_json_add(o, "pricing",
		    m ? make_pricing(ms_json_get(m, "pricing")) : ms_json_new_object());
	add_list(o, "input_modalities", ms_json_get(architecture, "input_modalities"));
	add_list(o, "output_modalities", ms_json_get(architecture, "output_modalities"));
	add_list(o, "supported_parameters", ms_json_get(m, "supported_parameters"));
	ms_json_add(o, "created", ms_json_copy(ms_json_get(m, "created")));
	return o;
}

/* --- the list ----------------------------------------------------------------------------- */

bool fallback_has_list(const struct ms_config *config)
{
	const char *list = ms_config_string(config, MS_OPT_MODELS_API_LIST);

	return list[strspn(list, " \t,")] != '\0';
}

bool fallback_from_list(const struct ms_config *config, struct snapshot **out, struct ms_error *err)
{
	char **ids = http_words(ms_config_string(config, MS_OPT_MODELS_API_LIST));
	struct snapshot_builder *b = snapshot_builder_new();

	for (size_t i = 0; ids[i]; i++)
		add_model(b, ids[i], ALL_TIERS, make_entry(ids[i], NULL));
	http_words_free(ids);
	return finish(b, SNAPSHOT_ENVIRONMENT, out, err);
}

/* --- upstream ----------------------------------------------------------------------------- */

/* Every price is zero, and there is one; what is no plain price may cost something. */
static bool costs_nothing(const struct ms_json *pricing)
{
	const struct ms_json *v = ms_json_first(pricing);

	for (; v; v = ms_json_next(v)) {
		const char *exact = ms_json_string(v);
		struct ms_price price = ms_price_from_text(exact);

		if (!exact || ms_price_state(price) != MS_PRICE_KNOWN || price.usd != 0)
			return false;
	}
	return ms_json_count(pricing) > 0;
}

static const char *name_of(const struct ms_json *m)
{
	const char *name = ms_json_string(ms_json_get(m, "name"));

	return name ? name : ms_json_text(ms_json_get(m, "id"));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(name_of(*(const struct ms_json *const *)a),
		      name_of(*(const struct ms_json *const *)b));
}

static void add_listed(struct snapshot_builder *b, const struct ms_json **models, size_t count)
{
	qsort(models, count, sizeof(*models), by_name);
	for (size_t i = 0; i < count; i++) {
		const char *id = ms_json_text(ms_json_get(models[i], "id"));
		bool is_free = costs_nothing(ms_json_get(models[i], "pricing"));

		if (*id)
			add_model(b, id, is_free ? ALL_TIERS : ALL_TIERS & ~(unsigned)MS_TIER_FREE,
				  make_entry(id, models[i]));
	}
}

bool fallback_from_upstream(const struct ms_fetched *fetched, struct snapshot **out,
			    struct ms_error *err)
{
	struct ms_json **pages = ms_alloc_array(fetched->count + 1, sizeof(*pages));
	const struct ms_json **models = ms_alloc_array(fetched->models + 1, sizeof(*models)), *m;
	struct snapshot_builder *b = snapshot_builder_new();
	size_t n = 0;
	bool ok = true;

	for (size_t i = 0; ok && i < fetched->count; i++) {
		pages[i] = ms_json_parse(fetched->pages[i], strlen(fetched->pages[i]), err);
		ok = pages[i] != NULL;
		for (m = ms_json_first(ms_json_get(pages[i], "data")); m && n < fetched->models;
		     m = ms_json_next(m))
			models[n++] = m;
	}
	if (ok)
		add_listed(b, models, n);
	for (size_t i = 0; i < fetched->count; i++)
		ms_json_free(pages[i]);
	ms_free(pages);
	ms_free(models);
	if (ok)
		return finish(b, SNAPSHOT_OPENROUTER, out, err);
	snapshot_builder_free(b);
	return false;
}
