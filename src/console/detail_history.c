/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "change_text.h"
#include "detail.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"

static const char *text_of(const struct ms_json *entry, const char *name)
{
	return ms_json_text(ms_json_get(entry, name));
}

/* "sync #881" or the actor. */
static char *actor_of(const struct ms_json *entry)
{
	long long run = (long long)ms_json_int(ms_json_get(entry, "run"), 0);

	if (strcmp(text_of(entry, "kind"), "sync") == 0)
		return ms_format("sync #%lld", run);
	return ms_strdup(text_of(entry, "actor"));
}

static char *what_of(const struct ms_json *entry)
{
	const char *type = text_of(entry, "type");

	if (strcmp(type, "model_added") == 0)
		return ms_strdup("added");
	if (strcmp(type, "model_removed") == 0)
		return ms_strdup("gone");
	if (strcmp(type, "model_returned") == 0)
		return ms_strdup("back");
	return ms_change_text(entry);
}

static char *when_of(const struct ms_json *entry, char *buf, size_t size)
{
	int64_t at;

	if (!ms_time_parse(text_of(entry, "at"), &at))
		(void)snprintf(buf, size, "?");
	else
		ms_time_format(buf, size, at);
	if (strlen(buf) > 16)
		buf[16] = '\0'; /* without seconds */
	return buf;
}

static void add_entry(const struct ms_json *entry, int width, struct ms_page *out)
{
	char when[32];
	char *who = actor_of(entry), *what = what_of(entry);
	const char *reason = text_of(entry, "reason");
	char *line = ms_format("%s  #%lld %s  %s%s%s", when_of(entry, when, sizeof(when)),
			       (long long)ms_json_int(ms_json_get(entry, "changeset"), 0), who,
			       what, *reason ? "  reason: " : "", reason);

	ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "", line);
	ms_free(line);
	ms_free(who);
	ms_free(what);
}

static bool is_loaded(const struct ms_detail *d)
{
	return d->json && d->loaded_id && strcmp(d->loaded_id, d->id) == 0;
}

void ms_detail_history(const struct ms_ui *ui, int width, struct ms_page *out)
{
	const struct ms_detail *d = &ui->detail;
	const struct ms_json *history = ms_json_get(d->json, "history");

	ms_page_add(out, MS_STYLE_HEADING, "History");
	if (d->problem) {
		ms_page_add_wrapped(out, MS_STYLE_WARNING, width, "", d->problem);
	} else if (!is_loaded(d)) {
		ms_page_add(out, MS_STYLE_DIM, ui->is_connected ? "loading..." : "not connected");
	} else {
		for (const struct ms_json *e = ms_json_first(history); e; e = ms_json_next(e))
			add_entry(e, width, out);
		if (!ms_json_first(history))
			ms_page_add(out, MS_STYLE_NORMAL, "nothing happened yet");
	}
}

char *ms_detail_last_changes(const struct ms_ui *ui, char *buf, size_t size)
{
	const struct ms_detail *d = &ui->detail;
	const struct ms_json *e = ms_json_first(ms_json_get(d->json, "history"));
	struct ms_text text;

	ms_text_init(&text, size - 1);
	if (!is_loaded(d))
		ms_text_add(&text, d->problem	      ? d->problem
				   : ui->is_connected ? ""
						      : "not connected");
	else if (!e)
		ms_text_add(&text, "nothing happened yet");
	for (int i = 0; is_loaded(d) && e && i < 2; i++, e = ms_json_next(e)) {
		char when[32];
		char *who = actor_of(e), *what = what_of(e);

		ms_text_addf(&text, "%s%s %s %s", i ? "   " : "",
			     when_of(e, when, sizeof(when)) + 5, who, what);
		ms_free(who);
		ms_free(what);
	}
	(void)snprintf(buf, size, "%s", ms_text_str(&text));
	ms_text_clear(&text);
	return buf;
}
