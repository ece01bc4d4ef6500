/* SPDX-License-Identifier: MIT */
/*
 *   hashes of all entries ──> which are unknown? ──> pages without the known ones ──> report
 *                                                          └── send_all ──> the pages ──> report
 *
 * The database asks for everything when it turns out that somebody has changed models in between,
 * and when the catalogue is to be held: a hold keeps all of it.
 */
#include "handover.h"

#include <string.h>

#include "entries.h"
#include "modelsync/memory.h"

#define PAGE_BYTES 262144

/* *out stays NULL when what is sent was not enough. */
static bool send_pages(struct ms_db *db, const struct ms_claim *claim,
		       const struct ms_fetched_pages *pages, const struct entries *e,
		       const bool *is_known, bool is_stripped, const struct ms_config *config,
		       struct ms_run_report **out, struct ms_error *err)
{
	struct entries_pages packed = entries_pack(e, pages->pages, is_known, PAGE_BYTES);
	struct ms_fetched_pages sent = *pages;
	bool good;

	sent.pages = packed.pages;
	sent.count = packed.count;
	sent.is_stripped = is_stripped;
	good = ms_run_apply(db, claim, &sent, config, out, err);
	entries_pages_clear(&packed);
	return good;
}

static bool send(struct ms_db *db, const struct ms_claim *claim,
		 const struct ms_fetched_pages *pages, const struct entries *e,
		 const struct ms_config *config, struct ms_run_report **out, struct ms_error *err)
{
	bool *is_known = ms_alloc_array(e->count + 1, sizeof(*is_known));
	size_t known = 0;
	bool good = ms_run_known(db, e->hashes, is_known, e->count, &known, err);

	if (good && known)
		good = send_pages(db, claim, pages, e, is_known, true, config, out, err);
	if (good && !*out) {
		memset(is_known, 0, e->count * sizeof(*is_known));
		good = send_pages(db, claim, pages, e, is_known, false, config, out, err) &&
		       (*out ||
			ms_fail(err, MS_ERR_INTERNAL, "the database asks for models it was sent"));
	}
	ms_free(is_known);
	return good;
}

bool handover_apply(struct ms_db *db, const struct ms_claim *claim,
		    const struct ms_fetched_pages *pages, const struct ms_config *config,
		    struct ms_run_report **out, struct ms_error *err)
{
	struct ms_fetched_pages hashed = *pages;
	struct entries e;
	bool good;

	*out = NULL;
	if (pages->count == 0)
		return ms_run_apply(db, claim, pages, config, out, err);
	if (!entries_find(&e, pages->pages, pages->count, err))
		return false;
	hashed.hashes = e.hashes;
	good = send(db, claim, &hashed, &e, config, out, err);
	entries_clear(&e);
	return good;
}
