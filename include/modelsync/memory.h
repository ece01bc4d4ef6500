/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_MEMORY_H
#define MODELSYNC_MEMORY_H

#include <stddef.h>

/* The one allocator. All of these abort with a message on stderr when memory runs out. */
void *ms_alloc(size_t size);                             /* zeroed */
void *ms_alloc_array(size_t count, size_t size);         /* zeroed, overflow checked */
void *ms_realloc_array(void *p, size_t count, size_t size);
char *ms_strdup(const char *s);                          /* NULL gives NULL */
char *ms_strndup(const char *s, size_t len);
char *ms_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ms_free(void *p);                                   /* NULL is fine */

/* Memory that is freed all at once. Pointers into it stay valid until ms_arena_free(). */
struct ms_arena;
struct ms_arena *ms_arena_new(void);
void ms_arena_free(struct ms_arena *arena);
void *ms_arena_alloc(struct ms_arena *arena, size_t size); /* zeroed, aligned for any type */
char *ms_arena_strndup(struct ms_arena *arena, const char *s, size_t len);
char *ms_arena_strdup(struct ms_arena *arena, const char *s); /* NULL gives NULL */

/* As ms_arena_strdup(), but equal strings share one copy: for values that repeat (modality, …). */
const char *ms_arena_intern(struct ms_arena *arena, const char *s);

#endif
