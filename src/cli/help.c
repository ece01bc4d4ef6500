/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "modelsync/utf8.h"
#include "private.h"

#define MARGIN 26

static void print_row(FILE *to, const char *left, const char *right)
{
	size_t columns = ms_utf8_columns(left);

	if (columns < MARGIN)
		fprintf(to, "  %s%*s%s\n", left, (int)(MARGIN - columns), "", right);
	else
		fprintf(to, "  %s\n  %*s%s\n", left, MARGIN, "", right);
}

static void print_args(FILE *to, uint64_t args)
{
	char left[60];

	for (int i = 0; i < ARG_COUNT; i++) {
		if (!(args & ARG_BIT(i)))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", arg_table[i].name,
			 arg_table[i].value ? " " : "",
			 arg_table[i].value ? arg_table[i].value : "");
		print_row(to, left, arg_table[i].help);
	}
}

static const char exit_codes[] =
	"Exit codes:\n"
	"  0 done   1 failed, or status or audit verify finds something wrong\n"
	"  2 usage, configuration or schema   3 database unreachable   4 partly done or conflict\n"
	"  5 refused or held by the guard   6 another sync runs, or the cooldown   7 no terminal\n"
	"  130 cancelled\n";

void help_print(FILE *to)
{
	char left[100];

	fputs("usage: modelsync-tui [OPTION…] [FILTER]        the console\n"
	      "       modelsync-tui [OPTION…] COMMAND …       one of the commands below\n\n"
	      "Commands:\n",
	      to);
	for (const struct command *c = command_table + 1; c->name; c++) {
		snprintf(left, sizeof(left), "%s%s%s", c->name, *c->usage ? " " : "", c->usage);
		print_row(to, left, c->summary);
	}
	fputs("\nOptions, before or after the command:\n", to);
	print_args(to, ARGS_GLOBAL);
	fputs("\nOptions of the console:\n", to);
	print_args(to, command_table->args);
	fprintf(to, "\n%s\nmodelsync-tui COMMAND --help shows the options of a command.\n",
		exit_codes);
}

/* The other commands with the same first word. */
static void print_related(FILE *to, const struct command *c)
{
	size_t head = strcspn(c->name, " ");
	bool is_first = true;

	for (const struct command *o = command_table; head && o->name; o++) {
		if (o == c || strcspn(o->name, " ") != head || strncmp(o->name, c->name, head) != 0)
			continue;
		fputs(is_first ? "\nRelated:\n" : "", to);
		is_first = false;
		print_row(to, o->name, o->summary);
	}
}

void help_print_command(FILE *to, const struct command *c)
{
	fprintf(to, "usage: modelsync-tui %s%s[OPTION…]%s%s\n\n%s.\n", c->name, *c->name ? " " : "",
		*c->usage ? " " : "", c->usage, c->summary);
	fprintf(to, "%s\n", c->details);
	if (c->args)
		fputs("\nOptions:\n", to);
	print_args(to, c->args);
	fputs("\nOptions of every command:\n", to);
	print_args(to, ARGS_GLOBAL);
	print_related(to, c);
}
