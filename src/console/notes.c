/* SPDX-License-Identifier: MIT */
#include "notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"

void ms_notes_add(struct ms_notes *n, enum ms_note_kind kind, int64_t at, const char *fmt, ...)
{
	char buf[1200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (kind == MS_NOTE_HINT) {
		ms_free(n->hint.text);
		n->hint = (struct ms_note){kind, 0, at, ms_strdup(buf)};
		n->current = &n->hint;
		return;
	}
	if (n->count == MS_NOTES_MAX) {
		ms_free(n->items[0].text);
		memmove(&n->items[0], &n->items[1], (MS_NOTES_MAX - 1) * sizeof(n->items[0]));
		n->count--;
	}
	n->current = &n->items[n->count];
	n->items[n->count++] = (struct ms_note){kind, ++n->numbered, at, ms_strdup(buf)};
	if (kind != MS_NOTE_INFO)
		n->unseen++;
}

void ms_notes_clear(struct ms_notes *n)
{
	for (size_t i = 0; i < n->count; i++)
		ms_free(n->items[i].text);
	ms_free(n->hint.text);
	memset(n, 0, sizeof(*n));
}
