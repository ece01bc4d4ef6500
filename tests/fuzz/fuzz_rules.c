/* SPDX-License-Identifier: MIT */
/*
 * Lists of rules: each line is the text of the next key, an empty one leaves it out, and after the
 * last key the next rule begins. What is accepted must decide about models without contradicting
 * itself; what is not must say where it is wrong.
 */
#include <stdint.h>
#include <string.h>

#include "modelsync/rule.h"
#include "require.h"

#define TEXT_MAX  8000
#define RULES_MAX 20
#define NOW	  INT64_C(1781000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_rules(char *text, struct ms_rule_text rules[RULES_MAX])
{
	size_t n = 0;

	for (char *line = text, *end; line; line = end) {
		struct ms_key_text *key = &rules[n / MS_RULE_KEY_COUNT].keys[n % MS_RULE_KEY_COUNT];

		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		rules[n / MS_RULE_KEY_COUNT].origin = "file:1";
		if (*line)
			*key = (struct ms_key_text){.value = line, .origin = "file:2"};
		if (++n == RULES_MAX * MS_RULE_KEY_COUNT)
			break;
	}
	return (n + MS_RULE_KEY_COUNT - 1) / MS_RULE_KEY_COUNT;
}

static bool is_before(const struct ms_rules *rules, const struct ms_rule *found,
		      const struct ms_model *m)
{
	for (size_t i = 0; i < rules->count && &rules->items[i] != found; i++)
		if (ms_filter_match(rules->items[i].filter, m, 0, NOW))
			return false;
	return true;
}

static void decide(const struct ms_rules *rules, const struct ms_model *m)
{
	const struct ms_rule *found = ms_rules_find(rules, m, NOW);
	char text[200];

	require(is_before(rules, found, m));
	for (size_t i = 0; i < rules->count; i++) {
		const struct ms_rule *rule = &rules->items[i];
		bool matches = ms_filter_match(rule->filter, m, 0, NOW);

		require(matches == (*ms_rule_unmet(text, sizeof(text), rule, m, NOW) == '\0'));
		require(!ms_rule_refuses(rule, m) || !rule->allow_paid_free);
		require(*ms_rule_describe(text, sizeof(text), rule) != '\0');
	}
}

static void use(const struct ms_rules *rules)
{
	struct ms_model models[2] = {
		{.id = "openai/gpt-x:free",
		 .name = "GPT × X (free)",
		 .provider = "openai",
		 .input_modalities = "text,image",
		 .tiers = MS_TIER_FREE,
		 .context_length = 131072,
		 .added_at = 1780000000,
		 .daily_limit = -1},
		{.id = "~v/x"},
	};
	struct ms_text warnings;

	models[0].prices[MS_PRICE_PROMPT] = ms_price_from_text("0.00000025");
	models[0].prices[MS_PRICE_COMPLETION] = ms_price_from_text("-1");
	for (size_t i = 0; i < 2; i++)
		decide(rules, &models[i]);
	ms_text_init(&warnings, 0);
	ms_rules_warnings(rules, &warnings);
	ms_text_clear(&warnings);
}

static void check_refusal(const struct ms_error *err, const struct ms_rule_fault *fault)
{
	require(err->category == MS_ERR_CONFIG);
	require(strncmp(err->message, "file:", 5) == 0);
	require(!fault->text || fault->where.at <= strlen(fault->text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ms_rule_text texts[RULES_MAX] = {0};
	struct ms_rule_fault fault = {0};
	struct ms_rules *rules;
	struct ms_error err;
	char text[TEXT_MAX];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	rules = ms_rules_new(texts, read_rules(text, texts), &fault, &err);
	if (rules)
		use(rules);
	else
		check_refusal(&err, &fault);
	ms_rules_free(rules);
	return 0;
}
