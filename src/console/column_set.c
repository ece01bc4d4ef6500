/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* In the order of the screen; '?' = only where there is plenty of room. */
#define DEFAULT                                                                                    \
	"status,id,name?,tier,provider?,modality?,ctx,maxout?,in,out,cache_read?,cache_write?,"    \
	"daily?,monthly?,expires?,updated?,by?,added"

void ms_column_set_init(struct ms_column_set *s)
{
	ms_column_set_read(s, DEFAULT);
}

size_t ms_column_set_find(const struct ms_column_set *s, const struct ms_field *f)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].field == f)
			return i;
	return SIZE_MAX;
}

bool ms_column_is_fixed(const struct ms_field *f)
{
	return strcmp(f->name, "status") == 0 || strcmp(f->name, "id") == 0;
}

static void insert(struct ms_column_set *s, size_t at, struct ms_column_pick pick)
{
	if (s->count == MS_COLUMN_PICKS_MAX)
		return;
	memmove(&s->items[at + 1], &s->items[at], (s->count - at) * sizeof(s->items[0]));
	s->items[at] = pick;
	s->count++;
}

bool ms_column_set_hide(struct ms_column_set *s, const struct ms_field *f)
{
	size_t at = ms_column_set_find(s, f);

	if (at == SIZE_MAX || ms_column_is_fixed(f))
		return false;
	s->count--;
	memmove(&s->items[at], &s->items[at + 1], (s->count - at) * sizeof(s->items[0]));
	return true;
}

void ms_column_set_write(const struct ms_column_set *s, struct ms_text *out)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct ms_column_pick *pick = &s->items[i];

		ms_text_addf(out, "%s%s", i ? "," : "", pick->field->name);
		if (pick->width)
			ms_text_addf(out, ":%d", pick->width);
		if (!pick->is_wanted)
			ms_text_add(out, "?");
	}
}

/* One entry of the text, cut up in place. */
static struct ms_column_pick read_pick(char *entry)
{
	struct ms_column_pick pick = {.is_wanted = true};
	size_t len = strlen(entry);
	char *width;

	if (len > 0 && entry[len - 1] == '?') {
		entry[len - 1] = '\0';
		pick.is_wanted = false;
	}
	width = strchr(entry, ':');
	if (width) {
		long n = strtol(width + 1, NULL, 10);

		*width = '\0';
		if (n >= MS_COLUMN_WIDTH_MIN && n <= MS_COLUMN_WIDTH_MAX)
			pick.width = (int)n;
	}
	pick.field = ms_field_by_name(entry);
	return pick;
}

void ms_column_set_read(struct ms_column_set *s, const char *text)
{
	static const char *const fixed[] = {"id", "status"};
	char copy[MS_COLUMN_TEXT_BYTES], *rest = copy, *entry;

	s->count = 0;
	strncpy(copy, text, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	while ((entry = strsep(&rest, ","))) {
		struct ms_column_pick pick = read_pick(entry);

		if (pick.field && ms_column_set_find(s, pick.field) == SIZE_MAX)
			insert(s, s->count, pick);
	}
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		const struct ms_field *f = ms_field_by_name(fixed[i]);

		if (ms_column_set_find(s, f) == SIZE_MAX)
			insert(s, 0, (struct ms_column_pick){f, 0, true});
	}
}
