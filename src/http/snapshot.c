/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "gzip.h"
#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"

#define BODY_MAX_BYTES (64 * 1024 * 1024)
#define TAG_BYTES      16

/* A model in the enhanced body for admins, who see all that anybody sees. */
struct entry {
	char *id;
	unsigned shown_to;
	size_t at, len;
};

struct snapshot {
	atomic_int shares;
	enum snapshot_source source;
	size_t counts[SNAPSHOT_AUDIENCES];
	/* Audiences that see the same share one. */
	struct snapshot_body *bodies[SNAPSHOT_AUDIENCES][SNAPSHOT_FORMS];
	struct entry *entries; /* by id */
	size_t entry_count;
};

static const struct {
	const char *name;
	unsigned bit;
} audiences[SNAPSHOT_AUDIENCES] = {
	[SNAPSHOT_FREE] = {"free", MS_TIER_FREE},
	[SNAPSHOT_PRO] = {"pro", MS_TIER_PRO},
	[SNAPSHOT_ENTERPRISE] = {"enterprise", MS_TIER_ENTERPRISE},
	[SNAPSHOT_ADMIN] = {"admin", MS_SHOWN_TO_ADMINS},
};

const char *snapshot_audience_name(enum snapshot_audience audience)
{
	return audiences[audience].name;
}

/* --- what it holds ------------------------------------------------------------------------ */

struct snapshot *snapshot_share(struct snapshot *s)
{
	if (s)
		atomic_fetch_add(&s->shares, 1);
	return s;
}

static void free_body(struct snapshot_body *b)
{
	ms_free(b->text);
	ms_free(b->packed);
	ms_free(b);
}

static bool is_shared_with_next(const struct snapshot *s, int audience, int form)
{
	return audience + 1 < SNAPSHOT_AUDIENCES &&
	       s->bodies[audience][form] == s->bodies[audience + 1][form];
}

void snapshot_release(struct snapshot *s)
{
	if (!s || atomic_fetch_sub(&s->shares, 1) > 1)
		return;
	for (int a = 0; a < SNAPSHOT_AUDIENCES; a++)
		for (int f = 0; f < SNAPSHOT_FORMS; f++)
			if (!is_shared_with_next(s, a, f))
				free_body(s->bodies[a][f]);
	for (size_t i = 0; i < s->entry_count; i++)
		ms_free(s->entries[i].id);
	ms_free(s->entries);
	ms_free(s);
}

enum snapshot_source snapshot_source(const struct snapshot *s)
{
	return s->source;
}

size_t snapshot_count(const struct snapshot *s, enum snapshot_audience audience)
{
	return s->counts[audience];
}

const struct snapshot_body *snapshot_body(const struct snapshot *s, enum snapshot_audience audience,
					  enum snapshot_form form)
{
	return s->bodies[audience][form];
}

size_t snapshot_bytes(const struct snapshot *s)
{
	size_t sum = 0;

	for (int a = 0; a < SNAPSHOT_AUDIENCES; a++)
		for (int f = 0; f < SNAPSHOT_FORMS; f++)
			if (!is_shared_with_next(s, a, f))
				sum += s->bodies[a][f]->len + s->bodies[a][f]->packed_len;
	return sum;
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->id, ((const struct entry *)b)->id);
}

const char *snapshot_find(const struct snapshot *s, enum snapshot_audience audience, const char *id,
			  size_t *len)
{
	const struct entry wanted = {.id = (char *)(size_t)id}, *found;

	if (!s->entry_count)
		return NULL;
	found = bsearch(&wanted, s->entries, s->entry_count, sizeof(wanted), compare_entries);
	if (!found || !(found->shown_to & audiences[audience].bit))
		return NULL;
	*len = found->len;
	return s->bodies[SNAPSHOT_ADMIN][SNAPSHOT_ENHANCED]->text + found->at;
}

bool snapshot_is_same(const struct snapshot *a, const struct snapshot *b)
{
	for (int i = 0; i < SNAPSHOT_AUDIENCES; i++)
		for (int f = 0; f < SNAPSHOT_FORMS; f++)
			if (strcmp(a->bodies[i][f]->etag, b->bodies[i][f]->etag) != 0)
				return false;
	return a->source == b->source;
}

void snapshot_tag(const char *text, size_t len, char etag[SNAPSHOT_ETAG_SIZE])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	char *to = etag;

	SHA256((const unsigned char *)text, len, digest);
	*to++ = '"';
	for (int i = 0; i < TAG_BYTES; i++)
		to += sprintf(to, "%02x", digest[i]);
	strcpy(to, "\"");
}

/* --- how it is made ----------------------------------------------------------------------- */

struct snapshot_builder {
	struct ms_text texts[SNAPSHOT_AUDIENCES][SNAPSHOT_FORMS];
	size_t counts[SNAPSHOT_AUDIENCES];
	struct entry *entries;
	size_t entry_count, entry_room;
};

static void begin_texts(struct snapshot_builder *b)
{
	for (int a = 0; a < SNAPSHOT_AUDIENCES; a++)
		for (int f = 0; f < SNAPSHOT_FORMS; f++) {
			ms_text_init(&b->texts[a][f], BODY_MAX_BYTES);
			ms_text_add(&b->texts[a][f], "{\"models\":[");
		}
}

struct snapshot_builder *snapshot_builder_new(void)
{
	struct snapshot_builder *b = ms_alloc(sizeof(*b));

	begin_texts(b);
	return b;
}

void snapshot_builder_free(struct snapshot_builder *b)
{
	for (int a = 0; a < SNAPSHOT_AUDIENCES; a++)
		for (int f = 0; f < SNAPSHOT_FORMS; f++)
			ms_text_clear(&b->texts[a][f]);
	for (size_t i = 0; i < b->entry_count; i++)
		ms_free(b->entries[i].id);
	ms_free(b->entries);
	ms_free(b);
}

static char *quote(const char *id)
{
	struct ms_json *v = ms_json_new_string(id);
	char *text = ms_json_print(v);

	ms_json_free(v);
	return text;
}

/* Where the entry will lie in the body for admins, which comes next. */
static void note_entry(struct snapshot_builder *b, const struct ms_served_model *m)
{
	if (b->entry_count == b->entry_room) {
		b->entry_room = b->entry_room ? 2 * b->entry_room : 64;
		b->entries = ms_realloc_array(b->entries, b->entry_room, sizeof(*b->entries));
	}
	b->entries[b->entry_count++] = (struct entry){
		.id = ms_strdup(m->id),
		.shown_to = m->shown_to,
		.at = b->texts[SNAPSHOT_ADMIN][SNAPSHOT_ENHANCED].len +
		      (b->counts[SNAPSHOT_ADMIN] > 0),
		.len = m->entry_len,
	};
}

void snapshot_builder_add(struct snapshot_builder *b, const struct ms_served_model *m)
{
	char *id = quote(m->id);

	if (m->shown_to & MS_SHOWN_TO_ADMINS)
		note_entry(b, m);
	for (int a = 0; a < SNAPSHOT_AUDIENCES; a++) {
		if (!(m->shown_to & audiences[a].bit))
			continue;
		for (int f = 0; b->counts[a] && f < SNAPSHOT_FORMS; f++)
			ms_text_add(&b->texts[a][f], ",");
		ms_text_add(&b->texts[a][SNAPSHOT_LEGACY], id);
		ms_text_add_bytes(&b->texts[a][SNAPSHOT_ENHANCED], m->entry, m->entry_len);
		b->counts[a]++;
	}
	ms_free(id);
}

static struct snapshot_body *make_body(struct ms_text *text)
{
	struct snapshot_body *b = ms_alloc(sizeof(*b));
	size_t tag_len;

	b->len = text->len;
	b->text = ms_realloc_array(ms_text_take(text), b->len + 1, 1);
	b->packed = gzip_pack(b->text, b->len, &b->packed_len);
	snapshot_tag(b->text, b->len, b->etag);
	tag_len = strlen(b->etag) - 1;
	snprintf(b->packed_etag, sizeof(b->packed_etag), "%.*s-gz\"", (int)tag_len, b->etag);
	return b;
}

static bool is_equal(const struct ms_text *text, const struct snapshot_body *b)
{
	return text->len == b->len && memcmp(text->data, b->text, b->len) == 0;
}

/* From the last audience to the first, because the last has the most. */
static struct snapshot *make_snapshot(struct snapshot_builder *b)
{
	struct snapshot *s = ms_alloc(sizeof(*s));

	atomic_init(&s->shares, 1);
	for (int a = SNAPSHOT_AUDIENCES - 1; a >= 0; a--) {
		s->counts[a] = b->counts[a];
		for (int f = 0; f < SNAPSHOT_FORMS; f++) {
			struct snapshot_body *next =
				a + 1 < SNAPSHOT_AUDIENCES ? s->bodies[a + 1][f] : NULL;

			s->bodies[a][f] = next && is_equal(&b->texts[a][f], next)
						  ? next
						  : make_body(&b->texts[a][f]);
		}
	}
	s->entries = b->entries;
	s->entry_count = b->entry_count;
	b->entries = NULL;
	b->entry_count = 0;
	if (s->entry_count)
		qsort(s->entries, s->entry_count, sizeof(*s->entries), compare_entries);
	return s;
}

bool snapshot_builder_finish(struct snapshot_builder *b, enum snapshot_source source,
			     struct snapshot **out, struct ms_error *err)
{
	*out = NULL;
	for (int a = 0; a < SNAPSHOT_AUDIENCES; a++)
		for (int f = 0; f < SNAPSHOT_FORMS; f++) {
			ms_text_add(&b->texts[a][f], "]}");
			if (b->texts[a][f].overflow)
				return ms_fail(err, MS_ERR_TOO_LARGE,
					       "the models for %s take more than %d MB",
					       audiences[a].name, BODY_MAX_BYTES / (1024 * 1024));
		}
	*out = make_snapshot(b);
	(*out)->source = source;
	return true;
}
