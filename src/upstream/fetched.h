/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_UPSTREAM_FETCHED_H
#define MODELSYNC_UPSTREAM_FETCHED_H

#include "modelsync/text.h"
#include "modelsync/upstream.h"
#include "page.h"

/* An empty result; takes over `source`. */
struct ms_fetched *fetched_new(char *source);

/* Moves the text of a checked page into the result and adds up what the page said. */
void fetched_add(struct ms_fetched *f, struct ms_text *text, const struct page *page);

#endif
