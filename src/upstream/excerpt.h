/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_EXCERPT_H
#define MODELSYNC_UPSTREAM_EXCERPT_H

#include <stddef.h>

/*
 * The beginning of foreign text as one harmless line, for error messages: runs of white space
 * become one blank, control characters and invalid UTF-8 vanish, what does not fit is cut at a
 * character and marked "…". Returns buf (size ≥ 8).
 */
char *excerpt(char *buf, size_t size, const char *text, size_t len);

#endif
