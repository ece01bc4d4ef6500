/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "private.h"

static void print_examples(const struct ms_json *finding)
{
	int64_t count = ms_json_int(ms_json_get(finding, "count"), 0), shown = 0;
	struct ms_text line;

	ms_text_init(&line, 0);
	for (const struct ms_json *id = ms_json_first(ms_json_get(finding, "examples")); id;
	     id = ms_json_next(id), shown++)
		ms_text_addf(&line, "%s%s", shown ? ", " : "", ms_json_text(id));
	if (count > shown)
		ms_text_addf(&line, " and %" PRId64 " more", count - shown);
	print_clean("    ", ms_text_str(&line));
	ms_text_clear(&line);
}

static void print_finding(const struct ms_json *finding)
{
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "%-8s %-20s %" PRId64, ms_json_text(ms_json_get(finding, "severity")),
		     ms_json_text(ms_json_get(finding, "check")),
		     ms_json_int(ms_json_get(finding, "count"), 0));
	print_clean("", ms_text_str(&line));
	print_clean("    ", ms_json_text(ms_json_get(finding, "suggestion")));
	print_examples(finding);
	ms_text_clear(&line);
}

static void print_quality(const struct ms_json *quality)
{
	const struct ms_json *findings = ms_json_get(quality, "findings");

	for (const struct ms_json *f = ms_json_first(findings); f; f = ms_json_next(f))
		print_finding(f);
	printf("%" PRId64 " models, %" PRId64 " checks, %zu found something\n",
	       ms_json_int(ms_json_get(quality, "models"), 0),
	       ms_json_int(ms_json_get(quality, "checks"), 0), ms_json_count(findings));
}

bool command_db_quality(struct cli *cli, struct ms_error *err)
{
	struct ms_json *quality;

	if (!session_open(cli, err) || !ms_db_quality(cli->db, &quality, err))
		return false;
	if (args_has(cli, ARG_JSON))
		print_json(quality);
	else
		print_quality(quality);
	ms_json_free(quality);
	return true;
}
