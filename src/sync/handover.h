/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_SYNC_HANDOVER_H
#define MODELSYNC_SYNC_HANDOVER_H

#include <stdbool.h>

#include "modelsync/db.h"

/*
 * ms_run_apply() without sending what the database has already: asks by hashes which models it
 * must see, and sends all of them only when it asks for that. Nothing comes of it but a shorter
 * way: the report is the same. *out is NULL when there are no pages to send and the database needs
 * them ("not modified" was not enough).
 */
bool handover_apply(struct ms_db *db, const struct ms_claim *claim,
		    const struct ms_fetched_pages *pages, const struct ms_config *config,
		    struct ms_run_report **out, struct ms_error *err) MS_MUST_CHECK;

#endif
