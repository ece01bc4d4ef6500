/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_JSON_SCAN_H
#define MODELSYNC_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "modelsync/error.h"

/* JSON without a tree: a catalogue of 30 MB would need five times as much for one. */

struct ms_json_range {
	size_t start, len; /* bytes */
};

struct ms_json_list {
	struct ms_json_range whole;  /* from "[" to "]"; len 0 = there is no such list */
	struct ms_json_range *items; /* owned; without the white space around them */
	size_t count, cap;
};
void ms_json_list_clear(struct ms_json_list *list);

/*
 * Checks that a text is one JSON value (RFC 8259) and notes where the elements of the array lie
 * that is member `name` of its root object; of several of that name the first. Refuses what
 * ms_json_parse() refuses, with category `parse` and the byte offset, and takes neither bare
 * control characters nor numbers that JSON does not know. UTF-8 and the escapes of
 * ms_json_repair_escapes() are not looked at again.
 */
bool ms_json_scan(const char *text, size_t len, const char *name, struct ms_json_list *out,
		  struct ms_error *err) MS_MUST_CHECK;

#endif
