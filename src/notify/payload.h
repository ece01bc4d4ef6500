/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_NOTIFY_PAYLOAD_H
#define MODELSYNC_NOTIFY_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "modelsync/message.h"

/* What is posted to webhooks. Pure; results are owned. */

/* For an incoming webhook of Slack, whose markup cannot be injected: "<!here>" calls nobody. */
char *payload_slack(const struct ms_message *m, const char *subject_prefix, const char *sender);

/* {"id","kind","at","subject","body","facts","repeat","sender"} */
char *payload_webhook(const struct ms_message *m, const char *sender);

/* "sha256=…": HMAC-SHA256 in hex over the digits of timestamp, a dot and the body. */
#define SIGNATURE_SIZE 72
void payload_sign(char buf[SIGNATURE_SIZE], const char *secret, int64_t timestamp,
		  const char *body);

#endif
