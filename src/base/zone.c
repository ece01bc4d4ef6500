/* SPDX-License-Identifier: MIT */
/*
 * A zone is a list of changes and, for the time after the last one, a rule:
 *
 *   first type │ change 1 │ change 2 │ … │ change n │ rule for ever after
 */
#include "modelsync/zone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "zone_rule.h"

#define ZONEINFO     "/usr/share/zoneinfo"
#define FILE_MAX     (256 * 1024)
#define HEADER_BYTES 44
#define TYPE_BYTES   6

struct ms_zone {
	int32_t first_s; /* before the first change */
	size_t count;
	int64_t *changes;   /* moments, ascending */
	int32_t *offsets_s; /* from that moment on */
	struct zone_rule rule;
	bool has_rule;
};

/* --- dates -------------------------------------------------------------------------------- */

/* Years that begin in March have their leap day at the end; 400 of them are always as long. */
#define DAYS_OF_400_YEARS 146097
#define DAYS_TO_1970	  719468 /* from 0000-03-01 */

int64_t ms_days_of_date(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400,
		of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
	       DAYS_TO_1970;
}

void ms_date_of_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + DAYS_TO_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_OF_400_YEARS - 1)) / DAYS_OF_400_YEARS;
	int64_t of_era = z - era * DAYS_OF_400_YEARS;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = y + era * 400 + (*month <= 2);
}

/* --- reading ------------------------------------------------------------------------------ */

struct reader {
	const unsigned char *at, *end;
};

static int64_t read_number(struct reader *r, size_t bytes)
{
	uint64_t n = 0;

	if ((size_t)(r->end - r->at) < bytes) {
		r->at = r->end;
		return 0;
	}
	/* two's complement: all ones before a number that is negative */
	if (bytes && *r->at & 0x80)
		n = UINT64_MAX;
	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | *r->at++;
	return (int64_t)n;
}

static void skip(struct reader *r, uint64_t bytes)
{
	r->at += bytes < (uint64_t)(r->end - r->at) ? bytes : (uint64_t)(r->end - r->at);
}

struct header {
	char version;
	uint64_t utc_flags, standard_flags, leaps, changes, types, name_bytes;
};

static bool read_header(struct reader *r, struct header *h)
{
	if (r->end - r->at < HEADER_BYTES || memcmp(r->at, "TZif", 4) != 0)
		return false;
	h->version = (char)r->at[4];
	skip(r, 20);
	h->utc_flags = (uint64_t)read_number(r, 4);
	h->standard_flags = (uint64_t)read_number(r, 4);
	h->leaps = (uint64_t)read_number(r, 4);
	h->changes = (uint64_t)read_number(r, 4);
	h->types = (uint64_t)read_number(r, 4);
	h->name_bytes = (uint64_t)read_number(r, 4);
	return h->changes < FILE_MAX && h->types > 0 && h->types <= 256 &&
	       h->name_bytes < FILE_MAX && h->utc_flags <= 256 && h->standard_flags <= 256;
}

/* The first block has 32-bit times, for programs of long ago. */
static void skip_old_block(struct reader *r, const struct header *h)
{
	skip(r, h->changes * 5 + h->types * TYPE_BYTES + h->name_bytes + h->leaps * 8 +
			h->standard_flags + h->utc_flags);
}

/* "\nRULE\n" at the end; an empty one says that nobody knows. */
static bool read_rule(struct reader *r, struct ms_zone *z)
{
	const unsigned char *stop;
	char text[128];
	size_t len;

	if (r->at >= r->end || *r->at++ != '\n')
		return false;
	stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
	len = stop ? (size_t)(stop - r->at) : sizeof(text);
	if (len >= sizeof(text))
		return false;
	memcpy(text, r->at, len);
	text[len] = '\0';
	z->has_rule = len > 0;
	return !len || zone_rule_parse(text, &z->rule);
}

static bool read_changes(struct reader *r, const struct header *h, struct ms_zone *z)
{
	int32_t types[256] = {0};
	const unsigned char *index;

	if ((uint64_t)(r->end - r->at) < h->changes * 9 + h->types * TYPE_BYTES)
		return false;
	z->count = (size_t)h->changes;
	z->changes = ms_alloc_array(z->count + 1, sizeof(*z->changes));
	z->offsets_s = ms_alloc_array(z->count + 1, sizeof(*z->offsets_s));
	for (size_t i = 0; i < z->count; i++)
		z->changes[i] = read_number(r, 8);
	index = r->at;
	skip(r, z->count);
	for (size_t i = 0; i < h->types; i++) {
		types[i] = (int32_t)read_number(r, 4);
		skip(r, 2);
	}
	z->first_s = types[0];
	for (size_t i = 0; i < z->count; i++) {
		if (index[i] >= h->types || (i && z->changes[i] <= z->changes[i - 1]))
			return false;
		z->offsets_s[i] = types[index[i]];
	}
	skip(r, h->name_bytes + h->leaps * 12 + h->standard_flags + h->utc_flags);
	return read_rule(r, z);
}

/* Files that count leap seconds ("right/…") do not tell the time that programs keep. */
static bool read_zone(struct reader *r, struct ms_zone *z)
{
	struct header h;

	if (!read_header(r, &h) || h.version < '2')
		return false;
	skip_old_block(r, &h);
	return read_header(r, &h) && h.leaps == 0 && read_changes(r, &h, z);
}

/* Nothing outside the directory, and no path that only looks like a name. */
static bool is_zone_name(const char *name)
{
	size_t len =
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

	return *name && *name != '/' && !name[len] && len < 64;
}

static bool read_file(const char *name, struct ms_text *out, struct ms_error *err)
{
	char path[128], buf[4096];
	FILE *f;
	size_t n;
	bool ok;

	snprintf(path, sizeof(path), ZONEINFO "/%s", name);
	f = fopen(path, "re");
	if (!f)
		return ms_fail(err, MS_ERR_CONFIG, "there is no time zone \"%s\" (%s: %s)%s", name,
			       path, strerror(errno),
			       errno == ENOENT ? "; names look like Europe/Berlin, package tzdata"
					       : "");
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && ms_text_add_bytes(out, buf, n))
		;
	ok = !ferror(f) && !out->overflow;
	fclose(f);
	return ok || ms_fail(err, MS_ERR_CONFIG, "\"%s\" is not a time zone", name);
}

static bool load_file(const char *name, struct ms_zone *z, struct ms_error *err)
{
	struct ms_text data;
	struct reader r;
	bool ok;

	ms_text_init(&data, FILE_MAX);
	ok = read_file(name, &data, err);
	if (ok) {
		r.at = (const unsigned char *)ms_text_str(&data);
		r.end = r.at + data.len;
		ok = read_zone(&r, z) ||
		     ms_fail(err, MS_ERR_CONFIG, ZONEINFO "/%s is not a time zone", name);
	}
	ms_text_clear(&data);
	return ok;
}

bool ms_zone_load(const char *name, struct ms_zone **out, struct ms_error *err)
{
	struct ms_zone *z = ms_alloc(sizeof(*z));

	*out = NULL;
	if (strcmp(name, "UTC") == 0 ||
	    (is_zone_name(name) ? load_file(name, z, err)
				: ms_fail(err, MS_ERR_CONFIG,
					  "\"%.80s\" is not the name of a time zone", name))) {
		*out = z;
		return true;
	}
	ms_zone_free(z);
	return false;
}

void ms_zone_free(struct ms_zone *z)
{
	if (!z)
		return;
	ms_free(z->changes);
	ms_free(z->offsets_s);
	ms_free(z);
}

/* --- asking ------------------------------------------------------------------------------- */

/* How many changes are not after the moment. */
static size_t changes_until(const struct ms_zone *z, int64_t epoch_s)
{
	size_t low = 0, high = z->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->changes[middle] <= epoch_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t ms_zone_offset(const struct ms_zone *z, int64_t epoch_s, int64_t *until)
{
	size_t n = changes_until(z, epoch_s);

	if (n == z->count && z->has_rule)
		return zone_rule_offset(&z->rule, epoch_s, until);
	if (until)
		*until = n < z->count ? z->changes[n] : INT64_MAX;
	return n ? z->offsets_s[n - 1] : z->first_s;
}

/* No zone is further than this from UTC: the search for the first moment begins before all. */
#define FURTHEST_S (26 * 3600)

int64_t ms_zone_to_utc(const struct ms_zone *z, int64_t local_s)
{
	int64_t from = local_s - FURTHEST_S, until;

	for (;; from = until) {
		int64_t t = local_s - ms_zone_offset(z, from, &until);

		if (t < from)
			return from; /* clocks jumped over it */
		if (t < until)
			return t;
	}
}
