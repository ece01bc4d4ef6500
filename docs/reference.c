/* SPDX-License-Identifier: MIT */
/*
 * Runs during the build only: prints the parts of the documentation that come from tables, so that
 * they cannot differ from the program.
 *
 *   reference conf   the sample modelsync-tui.conf: every setting, commented out, with its default
 *   reference man    the manual, from the template on standard input; a line "@SETTINGS@",
 *                    "@KEYS@" or "@FILE path@" is replaced by the settings, the keys, or the text
 *                    of that file
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/config.h"
#include "modelsync/console.h"
#include "modelsync/text.h"

#define LINE_MAX_BYTES 4096

/* Text for troff: backslashes and minus signs as themselves, no line that is a request. */
static void print_roff(const char *s)
{
	bool at_start = true;

	for (; *s; s++) {
		if (at_start && (*s == '.' || *s == '\''))
			fputs("\\&", stdout);
		if (*s == '\\')
			fputs("\\e", stdout);
		else if (*s == '-')
			fputs("\\-", stdout);
		else
			putchar(*s);
		at_start = *s == '\n';
	}
}

/* A sentence and a newline; nothing for options that take any text. */
static void describe_allowed(enum ms_option option, struct ms_text *out)
{
	ms_text_init(out, 0);
	if (ms_option_info(option)->type == MS_TYPE_STRING)
		return;
	ms_text_add(out, "Allowed: ");
	ms_option_allowed(option, out);
	ms_text_add(out, ".\n");
}

static void print_setting_roff(enum ms_option option)
{
	const struct ms_option_info *o = ms_option_info(option);
	struct ms_text allowed;

	describe_allowed(option, &allowed);
	printf(".TP\n.B %s.%s\n", o->section, o->key);
	print_roff(o->help);
	puts(".");
	print_roff(ms_text_str(&allowed));
	if (*o->fallback) {
		fputs("Default: ", stdout);
		print_roff(o->fallback);
		puts(".");
	}
	if (o->env)
		printf("Environment: %s.\n", o->env);
	ms_text_clear(&allowed);
}

static void print_list_key_roff(const char *list, const struct ms_list_key_info *key)
{
	printf(".TP\n.B %s: %s\n", list, key->key);
	print_roff(key->help);
	puts(".");
}

static void print_settings_roff(void)
{
	for (int i = 0; i < MS_OPT_COUNT; i++)
		print_setting_roff((enum ms_option)i);
	for (int k = 0; k < MS_RULE_KEY_COUNT; k++)
		print_list_key_roff("rules", ms_rule_key_info((enum ms_rule_key)k));
	for (int k = 0; k < MS_AUTH_KEY_COUNT; k++)
		print_list_key_roff("auth_keys", ms_auth_key_info((enum ms_auth_key)k));
}

static void print_keys_roff(void)
{
	struct ms_text keys;

	ms_text_init(&keys, 0);
	ms_console_print_keys(&keys);
	puts(".nf");
	print_roff(ms_text_str(&keys));
	puts(".fi");
	ms_text_clear(&keys);
}

static bool print_file_roff(const char *path)
{
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(path, "r");

	if (!file) {
		fprintf(stderr, "reference: %s: %s\n", path, strerror(errno));
		return false;
	}
	puts(".nf");
	while (fgets(line, sizeof(line), file))
		print_roff(line);
	puts(".fi");
	fclose(file);
	return true;
}

static bool print_manual(void)
{
	char line[LINE_MAX_BYTES], path[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "@SETTINGS@\n") == 0)
			print_settings_roff();
		else if (strcmp(line, "@KEYS@\n") == 0)
			print_keys_roff();
		else if (sscanf(line, "@FILE %4000[^@]@", path) != 1)
			fputs(line, stdout);
		else if (!print_file_roff(path))
			return false;
	}
	return true;
}

static void print_setting_conf(enum ms_option option)
{
	const struct ms_option_info *o = ms_option_info(option);
	const char *quote = o->type == MS_TYPE_STRING || o->type == MS_TYPE_ENUM ? "\"" : "";
	struct ms_text allowed;

	describe_allowed(option, &allowed);
	printf("\t# %s.\n", o->help);
	if (allowed.len)
		printf("\t# %s", ms_text_str(&allowed));
	printf("\t# %s = %s%s%s;\n", o->key, quote, o->fallback, quote);
	ms_text_clear(&allowed);
}

static void print_list_key_conf(const struct ms_list_key_info *key)
{
	const char *quote = key->type == MS_TYPE_STRING ? "\"" : "";

	printf("#\t\t# %s.\n#\t\t%s%s = %s%s%s;\n", key->help, *key->sample ? "" : "# ", key->key,
	       quote, key->sample, quote);
}

static void print_lists_conf(void)
{
	puts("\n# Keys that the HTTP API verifies tokens with; several while one replaces another.\n"
	     "# auth_keys = (\n"
	     "#\t{");
	for (int k = 0; k < MS_AUTH_KEY_COUNT; k++)
		print_list_key_conf(ms_auth_key_info((enum ms_auth_key)k));
	puts("#\t}\n# );\n\n"
	     "# Rules decide about new models after the sync that added them; the first that matches\n"
	     "# takes the model. modelsync-tui rules test shows what they would do.\n"
	     "# rules = (\n"
	     "#\t{");
	for (int k = 0; k < MS_RULE_KEY_COUNT; k++)
		print_list_key_conf(ms_rule_key_info((enum ms_rule_key)k));
	puts("#\t}\n# );");
}

static void print_conf(void)
{
	const char *section = "";

	puts(
	    "# Settings of modelsync-tui. Each is shown with its default; uncomment what you change.\n"
	    "# The program reads /etc/modelsync-tui.conf, then your own\n"
	    "# ~/.config/modelsync-tui/modelsync-tui.conf; the environment and the command line win.\n"
	    "# A file that holds a secret must not be readable by others (chmod 600).");
	for (int i = 0; i < MS_OPT_COUNT; i++) {
		const struct ms_option_info *o = ms_option_info((enum ms_option)i);

		if (strcmp(section, o->section) != 0)
			printf("%s\n%s = {\n", *section ? "};\n" : "", o->section);
		else
			putchar('\n');
		section = o->section;
		print_setting_conf((enum ms_option)i);
	}
	puts("};");
	print_lists_conf();
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (strcmp(what, "conf") == 0) {
		print_conf();
	} else if (strcmp(what, "man") != 0) {
		fputs("usage: reference conf|man\n", stderr);
		return 2;
	} else if (!print_manual()) {
		return 1;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
