/* SPDX-License-Identifier: MIT */
/* The screens that list a feed: filter line, summary, rows, pane. */
#include <stdio.h>

#include "browse.h"
#include "modelsync/memory.h"
#include "view.h"

static void count_text(const struct ms_ui *ui, const struct ms_browse *b, bool is_narrow, char *buf,
		       size_t size)
{
	const char *more = b->is_complete || !b->is_known ? "" : "+";
	const char *under_way = b->is_loading || b->is_extending ? "loading... " : "";
	int n;

	buf[0] = '\0';
	if (!b->is_known)
		(void)snprintf(buf, size, "%s", ui->is_connected ? under_way : "");
	if (!b->is_known && b->list.count == 0)
		return;
	n = snprintf(buf, size, is_narrow ? "%s%zu/%zu%s" : "%s%zu of %zu%s",
		     b->is_extending ? under_way : "", b->list.shown, b->list.count, more);
	if (b->list.marked)
		(void)snprintf(buf + n, size - (size_t)n, is_narrow ? " *%zu" : ", %zu marked",
			       b->list.marked);
}

static void draw_nothing(const struct ms_ui *ui, const struct ms_browse *b, struct ms_rect r,
			 struct ms_canvas *c)
{
	const char *first, *second = "";

	if (b->list.count > 0 && !b->is_complete && b->list.count < MS_BROWSE_MAX &&
	    ui->is_connected) {
		first = "No row so far matches the filter: loading older ones...";
	} else if (b->list.count >= MS_BROWSE_MAX) {
		first = "None of the newest rows matches the filter; older ones are not read.";
		second = "{filter} edits it. What happened to one model: {history} on the Models screen.";
	} else if (b->list.count > 0) {
		first = "No row matches the filter.";
		second = "{filter} edits it, {drop-term} drops its last term.";
	} else if (b->is_known) {
		first = ms_screen_now(ui)->browse->empty;
	} else if (b->problem) {
		first = "The list could not be loaded ({reload} tries again):";
		second = b->problem;
	} else if (ui->lost.category != MS_OK) {
		first = "The list could not be loaded yet:";
		second = ui->lost.message;
	} else {
		first = "loading...";
	}
	ms_view_nothing(ui, r, first, second, c);
}

void ms_browse_draw(const struct ms_ui *ui, const struct ms_layout *l, struct ms_canvas *c)
{
	const struct ms_browse_class *class = ms_screen_now(ui)->browse;
	const struct ms_browse *b = ms_browse_shown_list(ui);
	char count[80];

	if (l->table.h > 0) {
		ms_list_draw(&b->list, l->head, l->table, !ui->low_bandwidth, c);
		if (b->list.shown == 0)
			draw_nothing(ui, b, l->table, c);
	}
	if (l->chart.h > 0 && b->list.shown > 0)
		ms_run_chart_draw(ui, l->chart, c);
	else if (l->chart.h > 0)
		draw_nothing(ui, b, l->chart, c);
	ms_view_pane(ui, l, c);
	if (l->summary.h > 0)
		class->draw_summary(ui, l->summary, c);
	count_text(ui, b, l->filter.w < 60, count, sizeof(count));
	ms_view_filter_line(ui, l, b->list.filter, count, c);
}
