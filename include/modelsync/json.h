/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_JSON_H
#define MODELSYNC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modelsync/error.h"

/*
 * JSON trees. A value obtained from another one is borrowed from it; only roots (from
 * ms_json_parse and ms_json_new_*) that were not added to another value are freed.
 * Readers accept NULL and values of another type and then give their "nothing" value, so that
 * chains like ms_json_string(ms_json_get(ms_json_get(v, "a"), "b")) need no checks.
 */
struct ms_json;

#define MS_JSON_MAX_DEPTH 512 /* arrays and objects within each other */

/*
 * Parses a whole text. Refused with category `parse` and the byte offset: invalid UTF-8, anything
 * but white space after the value, nesting deeper than MS_JSON_MAX_DEPTH, "\u0000" (see ms_json_repair_escapes).
 */
struct ms_json *ms_json_parse(const char *text, size_t len, struct ms_error *err) MS_MUST_CHECK;
void ms_json_free(struct ms_json *v);

bool ms_json_is_object(const struct ms_json *v);
bool ms_json_is_array(const struct ms_json *v);
bool ms_json_is_string(const struct ms_json *v);
bool ms_json_is_number(const struct ms_json *v);
bool ms_json_is_null(const struct ms_json *v); /* also for NULL */

/* Member of that exact name (case matters), or NULL. */
const struct ms_json *ms_json_get(const struct ms_json *object, const char *name);

/* First element or member, and the next one: for (e = ms_json_first(v); e; e = ms_json_next(e)) */
const struct ms_json *ms_json_first(const struct ms_json *v);
const struct ms_json *ms_json_next(const struct ms_json *v);
size_t ms_json_count(const struct ms_json *v);
const char *ms_json_name(const struct ms_json *member); /* "" for array elements */

const char *ms_json_string(const struct ms_json *v);        /* NULL unless a string */
const char *ms_json_text(const struct ms_json *v);          /* as above, but "" */
int64_t ms_json_int(const struct ms_json *v, int64_t otherwise); /* whole numbers only */
double ms_json_number(const struct ms_json *v, double otherwise);
bool ms_json_bool(const struct ms_json *v); /* true only for true */

struct ms_json *ms_json_new_object(void);
struct ms_json *ms_json_new_array(void);
/* NULL gives null; for bytes that are no UTF-8 U+FFFD stands. */
struct ms_json *ms_json_new_string(const char *s);
struct ms_json *ms_json_copy(const struct ms_json *v); /* of NULL: null */

/* `name` NULL appends to an array, otherwise sets a member of an object. Values are handed over. */
void ms_json_add(struct ms_json *to, const char *name, struct ms_json *value);
void ms_json_add_string(struct ms_json *to, const char *name, const char *s); /* NULL gives null */
void ms_json_add_int(struct ms_json *to, const char *name, int64_t n);        /* exact */
void ms_json_add_number(struct ms_json *to, const char *name, double n);
void ms_json_add_bool(struct ms_json *to, const char *name, bool b);
void ms_json_add_null(struct ms_json *to, const char *name);

/* Owned text of one line. */
char *ms_json_print(const struct ms_json *v);

/*
 * PostgreSQL's jsonb can hold neither \u0000 nor half a surrogate pair. Replaces such escapes
 * inside strings by \ufffd in place (the length stays) and returns how many there were. The text
 * need not be valid JSON.
 */
size_t ms_json_repair_escapes(char *text, size_t len);

#endif
