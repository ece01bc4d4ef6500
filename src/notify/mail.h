/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_NOTIFY_MAIL_H
#define MODELSYNC_NOTIFY_MAIL_H

#include <stddef.h>
#include <stdint.h>

#include "modelsync/message.h"
#include "modelsync/text.h"

/* A message as RFC 5322 and MIME want it: lines end in CRLF and have at most 78 columns. Pure. */
struct mail {
	const char *from;
	char *const *to;
	size_t to_count;
	const char *subject_prefix;
	const char *sender; /* the program and its machine, for the last line */
	int64_t now;	    /* epoch s */
};

/* The whole text, header and body. The same message has the same Message-ID each time. */
void mail_build(struct ms_text *out, const struct mail *mail, const struct ms_message *message);

#endif
