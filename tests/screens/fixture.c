/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modelsync/clock.h"
#include "modelsync/memory.h"

static int64_t at(const char *text)
{
	int64_t t = 0;

	if (text && !ms_time_parse(text, &t))
		abort();
	return t;
}

struct line {
	const char *id, *name, *in, *out, *added;
	int32_t context;
	enum ms_status status;
	unsigned tiers;
};

static const struct line lines[] = {
	{"alpha/small", "Alpha Small", "0.0000001", "0.0000003", "2026-09-20T02:00:00Z", 128000,
	 MS_STATUS_NEW, 0},
	{"alpha/large", "Alpha Large", "0.0000025", "0.0000125", "2026-09-20T02:00:00Z", 1048576,
	 MS_STATUS_ACTIVE, MS_TIER_PRO | MS_TIER_ENTERPRISE},
	{"beta/free:free", "Beta Free", "0", "0", "2026-09-19T02:00:00Z", 32768, MS_STATUS_ACTIVE,
	 MS_TIER_FREE | MS_TIER_PRO | MS_TIER_ENTERPRISE},
	{"beta/paid", "Beta Paid", "0.000003", "0.000015", "2026-09-18T02:00:00Z", 200000,
	 MS_STATUS_ACTIVE, MS_TIER_FREE},
	{"gamma/variable", "Gamma Router", "-1", "-1", "2026-09-15T02:00:00Z", 2000000,
	 MS_STATUS_NEW, 0},
	{"gamma/unknown", "Gamma Odd", NULL, NULL, "2026-09-15T02:00:00Z", 0, MS_STATUS_NEW, 0},
	{"delta/disabled", "Delta Disabled", "0.0000008", "0.000004", "2026-08-01T02:00:00Z", 8192,
	 MS_STATUS_DISABLED, 0},
	{"delta/gone", "Delta Gone", "0.0000008", "0.000004", "2026-07-01T02:00:00Z", 8192,
	 MS_STATUS_INACTIVE, MS_TIER_PRO},
	{"epsilon/\xe6\x96\x87\xe5\xad\x97-\xc3\xa9", "Epsilon \xe6\x96\x87\xe5\xad\x97 e\xcc\x81",
	 "0.00000014", "0.0000028", "2026-06-01T02:00:00Z", 65536, MS_STATUS_ACTIVE, MS_TIER_PRO},
	{"~zeta/latest", "Zeta Latest", "0.000001", "0.000002", "2025-09-22T02:00:00Z", 16384,
	 MS_STATUS_NEW, 0},
	{"zeta/with-a-name-that-is-much-too-long-for-a-column", "Zeta \033[31mLong",
	 "0.0000000833333333333", "0.0004", "2024-09-22T02:00:00Z", 4096, MS_STATUS_INACTIVE, 0},
};

static void add_line(struct ms_catalog *c, const struct line *l)
{
	struct ms_model *m = ms_catalog_append(c);
	const char *id = *l->id == '~' ? l->id + 1 : l->id;

	m->id = ms_arena_strdup(c->arena, l->id);
	m->name = ms_arena_strdup(c->arena, l->name);
	m->provider = ms_arena_strndup(c->arena, id, strcspn(id, "/"));
	m->modality = ms_arena_intern(c->arena, "text->text");
	m->prices[MS_PRICE_PROMPT] = ms_price_from_text(ms_arena_strdup(c->arena, l->in));
	m->prices[MS_PRICE_COMPLETION] = ms_price_from_text(ms_arena_strdup(c->arena, l->out));
	m->context_length = l->context;
	m->added_at = m->updated_at = at(l->added);
	m->status = m->restore_status = (uint8_t)l->status;
	m->tiers = (uint8_t)l->tiers;
	m->daily_limit = m->monthly_limit = -1;
	m->version = 1;
}

static struct ms_model *model(struct ms_catalog *c, const char *id)
{
	size_t i = ms_catalog_find(c, id);

	if (i == SIZE_MAX)
		abort();
	return &c->models[i];
}

/* What the lines have no column for. */
static void add_oddities(struct ms_catalog *c)
{
	struct ms_model *m = model(c, "delta/gone");

	m->missing_since = at("2026-09-10");
	m->restore_status = MS_STATUS_ACTIVE;
	m = model(c, "gamma/unknown");
	m->attention = "price_jump";
	m->instruct_type = "chatml";
	m->supported_parameters = "max_tokens,temperature,tools";
	m->overrides =
		"[{\"min_prompt_tokens\":200000,\"prompt\":\"0.000003\",\"completion\":"
		"\"0.000012\"},{\"utc_start\":\"16:30\",\"utc_end\":\"00:30\",\"prompt\":\"0\"}]";
	m->override_count = 2;
	m = model(c, "alpha/large");
	m->changed_by = "alice";
	m->changed_at = at("2026-09-21T10:12:00Z");
	m->daily_limit = 1000;
	m->max_completion_tokens = 128000;
	m->expires_at = at("2026-12-31");
	m->prices[MS_PRICE_CACHE_READ] = ms_price_from_text("0.00000025");
	m->knowledge_cutoff = "2026-01-31";
	model(c, "~zeta/latest")->alias_target =
		"zeta/with-a-name-that-is-much-too-long-for-a-column";
}

struct ms_catalog *fixture_catalog(const char *variant)
{
	static const struct line newer = {
		"aaa/newest",		"Newest", "0.000001",	 "0.000002",
		"2026-09-22T07:00:00Z", 10000,	  MS_STATUS_NEW, 0};
	struct ms_catalog *c = ms_catalog_new();

	if (strcmp(variant, "empty") == 0)
		return c;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		add_line(c, &lines[i]);
	if (strcmp(variant, "changed") == 0)
		add_line(c, &newer);
	ms_catalog_sort(c);
	add_oddities(c);
	if (strcmp(variant, "changed") == 0)
		model(c, "alpha/small")->version = 2;
	return c;
}

struct ms_catalog *fixture_big_catalog(size_t n)
{
	struct ms_catalog *c = ms_catalog_new();

	for (size_t i = 0; i < n; i++) {
		char id[64];
		struct line l = lines[i % 4];

		snprintf(id, sizeof(id), "vendor-%03zu/model-%06zu", i % 61, i);
		l.id = id;
		add_line(c, &l);
	}
	ms_catalog_sort(c);
	return c;
}

static struct ms_json *parse(const char *text)
{
	struct ms_error err;
	struct ms_json *v = ms_json_parse(text, strlen(text), &err);

	if (!v)
		abort();
	return v;
}

/* What the prices of a model were. */
static const char *prices_of(const char *model_id)
{
	if (strcmp(model_id, "beta/paid") == 0)
		return "{\"key\":\"prompt\",\"valid_from\":null,\"valid_until\":\"2026-08-30T02:00:00Z\","
		       "\"old\":null,\"price\":\"0\",\"old_usd\":null,\"usd\":0},"
		       "{\"key\":\"completion\",\"valid_from\":null,\"valid_until\":\"2026-08-30T02:00:00Z\","
		       "\"old\":null,\"price\":\"0.0000015\",\"old_usd\":null,\"usd\":0.0000015},"
		       "{\"key\":\"prompt\",\"valid_from\":\"2026-08-30T02:00:00Z\",\"valid_until\":"
		       "\"2026-09-18T02:00:00Z\",\"old\":\"0\",\"price\":\"0.0000003\",\"old_usd\":0,\"usd\":0.0000003},"
		       "{\"key\":\"completion\",\"valid_from\":\"2026-08-30T02:00:00Z\",\"valid_until\":null,"
		       "\"old\":\"0.0000015\",\"price\":\"0.000015\",\"old_usd\":0.0000015,\"usd\":0.000015},"
		       "{\"key\":\"prompt\",\"valid_from\":\"2026-09-18T02:00:00Z\",\"valid_until\":null,"
		       "\"old\":\"0.0000003\",\"price\":\"0.000003\",\"old_usd\":0.0000003,\"usd\":0.000003}";
	if (strcmp(model_id, "delta/gone") == 0)
		return "{\"key\":\"prompt\",\"valid_from\":null,\"valid_until\":\"2026-09-10T00:00:00Z\","
		       "\"old\":null,\"price\":\"0.0000008\",\"old_usd\":null,\"usd\":0.0000008},"
		       "{\"key\":\"completion\",\"valid_from\":\"2026-08-10T00:00:00Z\",\"valid_until\":null,"
		       "\"old\":\"-1\",\"price\":null,\"event\":\"price_changed\",\"old_usd\":null,\"usd\":null},"
		       "{\"key\":\"prompt\",\"valid_from\":\"2026-09-10T00:00:00Z\",\"valid_until\":null,"
		       "\"old\":\"0.0000008\",\"price\":null,\"event\":\"model_removed\",\"old_usd\":0.0000008,\"usd\":null}";
	if (strcmp(model_id, "alpha/small") != 0)
		return "";
	return "{\"key\":\"prompt\",\"valid_from\":\"2026-09-20T02:00:00Z\",\"valid_until\":null,"
	       "\"old\":null,\"price\":\"0.0000025\",\"old_usd\":null,\"usd\":0.0000025}";
}

struct ms_json *fixture_detail(const char *model_id)
{
	static const char by_rule[] =
		"{\"at\":\"2026-09-20T02:00:01+00:00\",\"type\":\"status_changed\",\"field\":\"status\","
		"\"old\":\"new\",\"new\":\"active\",\"changeset\":17,\"kind\":\"rules\",\"run\":881,"
		"\"actor\":\"cron\",\"rule\":\"free models\",\"reason\":null},";
	char *text = ms_format(
		"{\"model\":{\"model_id\":\"%s\"},\"description\":\"Words about it that fill more than one line "
		"so that they have to be broken somewhere, best at a blank.\",\"prices\":[%s],\"history\":["
		"{\"at\":\"2026-09-21T10:12:00+00:00\",\"type\":\"tiers_changed\",\"field\":\"is_pro\",\"old\":false,"
		"\"new\":true,\"changeset\":17,\"kind\":\"edit\",\"run\":null,\"actor\":\"alice\","
		"\"reason\":\"asked for by sales\"},%s"
		"{\"at\":\"2026-09-20T02:00:00+00:00\",\"type\":\"model_added\",\"field\":\"presence\",\"old\":null,"
		"\"new\":{},\"changeset\":16,\"kind\":\"sync\",\"run\":881,\"actor\":\"cron\",\"reason\":null}]}",
		model_id, prices_of(model_id), strcmp(model_id, "beta/free:free") == 0 ? by_rule : "");
	struct ms_json *v = parse(text);

	ms_free(text);
	return v;
}

/* Where the last completed run got its catalogue. */
static const char *origin_of(const char *state)
{
	if (strcmp(state, "sample") == 0)
		return ",\"trigger\":\"file\",\"url\":\"/usr/share/modelsync-tui/sample-catalogue.json\"";
	return strcmp(state, "file") == 0 ? ",\"trigger\":\"file\",\"url\":\"old.json\"" : "";
}

/* Who syncs by the clock, and how that went. */
static const char *daemons_of(const char *state)
{
	if (strcmp(state, "scheduled") == 0)
		return "\"daemons\":[{\"owner\":\"host:1\",\"alive\":true,\"enabled\":true,\"schedule\":\"0 2 * * *\","
		       "\"timezone\":\"UTC\"},{\"owner\":\"old:7\",\"alive\":false}],"
		       "\"last_slot\":{\"at\":\"2026-09-22T02:00:00+00:00\",\"state\":\"completed\",\"run\":880,"
		       "\"owner\":\"host:1\",\"attempts\":1},";
	if (strcmp(state, "silent") == 0)
		return "\"daemons\":[{\"owner\":\"host:1\",\"alive\":false,\"seen_at\":\"2026-09-22T05:00:00Z\"}],"
		       "\"last_slot\":{\"at\":\"2026-09-22T06:00:00+00:00\",\"state\":\"open\",\"run\":881,"
		       "\"owner\":\"host:1\",\"attempts\":3,\"retry_at\":\"2026-09-22T08:12:00Z\"},"
		       "\"last_error\":{\"run\":881,\"at\":\"2026-09-22T06:00:09+00:00\",\"category\":\"rate_limit\","
		       "\"message\":\"upstream said 429 three times\"},"
		       "\"notifications\":{\"waiting\":2,\"sending\":0,\"failed\":1,\"channels\":[\"email\",\"slack\"],"
		       "\"open\":[{\"kind\":\"failing\",\"since\":\"2026-09-22T06:00:09Z\"}],"
		       "\"last_sent_at\":\"2026-09-21T20:00:00Z\",\"last_error\":{\"channel\":\"slack\","
		       "\"category\":\"http\",\"error\":\"the server answered 500\"}},";
	return "";
}

struct ms_json *fixture_status(const char *state, const char *role)
{
	bool is_running = strcmp(state, "running") == 0;
	bool is_state = strcmp(state, "completed") == 0 || strcmp(state, "held") == 0 ||
			strcmp(state, "failed") == 0 || strcmp(state, "cancelled") == 0;
	char *text = ms_format(
		"{\"last_run\":{\"run\":881,\"state\":\"%s\"},"
		"\"last_completed\":{\"run\":880,\"completed_at\":\"2026-09-22T02:00:00+00:00\"%s},"
		"\"running\":%s,\"open_hold\":%s,\"cooldown_s\":%d,\"next_slot\":%s,"
		"\"figures\":{\"success_rate\":98.51,\"runs_per_day\":4.0},"
		"%s\"unacknowledged_alerts\":%d,"
		"\"audit_head\":{\"audit_id\":9,\"hash\":\"%s\"},"
		"\"you\":{\"role\":\"%s\",\"acts_as\":\"vera\"}}",
		is_state			  ? state
		: is_running			  ? "running"
		: strcmp(state, "discarded") == 0 ? "held"
						  : "completed",
		origin_of(state),
		is_running
			? "{\"run\":883,\"owner\":\"host:1\",\"started_at\":"
			  "\"2026-09-22T07:59:48+00:00\",\"phase\":\"fetch\",\"done\":312000,"
			  "\"total\":512000,\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\",\"origin\":\"daemon\"}"
			: "null",
		strcmp(state, "held") == 0 ? "{\"hold\":3}" : "null",
		strcmp(state, "cooldown") == 0 ? 240 : 0,
		strcmp(state, "scheduled") == 0 ? "\"2026-09-23T02:00:00+00:00\"" : "null",
		daemons_of(state), strcmp(state, "alerts") == 0 ? 2 : 0,
		"8f14e45fceea167a5a36dedd4bea2543c2b1e5a4d8a5f0b1c2d3e4f5a6b7c8d9", role);
	struct ms_json *v = parse(text);

	ms_free(text);
	return v;
}

/* --- feeds ------------------------------------------------------------------------------------ */

static const char *const feeds[MS_FEED_COUNT] = {
	[MS_FEED_RUNS] =
		"[{\"run\":881,\"state\":\"failed\",\"trigger\":\"scheduled\",\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\","
		"\"origin\":\"daemon\",\"owner\":\"host:1\",\"url\":\"https://openrouter.ai/api/v1/models\","
		"\"started_at\":\"2026-09-22T06:00:00+00:00\",\"completed_at\":\"2026-09-22T06:00:09+00:00\","
		"\"duration_ms\":9120.5,\"category\":\"rate_limit\",\"message\":\"upstream said 429 three times\","
		"\"counts\":{},\"timing_ms\":{},\"findings\":[],\"guard\":[],\"alerts\":[]},"
		"{\"run\":880,\"state\":\"completed\",\"trigger\":\"scheduled\",\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\","
		"\"origin\":\"daemon\",\"owner\":\"host:1\",\"url\":\"https://openrouter.ai/api/v1/models\","
		"\"started_at\":\"2026-09-22T02:00:00+00:00\",\"completed_at\":\"2026-09-22T02:00:00.33+00:00\","
		"\"duration_ms\":330.2,\"category\":null,\"message\":\"1 added\",\"changeset\":18,"
		"\"counts\":{\"total\":412,\"valid\":411,\"invalid\":1,\"added\":1,\"updated\":2,\"unchanged\":408,"
		"\"marked_inactive\":1,\"returned\":0},\"timing_ms\":{\"fetch\":310.2,\"database\":15.6},"
		"\"bytes\":512345,\"findings\":[{\"model_id\":\"vendor/bad\",\"path\":\"pricing.prompt\","
		"\"message\":\"is not a number\"}],\"findings_total\":1,\"guard\":[],\"alerts\":[{\"kind\":"
		"\"price_jump\",\"model_id\":\"beta/paid\",\"message\":\"prompt went from 0.3 to 3 $/M\"}],"
		"\"quality\":{\"undecided\":4,\"price_missing\":1,\"stale\":0}},"
		"{\"run\":879,\"state\":\"held\",\"trigger\":\"manual\",\"os_user\":\"alice\",\"actor\":\"alice\",\"origin\":\"console\","
		"\"owner\":\"host:2\",\"started_at\":\"2026-09-21T20:00:00+00:00\","
		"\"completed_at\":\"2026-09-21T20:00:01+00:00\",\"duration_ms\":1200,\"category\":\"held\","
		"\"message\":\"120 of 412 models would be missing\",\"hold\":3,\"counts\":{\"total\":292,"
		"\"added\":0,\"updated\":0,\"marked_inactive\":120,\"returned\":0},\"timing_ms\":{},"
		"\"findings\":[],\"guard\":[{\"rule\":\"max_missing_percent\",\"message\":"
		"\"120 of 412 models would be missing (29 %, allowed 15 %)\"}],\"alerts\":[]},"
		"{\"run\":878,\"state\":\"failed\",\"trigger\":\"manual\",\"os_user\":\"alice\",\"actor\":\"alice\",\"origin\":\"console\","
		"\"owner\":\"host:2\",\"started_at\":\"2026-09-21T19:00:00+00:00\","
		"\"completed_at\":\"2026-09-21T19:00:02+00:00\",\"duration_ms\":2000,\"category\":\"cancelled\","
		"\"message\":\"the sync was cancelled\",\"counts\":{},\"cancel_requested_by\":\"bob\"}]",
	[MS_FEED_EVENTS] =
		"[{\"event_id\":41,\"at\":\"2026-09-22T02:00:00+00:00\",\"type\":\"price_changed\","
		"\"model_id\":\"beta/paid\",\"changeset\":18,\"kind\":\"sync\",\"run\":880,\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\","
		"\"changes\":[{\"field\":\"prompt\",\"old\":\"0.0000003\",\"new\":\"0.000003\"},"
		"{\"field\":\"completion\",\"old\":\"0.0000015\",\"new\":\"0.000015\"}]},"
		"{\"event_id\":40,\"at\":\"2026-09-22T02:00:00+00:00\",\"type\":\"model_removed\","
		"\"model_id\":\"delta/gone\",\"changeset\":18,\"kind\":\"sync\",\"run\":880,\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\","
		"\"field\":\"presence\",\"old\":{},\"new\":{}},"
		"{\"event_id\":39,\"at\":\"2026-09-22T02:00:00+00:00\",\"type\":\"context_changed\","
		"\"model_id\":\"alpha/small\",\"changeset\":18,\"kind\":\"sync\",\"run\":880,\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\","
		"\"field\":\"context_length\",\"old\":64000,\"new\":128000},"
		"{\"event_id\":30,\"at\":\"2026-09-21T10:12:00+00:00\",\"type\":\"tiers_changed\","
		"\"model_id\":\"alpha/large\",\"changeset\":17,\"kind\":\"edit\",\"run\":null,\"os_user\":\"alice\",\"actor\":\"alice\","
		"\"reason\":\"asked for by sales\",\"changes\":[{\"field\":\"is_pro\",\"old\":false,\"new\":true},"
		"{\"field\":\"is_enterprise\",\"old\":false,\"new\":true}]},"
		"{\"event_id\":29,\"at\":\"2026-09-21T10:00:00+00:00\",\"type\":\"status_changed\","
		"\"model_id\":\"delta/disabled\",\"changeset\":16,\"kind\":\"edit\",\"run\":null,\"os_user\":\"bob\",\"actor\":\"bob\","
		"\"undone_by\":21,\"field\":\"status\",\"old\":\"active\",\"new\":\"disabled\"},"
		"{\"event_id\":1,\"at\":\"2026-09-20T02:00:00+00:00\",\"type\":\"model_added\","
		"\"model_id\":\"alpha/large\",\"changeset\":15,\"kind\":\"sync\",\"run\":870,\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\","
		"\"field\":\"presence\",\"old\":null,\"new\":{}}]",
	[MS_FEED_AUDIT] =
		"[{\"audit_id\":9,\"at\":\"2026-09-22T06:00:09+00:00\",\"action\":\"sync\",\"outcome\":\"failed\","
		"\"changeset\":null,\"run\":881,\"origin\":\"daemon\",\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\",\"source\":\"local\","
		"\"session_user\":\"modelsync\",\"detail\":{\"category\":\"rate_limit\",\"message\":"
		"\"upstream said 429 three times\"},\"hash\":\"8f14e45f\"},"
		"{\"audit_id\":8,\"at\":\"2026-09-22T02:00:00+00:00\",\"action\":\"sync\",\"outcome\":\"done\","
		"\"changeset\":18,\"run\":880,\"origin\":\"daemon\",\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\",\"source\":\"local\","
		"\"session_user\":\"modelsync\",\"detail\":{\"counts\":{\"added\":1}},\"hash\":\"c9f0f895\"},"
		"{\"audit_id\":7,\"at\":\"2026-09-21T12:00:00+00:00\",\"action\":\"edit\",\"outcome\":\"refused\","
		"\"changeset\":null,\"run\":null,\"origin\":\"cli\",\"os_user\":\"mallory\",\"actor\":\"eve (mallory)\",\"source\":\"203.0.113.9\","
		"\"session_user\":\"modelsync\",\"detail\":{\"message\":\"every model changed meanwhile\"},"
		"\"hash\":\"45c48cce\"},"
		"{\"audit_id\":6,\"at\":\"2026-09-21T10:12:00+00:00\",\"action\":\"edit\",\"outcome\":\"done\","
		"\"changeset\":17,\"run\":null,\"origin\":\"console\",\"os_user\":\"alice\",\"actor\":\"alice\",\"source\":\"192.0.2.7\","
		"\"reason\":\"asked for by sales\",\"session_user\":\"modelsync\",\"detail\":{\"models\":1},"
		"\"hash\":\"1679091c\"},"
		"{\"audit_id\":5,\"at\":\"2026-09-21T09:00:00+00:00\",\"action\":\"acknowledge\",\"outcome\":\"done\","
		"\"changeset\":null,\"run\":null,\"origin\":\"console\",\"os_user\":\"alice\",\"actor\":\"alice\",\"source\":\"192.0.2.7\","
		"\"session_user\":\"modelsync\",\"detail\":{\"alerts\":[3,4]},\"hash\":\"e4da3b7f\"}]",
	[MS_FEED_ALERTS] =
		"[{\"alert\":12,\"model_id\":\"beta/paid\",\"kind\":\"price_jump\",\"message\":"
		"\"prompt went from 0.3 to 3 $/M\",\"run\":880,\"raised_at\":\"2026-09-22T02:00:00+00:00\"},"
		"{\"alert\":11,\"model_id\":\"delta/gone\",\"kind\":\"active_model_gone\",\"message\":"
		"\"no longer listed upstream, active in pro\",\"run\":879,"
		"\"raised_at\":\"2026-09-21T20:00:00+00:00\"}]",
};

static const char *const newest[MS_FEED_COUNT] = {
	[MS_FEED_RUNS] =
		"{\"run\":883,\"state\":\"running\",\"trigger\":\"scheduled\",\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\",\"origin\":\"daemon\",\"owner\":\"host:1\",\"started_at\":"
		"\"2026-09-22T07:59:48+00:00\",\"counts\":{}}",
	[MS_FEED_EVENTS] =
		"{\"event_id\":44,\"at\":\"2026-09-22T07:59:00+00:00\",\"type\":"
		"\"status_changed\",\"model_id\":\"alpha/small\",\"changeset\":22,\"kind\":"
		"\"edit\",\"os_user\":\"bob\",\"actor\":\"bob\",\"field\":\"status\",\"old\":\"new\",\"new\":"
		"\"active\"}",
	[MS_FEED_AUDIT] =
		"{\"audit_id\":10,\"at\":\"2026-09-22T07:59:00+00:00\",\"action\":\"undo\","
		"\"outcome\":\"done\",\"changeset\":22,\"origin\":\"console\",\"os_user\":\"bob\",\"actor\":\"bob\",\"source\":\"local\",\"detail\":{\"undoes\":17,\"conflicts\":0}}",
	[MS_FEED_ALERTS] = "{\"alert\":13,\"model_id\":\"~zeta/latest\",\"kind\":\"alias_moved\","
			   "\"message\":\"stands for zeta/two now\",\"run\":883,\"raised_at\":"
			   "\"2026-09-22T07:59:50+00:00\"}",
};

/* n events from number `from` down. */
static struct ms_json *many_events(long from, long n)
{
	struct ms_json *rows = ms_json_new_array();

	for (long i = 0; i < n; i++) {
		char *text = ms_format(
			"{\"event_id\":%ld,\"at\":\"2026-09-20T02:00:00+00:00\",\"type\":"
			"\"model_added\",\"model_id\":\"vendor/model-%ld\",\"changeset\":15,"
			"\"kind\":\"sync\",\"run\":870,\"field\":\"presence\"}",
			from - i, from - i);

		ms_json_add(rows, NULL, parse(text));
		ms_free(text);
	}
	return rows;
}

/* n runs, the newest number 881; of every 9 the fourth failed, of every 31 one was held, one
 * cancelled. */
static struct ms_json *many_runs(long n)
{
	struct ms_json *rows = ms_json_new_array();
	int64_t last = at("2026-09-22T06:00:00Z");

	for (long i = 0; i < n; i++) {
		const char *category = i % 31 == 11  ? "\"held\""
				       : i % 31 == 19 ? "\"cancelled\""
				       : i % 9 == 4   ? (i % 2 ? "\"timeout\"" : "\"rate_limit\"")
						      : "null";
		const char *state = i % 31 == 11   ? "held"
				    : *category == 'n' ? "completed"
						       : "failed";
		char when[32];
		char *text = ms_format(
			"{\"run\":%ld,\"state\":\"%s\",\"trigger\":\"scheduled\",\"actor\":\"cron\","
			"\"started_at\":\"%sZ\",\"completed_at\":\"%sZ\",\"duration_ms\":%ld,"
			"\"category\":%s,\"message\":\"message %ld\",\"counts\":{\"total\":%ld,"
			"\"added\":%ld,\"updated\":%ld,\"marked_inactive\":%ld,\"returned\":0}}",
			881 - i, state, ms_time_format(when, sizeof(when), last - i * 14400),
			when, i % 9 == 4 ? 9100 + i : 300 + (i * 37) % 400, category, 881 - i,
			412 - i / 3, i % 7 == 2 ? 3 + i % 5 : 0, i % 5, i % 13 == 6 ? 2L : 0L);

		ms_json_add(rows, NULL, parse(text));
		ms_free(text);
	}
	return rows;
}

struct ms_json *fixture_feed(enum ms_feed feed, const char *variant)
{
	struct ms_json *rows, *all;
	long from, n;

	if (strcmp(variant, "empty") == 0)
		return ms_json_new_array();
	if (sscanf(variant, "runs %ld", &n) == 1)
		return many_runs(n);
	if (sscanf(variant, "many %ld %ld", &from, &n) == 2)
		return many_events(from, n);
	rows = parse(feeds[feed]);
	if (strcmp(variant, "newer") != 0)
		return rows;
	all = ms_json_new_array();
	ms_json_add(all, NULL, parse(newest[feed]));
	for (const struct ms_json *r = ms_json_first(rows); r; r = ms_json_next(r))
		ms_json_add(all, NULL, ms_json_copy(r));
	ms_json_free(rows);
	return all;
}

struct ms_json *fixture_changeset(int64_t changeset)
{
	char *text;
	struct ms_json *v;

	if (changeset == 17)
		return parse(
			"{\"changeset\":17,\"kind\":\"edit\",\"at\":\"2026-09-21T10:12:00+00:00\","
			"\"run\":null,\"origin\":\"console\",\"os_user\":\"alice\",\"actor\":\"alice\",\"reason\":"
			"\"asked for by sales\",\"models\":1,\"fields\":2,\"undone_by\":null,\"changes\":["
			"{\"model_id\":\"alpha/large\",\"field\":\"is_pro\",\"old\":false,\"new\":true,"
			"\"type\":\"tiers_changed\"},{\"model_id\":\"alpha/large\",\"field\":"
			"\"is_enterprise\",\"old\":false,\"new\":true,\"type\":null}]}");
	text = ms_format(
		"{\"changeset\":%lld,\"kind\":\"sync\",\"at\":\"2026-09-22T02:00:00+00:00\","
		"\"run\":880,\"origin\":\"daemon\",\"os_user\":\"cron\",\"actor\":\"modelsync (cron)\",\"models\":3,\"fields\":4,"
		"\"changes\":[{\"model_id\":\"alpha/small\",\"field\":\"context_length\",\"old\":64000,"
		"\"new\":128000,\"type\":\"context_changed\"},{\"model_id\":\"beta/paid\",\"field\":"
		"\"pricing.prompt\",\"old\":\"0.0000003\",\"new\":\"0.000003\",\"type\":"
		"\"price_changed\"},{\"model_id\":\"beta/paid\",\"field\":\"pricing.completion\","
		"\"old\":\"0.0000015\",\"new\":\"0.000015\",\"type\":\"price_changed\"},"
		"{\"model_id\":\"delta/gone\",\"field\":\"status\",\"old\":\"active\",\"new\":"
		"\"inactive\",\"type\":\"model_removed\"}]}",
		(long long)changeset);
	v = parse(text);
	ms_free(text);
	return v;
}

struct ms_json *fixture_verdict(const char *kind)
{
	return parse(
		strcmp(kind, "good") == 0
			? "{\"ok\":true,\"entries\":9,\"problems_total\":0,\"problems\":[]}"
			: "{\"ok\":false,\"entries\":9,\"problems_total\":2,\"problems\":["
			  "{\"audit_id\":7,\"kind\":\"changed\",\"message\":"
			  "\"the entry is not what was written\"},{\"audit_id\":null,\"kind\":\"changes\","
			  "\"message\":\"changeset 20 has no entry\"}]}");
}

/* What rules did with four new models. */
static void add_rules(struct ms_run_report *r)
{
	ms_run_report_set_rules(
		r, parse("{\"changeset\":19,\"models\":4,\"unmatched\":1,\"decided\":0,\"waiting\":0,"
			 "\"problem\":null,\"by_rule\":[{\"rule\":\"free models\","
			 "\"decision\":\"status active, tiers free+pro+enterprise\",\"models\":2,"
			 "\"refused\":0,\"ids\":[\"beta/second:free\",\"new/one\"],\"refused_ids\":[]},"
			 "{\"rule\":\"gifts\",\"decision\":\"tiers free\",\"models\":0,\"refused\":1,"
			 "\"ids\":[],\"refused_ids\":[\"alpha/dear\"]}]}"));
}

static struct ms_run_report *plain_report(const char *state);

/* STATE, or STATE+rules. */
struct ms_run_report *fixture_report(const char *state)
{
	char *plain = ms_strndup(state, strcspn(state, "+"));
	struct ms_run_report *r = plain_report(plain);

	if (strchr(state, '+'))
		add_rules(r);
	ms_free(plain);
	return r;
}

static struct ms_run_report *plain_report(const char *state)
{
	const char *category = strcmp(state, "failed") == 0 ? "\"rate_limit\"" : "null";
	const char *hold = strcmp(state, "held") == 0 ? "3" : "null";
	bool has_drifted = strcmp(state, "drifted") == 0;
	const char *news =
		has_drifted
			? "[{\"kind\":\"new\",\"message\":\"new field pricing.overrides (array), in "
			  "43 models such as alpha/large\"}]"
			: "[]";
	const char *flapping =
		has_drifted
			? "[{\"model_id\":\"alpha/small\",\"message\":\"prompt back at an earlier "
			  "price, move 4 within 28 runs\"}]"
			: "[]";
	const char *guard =
		strcmp(state, "held") == 0
			? "[{\"rule\":\"max_missing_percent\",\"message\":\"120 of 412 models "
			  "would be missing (29 %, allowed 15 %)\"}]"
			: "[]";
	char *text = ms_format(
		"{\"ok\":true,\"run\":882,\"state\":\"%s\",\"category\":%s,\"message\":\"upstream said 429 three times\","
		"\"hold\":%s,\"changeset\":18,\"counts\":{\"total\":412,\"valid\":411,\"invalid\":1,\"duplicates\":0,"
		"\"added\":1,\"updated\":1,\"unchanged\":408,\"missing\":1,\"marked_inactive\":1,\"returned\":0,"
		"\"documents\":3},\"timing_ms\":{\"fetch\":310.2,\"validate\":4.1,\"compare\":6,\"apply\":3,"
		"\"record\":2,\"total\":330,\"database\":15.6},\"bytes\":512345,"
		"\"findings\":[{\"model_id\":\"vendor/bad\",\"path\":\"pricing.prompt\",\"message\":\"is not a number\"}],"
		"\"findings_total\":1,\"guard\":%s,\"alerts\":[],\"drift\":%s,\"flapping\":%s,"
		"\"changes\":[{\"model_id\":\"new/one\",\"kind\":\"added\",\"fields\":[]},"
		"{\"model_id\":\"alpha/small\",\"kind\":\"changed\",\"fields\":[{\"field\":\"context_length\","
		"\"old\":64000,\"new\":128000}]},{\"model_id\":\"old/one\",\"kind\":\"removed\",\"fields\":[]}],"
		"\"changes_total\":3}",
		has_drifted ? "completed" : state, category, hold, guard, news, flapping);
	struct ms_error err;
	struct ms_run_report *r = ms_run_report_parse(text, &err);

	if (!r) {
		fprintf(stderr, "fixture report: %s\n", err.message);
		abort();
	}
	ms_free(text);
	return r;
}

static struct ms_write_row row(const char *id, enum ms_write_outcome outcome, const char *note)
{
	return (struct ms_write_row){ms_strdup(id), ms_strdup(note), outcome};
}

struct ms_write_result *fixture_result(const char *kind)
{
	struct ms_write_result *r = ms_alloc(sizeof(*r));

	r->changeset = 19;
	r->applied = 2;
	if (strcmp(kind, "conflict") == 0) {
		r->applied = 1;
		r->conflicts = 1;
		r->rows = ms_alloc_array(1, sizeof(*r->rows));
		r->rows[r->row_count++] =
			row("alpha/small", MS_WRITE_CONFLICT, "status is active now");
	} else if (strcmp(kind, "nothing") == 0) {
		r->changeset = 0;
		r->applied = 0;
		r->conflicts = 1;
		r->rows = ms_alloc_array(1, sizeof(*r->rows));
		r->rows[r->row_count++] =
			row("alpha/small", MS_WRITE_CONFLICT, "status is active now");
		r->json = ms_strdup("{\"changes\":[]}");
	} else if (strncmp(kind, "undo", 4) == 0) {
		r->changeset = strcmp(kind, "undone") == 0 ? 20 : 0;
		r->json = ms_strdup(
			"{\"changes\":[{\"model_id\":\"alpha/small\",\"field\":\"is_pro\",\"old\":true,"
			"\"new\":false},{\"model_id\":\"alpha/small\",\"field\":\"status\","
			"\"old\":\"active\",\"new\":\"new\"}]}");
	}
	return r;
}
