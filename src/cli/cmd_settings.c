/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "private.h"

static void add_allowed(struct ms_text *out, const struct ms_json *setting)
{
	const struct ms_json *choices = ms_json_get(setting, "choices");
	const struct ms_json *lowest = ms_json_get(setting, "lowest");

	for (const struct ms_json *c = ms_json_first(choices); c; c = ms_json_next(c))
		ms_text_addf(out, "%s%s", out->len ? ", " : "", ms_json_text(c));
	if (!ms_json_is_null(lowest)) {
		json_value_text(out, lowest);
		ms_text_add(out, " to ");
		json_value_text(out, ms_json_get(setting, "highest"));
	}
	if (ms_json_bool(ms_json_get(setting, "is_optional")))
		ms_text_add(out, ", none");
}

static void print_settings(const struct ms_json *settings)
{
	static const char *const titles[] = {"SETTING", "VALUE", "ALLOWED", "WHAT"};
	struct table *t = table_new(4);
	struct ms_text text;

	ms_text_init(&text, 0);
	for (size_t i = 0; i < 4; i++)
		table_head(t, i, titles[i], false);
	for (const struct ms_json *s = ms_json_first(settings); s; s = ms_json_next(s)) {
		table_add(t, ms_json_text(ms_json_get(s, "name")));
		ms_text_reset(&text);
		json_value_text(&text, ms_json_get(s, "value"));
		table_add(t, ms_text_str(&text));
		ms_text_reset(&text);
		add_allowed(&text, s);
		table_add(t, ms_text_str(&text));
		table_add(t, ms_json_text(ms_json_get(s, "description")));
	}
	table_print(t, stdout);
	ms_text_clear(&text);
	table_free(t);
}

static bool show(struct cli *cli, struct ms_error *err)
{
	struct ms_json *settings;

	if (!session_open(cli, err) || !ms_settings_list(cli->db, &settings, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(settings);
	else
		print_settings(settings);
	ms_json_free(settings);
	return true;
}

/* A number or none where it reads as one, else a string; the database knows what fits. */
static struct ms_json *value_of(const char *text)
{
	struct ms_error unused;
	struct ms_json *v;

	if (strcmp(text, "none") == 0)
		return ms_json_new_string(NULL);
	v = ms_json_parse(text, strlen(text), &unused);
	if (ms_json_is_number(v))
		return v;
	ms_json_free(v);
	return ms_json_new_string(text);
}

/* NAME=VALUE of every word, or NULL. */
static struct ms_json *assignments(const struct cli *cli, struct ms_error *err)
{
	struct ms_json *values = ms_json_new_object();

	for (int i = 0; i < cli->word_count; i++) {
		const char *word = cli->words[i], *equals = strchr(word, '=');
		char name[64];

		if (!equals || equals == word || !equals[1] ||
		    equals - word >= (long)sizeof(name)) {
			ms_json_free(values);
			ms_fail(err, MS_ERR_USAGE, "db settings %s: expected NAME=VALUE", word);
			return NULL;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(equals - word), word);
		ms_json_add(values, name, value_of(equals + 1));
	}
	return values;
}

static void print_changes(const struct ms_json *changes)
{
	struct ms_text line;

	ms_text_init(&line, 0);
	for (const struct ms_json *c = ms_json_first(changes); c; c = ms_json_next(c)) {
		ms_text_reset(&line);
		ms_text_addf(&line, "%s: ", ms_json_name(c));
		json_value_text(&line, ms_json_get(c, "old"));
		ms_text_add(&line, " > ");
		json_value_text(&line, ms_json_get(c, "new"));
		print_clean("", ms_text_str(&line));
	}
	if (!ms_json_count(changes))
		puts("nothing to change");
	ms_text_clear(&line);
}

static bool change(struct cli *cli, struct ms_error *err)
{
	struct ms_json *values, *answer = NULL;
	bool ok;

	if (!session_require_write(cli, err))
		return false;
	values = assignments(cli, err);
	ok = values && session_open(cli, err) &&
	     ms_settings_change(cli->db, values, cli->values[ARG_REASON], &answer, err);
	if (ok && args_has(cli, ARG_JSON))
		print_json(answer);
	else if (ok)
		print_changes(ms_json_get(answer, "changes"));
	ms_json_free(values);
	ms_json_free(answer);
	return ok;
}

bool command_db_settings(struct cli *cli, struct ms_error *err)
{
	return cli->word_count ? change(cli, err) : show(cli, err);
}
