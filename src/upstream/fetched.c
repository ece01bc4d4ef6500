/* SPDX-License-Identifier: MIT */
#include "fetched.h"

#include "modelsync/memory.h"

struct ms_fetched *fetched_new(char *source)
{
	struct ms_fetched *f = ms_alloc(sizeof(*f));

	f->source = source;
	f->total_count = -1;
	return f;
}

void fetched_add(struct ms_fetched *f, struct ms_text *text, const struct page *page)
{
	f->pages = ms_realloc_array(f->pages, f->count + 1, sizeof(*f->pages));
	f->bytes += (int64_t)text->len;
	f->models += page->models;
	/* Pages that disagree were fetched while the list changed: the largest claim is the safe
	 * one. */
	if (page->total_count > f->total_count)
		f->total_count = page->total_count;
	f->pages[f->count++] = ms_text_take(text);
}

void ms_fetched_free(struct ms_fetched *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++)
		ms_free(f->pages[i]);
	ms_free(f->pages);
	ms_free(f->source);
	ms_free(f->etag);
	ms_free(f);
}
