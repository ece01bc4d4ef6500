/* SPDX-License-Identifier: MIT */
#include "callers.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "modelsync/memory.h"

#define PLACES	 2048 /* a power of two */
#define SUB_SIZE 64

struct place {
	char sub[SUB_SIZE]; /* "" = empty */
	int64_t asked_ms;
	struct ms_api_caller caller;
};

struct callers {
	pthread_mutex_t lock;
	unsigned changes; /* counts what was forgotten */
	struct place places[PLACES];
};

struct callers *callers_new(void)
{
	struct callers *c = ms_alloc(sizeof(*c));

	pthread_mutex_init(&c->lock, NULL);
	return c;
}

void callers_free(struct callers *c)
{
	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	ms_free(c);
}

/* FNV-1a; one subject takes the place of another, and that costs a question to the database. */
static struct place *place_of(struct callers *c, const char *sub)
{
	uint32_t hash = 2166136261u;

	for (; *sub; sub++)
		hash = (hash ^ (unsigned char)*sub) * 16777619u;
	return &c->places[(hash ^ hash >> 16) & (PLACES - 1)];
}

bool callers_find(struct callers *c, const char *sub, int64_t now_ms, int max_age_s,
		  struct ms_api_caller *out)
{
	struct place *place = place_of(c, sub);
	bool is_known;

	pthread_mutex_lock(&c->lock);
	is_known = *sub && strcmp(place->sub, sub) == 0 &&
		   now_ms - place->asked_ms < (int64_t)max_age_s * 1000;
	if (is_known)
		*out = place->caller;
	pthread_mutex_unlock(&c->lock);
	return is_known;
}

unsigned callers_begin(struct callers *c)
{
	unsigned changes;

	pthread_mutex_lock(&c->lock);
	changes = c->changes;
	pthread_mutex_unlock(&c->lock);
	return changes;
}

void callers_keep(struct callers *c, unsigned begun, const char *sub, int64_t now_ms,
		  const struct ms_api_caller *caller)
{
	struct place *place = place_of(c, sub);

	if (strlen(sub) >= sizeof(place->sub))
		return;
	pthread_mutex_lock(&c->lock);
	if (begun == c->changes) {
		strcpy(place->sub, sub);
		place->asked_ms = now_ms;
		place->caller = *caller;
	}
	pthread_mutex_unlock(&c->lock);
}

void callers_forget(struct callers *c, const char *profile)
{
	pthread_mutex_lock(&c->lock);
	c->changes++;
	for (size_t i = 0; i < PLACES; i++)
		if (!profile || strcasecmp(c->places[i].sub, profile) == 0)
			*c->places[i].sub = '\0';
	pthread_mutex_unlock(&c->lock);
}
