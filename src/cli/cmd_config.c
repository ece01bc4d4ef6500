/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/http.h"
#include "modelsync/memory.h"
#include "modelsync/notify.h"
#include "modelsync/schedule.h"
#include "private.h"

static size_t count_set(const struct ms_config *config)
{
	size_t n = 0;

	for (int i = 0; i < MS_OPT_COUNT; i++)
		n += ms_config_is_set(config, (enum ms_option)i);
	return n;
}

static bool check_schedule(const struct ms_config *config, struct ms_error *err)
{
	struct ms_cron_error where;
	struct ms_schedule schedule;
	bool ok = ms_schedule_load(&schedule, config, &where, err);

	if (!ok && *where.message)
		print_caret(ms_config_string(config, MS_OPT_SYNC_SCHEDULE), where.at, where.len);
	ms_schedule_clear(&schedule);
	return ok;
}

/* The command fails with the last mistake; those before it have been said. */
static void note(bool ok, const struct ms_error *why, struct ms_error *last)
{
	if (ok)
		return;
	if (last->category != MS_OK)
		print_mistake(last->message);
	*last = *why;
}

static bool check_values(struct cli *cli, struct ms_error *err)
{
	struct ms_error why, last = {.category = MS_OK};
	const struct ms_config *config = cli->config;

	note(session_check_rules(config, &cli->rules, &why), &why, &last);
	note(ms_db_check_conninfo(ms_config_string(config, MS_OPT_DB_CONNINFO), &why), &why, &last);
	note(check_schedule(config, &why), &why, &last);
	note(ms_http_check(config, &why), &why, &last);
	note(ms_notify_check(config, &why), &why, &last);
	if (last.category != MS_OK)
		*err = last;
	return last.category == MS_OK;
}

bool command_config_check(struct cli *cli, struct ms_error *err)
{
	struct ms_text warnings;

	if (!check_values(cli, err))
		return false;
	ms_text_init(&warnings, 0);
	ms_config_warnings(cli->config, &warnings);
	ms_http_warnings(cli->config, &warnings);
	ms_notify_warnings(cli->config, &warnings);
	ms_rules_warnings(cli->rules, &warnings);
	for (char *line = warnings.data ? strtok(warnings.data, "\n") : NULL; line;
	     line = strtok(NULL, "\n"))
		print_clean("warning: ", line);
	ms_text_clear(&warnings);
	printf("ok: %d options, %zu of them set; %zu rules\n", MS_OPT_COUNT, count_set(cli->config),
	       cli->rules->count);
	return true;
}

/* rules "free models"  is:free => status active, tiers free  FILE:LINE */
static void add_rule(struct table *t, const struct ms_rule *rule)
{
	struct ms_text cell;
	char decision[200];

	ms_text_init(&cell, 0);
	ms_text_addf(&cell, "rules \"%s\"", rule->name);
	table_add(t, ms_text_str(&cell));
	ms_text_reset(&cell);
	ms_text_addf(&cell, "%s => %s", rule->match,
		     ms_rule_describe(decision, sizeof(decision), rule));
	table_add(t, ms_text_str(&cell));
	table_add(t, rule->origin);
	ms_text_clear(&cell);
}

/* auth_keys "2026-07"  RS256 /etc/…/2026-07.pem  FILE:LINE; secrets are not shown */
static void add_auth_key(struct table *t, const struct ms_auth_key_text *key)
{
	const char *kid = key->keys[MS_AUTH_KID].value,
		   *algorithm = key->keys[MS_AUTH_ALGORITHM].value;
	const char *path = key->keys[MS_AUTH_PUBLIC_KEY_FILE].value;
	struct ms_text cell;

	if (!path)
		path = key->keys[MS_AUTH_SECRET_FILE].value;
	ms_text_init(&cell, 0);
	ms_text_addf(&cell, "auth_keys \"%s\"", kid ? kid : "");
	table_add(t, ms_text_str(&cell));
	ms_text_reset(&cell);
	ms_text_addf(&cell, "%s %s", algorithm ? algorithm : "?", path ? path : "********");
	table_add(t, ms_text_str(&cell));
	table_add(t, key->origin);
	ms_text_clear(&cell);
}

bool command_config_show(struct cli *cli, struct ms_error *err)
{
	static const char *const titles[] = {"OPTION", "VALUE", "FROM"};
	const struct ms_auth_key_text *keys;
	struct table *t = table_new(3);
	struct ms_text cell;
	size_t count;

	(void)err;
	ms_text_init(&cell, 0);
	for (size_t i = 0; i < 3; i++)
		table_head(t, i, titles[i], false);
	for (int i = 0; i < MS_OPT_COUNT; i++) {
		const struct ms_option_info *o = ms_option_info((enum ms_option)i);

		ms_text_reset(&cell);
		ms_text_addf(&cell, "%s.%s", o->section, o->key);
		table_add(t, ms_text_str(&cell));
		ms_text_reset(&cell);
		ms_config_masked(cli->config, (enum ms_option)i, &cell);
		table_add(t, ms_text_str(&cell));
		table_add(t, ms_config_origin(cli->config, (enum ms_option)i));
	}
	for (size_t i = 0; i < cli->rules->count; i++)
		add_rule(t, &cli->rules->items[i]);
	count = ms_config_auth_keys(cli->config, &keys);
	for (size_t i = 0; i < count; i++)
		add_auth_key(t, &keys[i]);
	table_print(t, stdout);
	table_free(t);
	ms_text_clear(&cell);
	return true;
}
