/* SPDX-License-Identifier: MIT */
#include "modelsync/message.h"

#include <string.h>

static const char *const names[MS_CHANNEL_COUNT] = {
	[MS_CHANNEL_EMAIL] = "email",
	[MS_CHANNEL_SLACK] = "slack",
	[MS_CHANNEL_WEBHOOK] = "webhook",
};

const char *ms_channel_name(enum ms_channel channel)
{
	return names[channel];
}

bool ms_channel_from_name(const char *name, enum ms_channel *out)
{
	for (int i = 0; i < MS_CHANNEL_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum ms_channel)i;
			return true;
		}
	}
	return false;
}

void ms_delivery_clear(struct ms_delivery *d)
{
	ms_json_free(d->reply);
	*d = (struct ms_delivery){0};
}
