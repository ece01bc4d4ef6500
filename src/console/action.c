/* SPDX-License-Identifier: MIT */
#include "action.h"

#include <string.h>

#include "modelsync/console.h"

#define T MS_SCOPE_TABLE
#define D MS_SCOPE_DETAIL
#define X MS_SCOPE_TEXT
#define Y MS_SCOPE_SYNC
#define V MS_SCOPE_REVIEW
#define P MS_SCOPE_PICKER
#define I MS_SCOPE_INPUT
#define M MS_SCOPE_MENU
#define R MS_SCOPE_RUNS
#define C MS_SCOPE_CHANGES
#define A MS_SCOPE_AUDIT
#define N MS_SCOPE_MESSAGES
#define O MS_SCOPE_COLUMNS
#define W MS_SCOPE_VIEWS
#define L MS_SCOPE_LISTS

static const struct ms_action_info infos[MS_ACTION_COUNT] = {
	[MS_ACTION_NONE] = {"", "", "", 0, 0, 0, NULL},
#define MS_ACTION(id, scopes, hints, flags, name, keys, help)                                      \
	[MS_ACTION_##id] = {name, keys, help, scopes, hints, flags, ms_do_##id},
#define MS_DIALOG_ACTION(id, scopes, hints, flags, name, keys, help)                               \
	[MS_ACTION_##id] = {name, keys, help, scopes, hints, flags, NULL},
#include "action.def"
#undef MS_ACTION
#undef MS_DIALOG_ACTION
};

#undef T
#undef D
#undef X
#undef Y
#undef V
#undef P
#undef I
#undef M
#undef R
#undef C
#undef A
#undef N
#undef O
#undef W
#undef L

const struct ms_scope_name ms_scope_names[] = {
	{MS_SCOPE_TABLE | MS_SCOPE_DETAIL | MS_SCOPE_LISTS, "all screens"},
	{MS_SCOPE_TABLE, "Models"},
	{MS_SCOPE_DETAIL, "one model"},
	{MS_SCOPE_LISTS, "other screens"},
	{MS_SCOPE_RUNS, "Sync"},
	{MS_SCOPE_CHANGES, "Changes"},
	{MS_SCOPE_AUDIT, "Audit"},
	{MS_SCOPE_MESSAGES, "Messages"},
	{MS_SCOPE_TEXT, "text"},
	{MS_SCOPE_SYNC, "sync result"},
	{MS_SCOPE_REVIEW, "review"},
	{MS_SCOPE_PICKER, "list"},
	{MS_SCOPE_INPUT, "input"},
	{MS_SCOPE_MENU, "question"},
	{MS_SCOPE_COLUMNS, "columns"},
	{MS_SCOPE_VIEWS, "views"},
	{0, NULL},
};

const struct ms_action_info *ms_action_info(enum ms_action action)
{
	return &infos[action];
}

void ms_action_scope_names(unsigned scopes, struct ms_text *out)
{
	const char *comma = "";

	for (const struct ms_scope_name *s = ms_scope_names; s->name; s++) {
		if ((scopes & s->scopes) != s->scopes)
			continue;
		scopes &= ~s->scopes;
		ms_text_addf(out, "%s%s", comma, s->name);
		comma = ", ";
	}
}

void ms_console_print_keys(struct ms_text *out)
{
	for (int i = 1; i < MS_ACTION_COUNT; i++) {
		ms_text_addf(out, "%-16s %-18s %s (", infos[i].keys, infos[i].name, infos[i].help);
		ms_action_scope_names(infos[i].scopes, out);
		ms_text_add(out, ")\n");
	}
}
