/* SPDX-License-Identifier: MIT */
#include "modelsync/schedule.h"

bool ms_schedule_load(struct ms_schedule *out, const struct ms_config *c,
		      struct ms_cron_error *where, struct ms_error *err)
{
	struct ms_cron_error unused;

	*out = (struct ms_schedule){0};
	where = where ? where : &unused;
	where->message[0] = '\0';
	if (!ms_cron_parse(&out->cron, ms_config_string(c, MS_OPT_SYNC_SCHEDULE), where))
		return ms_fail(
			err, MS_ERR_CONFIG, "%s: sync.schedule is wrong at character %zu: %s",
			ms_config_origin(c, MS_OPT_SYNC_SCHEDULE), where->at + 1, where->message);
	if (ms_zone_load(ms_config_string(c, MS_OPT_SYNC_TIMEZONE), &out->zone, err))
		return true;
	return ms_error_prefix(err, "%s: sync.timezone", ms_config_origin(c, MS_OPT_SYNC_TIMEZONE));
}

void ms_schedule_clear(struct ms_schedule *s)
{
	ms_zone_free(s->zone);
	s->zone = NULL;
}
