/* SPDX-License-Identifier: MIT */
#include "entry_text.h"

#include <stdio.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/model.h"

#define VALUE_MAX 60 /* bytes of a value that is neither text nor a switch */

const char *ms_entry_text(const struct ms_json *entry, const char *name)
{
	return ms_json_text(ms_json_get(entry, name));
}

int64_t ms_entry_int(const struct ms_json *entry, const char *name)
{
	return ms_json_int(ms_json_get(entry, name), 0);
}

char *ms_entry_when(char *buf, size_t size, const struct ms_json *entry, const char *name)
{
	int64_t at;

	if (!ms_time_parse(ms_entry_text(entry, name), &at))
		(void)snprintf(buf, size, "?");
	else
		ms_time_format(buf, size, at);
	if (strlen(buf) > 16)
		buf[16] = '\0'; /* without seconds */
	return buf;
}

void ms_entry_add_when(struct ms_text *out, const struct ms_json *entry, const char *name)
{
	char when[32];

	ms_entry_when(when, sizeof(when), entry, name);
	ms_text_add(out, strlen(when) > 5 ? when + 5 : when);
}

void ms_entry_actor(struct ms_text *out, const struct ms_json *entry)
{
	const char *kind = ms_entry_text(entry, "kind");
	long long run = (long long)ms_entry_int(entry, "run");

	if (strcmp(kind, "sync") == 0)
		ms_text_addf(out, "sync #%lld", run);
	else if (strcmp(kind, "rules") == 0)
		ms_text_addf(out, "rules after #%lld", run);
	else
		ms_text_add(out, ms_entry_text(entry, "actor"));
}

/* --- changes -------------------------------------------------------------------------------- */

static const char *without_prefix(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(s, prefix, len) == 0 ? s + len : s;
}

/* MS_PRICE_COUNT when the field is no price. */
static enum ms_price_kind price_kind(const char *field)
{
	int kind = 0;

	while (kind < MS_PRICE_COUNT && strcmp(field, ms_price_key((enum ms_price_kind)kind)) != 0)
		kind++;
	return (enum ms_price_kind)kind;
}

/* Text as it is, true and false as on and off, nothing as "none", anything else as JSON. */
static void add_value(struct ms_text *out, const struct ms_json *v, enum ms_price_kind kind)
{
	char *printed, price[24];

	if (ms_json_is_null(v)) {
		ms_text_add(out, "none");
	} else if (ms_json_is_string(v) && kind != MS_PRICE_COUNT) {
		ms_text_add(out, ms_price_format(price, sizeof(price),
						 ms_price_from_text(ms_json_text(v)), kind, 10));
	} else if (ms_json_is_string(v)) {
		ms_text_add(out, ms_json_text(v));
	} else {
		printed = ms_json_print(v);
		if (strcmp(printed, "true") == 0 || strcmp(printed, "false") == 0)
			ms_text_add(out, *printed == 't' ? "on" : "off");
		else
			ms_text_addf(out, "%.*s%s", VALUE_MAX, printed,
				     strlen(printed) > VALUE_MAX ? "..." : "");
		ms_free(printed);
	}
}

void ms_change_text(struct ms_text *out, const struct ms_json *change)
{
	const char *field = without_prefix(ms_entry_text(change, "field"), "is_");
	enum ms_price_kind kind;

	field = without_prefix(field, "pricing.");
	kind = price_kind(field);
	ms_text_addf(out, "%s ", field);
	add_value(out, ms_json_get(change, "old"), kind);
	ms_text_add(out, ">");
	add_value(out, ms_json_get(change, "new"), kind);
}

/* --- events --------------------------------------------------------------------------------- */

void ms_event_text(struct ms_text *out, const struct ms_json *event)
{
	const struct ms_json *changes = ms_json_get(event, "changes");
	const char *comma = "";

	for (const struct ms_json *c = ms_json_first(changes); c; c = ms_json_next(c)) {
		if (strcmp(ms_entry_text(c, "field"), "presence") == 0)
			continue;
		ms_text_add(out, comma);
		ms_change_text(out, c);
		comma = ", ";
	}
	/* the change behind "added" and "gone" is the presence itself */
	if (!changes && strcmp(ms_entry_text(event, "field"), "presence") != 0)
		ms_change_text(out, event);
}

void ms_event_type(struct ms_text *out, const struct ms_json *event)
{
	static const char *const words[][2] = {
		{"model_added", "added"}, {"model_removed", "gone"}, {"model_returned", "back"}};
	const char *type = ms_entry_text(event, "type");
	size_t len = strlen(type), tail = strlen("_changed");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(type, words[i][0]) == 0) {
			ms_text_add(out, words[i][1]);
			return;
		}
	if (len > tail && strcmp(type + len - tail, "_changed") == 0)
		len -= tail;
	for (size_t i = 0; i < len; i++)
		ms_text_add_bytes(out, type[i] == '_' ? " " : &type[i], 1);
}
