/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "modelsync/memory.h"
#include "modelsync/text.h"

/*
 * XXH3 tells apart what changes by itself; it is no protection against somebody who makes two
 * entries look the same, but whoever could do that may as well send what he likes. The database
 * keeps these hashes: https://github.com/Cyan4973/xxHash says that XXH3 stays what it is.
 */
static void add_hash(struct ms_text *to, const char *bytes, size_t len)
{
	XXH128_hash_t h = XXH3_128bits(bytes, len);

	ms_text_addf(to, "%s%016" PRIx64 "%016" PRIx64, to->len > 1 ? "," : "", (uint64_t)h.high64,
		     (uint64_t)h.low64);
}

static void add_hashes(struct ms_text *to, const char *page, const struct ms_json_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		add_hash(to, page + list->items[i].start, list->items[i].len);
}

bool entries_find(struct entries *e, char *const *pages, size_t count, struct ms_error *err)
{
	struct ms_text hashes;
	bool good = true;

	*e = (struct entries){.pages = ms_alloc_array(count, sizeof(*e->pages)),
			      .page_count = count};
	ms_text_init(&hashes, 0);
	ms_text_add(&hashes, "{");
	for (size_t i = 0; i < count && good; i++) {
		good = ms_json_scan(pages[i], strlen(pages[i]), "data", &e->pages[i], err);
		add_hashes(&hashes, pages[i], &e->pages[i]);
		e->count += e->pages[i].count;
	}
	ms_text_add(&hashes, "}");
	e->hashes = ms_text_take(&hashes);
	if (!good)
		entries_clear(e);
	return good;
}

void entries_clear(struct entries *e)
{
	for (size_t i = 0; i < e->page_count; i++)
		ms_json_list_clear(&e->pages[i]);
	ms_free(e->pages);
	ms_free(e->hashes);
	*e = (struct entries){0};
}

char *entries_strip(const char *page, const struct ms_json_list *list, const bool *is_known)
{
	struct ms_text out;
	size_t copied = 0;

	ms_text_init(&out, 0);
	for (size_t i = 0; i < list->count; i++) {
		const struct ms_json_range *item = &list->items[i];

		if (!is_known[i])
			continue;
		ms_text_add_bytes(&out, page + copied, item->start - copied);
		ms_text_add(&out, "null");
		copied = item->start + item->len;
	}
	ms_text_add(&out, page + copied);
	return ms_text_take(&out);
}
