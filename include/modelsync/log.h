/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_LOG_H
#define MODELSYNC_LOG_H

enum ms_log_level { MS_LOG_ERROR, MS_LOG_WARN, MS_LOG_INFO, MS_LOG_DEBUG };

/* Lines above this level are dropped; set once before threads start. Default: warn. */
void ms_log_set_level(enum ms_log_level level);

/* One line on stderr, "time level message"; control characters are replaced. Thread-safe. */
void ms_log(enum ms_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
