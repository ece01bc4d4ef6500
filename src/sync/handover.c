/* SPDX-License-Identifier: MIT */
/*
 *   hashes of all entries ──> which are unknown? ──> pages without the known ones ──> report
 *                                                          └── send_all ──> the pages ──> report
 *
 * The database asks for everything when it turns out that somebody has changed models in between,
 * and when the catalogue is to be held: a hold keeps all of it.
 */
#include "handover.h"

#include "entries.h"
#include "modelsync/memory.h"

/* Page by page; where nothing is known the page itself, which is not owned. */
static char **strip_pages(const struct ms_fetched_pages *pages, const struct entries *e,
			  const bool *is_known)
{
	char **stripped = ms_alloc_array(pages->count, sizeof(*stripped));

	for (size_t i = 0; i < pages->count; i++) {
		stripped[i] = entries_strip(pages->pages[i], &e->pages[i], is_known);
		is_known += e->pages[i].count;
	}
	return stripped;
}

static void free_pages(char **pages, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ms_free(pages[i]);
	ms_free(pages);
}

/* Sends what is not known; *out stays NULL when that was not enough. */
static bool send_unknown(struct ms_db *db, const struct ms_claim *claim,
			 const struct ms_fetched_pages *pages, const struct entries *e,
			 const bool *is_known, const struct ms_config *config,
			 struct ms_run_report **out, struct ms_error *err)
{
	struct ms_fetched_pages some = *pages;
	char **stripped = strip_pages(pages, e, is_known);
	bool good;

	some.pages = stripped;
	some.is_stripped = true;
	good = ms_run_apply(db, claim, &some, config, out, err);
	free_pages(stripped, pages->count);
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
		good = send_unknown(db, claim, pages, e, is_known, config, out, err);
	ms_free(is_known);
	if (!good || *out)
		return good;
	return ms_run_apply(db, claim, pages, config, out, err) &&
	       (*out || ms_fail(err, MS_ERR_INTERNAL, "the database asks for models it was sent"));
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
