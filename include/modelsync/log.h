/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_LOG_H
#define MODELSYNC_LOG_H

#include <stdbool.h>
#include <stdint.h>

/*
 * One line per event, with facts under names: of key=value pairs
 *
 *   time=2026-06-07T02:00:00Z level=info event=run_completed run=17 added=2 message="two words"
 *
 * or a JSON object with the same members. Thread-safe. Nothing secret may be handed in.
 */
enum ms_log_level { MS_LOG_ERROR, MS_LOG_WARN, MS_LOG_INFO, MS_LOG_DEBUG };
enum ms_log_format { MS_LOG_KEYVALUE, MS_LOG_JSON };

/* Lines above this level are dropped. Default: warn. */
void ms_log_set_level(enum ms_log_level level);
/*
 * Default: key=value to standard error. The system log, and a journal behind standard error, get
 * the level their way and no time, for they have their own.
 */
void ms_log_set_target(enum ms_log_format format, bool to_syslog);

/* A fact. Texts that are NULL are left out. */
struct ms_log_field {
	const char *name;
	enum { MS_LOG_FIELD_TEXT = 1, MS_LOG_FIELD_NUMBER } kind;
	const char *text;
	int64_t number;
};
#define MS_LOG_TEXT(name, value)   {name, MS_LOG_FIELD_TEXT, value, 0}
#define MS_LOG_NUMBER(name, value) {name, MS_LOG_FIELD_NUMBER, NULL, value}

/* ms_log_event(MS_LOG_INFO, "stopped", MS_LOG_NUMBER("run", 17), MS_LOG_TEXT("why", why)); */
#define ms_log_event(level, event, ...)                                                            \
	ms_log_fields(level, event, (const struct ms_log_field[]){__VA_ARGS__, {0}})
/* The fields end with one without a name. */
void ms_log_fields(enum ms_log_level level, const char *event, const struct ms_log_field *fields);

#endif
