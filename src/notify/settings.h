/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_NOTIFY_SETTINGS_H
#define MODELSYNC_NOTIFY_SETTINGS_H

#include "modelsync/config.h"
#include "modelsync/message.h"

#define RECIPIENTS_MAX 50

/* Section `notify`, checked. Everything is owned. */
struct notify_settings {
	unsigned channels; /* MS_CHANNEL_BITs */
	char *to[RECIPIENTS_MAX];
	size_t to_count;
	char *from;
	char *smtp_url, *smtp_user, *smtp_password;	/* user "" = no log-in */
	bool wants_tls;					/* of smtp:// */
	char *slack_url, *webhook_url, *webhook_secret; /* secret "" = not signed */
	char *ca_file;					/* "" = what the system trusts */
	char *subject_prefix;
	int timeout_s;
};

/* Fails with `config`, naming the setting; *out needs notify_settings_clear() in any case. */
bool notify_settings_read(struct notify_settings *out, const struct ms_config *config,
			  struct ms_error *err) MS_MUST_CHECK;
void notify_settings_clear(struct notify_settings *s);

#endif
