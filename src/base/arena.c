/* SPDX-License-Identifier: MIT */
/*
 * A chain of blocks, each filled from the front:
 *
 *   arena → block 3 [used ....      ] → block 2 [used .........x] → block 1 [used ........xx]
 *
 * Blocks double in size up to a limit, so that a list of ten models stays small and one of a
 * hundred thousand needs few calls. Interned strings are found through an open-addressing table
 * of pointers into the blocks.
 */
#include "modelsync/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)4 << 10)
#define LAST_BLOCK  ((size_t)256 << 10)

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

struct ms_arena {
	struct block *head;
	const char **interned;
	size_t interned_count, interned_cap; /* cap is a power of two */
};

struct ms_arena *ms_arena_new(void)
{
	return ms_alloc(sizeof(struct ms_arena));
}

void ms_arena_free(struct ms_arena *arena)
{
	if (!arena)
		return;
	while (arena->head) {
		struct block *next = arena->head->next;

		ms_free(arena->head);
		arena->head = next;
	}
	ms_free(arena->interned);
	ms_free(arena);
}

static void add_block(struct ms_arena *arena, size_t least)
{
	size_t size = arena->head ? arena->head->size * 2 : FIRST_BLOCK;
	struct block *b;

	if (size > LAST_BLOCK)
		size = LAST_BLOCK;
	if (size < least)
		size = least;
	b = ms_alloc(sizeof(*b) + size);
	b->size = size;
	b->next = arena->head;
	arena->head = b;
}

static void *take(struct ms_arena *arena, size_t size, size_t align)
{
	struct block *b = arena->head;
	size_t at = b ? (b->used + align - 1) & ~(align - 1) : 0;

	if (!b || at + size > b->size) {
		add_block(arena, size);
		b = arena->head;
		at = 0;
	}
	b->used = at + size;
	return b->data + at;
}

void *ms_arena_alloc(struct ms_arena *arena, size_t size)
{
	return take(arena, size, alignof(max_align_t));
}

char *ms_arena_strndup(struct ms_arena *arena, const char *s, size_t len)
{
	char *copy = take(arena, len + 1, 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *ms_arena_strdup(struct ms_arena *arena, const char *s)
{
	return s ? ms_arena_strndup(arena, s, strlen(s)) : NULL;
}

static size_t hash(const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return (size_t)h;
}

static const char **slot_of(const char **table, size_t cap, const char *s)
{
	size_t i = hash(s) & (cap - 1);

	while (table[i] && strcmp(table[i], s) != 0)
		i = (i + 1) & (cap - 1);
	return &table[i];
}

static void grow_interned(struct ms_arena *arena)
{
	size_t cap = arena->interned_cap ? arena->interned_cap * 2 : 64;
	const char **table = ms_alloc_array(cap, sizeof(*table));

	for (size_t i = 0; i < arena->interned_cap; i++)
		if (arena->interned[i])
			*slot_of(table, cap, arena->interned[i]) = arena->interned[i];
	ms_free(arena->interned);
	arena->interned = table;
	arena->interned_cap = cap;
}

const char *ms_arena_intern(struct ms_arena *arena, const char *s)
{
	const char **slot;

	if (!s)
		return NULL;
	if (arena->interned_count * 2 >= arena->interned_cap)
		grow_interned(arena);
	slot = slot_of(arena->interned, arena->interned_cap, s);
	if (!*slot) {
		*slot = ms_arena_strdup(arena, s);
		arena->interned_count++;
	}
	return *slot;
}
