/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CATALOG_DATE_H
#define MODELSYNC_CATALOG_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * "2026" "2026-06" "2026-06-07" "2026-06-07T18:23" "2026-06-07T18:23:05", UTC unless an offset is
 * given: the span of time it names, from the first second up to but not including the last.
 */
bool ms_date_parse(const char *s, size_t len, int64_t *from, int64_t *until);

#endif
