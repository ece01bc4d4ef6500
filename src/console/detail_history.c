/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "entry_text.h"

static void add_what(struct ms_text *out, const struct ms_json *entry)
{
	const char *type = ms_entry_text(entry, "type");

	if (strncmp(type, "model_", 6) == 0)
		ms_event_type(out, entry);
	else
		ms_change_text(out, entry);
}

static void add_entry(const struct ms_json *entry, int width, struct ms_page *out)
{
	const char *reason = ms_entry_text(entry, "reason"), *rule = ms_entry_text(entry, "rule");
	struct ms_text line;
	char when[32];

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s  #%lld ", ms_entry_when(when, sizeof(when), entry, "at"),
		     (long long)ms_entry_int(entry, "changeset"));
	ms_entry_actor(&line, entry);
	ms_text_add(&line, "  ");
	add_what(&line, entry);
	if (*rule)
		ms_text_addf(&line, "  rule: %s", rule);
	if (*reason)
		ms_text_addf(&line, "  reason: %s", reason);
	ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "", ms_text_str(&line));
	ms_text_clear(&line);
}

void ms_detail_history(const struct ms_ui *ui, int width, struct ms_page *out)
{
	const struct ms_detail *d = &ui->detail;
	const struct ms_json *json = ms_detail_json(ui);
	const struct ms_json *history = ms_json_get(json, "history");

	ms_page_add(out, MS_STYLE_HEADING, "History");
	if (d->problem) {
		ms_page_add_wrapped(out, MS_STYLE_WARNING, width, "", d->problem);
	} else if (!json) {
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
	const struct ms_json *json = ms_detail_json(ui);
	const struct ms_json *e = ms_json_first(ms_json_get(json, "history"));
	struct ms_text text;

	ms_text_init(&text, size - 1);
	if (!json)
		ms_text_add(&text, d->problem	      ? d->problem
				   : ui->is_connected ? ""
						      : "not connected");
	else if (!e)
		ms_text_add(&text, "nothing happened yet");
	for (int i = 0; e && i < 2; i++, e = ms_json_next(e)) {
		ms_text_add(&text, i ? "   " : "");
		ms_entry_add_when(&text, e, "at");
		ms_text_add(&text, " ");
		ms_entry_actor(&text, e);
		ms_text_add(&text, " ");
		add_what(&text, e);
	}
	(void)snprintf(buf, size, "%s", ms_text_str(&text));
	ms_text_clear(&text);
	return buf;
}
