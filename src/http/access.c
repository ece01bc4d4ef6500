/* SPDX-License-Identifier: MIT */
/*
 *   no token ──> free                                       (admins' routes: 401)
 *   token ──> verified? ──> remembered? ──> worker, database ──> banned? admin?
 *              401            │                503                403    403, audited
 *                             └────────────────────────────────────┘
 */
#include "access.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "callers.h"
#include "cron.h"
#include "http.h"
#include "modelsync/clock.h"
#include "modelsync/log.h"
#include "modelsync/memory.h"
#include "token.h"

/* The longest that a profile's change may go unseen when no notification came. */
#define REMEMBERED_S 5

/* error: of RFC 6750 section 3.1; NULL when no token was sent. */
static bool refuse(struct http_call *call, const char *error, const char *message)
{
	char challenge[400];

	http_answer_error(call, 401, NULL, message, NULL);
	if (error)
		snprintf(challenge, sizeof(challenge),
			 "Bearer realm=\"modelsync\", error=\"%s\", error_description=\"%.200s\"",
			 error, message);
	else
		snprintf(challenge, sizeof(challenge), "Bearer realm=\"modelsync\"");
	http_answer_header(call, "WWW-Authenticate", challenge);
	return false;
}

/* --- who it is ---------------------------------------------------------------------------- */

const char *access_bearer(const struct http_call *call)
{
	static const char scheme[] = "Bearer";
	const char *header = http_header(call, HTTP_AUTHORIZATION);
	size_t len = sizeof(scheme) - 1;

	if (!header || strncasecmp(header, scheme, len) != 0 || header[len] != ' ')
		return NULL;
	return header + len + strspn(header + len, " ");
}

static enum access_verdict fail_to_ask(struct http_call *call, const struct ms_error *err)
{
	http_answer_failure(call, err);
	if (call->answer.status < 500) /* nothing that the client did wrong */
		http_answer_error(call, 503, NULL, "the database could not say who asks", NULL);
	http_answer_header(call, "Retry-After", "5");
	return ACCESS_REFUSED;
}

/* While the database is away nobody's tier changes, as far as this program can know. */
static int remembered_s(const struct http_call *call, bool is_connected)
{
	int grace = (int)ms_config_int(call->settings->config, MS_OPT_AUTH_GRACE);

	return is_connected || grace < REMEMBERED_S ? REMEMBERED_S : grace;
}

static enum access_verdict identify(struct http_call *call, const char *sub,
				    struct ms_api_caller *caller)
{
	struct callers *callers = call->http->callers;
	bool is_connected = http_is_connected(call->http);
	int64_t now_ms = ms_clock_ms();
	struct ms_error err;
	unsigned begun;

	if (callers_find(callers, sub, now_ms, remembered_s(call, is_connected), caller)) {
		traffic_count(call->http->traffic, HTTP_COUNT_CALLER_HITS);
		return ACCESS_GRANTED;
	}
	if (!is_connected) {
		ms_fail(&err, MS_ERR_UNREACHABLE, "the database is away");
		return fail_to_ask(call, &err);
	}
	if (!call->db)
		return ACCESS_ASK;
	traffic_count(call->http->traffic, HTTP_COUNT_CALLER_MISSES);
	begun = callers_begin(callers);
	if (!ms_api_caller(call->db, sub, caller, &err))
		return fail_to_ask(call, &err);
	callers_keep(callers, begun, sub, now_ms, caller);
	return ACCESS_GRANTED;
}

/* --- what he may -------------------------------------------------------------------------- */

/* What was to be written is on record even when it was refused here. */
static void audit_refusal(struct http_call *call, const struct ms_api_caller *caller)
{
	struct ms_error err;
	char *request = ms_format("%s %s", call->method, call->target.path);
	bool ok;

	ms_db_act_for(call->db, caller->profile, call->client);
	ok = ms_api_tell_refused(call->db, request, &err);
	ms_db_act_for(call->db, NULL, NULL);
	if (!ok)
		ms_log_event(MS_LOG_ERROR, "refusal_not_audited",
			     MS_LOG_TEXT("request", call->request_id),
			     MS_LOG_TEXT("profile", caller->profile),
			     MS_LOG_TEXT("message", err.message));
	ms_free(request);
}

static enum access_verdict judge(struct http_call *call, const struct ms_api_caller *caller)
{
	bool is_writing = call->route->method != HTTP_GET;

	memcpy(call->caller.profile, caller->profile, sizeof(caller->profile));
	call->caller.tier = caller->tier;
	call->caller.is_admin = caller->is_admin && !caller->is_banned;
	if (caller->is_banned) {
		http_answer_error(call, 403, NULL, "this account is banned", NULL);
	} else if (call->route->access == HTTP_ADMIN && !caller->is_admin) {
		if (is_writing && *caller->profile && !call->db)
			return ACCESS_ASK;
		if (is_writing && *caller->profile)
			audit_refusal(call, caller);
		http_answer_error(call, 403, NULL, "Admin access required", NULL);
	} else {
		return ACCESS_GRANTED;
	}
	return ACCESS_REFUSED;
}

static bool is_anonymous(const struct http_call *call)
{
	return !http_header(call, HTTP_AUTHORIZATION);
}

/* token: what was sent; unset for who needs none and sends none. */
static bool check_credentials(struct http_call *call, struct token *token)
{
	const char *text = access_bearer(call);
	struct ms_error err;

	if (call->route->access == HTTP_OPEN)
		return true;
	if (call->route->access == HTTP_CRON)
		return cron_admit(call);
	if (is_anonymous(call))
		return call->route->access == HTTP_CALLER ||
		       refuse(call, NULL, "a token is needed");
	if (!text)
		return refuse(call, "invalid_request",
			      "the Authorization header is not of the form Bearer TOKEN");
	return http_settings_verify(call->settings, text, ms_clock_now(), token, &err) ||
	       refuse(call, "invalid_token", err.message);
}

bool access_may_send(struct http_call *call)
{
	struct token token;

	return check_credentials(call, &token);
}

static bool is_by_profile(const struct http_call *call)
{
	return call->route->access == HTTP_ADMIN || call->route->access == HTTP_CALLER;
}

enum access_verdict access_admit(struct http_call *call)
{
	struct ms_api_caller caller;
	enum access_verdict verdict;
	struct token token;

	call->caller =
		(struct http_caller){.tier = MS_TIER_FREE, .is_anonymous = is_anonymous(call)};
	if (!check_credentials(call, &token))
		return ACCESS_REFUSED;
	if (!is_by_profile(call) || call->caller.is_anonymous)
		return ACCESS_GRANTED;
	verdict = identify(call, token.sub, &caller);
	return verdict == ACCESS_GRANTED ? judge(call, &caller) : verdict;
}
