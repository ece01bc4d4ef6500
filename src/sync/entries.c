/* SPDX-License-Identifier: MIT */
#include "entries.h"

#include <inttypes.h>
#include <stdint.h>
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

/* --- as they are sent ---------------------------------------------------------------------------
 */

static void add_entry(struct ms_text *to, const char *page, const struct ms_json_range *item,
		      bool is_known)
{
	if (is_known)
		ms_text_add(to, "null");
	else
		ms_text_add_bytes(to, page + item->start, item->len);
}

/* How many entries from the given one on make a page of `most` bytes, the last one included. */
static size_t entries_of(const struct ms_json_list *list, const bool *is_known, size_t from,
			 size_t most)
{
	size_t len = 0, i = from;

	while (i < list->count && len < most) {
		len += is_known[i] ? strlen("null") : list->items[i].len;
		i++;
	}
	return i - from;
}

static char *bare_list(const char *page, const struct ms_json_range *items, const bool *is_known,
		       size_t count)
{
	struct ms_text out;

	ms_text_init(&out, 0);
	for (size_t i = 0; i < count; i++) {
		ms_text_add(&out, i ? "," : "[");
		add_entry(&out, page, &items[i], is_known[i]);
	}
	ms_text_add(&out, "]");
	return ms_text_take(&out);
}

/* The page without the entries before the given one. */
static char *page_from(const char *page, const struct ms_json_list *list, const bool *is_known,
		       size_t from)
{
	size_t copied = from ? list->items[from].start : 0;
	struct ms_text out;

	ms_text_init(&out, 0);
	if (from)
		ms_text_add_bytes(&out, page, list->items[0].start);
	for (size_t i = from; i < list->count; i++) {
		const struct ms_json_range *item = &list->items[i];

		ms_text_add_bytes(&out, page + copied, item->start - copied);
		add_entry(&out, page, item, is_known[i]);
		copied = item->start + item->len;
	}
	ms_text_add(&out, page + copied);
	return ms_text_take(&out);
}

static void append(struct entries_pages *to, char *page)
{
	to->pages = ms_realloc_array(to->pages, to->count + 1, sizeof(*to->pages));
	to->pages[to->count++] = page;
}

static void append_page(struct entries_pages *to, const char *page, const struct ms_json_list *list,
			const bool *is_known, size_t most)
{
	size_t from = 0, count;

	while ((count = entries_of(list, is_known, from, most)) < list->count - from) {
		append(to, bare_list(page, &list->items[from], &is_known[from], count));
		from += count;
	}
	append(to, page_from(page, list, is_known, from));
}

struct entries_pages entries_pack(const struct entries *e, char *const *pages, const bool *is_known,
				  size_t most)
{
	struct entries_pages out = {0};

	/* of a page without a list the database tells which one it is */
	for (size_t i = 0; i < e->page_count; i++)
		if (e->pages[i].whole.len == 0)
			most = SIZE_MAX;
	for (size_t i = 0; i < e->page_count; i++) {
		append_page(&out, pages[i], &e->pages[i], is_known, most);
		is_known += e->pages[i].count;
	}
	return out;
}

void entries_pages_clear(struct entries_pages *p)
{
	for (size_t i = 0; i < p->count; i++)
		ms_free(p->pages[i]);
	ms_free(p->pages);
	*p = (struct entries_pages){0};
}
