/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_MESSAGE_H
#define MODELSYNC_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "modelsync/error.h"
#include "modelsync/json.h"

/* What people are told, and the ways by which it reaches them. */
enum ms_channel { MS_CHANNEL_EMAIL, MS_CHANNEL_SLACK, MS_CHANNEL_WEBHOOK, MS_CHANNEL_COUNT };
#define MS_CHANNEL_BIT(channel) (1u << (channel))

const char *ms_channel_name(enum ms_channel channel);
bool ms_channel_from_name(const char *name, enum ms_channel *out);

/* Texts and facts are borrowed. */
struct ms_message {
	int64_t id; /* 0 = a sample */
	int64_t at; /* epoch s */
	const char *kind, *subject;
	const char *body;	     /* lines separated by \n */
	const struct ms_json *facts; /* for programs; may be NULL */
	bool is_repeat;		     /* an earlier attempt may have arrived */
};

/* A message that is to be delivered now, and what the attempt came to. */
struct ms_delivery {
	int64_t id; /* 0 = nothing is due */
	int64_t attempt;
	int64_t wait_ms; /* without one: until something may be due; -1 = nothing is there */
	enum ms_channel channel;
	struct ms_message message; /* borrowed from reply */
	struct ms_json *reply;
};
void ms_delivery_clear(struct ms_delivery *d);

struct ms_sent {
	bool is_sent;
	bool is_permanent;   /* not sent: refused for good */
	bool is_uncertain;   /* not sent, as far as we know; but it may have arrived */
	char answer[700];    /* sent: the server's words */
	struct ms_error err; /* not sent: why; retry_after_s if the server says so */
};

#endif
