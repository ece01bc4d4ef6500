/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CONSOLE_NOTES_H
#define MODELSYNC_CONSOLE_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Errors and notices of this session, newest last; the oldest go when there are too many. */
#define MS_NOTES_MAX 200

enum ms_note_kind {
	MS_NOTE_HINT, /* only shown until the next key, never listed */
	MS_NOTE_INFO,
	MS_NOTE_WARNING,
	MS_NOTE_ERROR
};

struct ms_note {
	enum ms_note_kind kind;
	int64_t number; /* from 1 on, in the order of coming */
	int64_t at;	/* epoch s */
	char *text;	/* owned; control characters as they came, the canvas replaces them */
};

struct ms_notes {
	struct ms_note items[MS_NOTES_MAX];
	size_t count;
	int64_t numbered;
	struct ms_note hint;	       /* the newest one */
	size_t unseen;		       /* warnings and errors since the list was last opened */
	const struct ms_note *current; /* to be shown in the footer until the next key, or NULL */
};

void ms_notes_add(struct ms_notes *n, enum ms_note_kind kind, int64_t at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void ms_notes_clear(struct ms_notes *n);

#endif
