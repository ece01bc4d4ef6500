/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <string.h>

#include "key.h"
#include "modelsync/memory.h"
#include "modelsync/utf8.h"

void ms_history_add(struct ms_history *h, const char *text)
{
	size_t i = 0;

	if (!*text)
		return;
	while (i < h->count && strcmp(h->items[i], text) != 0)
		i++;
	if (i == h->count && h->count < MS_HISTORY_MAX)
		h->items[h->count++] = NULL;
	else if (i == h->count)
		i = 0; /* full: the oldest goes */
	ms_free(h->items[i]);
	memmove(&h->items[i], &h->items[i + 1], (h->count - 1 - i) * sizeof(h->items[0]));
	h->items[h->count - 1] = ms_strdup(text);
}

void ms_history_clear(struct ms_history *h)
{
	for (size_t i = 0; i < h->count; i++)
		ms_free(h->items[i]);
	h->count = 0;
}

void ms_line_init(struct ms_line *l, const char *text, const struct ms_history *history)
{
	l->history = history;
	l->recalled = history ? history->count : 0;
	l->draft[0] = '\0';
	ms_line_set(l, text);
}

void ms_line_set(struct ms_line *l, const char *text)
{
	size_t len = strlen(text);

	if (len > MS_LINE_MAX) {
		len = MS_LINE_MAX;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(l->text, text, len);
	l->text[len] = '\0';
	l->len = l->at = len;
}

static bool is_inside_character(const struct ms_line *l, size_t at)
{
	return ((unsigned char)l->text[at] & 0xc0) == 0x80;
}

static size_t char_before(const struct ms_line *l, size_t at)
{
	for (at -= at > 0; at > 0 && is_inside_character(l, at); at--)
		;
	return at;
}

static size_t char_after(const struct ms_line *l, size_t at)
{
	for (at += at < l->len; at < l->len && is_inside_character(l, at); at++)
		;
	return at;
}

static size_t word_before(const struct ms_line *l)
{
	size_t at = l->at;

	while (at > 0 && l->text[at - 1] == ' ')
		at--;
	while (at > 0 && l->text[at - 1] != ' ')
		at--;
	return at;
}

static bool erase(struct ms_line *l, size_t from, size_t to)
{
	if (from == to)
		return false;
	memmove(l->text + from, l->text + to, l->len - to + 1);
	l->len -= to - from;
	l->at = from;
	return true;
}

static bool move_to(struct ms_line *l, size_t at)
{
	bool is_moved = at != l->at;

	l->at = at;
	return is_moved;
}

static bool recall(struct ms_line *l, bool is_older)
{
	size_t count = l->history ? l->history->count : 0;

	if (is_older ? l->recalled == 0 : l->recalled >= count)
		return false;
	if (l->recalled == count)
		memcpy(l->draft, l->text, l->len + 1);
	l->recalled = is_older ? l->recalled - 1 : l->recalled + 1;
	ms_line_set(l, l->recalled == count ? l->draft : l->history->items[l->recalled]);
	return true;
}

bool ms_line_action(struct ms_line *l, enum ms_action action)
{
	switch ((int)action) {
	case MS_ACTION_char_left:
		return move_to(l, char_before(l, l->at));
	case MS_ACTION_char_right:
		return move_to(l, char_after(l, l->at));
	case MS_ACTION_line_start:
		return move_to(l, 0);
	case MS_ACTION_line_end:
		return move_to(l, l->len);
	case MS_ACTION_erase_left:
		return erase(l, char_before(l, l->at), l->at);
	case MS_ACTION_erase_right:
		return erase(l, l->at, char_after(l, l->at));
	case MS_ACTION_erase_word:
		return erase(l, word_before(l), l->at);
	case MS_ACTION_erase_line:
		return erase(l, 0, l->at);
	case MS_ACTION_older:
		return recall(l, true);
	case MS_ACTION_newer:
		return recall(l, false);
	default:
		return false;
	}
}

bool ms_line_replace(struct ms_line *l, size_t from, size_t to, const char *text)
{
	size_t n = strlen(text);

	if (l->len - (to - from) + n > MS_LINE_MAX)
		return false;
	memmove(l->text + from + n, l->text + to, l->len - to + 1);
	memcpy(l->text + from, text, n);
	l->len = l->len - (to - from) + n;
	l->at = from + n;
	return true;
}

bool ms_line_type(struct ms_line *l, uint32_t key)
{
	char utf8[4];
	size_t n;

	if (!ms_key_is_text(key))
		return false;
	n = ms_utf8_encode(key, utf8);
	if (l->len + n > MS_LINE_MAX)
		return false;
	memmove(l->text + l->at + n, l->text + l->at, l->len - l->at + 1);
	memcpy(l->text + l->at, utf8, n);
	l->len += n;
	l->at += n;
	return true;
}

static int columns_between(const struct ms_line *l, size_t from, size_t to)
{
	char part[MS_LINE_MAX + 1];

	memcpy(part, l->text + from, to - from);
	part[to - from] = '\0';
	return (int)ms_utf8_columns(part);
}

/* Where it is scrolled to, so that the cursor is seen. */
static size_t first_shown(const struct ms_line *l, int w)
{
	size_t from = 0;

	while (columns_between(l, from, l->at) > w - 1)
		from = char_after(l, from);
	return from;
}

int ms_line_column(const struct ms_line *l, size_t at, int w)
{
	size_t from = first_shown(l, w);
	int column = at > from ? columns_between(l, from, at < l->len ? at : l->len) : 0;

	return column < w ? column : w - 1;
}

void ms_line_draw(const struct ms_line *l, struct ms_canvas *c, int x, int y, int w)
{
	size_t from;

	if (w < 2)
		return;
	from = first_shown(l, w);
	ms_canvas_fill(c, (struct ms_rect){x, y, w, 1}, MS_STYLE_INPUT);
	ms_canvas_text(c, x, y, w, MS_STYLE_INPUT, l->text + from);
	ms_canvas_cursor(c, x + columns_between(l, from, l->at), y);
}
