/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_NOTIFY_H
#define MODELSYNC_NOTIFY_H

#include "modelsync/config.h"
#include "modelsync/error.h"
#include "modelsync/message.h"
#include "modelsync/text.h"

/*
 * Sends messages by the channels of section `notify`. What is told when, and what is tried again,
 * the database decides. Needs ms_upstream_init().
 */
struct ms_notifier;

/* Fails with category `config` when the settings cannot work; `*out` is owned. */
bool ms_notifier_new(struct ms_notifier **out, const struct ms_config *config,
		     struct ms_error *err) MS_MUST_CHECK;
void ms_notifier_free(struct ms_notifier *n);

/* The same without making one. */
bool ms_notify_check(const struct ms_config *config, struct ms_error *err) MS_MUST_CHECK;
/* Oddities that are no errors, a line each. */
void ms_notify_warnings(const struct ms_config *config, struct ms_text *out);

/* The channels that are set up, as MS_CHANNEL_BITs. */
unsigned ms_notifier_channels(const struct ms_notifier *n);
/* Seconds that one attempt takes at most. */
int ms_notifier_timeout_s(const struct ms_notifier *n);

/*
 * One attempt on a channel that is set up. Nothing secret is in *out: not the addresses of
 * webhooks, not what a server repeats of them. One at a time.
 */
void ms_notifier_send(struct ms_notifier *n, enum ms_channel channel,
		      const struct ms_message *message, struct ms_sent *out);

/* Makes a running attempt, and all later ones, end as `cancelled` at once. From any thread. */
void ms_notifier_cancel(struct ms_notifier *n);

#endif
