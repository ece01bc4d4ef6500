/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "private.h"

void print_json(const struct ms_json *v)
{
	char *text = ms_json_print(v);

	puts(text);
	ms_free(text);
}

static bool put(void *arg, const char *text, size_t len)
{
	(void)arg;
	return fwrite(text, 1, len, stdout) == len;
}

const struct ms_export_sink to_stdout = {put, NULL};

void json_value_text(struct ms_text *out, const struct ms_json *v)
{
	char *text;

	if (ms_json_is_null(v)) {
		ms_text_add(out, "none");
		return;
	}
	text = ms_json_is_string(v) ? ms_strdup(ms_json_text(v)) : ms_json_print(v);
	ms_text_add(out, text);
	ms_free(text);
}

void json_change_text(struct ms_text *out, const struct ms_json *change)
{
	ms_text_addf(out, "%s ", ms_json_text(ms_json_get(change, "field")));
	json_value_text(out, ms_json_get(change, "old"));
	ms_text_add(out, ">");
	json_value_text(out, ms_json_get(change, "new"));
}

const char *json_time_text(char *buf, size_t size, const struct ms_json *v)
{
	const char *text = ms_json_text(v);

	snprintf(buf, size, "%.19s", text);
	if (strlen(buf) > 10)
		buf[10] = ' ';
	return buf;
}

void json_actor_text(struct ms_text *out, const struct ms_json *v)
{
	ms_text_addf(out, "%s/%s", ms_json_text(ms_json_get(v, "actor")),
		     ms_json_text(ms_json_get(v, "origin")));
}

void print_whoami(const char *prefix, const struct ms_json *me)
{
	const char *login = ms_json_text(ms_json_get(me, "login"));
	const char *acts_as = ms_json_text(ms_json_get(me, "acts_as"));
	const char *role = ms_json_text(ms_json_get(me, "role"));
	const char *email = ms_json_text(ms_json_get(me, "email"));
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s", login);
	if (strcmp(login, acts_as) != 0)
		ms_text_addf(&line, " as %s", acts_as);
	ms_text_addf(&line, ", %s%s", strcmp(role, "owner") == 0 ? "with the rights of the " : "",
		     role);
	if (*email)
		ms_text_addf(&line, ", linked to %s", email);
	print_clean(prefix, ms_text_str(&line));
	ms_text_clear(&line);
}
