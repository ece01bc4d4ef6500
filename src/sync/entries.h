/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_SYNC_ENTRIES_H
#define MODELSYNC_SYNC_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/error.h"
#include "modelsync/json_scan.h"

/*
 * The models of a fetched catalogue as bytes: where each lies in its page, and a hash of it by
 * which the database knows whether it has seen just that.
 */
struct entries {
	struct ms_json_list *pages; /* one list for each page */
	size_t page_count;
	size_t count; /* of all pages */
	char *hashes; /* owned; "{…,…}", PostgreSQL's text form of uuid[], in order */
};

/* The pages are borrowed and valid JSON. Fails with `parse` when they are not. */
bool entries_find(struct entries *e, char *const *pages, size_t count,
		  struct ms_error *err) MS_MUST_CHECK;
void entries_clear(struct entries *e);

/*
 * The pages as they are sent, with null in the place of each entry that is known. A page of more
 * than `most` bytes is sent as several, as the database reads short ones a third faster: lists of
 * entries, and at the end the page itself with what is left. Owned.
 */
struct entries_pages {
	char **pages;
	size_t count;
};
struct entries_pages entries_pack(const struct entries *e, char *const *pages, const bool *is_known,
				  size_t most);
void entries_pages_clear(struct entries_pages *p);

#endif
