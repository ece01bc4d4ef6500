/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_FEED_H
#define MODELSYNC_FEED_H

/* What is listed newest first and read a page at a time. */
enum ms_feed {
	MS_FEED_RUNS,
	MS_FEED_EVENTS,
	MS_FEED_AUDIT,
	MS_FEED_ALERTS, /* those nobody has acknowledged */
	MS_FEED_COUNT
};

/* Rows of a page; a shorter one is the last. */
#define MS_FEED_PAGE 500

/* Changes of a changeset that are read at most. */
#define MS_CHANGES_MAX 1000

#endif
