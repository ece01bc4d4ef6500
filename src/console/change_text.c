/* SPDX-License-Identifier: MIT */
#include "change_text.h"

#include <string.h>

#include "modelsync/memory.h"

#define VALUE_MAX 60 /* bytes of a value that is neither text nor a switch */

/* Text as it is, true and false as on and off, nothing as "none", anything else as JSON. */
static char *value_text(const struct ms_json *v)
{
	char *printed, *text;

	if (ms_json_is_null(v))
		return ms_strdup("none");
	if (ms_json_is_string(v))
		return ms_strdup(ms_json_text(v));
	printed = ms_json_print(v);
	if (strcmp(printed, "true") == 0)
		text = ms_strdup("on");
	else if (strcmp(printed, "false") == 0)
		text = ms_strdup("off");
	else
		text = ms_format("%.*s%s", VALUE_MAX, printed,
				 strlen(printed) > VALUE_MAX ? "..." : "");
	ms_free(printed);
	return text;
}

char *ms_change_text(const struct ms_json *change)
{
	const char *field = ms_json_text(ms_json_get(change, "field"));
	char *from = value_text(ms_json_get(change, "old"));
	char *to = value_text(ms_json_get(change, "new"));
	char *text =
		ms_format("%s %s>%s", strncmp(field, "is_", 3) == 0 ? field + 3 : field, from, to);

	ms_free(from);
	ms_free(to);
	return text;
}
