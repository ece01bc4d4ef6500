/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "modelsync/config.h"

/* libconfig 1.5 loses a text that a syntax error follows. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

static char dir[] = "/tmp/test_config.XXXXXX";
static char path[64], secret_path[64];

static void write_file(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static bool load(const char *text, const char *const *variables, struct ms_config **c,
		 struct ms_error *err)
{
	struct ms_config_source source = {.file = path, .environ = variables};

	write_file(path, text, 0600);
	memset(err, 0, sizeof(*err));
	return ms_config_load(c, &source, err);
}

static struct ms_config *load_ok(const char *text, const char *const *variables)
{
	struct ms_config *c;
	struct ms_error err;

	if (!load(text, variables, &c, &err))
		fail_msg("%s", err.message);
	return c;
}

/* The part of the message after the file's name. */
static const char *after_path(const char *message)
{
	return strncmp(message, path, strlen(path)) == 0 ? message + strlen(path) : message;
}

static void errors_name_the_place(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"console = { theme = \"drak\"; };",
		 ":1: console.theme: \"drak\" is not accepted, did you mean \"dark\"; allowed: dark, light, colour-blind, mono"},
		{"\nconsole:\n{\n theme = \"x\";\n};",
		 ":4: console.theme: \"x\" is not accepted; allowed: dark, light, colour-blind, mono"},
		{"console = { theme = 3; };",
		 ":1: console.theme: is a number; allowed: dark, light, colour-blind, mono"},
		{"console = { read_only = 1; };",
		 ":1: console.read_only: is a number; allowed: true, false"},
		{"console = { read_only = \"yes\"; };",
		 ":1: console.read_only: is text in quotes; allowed: true, false"},
		{"console = { label = true; };",
		 ":1: console.label: is true or false; allowed: text"},
		{"console = { label = (\"a\"); };", ":1: console.label: is a list; allowed: text"},
		{"console = { label = [\"a\"]; };",
		 ":1: console.label: is an array; allowed: text"},
		{"console = { label = { a = 1; }; };",
		 ":1: console.label: is a group; allowed: text"},
		{"console = { label = \"a\\nb\"; };",
		 ":1: console.label: contains a line break or another control character; allowed: text"},
		{"console = { label = \"\xff\"; };",
		 ":1: console.label: is not valid UTF-8; allowed: text"},
		{"console = { lable = \"a\"; };",
		 ":1: console.lable: unknown key, did you mean \"label\"; allowed: theme, glyphs, label, read_only"},
		{"console = { zzzzzzzz = \"a\"; };",
		 ":1: console.zzzzzzzz: unknown key; allowed: theme, glyphs, label, read_only"},
		{"colsole = { label = \"a\"; };",
		 ":1: colsole: unknown section, did you mean \"console\"; allowed: database, upstream, sync, guard, daemon, notify, http, auth, models_api, console, log, rules, auth_keys"},
		{"console = 3;", ":1: console: is a number; allowed: console = { … }"},
		{"database = { connect_timeout = 0; };",
		 ":1: database.connect_timeout: \"0\" is not accepted; allowed: whole numbers from 1 to 300"},
		{"database = { connect_timeout = 301; };",
		 ":1: database.connect_timeout: \"301\" is not accepted; allowed: whole numbers from 1 to 300"},
		{"database = { connect_timeout = -1L; };",
		 ":1: database.connect_timeout: \"-1\" is not accepted; allowed: whole numbers from 1 to 300"},
		{"database = { connect_timeout = 10.0; };",
		 ":1: database.connect_timeout: is a number with a fraction; allowed: whole numbers from 1 to 300"},
		{"database = { connect_timeout = \"10\"; };",
		 ":1: database.connect_timeout: is text in quotes; allowed: whole numbers from 1 to 300"},
		/* 2^32 + 10 without an L is 10 to libconfig 1.5 */
		{"database = { connect_timeout = 4294967306; };",
		 ":1: database.connect_timeout: \"4294967306\" is not accepted; allowed: whole numbers from 1 to 300"},
		{"database = { connect_timeout = 99999999999999999999; };",
		 ":1: 99999999999999999999 is too large a number"},
		{"\n\ndatabase = { connect_timeout = 0x10; };", ":3: write 0x10 in decimal"},
		{"# a\n@include \"/etc/passwd\"\n",
		 ":2: @include is not supported; put all settings in this file"},
		{"console = { theme = \"dark\"; theme = \"light\"; };",
		 ":1: duplicate setting name"},
		{"console = { theme \"dark\"; };", ":1: syntax error"},
		{"rules = { name = \"x\"; };",
		 ":1: rules: is a group; allowed: rules = ( { … }, … )"},
		{"rules = [ 1 ];", ":1: rules: is an array; allowed: rules = ( { … }, … )"},
		{"rules = (\n \"x\" );", ":2: rules: is text in quotes; allowed: { … }, …"},
		{"rules = ( { name = \"x\";\n mach = \"*\"; } );",
		 ":2: rules.mach: unknown key, did you mean \"match\"; allowed: name, match, status, tiers, "
		 "daily_limit, monthly_limit, allow_paid_free"},
		{"rules = ( { name = \"x\"; }, { name = 3; } );",
		 ":1: rules.name: is a number; allowed: text in quotes"},
		{"rules = ( { daily_limit = \"many\"; } );",
		 ":1: rules.daily_limit: is text in quotes; allowed: a whole number"},
		{"rules = ( { allow_paid_free = 1; } );",
		 ":1: rules.allow_paid_free: is a number; allowed: true, false"},
		{"rules = ( { name = \"a\\nb\"; } );",
		 ":1: rules.name: contains a line break or another control character"},
		{"console = { label = \"unclosed; };\n",
		 ":1: the text that begins here has no closing quote"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ms_config *c;
		struct ms_error err;
		const char *got;

		assert_false(load(cases[i].text, NULL, &c, &err));
		assert_null(c);
		assert_int_equal(err.category, MS_ERR_CONFIG);
		got = after_path(err.message);
		if (strncmp(got, cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("%s\n got    %s\n wanted %s", cases[i].text, got,
				 cases[i].message);
	}
}

static void values_are_read(void **state)
{
	struct ms_config *c = load_ok("/* @include \"no\" */ // 99999999999999999999\n"
				      "upstream = { max_bytes = 1073741824; timeout = 300L; # 0x1\n"
				      " url = \"http://h/\\\"@include 99999999999999999999\"; };\n"
				      "console: { read_only = true; label = \"PR\" \"OD\"; };",
				      NULL);
	char origin[100];

	(void)state;
	assert_int_equal(ms_config_int(c, MS_OPT_UPSTREAM_MAX_BYTES), 1073741824);
	assert_int_equal(ms_config_int(c, MS_OPT_UPSTREAM_TIMEOUT), 300);
	assert_string_equal(ms_config_string(c, MS_OPT_UPSTREAM_URL),
			    "http://h/\"@include 99999999999999999999");
	assert_true(ms_config_bool(c, MS_OPT_CONSOLE_READ_ONLY));
	assert_string_equal(ms_config_string(c, MS_OPT_CONSOLE_LABEL), "PROD");
	snprintf(origin, sizeof(origin), "%s:4", path);
	assert_string_equal(ms_config_origin(c, MS_OPT_CONSOLE_LABEL), origin);
	assert_true(ms_config_is_set(c, MS_OPT_CONSOLE_LABEL));
	assert_false(ms_config_is_set(c, MS_OPT_CONSOLE_THEME));
	assert_string_equal(ms_config_origin(c, MS_OPT_CONSOLE_THEME), "default");
	ms_config_free(c);
}

static void rules_are_read_in_order(void **state)
{
	struct ms_config *c =
		load_ok("rules = (\n"
			" { name = \"a\"; match = \"is:free\"; allow_paid_free = true; },\n"
			" { name = \"b\";\n match = \"*\"; daily_limit = 3000000000; }\n"
			");",
			NULL);
	const struct ms_rule_text *rules;

	(void)state;
	assert_int_equal(ms_config_rules(c, &rules), 2);
	assert_string_equal(rules[0].keys[MS_RULE_MATCH].value, "is:free");
	assert_string_equal(rules[0].keys[MS_RULE_ALLOW_PAID_FREE].value, "true");
	assert_null(rules[0].keys[MS_RULE_STATUS].value);
	assert_string_equal(after_path(rules[1].origin), ":3");
	assert_string_equal(after_path(rules[1].keys[MS_RULE_MATCH].origin), ":4");
	assert_string_equal(rules[1].keys[MS_RULE_DAILY_LIMIT].value, "3000000000");
	ms_config_free(c);
	c = load_ok("rules = ();", NULL);
	assert_int_equal(ms_config_rules(c, &rules), 0);
	ms_config_free(c);
}

static void later_layers_win(void **state)
{
	const char *const variables[] = {"MODELSYNC_CONSOLE_THEME=light",
					 "MODELSYNC_CONSOLE_LABEL=", "DATABASE_URL=host=a",
					 "MODEL_SYNC_COOLDOWN_MINUTES=7", NULL};
	struct ms_config *c =
		load_ok("console = { theme = \"mono\"; label = \"file\"; };", variables);
	struct ms_error err;

	(void)state;
	assert_string_equal(ms_config_string(c, MS_OPT_CONSOLE_THEME), "light");
	assert_string_equal(ms_config_origin(c, MS_OPT_CONSOLE_THEME),
			    "environment MODELSYNC_CONSOLE_THEME");
	assert_string_equal(ms_config_string(c, MS_OPT_CONSOLE_LABEL), "file");
	assert_string_equal(ms_config_string(c, MS_OPT_DB_CONNINFO), "host=a");
	assert_int_equal(ms_config_int(c, MS_OPT_SYNC_COOLDOWN_MINUTES), 7);
	assert_true(ms_config_set(c, MS_OPT_CONSOLE_THEME, "dark", &err));
	assert_string_equal(ms_config_string(c, MS_OPT_CONSOLE_THEME), "dark");
	assert_string_equal(ms_config_origin(c, MS_OPT_CONSOLE_THEME), "command line");
	assert_false(ms_config_set(c, MS_OPT_CONSOLE_THEME, "pink", &err));
	assert_string_equal(err.message, "command line: console.theme: \"pink\" is not accepted; "
					 "allowed: dark, light, colour-blind, mono");
	assert_string_equal(ms_config_string(c, MS_OPT_CONSOLE_THEME), "dark");
	ms_config_free(c);
}

static void user_file_is_found(void **state)
{
	char config_home[80], home[80], name[160];
	const char *variables[] = {config_home, NULL};
	struct ms_config_source source = {.environ = variables};
	struct ms_config *c;
	struct ms_error err;

	(void)state;
	snprintf(name, sizeof(name), "%s/modelsync-tui", dir);
	mkdir(name, 0700);
	snprintf(name, sizeof(name), "%s/modelsync-tui/modelsync-tui.conf", dir);
	write_file(name, "console = { label = \"mine\"; };", 0600);
	snprintf(config_home, sizeof(config_home), "XDG_CONFIG_HOME=%s", dir);
	assert_true(ms_config_load(&c, &source, &err));
	assert_string_equal(ms_config_string(c, MS_OPT_CONSOLE_LABEL), "mine");
	ms_config_free(c);
	snprintf(home, sizeof(home), "HOME=%s/nowhere", dir);
	variables[0] = home;
	assert_true(ms_config_load(&c, &source, &err));
	assert_string_equal(ms_config_string(c, MS_OPT_CONSOLE_LABEL), "");
	ms_config_free(c);
}

static void environment_errors_name_the_variable(void **state)
{
	const char *const wrong[] = {"MODEL_SYNC_COOLDOWN_MINUTES=soon", NULL};
	const char *const odd[] = {"MODELSYNC_CONSOLE_THEM=x",
				   "MODELSYNC_BIN=/b",
				   "MODEL_SYNC_SCHEDULES=*",
				   "MODELSYNC_QQQ=1",
				   "DATABASE_URL=host=a",
				   "MODELSYNC_DATABASE_CONNINFO=host=b",
				   NULL};
	struct ms_text warnings;
	struct ms_config *c;
	struct ms_error err;

	(void)state;
	assert_false(load("", wrong, &c, &err));
	assert_string_equal(err.message,
			    "environment MODEL_SYNC_COOLDOWN_MINUTES: sync.cooldown_minutes: "
			    "\"soon\" is not accepted; allowed: whole numbers from 0 to 1440");
	c = load_ok("", odd);
	ms_text_init(&warnings, 0);
	ms_config_warnings(c, &warnings);
	assert_string_equal(
		ms_text_str(&warnings),
		"environment: MODELSYNC_DATABASE_CONNINFO and DATABASE_URL differ; MODELSYNC_DATABASE_CONNINFO counts\n"
		"environment: MODELSYNC_CONSOLE_THEM is no option and is ignored; did you mean MODELSYNC_CONSOLE_THEME?\n"
		"environment: MODEL_SYNC_SCHEDULES is no option of this version and is ignored\n"
		"environment: MODELSYNC_QQQ is no option of this version and is ignored\n");
	assert_string_equal(ms_config_string(c, MS_OPT_DB_CONNINFO), "host=b");
	ms_text_clear(&warnings);
	ms_config_free(c);
}

static void readable_secrets_are_refused(void **state)
{
	static const struct {
		const char *text;
		bool is_refused;
	} cases[] = {
		{"upstream = { api_key = \"k\"; };", true},
		{"upstream = { api_key = \"\"; };", false},
		{"upstream = { proxy = \"http://u:p@proxy:8080\"; };", true},
		{"upstream = { proxy = \"http://proxy:8080\"; };", false},
		{"database = { conninfo = \"host=a password=p\"; };", true},
		{"database = { conninfo = \"host=a user=b\"; };", false},
		{"database = { conninfo = \"postgresql://u@h/db?sslpassword=x\"; };", true},
	};
	struct ms_config_source source = {.file = path};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ms_config *c;
		struct ms_error err;

		write_file(path, cases[i].text, 0644);
		assert_int_equal(ms_config_load(&c, &source, &err), !cases[i].is_refused);
		if (cases[i].is_refused)
			assert_non_null(strstr(err.message,
					       "everyone on this machine can read this secret; "
					       "run: chmod o= /tmp/test_config."));
		ms_config_free(c);
		write_file(path, cases[i].text, 0640);
		assert_true(ms_config_load(&c, &source, &err));
		ms_config_free(c);
	}
}

static void secret_files_are_read(void **state)
{
	char variable[100], both[300];
	const char *variables[] = {variable, NULL};
	struct ms_text shown;
	struct ms_config *c;
	struct ms_error err;

	(void)state;
	write_file(secret_path, "sk-1 2\r\n\n", 0600);
	snprintf(variable, sizeof(variable), "MODELSYNC_UPSTREAM_API_KEY_FILE=%s", secret_path);
	c = load_ok("upstream = { api_key = \"file\"; };", variables);
	assert_string_equal(ms_config_string(c, MS_OPT_UPSTREAM_API_KEY), "sk-1 2");
	assert_string_equal(ms_config_origin(c, MS_OPT_UPSTREAM_API_KEY) + strlen(secret_path),
			    " (environment MODELSYNC_UPSTREAM_API_KEY_FILE)");
	ms_text_init(&shown, 0);
	ms_config_masked(c, MS_OPT_UPSTREAM_API_KEY, &shown);
	assert_string_equal(ms_text_str(&shown), "********");
	ms_text_clear(&shown);
	assert_true(ms_config_set(c, MS_OPT_UPSTREAM_API_KEY_FILE, secret_path, &err));
	ms_config_free(c);

	snprintf(both, sizeof(both), "upstream = { api_key = \"k\"; api_key_file = \"%s\"; };",
		 secret_path);
	assert_false(load(both, NULL, &c, &err));
	assert_non_null(strstr(
		err.message, "upstream.api_key and upstream.api_key_file are both set; keep one"));
	variables[0] = "OPENROUTER_API_KEY=env";
	c = load_ok("upstream = { api_key_file = \"/nonexistent\"; };", variables);
	assert_string_equal(ms_config_string(c, MS_OPT_UPSTREAM_API_KEY), "env");
	ms_config_free(c);
}

static void bad_secret_files_are_errors(void **state)
{
	static const struct {
		const char *content, *message;
	} cases[] = {
		{NULL, "cannot read "},
		{"\n", "is empty; it should hold a secret"},
		{"a\nb\n", "upstream.api_key: contains a line break or another control character"},
	};
	char text[200];

	(void)state;
	snprintf(text, sizeof(text), "upstream = { api_key_file = \"%s\"; };", secret_path);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ms_config *c;
		struct ms_error err;

		unlink(secret_path);
		if (cases[i].content)
			write_file(secret_path, cases[i].content, 0600);
		assert_false(load(text, NULL, &c, &err));
		if (!strstr(err.message, cases[i].message))
			fail_msg("%s", err.message);
	}
}

static void secrets_are_not_in_errors(void **state)
{
	const char *const variables[] = {"OPENROUTER_API_KEY=sk-hidden\n", NULL};
	struct ms_config *c;
	struct ms_error err;

	(void)state;
	assert_false(load("", variables, &c, &err));
	assert_null(strstr(err.message, "sk-hidden"));
	assert_false(
		load("database = { conninfo = \"host=a password=hidden\\n\"; };", NULL, &c, &err));
	assert_null(strstr(err.message, "hidden"));
}

static void passwords_are_masked(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"host=a user=b", "host=a user=b"},
		{"", ""},
		{"host=a password=secret user=b", "host=a password=******** user=b"},
		{"host=a password = 'se cr\\'et' user=b", "host=a password =******** user=b"},
		{"password=a\\ b port=1", "password=******** port=1"},
		{"PASSWORD=x", "PASSWORD=********"},
		{"sslpassword=x sslmode=require", "sslpassword=******** sslmode=require"},
		{"password=two words host=a", "password=******** ********"},
		{"options='-c a=b' host=h", "options='-c a=b' host=h"},
		{"password='postgresql://a' host=h", "password=******** host=h"},
		{"postgresql://u:p@h/db", "postgresql://u:********@h/db"},
		{"postgres://u:p@h1:1,h2:2/db?sslmode=require",
		 "postgres://u:********@h1:1,h2:2/db?sslmode=require"},
		{"postgresql://u@h:5432/db", "postgresql://u@h:5432/db"},
		{"postgresql://h:5432/db", "postgresql://h:5432/db"},
		{"postgresql://u:p@ss/w?rd@h/db", "postgresql://u:********@h/db"},
		{"postgresql://h/db?user=u&password=p&sslmode=require",
		 "postgresql://h/db?user=u&password=********&sslmode=require"},
		{"postgresql://h/db?pass%77ord=p", "postgresql://h/db?pass%77ord=********"},
		{"https://h/models?sig=p&x=1", "https://h/models?sig=********&x=1"},
		{"http://u:p@proxy:8080", "http://u:********@proxy:8080"},
		{"u:p@proxy:8080", "u:********@proxy:8080"},
		{"proxy:8080", "proxy:8080"},
		{"https://h/models?api_key=k&x=1", "https://h/models?api_key=********&x=1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ms_text out;

		ms_text_init(&out, 0);
		ms_config_mask_conninfo(cases[i].in, &out);
		assert_string_equal(ms_text_str(&out), cases[i].out);
		ms_text_clear(&out);
	}
}

static void unreadable_files_are_errors(void **state)
{
	static const char *const names[] = {"/nonexistent/x.conf", "/tmp", "/dev/zero"};
	static const char *const messages[] = {"/nonexistent/x.conf: No such file or directory",
					       "/tmp: is a directory, not a configuration file",
					       "/dev/zero: is larger than 1048576 bytes"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ms_config_source source = {.file = names[i]};
		struct ms_config *c;
		struct ms_error err;

		assert_false(ms_config_load(&c, &source, &err));
		assert_string_equal(err.message, messages[i]);
	}
}

static void every_option_is_sound(void **state)
{
	(void)state;
	for (int i = 0; i < MS_OPT_COUNT; i++) {
		const struct ms_option_info *o = ms_option_info((enum ms_option)i);
		char name[100];

		snprintf(name, sizeof(name), "%s.%s", o->section, o->key);
		assert_int_equal(ms_option_by_name(name), i);
		assert_true(o->help[0] && o->help[strlen(o->help) - 1] != '.');
		assert_int_equal(o->type == MS_TYPE_ENUM, o->values != NULL);
		assert_true(o->type != MS_TYPE_INT || o->min < o->max);
		assert_true(i > 0 || !(o->flags & MS_OPTION_FILE));
	}
	assert_int_equal(ms_option_by_name("console.nothing"), MS_OPT_COUNT);
	assert_int_equal(ms_option_by_name("console"), MS_OPT_COUNT);
}

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/t.conf", dir);
	snprintf(secret_path, sizeof(secret_path), "%s/secret", dir);
	return 0;
}

static int remove_directory(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_name_the_place),
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(rules_are_read_in_order),
		cmocka_unit_test(later_layers_win),
		cmocka_unit_test(user_file_is_found),
		cmocka_unit_test(environment_errors_name_the_variable),
		cmocka_unit_test(readable_secrets_are_refused),
		cmocka_unit_test(secret_files_are_read),
		cmocka_unit_test(bad_secret_files_are_errors),
		cmocka_unit_test(secrets_are_not_in_errors),
		cmocka_unit_test(passwords_are_masked),
		cmocka_unit_test(unreadable_files_are_errors),
		cmocka_unit_test(every_option_is_sound),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
