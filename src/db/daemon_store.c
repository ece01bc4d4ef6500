/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include "modelsync/clock.h"
#include "modelsync/memory.h"

static char *beat_text(const struct ms_beat *beat)
{
	struct ms_json *o = ms_json_new_object();
	char owner[96], at[24], *text;

	db_owner(owner, sizeof(owner));
	ms_json_add_string(o, "owner", owner);
	ms_json_add_string(o, "version", beat->version);
	ms_json_add_string(o, "started_at", ms_time_format(at, sizeof(at), beat->started_at));
	ms_json_add_bool(o, "enabled", beat->enabled);
	ms_json_add_string(o, "schedule", beat->schedule);
	ms_json_add_string(o, "timezone", beat->timezone);
	ms_json_add_string(o, "next_slot",
			   beat->next_slot ? ms_time_format(at, sizeof(at), beat->next_slot)
					   : NULL);
	db_add_channels(o, beat->channels);
	text = ms_json_print(o);
	ms_json_free(o);
	return text;
}

static bool call(struct ms_db *db, const char *sql, const char *param, struct ms_error *err)
{
	struct ms_json *reply;
	bool ok = db_query_json(db, sql, 1, &param, &reply, err) && db_check_reply(reply, err);

	ms_json_free(reply);
	return ok;
}

bool ms_daemon_beat(struct ms_db *db, const struct ms_beat *beat, struct ms_error *err)
{
	char *text = beat_text(beat);
	bool ok = call(db, "SELECT modelsync.daemon_beat($1::jsonb)", text, err);

	ms_free(text);
	return ok;
}

bool ms_daemon_leave(struct ms_db *db, struct ms_error *err)
{
	char owner[96];

	db_owner(owner, sizeof(owner));
	return call(db, "SELECT modelsync.daemon_leave($1)", owner, err);
}
