/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_CATALOGUE_H
#define MODELSYNC_HTTP_CATALOGUE_H

#include "modelsync/db.h"
#include "modelsync/model.h"

/*
 * All models, as lists of admins want them: loaded when somebody asks, shared by those who ask, and
 * forgotten when something has changed. A list lacks only what a notification is still on its way
 * about.
 */
struct catalogue;

struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue *c); /* nobody may have a share any more */

/* Whether notifications come; without them nothing is kept. Forgets what it has. */
void catalogue_watch(struct catalogue *c, bool is_watched);
/* Something has changed. */
void catalogue_forget(struct catalogue *c);

/* A share of the models as they are now, to be given back. Loads them with that connection. */
struct catalogue_share;
bool catalogue_take(struct catalogue *c, struct ms_db *db, struct catalogue_share **out,
		    struct ms_error *err) MS_MUST_CHECK;
const struct ms_catalog *catalogue_models(const struct catalogue_share *share);
void catalogue_give_back(struct catalogue_share *share);

#endif
