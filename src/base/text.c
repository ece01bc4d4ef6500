/* SPDX-License-Identifier: MIT */
#include "modelsync/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/memory.h"

void ms_text_init(struct ms_text *t, size_t max)
{
	*t = (struct ms_text){.max = max};
}

void ms_text_clear(struct ms_text *t)
{
	ms_free(t->data);
	ms_text_init(t, t->max);
}

void ms_text_reset(struct ms_text *t)
{
	t->len = 0;
	t->overflow = false;
	if (t->data)
		t->data[0] = '\0';
}

static bool make_room(struct ms_text *t, size_t more)
{
	size_t need = t->len + more + 1;
	size_t cap = t->cap ? t->cap : 64;

	if (need < more || (t->max && t->len + more > t->max)) {
		t->overflow = true;
		return false;
	}
	if (need <= t->cap)
		return true;
	while (cap < need)
		cap *= 2;
	t->data = ms_realloc_array(t->data, cap, 1);
	t->cap = cap;
	return true;
}

bool ms_text_add_bytes(struct ms_text *t, const void *s, size_t len)
{
	if (!make_room(t, len))
		return false;
	if (len)
		memcpy(t->data + t->len, s, len);
	t->len += len;
	t->data[t->len] = '\0';
	return true;
}

bool ms_text_add(struct ms_text *t, const char *s)
{
	return ms_text_add_bytes(t, s, strlen(s));
}

bool ms_text_addf(struct ms_text *t, const char *fmt, ...)
{
	va_list ap, again;
	int len;
	bool added;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	added = len >= 0 && make_room(t, (size_t)len);
	if (added) {
		vsnprintf(t->data + t->len, (size_t)len + 1, fmt, again);
		t->len += (size_t)len;
	}
	va_end(again);
	va_end(ap);
	return added;
}

char *ms_text_take(struct ms_text *t)
{
	char *s = t->data ? t->data : ms_strdup("");

	ms_text_init(t, t->max);
	return s;
}

const char *ms_text_str(const struct ms_text *t)
{
	return t->data ? t->data : "";
}

#define DISTANCE_MAX 64

size_t ms_text_distance(const char *a, const char *b)
{
	size_t row[DISTANCE_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > DISTANCE_MAX || lb > DISTANCE_MAX)
		return la > lb ? la : lb;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
			size_t best = diagonal + !same;

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

const char *ms_text_nearest(const char *word, const char *const *names)
{
	const char *nearest = NULL;
	size_t limit = strlen(word) / 3 + 1, best = limit + 1;

	for (; *names; names++) {
		size_t distance = ms_text_distance(word, *names);

		if (distance < best) {
			best = distance;
			nearest = *names;
		}
	}
	return nearest;
}

char *ms_text_group_digits(char *buf, size_t size, long long n)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%lld", n), out = 0;

	if (!size)
		return buf;
	for (size_t i = 0; i < len && out + 1 < size; i++) {
		bool group = i > (digits[0] == '-') && (len - i) % 3 == 0;

		if (group && out + 2 < size)
			buf[out++] = ',';
		buf[out++] = digits[i];
	}
	buf[out] = '\0';
	return buf;
}

bool ms_text_integer(const char *text, int64_t min, int64_t max, int64_t *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end || errno || n < min || n > max)
		return false;
	*out = n;
	return true;
}
