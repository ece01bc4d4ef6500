/* SPDX-License-Identifier: MIT */
#include "catalogue.h"

#include <pthread.h>
#include <stdatomic.h>

#include "modelsync/memory.h"

struct catalogue_share {
	atomic_int holders;
	struct ms_catalog *models;
};

struct catalogue {
	pthread_mutex_t loading; /* held by the one who loads; the others wait for the result */
	pthread_mutex_t lock;	 /* guards what follows */
	struct catalogue_share *kept;
	unsigned changes; /* counts what was heard of */
	bool is_watched;
};

struct catalogue *catalogue_new(void)
{
	struct catalogue *c = ms_alloc(sizeof(*c));

	pthread_mutex_init(&c->loading, NULL);
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

void catalogue_free(struct catalogue *c)
{
	catalogue_forget(c);
	pthread_mutex_destroy(&c->loading);
	pthread_mutex_destroy(&c->lock);
	ms_free(c);
}

static struct catalogue_share *share_of(struct catalogue_share *s)
{
	if (s)
		atomic_fetch_add(&s->holders, 1);
	return s;
}

void catalogue_give_back(struct catalogue_share *share)
{
	if (!share || atomic_fetch_sub(&share->holders, 1) > 1)
		return;
	ms_catalog_free(share->models);
	ms_free(share);
}

const struct ms_catalog *catalogue_models(const struct catalogue_share *share)
{
	return share->models;
}

/* Under the lock; what is handed over is to be given back without it. */
static struct catalogue_share *drop(struct catalogue *c)
{
	struct catalogue_share *before = c->kept;

	c->kept = NULL;
	c->changes++;
	return before;
}

void catalogue_watch(struct catalogue *c, bool is_watched)
{
	struct catalogue_share *before;

	pthread_mutex_lock(&c->lock);
	before = drop(c);
	c->is_watched = is_watched;
	pthread_mutex_unlock(&c->lock);
	catalogue_give_back(before);
}

void catalogue_forget(struct catalogue *c)
{
	struct catalogue_share *before;

	pthread_mutex_lock(&c->lock);
	before = drop(c);
	pthread_mutex_unlock(&c->lock);
	catalogue_give_back(before);
}

/* What is kept, if anything, and how much had been heard of by then. */
static struct catalogue_share *look(struct catalogue *c, unsigned *changes)
{
	struct catalogue_share *s;

	pthread_mutex_lock(&c->lock);
	s = share_of(c->kept);
	*changes = c->changes;
	pthread_mutex_unlock(&c->lock);
	return s;
}

/* Keeps what was loaded, unless something has changed since that began. */
static void keep(struct catalogue *c, struct catalogue_share *s, unsigned changes)
{
	pthread_mutex_lock(&c->lock);
	if (c->is_watched && c->changes == changes)
		c->kept = share_of(s);
	pthread_mutex_unlock(&c->lock);
}

static bool load(struct catalogue *c, struct ms_db *db, struct catalogue_share **out,
		 struct ms_error *err)
{
	struct ms_catalog *models;
	unsigned changes;

	*out = look(c, &changes);
	if (*out)
		return true;
	if (!ms_models_load(db, &models, err))
		return false;
	*out = ms_alloc(sizeof(**out));
	atomic_init(&(*out)->holders, 1);
	(*out)->models = models;
	keep(c, *out, changes);
	return true;
}

bool catalogue_take(struct catalogue *c, struct ms_db *db, struct catalogue_share **out,
		    struct ms_error *err)
{
	unsigned changes;
	bool ok;

	*out = look(c, &changes);
	if (*out)
		return true;
	pthread_mutex_lock(&c->loading);
	ok = load(c, db, out, err);
	pthread_mutex_unlock(&c->loading);
	return ok;
}
