/* SPDX-License-Identifier: MIT */
/* What went wrong in the runs that are listed, by category, and what to do about it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "entry_text.h"
#include "ui.h"

struct tally {
	size_t count;
	const struct ms_json *last; /* the newest run of that category; NULL = none */
};

static enum ms_category category_of(const struct ms_json *run)
{
	const char *name = ms_entry_text(run, "category");

	return *name ? ms_category_from_name(name) : MS_OK;
}

/* Newest first. */
static void count(const struct ms_list *l, struct tally tallies[MS_CATEGORY_COUNT])
{
	for (size_t i = 0; i < l->shown; i++) {
		const struct ms_json *run = l->rows[l->visible[i]].json;
		struct tally *t = &tallies[category_of(run)];

		if (t->count++ == 0)
			t->last = run;
	}
}

static void add_tally(struct ms_page *page, int width, enum ms_category category,
		      const struct tally *t)
{
	struct ms_text line;
	char when[32];

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%s: %zu %s", ms_category_name(category), t->count,
		     t->count == 1 ? "run" : "runs");
	ms_page_add(page, MS_STYLE_HEADING, ms_text_str(&line));
	ms_text_reset(&line);
	ms_text_addf(&line, "#%" PRId64 " %s UTC: %s", ms_entry_int(t->last, "run"),
		     ms_entry_when(when, sizeof(when), t->last, "started_at"),
		     ms_entry_text(t->last, "message"));
	ms_page_add_wrapped(page, MS_STYLE_NORMAL, width, "  last        ", ms_text_str(&line));
	if (*ms_category_hint(category))
		ms_page_add_wrapped(page, MS_STYLE_NORMAL, width, "  what to do  ",
				    ms_category_hint(category));
	ms_page_add(page, MS_STYLE_NORMAL, "");
	ms_text_clear(&line);
}

/* The most frequent first. */
static size_t add_all(struct ms_page *page, int width, struct tally tallies[MS_CATEGORY_COUNT])
{
	size_t n = 0;

	for (;;) {
		int most = 0;

		for (int i = MS_OK + 1; i < MS_CATEGORY_COUNT; i++)
			if (tallies[i].count > (most ? tallies[most].count : 0))
				most = i;
		if (!most)
			return n;
		add_tally(page, width, (enum ms_category)most, &tallies[most]);
		tallies[most].count = 0;
		n++;
	}
}

void ms_do_sync_errors(struct ms_ui *ui)
{
	const struct ms_browse *b = &ui->browses[MS_FEED_RUNS];
	struct tally tallies[MS_CATEGORY_COUNT] = {{0}};
	struct ms_page page = {0};
	char title[80];

	if (b->list.shown == 0) {
		ms_ui_note(ui, MS_NOTE_HINT, "no run is listed");
		return;
	}
	count(&b->list, tallies);
	if (add_all(&page, ms_page_width(ui), tallies) == 0)
		ms_page_add(&page, MS_STYLE_GOOD, "None: all of them completed.");
	(void)snprintf(title, sizeof(title), "Errors in the last %zu runs%s", b->list.shown,
		       *b->list.filter ? " of the filter" : "");
	ms_page_open(ui, title, &page, NULL, NULL, 0);
}
