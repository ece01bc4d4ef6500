/* SPDX-License-Identifier: MIT */
#include <langinfo.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "modelsync/utf8.h"
#include "private.h"

size_t terminal_columns(FILE *f)
{
	struct winsize size;

	if (!isatty(fileno(f)))
		return 0;
	if (ioctl(fileno(f), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

static bool shows_utf8(FILE *f)
{
	return !isatty(fileno(f)) || strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void terminal_clean(struct ms_text *out, const char *s, FILE *to)
{
	bool utf8 = shows_utf8(to);
	size_t len = strlen(s), used;

	for (size_t at = 0; at < len; at += used) {
		uint32_t cp = ms_utf8_decode(s + at, len - at, &used);

		if (ms_utf8_is_control(cp) || (!utf8 && cp > 0x7e))
			ms_text_add(out, "?");
		else
			ms_text_add_bytes(out, s + at, used);
	}
}

const char *terminal_ellipsis(FILE *to)
{
	return shows_utf8(to) ? "…" : "~";
}

void print_caret(const char *text, size_t at, size_t len)
{
	struct ms_text pointed;

	ms_text_init(&pointed, 0);
	ms_text_point_at(&pointed, text, at, len);
	fprintf(stderr, "%s\n", ms_text_str(&pointed));
	ms_text_clear(&pointed);
}

bool terminal_confirm(struct cli *cli, const char *question, struct ms_error *err)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return ms_fail(
			err, MS_ERR_USAGE,
			"there is no terminal to ask on: add --yes, or --dry-run to only look");
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	if (!fgets(answer, sizeof(answer), stdin))
		fputc('\n', stderr);
	if (strcasecmp(answer, "y\n") == 0 || strcasecmp(answer, "yes\n") == 0)
		return true;
	cli->has_declined = true;
	return ms_fail(err, MS_ERR_CANCELLED, "declined; nothing was written");
}
