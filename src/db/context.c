/* SPDX-License-Identifier: MIT */
/* What the engine is told about its caller, and what it answers when it refuses. */
#include "conn.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

/* Behind sudo the person matters, not root. */
static const char *login_name(char *buf, size_t size)
{
	const char *sudo = getenv("SUDO_USER");
	struct passwd entry, *found = NULL;

	if (sudo && *sudo && geteuid() == 0)
		return sudo;
	if (getpwuid_r(getuid(), &entry, buf, size, &found) == 0 && found)
		return found->pw_name;
	return "unknown";
}

/* SSH_CONNECTION is "client port server port" (sshd(8)). */
static char *source_of_session(void)
{
	const char *ssh = getenv("SSH_CONNECTION");

	return ssh && *ssh ? ms_strndup(ssh, strcspn(ssh, " ")) : ms_strdup("local");
}

void ms_db_act_for(struct ms_db *db, const char *profile, const char *source)
{
	ms_free(db->caller_profile);
	ms_free(db->caller_source);
	db->caller_profile = ms_strdup(profile);
	db->caller_source = ms_strdup(source);
}

struct ms_json *db_context(const struct ms_db *db, const char *reason)
{
	struct ms_json *ctx = ms_json_new_object();
	char buf[1024],
		*source = db->caller_source ? ms_strdup(db->caller_source) : source_of_session();

	ms_json_add_string(ctx, "origin", db->origin);
	if (db->caller_profile) /* whose name the database knows */
		ms_json_add_string(ctx, "profile", db->caller_profile);
	else
		ms_json_add_string(ctx, "os_user",
				   db->os_user ? db->os_user : login_name(buf, sizeof(buf)));
	ms_json_add_string(ctx, "source", source);
	if (reason && *reason)
		ms_json_add_string(ctx, "reason", reason);
	ms_free(source);
	return ctx;
}

char *db_context_text(const struct ms_db *db, const char *reason)
{
	struct ms_json *ctx = db_context(db, reason);
	char *text = ms_json_print(ctx);

	ms_json_free(ctx);
	return text;
}

void db_owner(char *buf, size_t size)
{
	char host[64] = "localhost";

	gethostname(host, sizeof(host) - 1);
	snprintf(buf, size, "%s:%ld", host, (long)getpid());
}

struct ms_json *db_settings(const struct ms_config *config)
{
	static const enum ms_option numbers[] = {
		MS_OPT_GUARD_MAX_MISSING_PERCENT, MS_OPT_GUARD_MIN_MISSING,
		MS_OPT_GUARD_MAX_INVALID_PERCENT, MS_OPT_GUARD_PRICE_JUMP_FACTOR,
		MS_OPT_GUARD_FLAP_RUNS,		  MS_OPT_SYNC_MISSING_GRACE,
		MS_OPT_SYNC_COOLDOWN_MINUTES,
	};
	struct ms_json *o = ms_json_new_object();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (ms_config_is_set(config, numbers[i]))
			ms_json_add_int(o, ms_option_info(numbers[i])->key,
					ms_config_int(config, numbers[i]));
	if (ms_config_is_set(config, MS_OPT_SYNC_RETURNING))
		ms_json_add_string(o, ms_option_info(MS_OPT_SYNC_RETURNING)->key,
				   ms_config_string(config, MS_OPT_SYNC_RETURNING));
	return o;
}

char *db_settings_text(const struct ms_config *config)
{
	struct ms_json *o = db_settings(config);
	char *text = ms_json_print(o);

	ms_json_free(o);
	return text;
}

static void append_progress(const struct ms_json *running, const char *phase, struct ms_error *err)
{
	bool is_bytes = strcmp(phase, ms_run_phase_name(MS_PHASE_FETCH)) == 0;
	long long done = ms_json_int(ms_json_get(running, "done"), 0);
	long long total = ms_json_int(ms_json_get(running, "total"), 0);

	if (!is_bytes && total > 0)
		ms_error_append(err, ", %lld models", total);
	else if (total > 0)
		ms_error_append(err, ", %lld of %lld bytes", done, total);
	else if (done > 0)
		ms_error_append(err, ", %lld bytes", done);
}

/* PostgreSQL's JSON has a T between date and time. */
static const char *time_text(char *buf, size_t size, const struct ms_json *v)
{
	int64_t at;

	return ms_time_parse(ms_json_text(v), &at) ? ms_time_format(buf, size, at) : "?";
}

static bool refuse_busy(const struct ms_json *v, struct ms_error *err)
{
	const struct ms_json *running = ms_json_get(v, "running");
	const char *phase = ms_json_text(ms_json_get(running, "phase"));
	char at[24];

	if (ms_json_is_null(running))
		return ms_fail(err, MS_ERR_BUSY, "a sync is just beginning or ending");
	ms_fail(err, MS_ERR_BUSY, "a sync already runs: run %lld by %s (%s) since %s UTC, phase %s",
		(long long)ms_json_int(ms_json_get(running, "run"), 0),
		ms_json_text(ms_json_get(running, "actor")),
		ms_json_text(ms_json_get(running, "origin")),
		time_text(at, sizeof(at), ms_json_get(running, "started_at")), phase);
	append_progress(running, phase, err);
	return false;
}

static bool refuse_cooldown(const struct ms_json *v, struct ms_error *err)
{
	char at[24];
	int wait_s = (int)ms_json_int(ms_json_get(v, "retry_after_s"), 0);

	ms_fail(err, MS_ERR_BUSY,
		"the last sync completed at %s UTC; the next one may start in %d s",
		time_text(at, sizeof(at), ms_json_get(v, "last_completed_at")), wait_s);
	err->retry_after_s = wait_s;
	return false;
}

bool db_check_reply(const struct ms_json *v, struct ms_error *err)
{
	static const struct {
		const char *code;
		enum ms_category category;
	} map[] = {
		{"lost", MS_ERR_INTERRUPTED},	  {"not_open", MS_ERR_CONFLICT},
		{"replaced", MS_ERR_CONFLICT},	  {"already_undone", MS_ERR_CONFLICT},
		{"unknown", MS_ERR_VALIDATION},	  {"retired", MS_ERR_CONFLICT},
		{"not_running", MS_ERR_CONFLICT}, {"invalid", MS_ERR_VALIDATION},
		{"refused", MS_ERR_REFUSED},	  {"slot_done", MS_ERR_BUSY},
		{"slot_waits", MS_ERR_BUSY},
	};
	const char *code = ms_json_text(ms_json_get(v, "code"));
	const char *message = ms_json_text(ms_json_get(v, "message"));
	const char *fix = ms_json_text(ms_json_get(v, "fix"));

	if (ms_json_bool(ms_json_get(v, "ok")))
		return true;
	if (strcmp(code, "busy") == 0)
		return refuse_busy(v, err);
	if (strcmp(code, "cooldown") == 0)
		return refuse_cooldown(v, err);
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (strcmp(code, map[i].code) == 0)
			return ms_fail(err, map[i].category, "%s%s%s", *message ? message : code,
				       *fix ? "; a superuser can help: " : "", fix);
	return ms_fail(err, MS_ERR_DATABASE, "refused by the database: %s %s", code, message);
}

bool db_call(struct ms_db *db, const char *sql, int n, const char *const *params,
	     struct ms_json **out, struct ms_error *err)
{
	if (!db_query_json(db, sql, n, params, out, err))
		return false;
	if (db_check_reply(*out, err))
		return true;
	ms_json_free(*out);
	*out = NULL;
	return false;
}
