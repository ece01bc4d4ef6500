/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_HTTP_SNAPSHOT_H
#define MODELSYNC_HTTP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/db.h"
#include "modelsync/error.h"

/*
 * The models that the API shows, rendered and compressed once for each audience and form. A
 * snapshot never changes: the next one takes its place, and whoever sends from it holds a share.
 */

enum snapshot_audience {
	SNAPSHOT_FREE,
	SNAPSHOT_PRO,
	SNAPSHOT_ENTERPRISE,
	SNAPSHOT_ADMIN,
	SNAPSHOT_AUDIENCES
};
const char *snapshot_audience_name(enum snapshot_audience audience);

enum snapshot_form { SNAPSHOT_LEGACY, SNAPSHOT_ENHANCED, SNAPSHOT_FORMS };
enum snapshot_source { SNAPSHOT_DATABASE, SNAPSHOT_ENVIRONMENT, SNAPSHOT_OPENROUTER };

#define SNAPSHOT_ETAG_SIZE 48

struct snapshot_body {
	char *text, *packed; /* as it is, and in gzip form */
	size_t len, packed_len;
	/* With their quotes. The same models have the same tags, whoever rendered them. */
	char etag[SNAPSHOT_ETAG_SIZE], packed_etag[SNAPSHOT_ETAG_SIZE];
};

struct snapshot;
struct snapshot *snapshot_share(struct snapshot *s); /* NULL is fine */
void snapshot_release(struct snapshot *s);	     /* NULL is fine; from any thread */

enum snapshot_source snapshot_source(const struct snapshot *s);
size_t snapshot_count(const struct snapshot *s, enum snapshot_audience audience);
size_t snapshot_bytes(const struct snapshot *s); /* of all bodies */
const struct snapshot_body *snapshot_body(const struct snapshot *s, enum snapshot_audience audience,
					  enum snapshot_form form);
/* The entry of one model in the enhanced form; NULL when the audience is not shown it. */
const char *snapshot_find(const struct snapshot *s, enum snapshot_audience audience, const char *id,
			  size_t *len);
/* An entity tag for a text. */
void snapshot_tag(const char *text, size_t len, char etag[SNAPSHOT_ETAG_SIZE]);
/* Whether both show everybody the same. */
bool snapshot_is_same(const struct snapshot *a, const struct snapshot *b);

struct snapshot_builder;
struct snapshot_builder *snapshot_builder_new(void);
void snapshot_builder_free(struct snapshot_builder *b);
/* In the order in which they are shown. */
void snapshot_builder_add(struct snapshot_builder *b, const struct ms_served_model *m);
/* Has one share. Fails with `too_large` over 64 MB a body. The builder is empty then. */
bool snapshot_builder_finish(struct snapshot_builder *b, enum snapshot_source source,
			     struct snapshot **out, struct ms_error *err) MS_MUST_CHECK;

#endif
