/* SPDX-License-Identifier: MIT */
#include "modelsync/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "modelsync/clock.h"
#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"

static atomic_int threshold = MS_LOG_WARN;
static atomic_int used_format = MS_LOG_KEYVALUE;
static atomic_bool uses_syslog, uses_journal;

static const struct {
	const char *name;
	int priority; /* syslog(3)'s */
} levels[] = {
	[MS_LOG_ERROR] = {"error", LOG_ERR},
	[MS_LOG_WARN] = {"warn", LOG_WARNING},
	[MS_LOG_INFO] = {"info", LOG_INFO},
	[MS_LOG_DEBUG] = {"debug", LOG_DEBUG},
};

void ms_log_set_level(enum ms_log_level level)
{
	atomic_store(&threshold, (int)level);
}

/* systemd names the device and inode of the journal's stream, for standard error may be a file. */
static bool is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (!stream || fstat(fd, &st) != 0)
		return false;
	snprintf(own, sizeof(own), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	return strcmp(own, stream) == 0;
}

void ms_log_set_target(enum ms_log_format format, bool to_syslog)
{
	if (to_syslog)
		openlog("modelsync-tui", LOG_PID, LOG_DAEMON);
	atomic_store(&used_format, (int)format);
	atomic_store(&uses_syslog, to_syslog);
	atomic_store(&uses_journal, is_journal(STDERR_FILENO));
}

/* --- key=value ---------------------------------------------------------------------------- */

static bool is_plain(const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._:/@+-,";

	return *s && !s[strspn(s, plain)];
}

/* Text with anything else in it is written like a string of JSON. */
static void add_value(struct ms_text *out, const char *s)
{
	struct ms_json *v;
	char *quoted;

	if (is_plain(s)) {
		ms_text_add(out, s);
		return;
	}
	v = ms_json_new_string(s);
	quoted = ms_json_print(v);
	ms_text_add(out, quoted);
	ms_free(quoted);
	ms_json_free(v);
}

static void add_pair(struct ms_text *out, const char *name, const char *value)
{
	ms_text_addf(out, "%s%s=", out->len ? " " : "", name);
	add_value(out, value);
}

static void add_pairs(struct ms_text *out, const struct ms_log_field *f)
{
	for (; f->name; f++)
		if (f->kind == MS_LOG_FIELD_NUMBER)
			ms_text_addf(out, "%s%s=%lld", out->len ? " " : "", f->name,
				     (long long)f->number);
		else if (f->text)
			add_pair(out, f->name, f->text);
}

/* --- JSON --------------------------------------------------------------------------------- */

static void add_members(struct ms_json *object, const struct ms_log_field *f)
{
	for (; f->name; f++)
		if (f->kind == MS_LOG_FIELD_NUMBER)
			ms_json_add_int(object, f->name, f->number);
		else if (f->text)
			ms_json_add_string(object, f->name, f->text);
}

static void add_object(struct ms_text *out, const struct ms_log_field *head,
		       const struct ms_log_field *fields)
{
	struct ms_json *object = ms_json_new_object();
	char *text;

	add_members(object, head);
	add_members(object, fields);
	text = ms_json_print(object);
	ms_text_add(out, text);
	ms_free(text);
	ms_json_free(object);
}

/* --- a line ------------------------------------------------------------------------------- */

/* One write for a line, so that those of other processes do not come in between. */
static void write_line(enum ms_log_level level, const char *line)
{
	char prefix[8] = "", *whole;
	ssize_t n;

	if (atomic_load(&uses_syslog)) {
		syslog(levels[level].priority, "%s", line);
		return;
	}
	if (atomic_load(&uses_journal))
		snprintf(prefix, sizeof(prefix), "<%d>", levels[level].priority);
	whole = ms_format("%s%s\n", prefix, line);
	n = write(STDERR_FILENO, whole, strlen(whole));
	(void)n;
	ms_free(whole);
}

static void write_event(enum ms_log_level level, const char *event,
			const struct ms_log_field *fields)
{
	bool has_time = !atomic_load(&uses_syslog) && !atomic_load(&uses_journal);
	char buf[24], *when = ms_time_format_iso(buf, sizeof(buf), ms_clock_now());
	const struct ms_log_field head[] = {
		MS_LOG_TEXT("time", has_time ? when : NULL),
		MS_LOG_TEXT("level", levels[level].name),
		MS_LOG_TEXT("event", event),
		{0},
	};
	struct ms_text line;

	ms_text_init(&line, 0);
	if (atomic_load(&used_format) == MS_LOG_JSON) {
		add_object(&line, head, fields);
	} else {
		add_pairs(&line, head);
		add_pairs(&line, fields);
	}
	write_line(level, ms_text_str(&line));
	ms_text_clear(&line);
}

void ms_log_fields(enum ms_log_level level, const char *event, const struct ms_log_field *fields)
{
	if ((int)level <= atomic_load(&threshold))
		write_event(level, event, fields);
}
