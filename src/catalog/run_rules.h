/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_RUN_RULES_H
#define MODELSYNC_CATALOG_RUN_RULES_H

#include "modelsync/run.h"

/* The member `rules` of a report; NULL for null. Owned. */
struct ms_run_rules *ms_run_rules_parse(const struct ms_json *v);
void ms_run_rules_free(struct ms_run_rules *r); /* NULL is fine */

#endif
