/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "detail.h"
#include "modelsync/clock.h"
#include "modelsync/memory.h"
#include "modelsync/override.h"
#include "modelsync/utf8.h"
#include "price_trend.h"

#define LABEL_WIDTH 10
#define NAME_WIDTH  36 /* of the brief form */
#define BRIEF_WIDTH 79 /* columns below which it leaves words out */
#define FULL_HINT   33 /* columns of the full pane's heading that are not the id's */

static const char *or_dash(const char *s)
{
	return s && *s ? s : "-";
}

static char *grouped(char *buf, size_t size, int32_t n, const char *none)
{
	if (n <= 0)
		(void)snprintf(buf, size, "%s", none);
	else
		ms_text_group_digits(buf, size, n);
	return buf;
}

/* Cut, with an ellipsis, or filled up to that many columns. */
static char *padded(char *buf, size_t size, const char *text, size_t columns)
{
	bool is_cut = ms_utf8_columns(text) > columns;
	size_t used = is_cut ? 1 : 0, len = strlen(text), n = 0;

	while (n < len && n + 4 < size) {
		size_t bytes;
		int w = ms_utf8_width(ms_utf8_decode(text + n, len - n, &bytes));

		used += w < 0 ? 1 : (size_t)w;
		if (used > columns) {
			used -= w < 0 ? 1 : (size_t)w;
			break;
		}
		n += bytes;
	}
	(void)snprintf(buf, size, "%.*s%s%*s", (int)n, text, is_cut ? "\u2026" : "",
		       (int)(columns - used), "");
	return buf;
}

static const char *yes_no(unsigned tiers, enum ms_tier tier)
{
	return tiers & (unsigned)tier ? "yes" : "no";
}

static char *tiers_text(char *buf, size_t size, unsigned tiers)
{
	(void)snprintf(buf, size, "free %s / pro %s / enterprise %s", yes_no(tiers, MS_TIER_FREE),
		       yes_no(tiers, MS_TIER_PRO), yes_no(tiers, MS_TIER_ENTERPRISE));
	return buf;
}

/* The same in fewer columns: "pro enterprise" */
static char *tier_list(char *buf, size_t size, unsigned tiers)
{
	(void)snprintf(buf, size, "%s%s%s%s", tiers & MS_TIER_FREE ? "free " : "",
		       tiers & MS_TIER_PRO ? "pro " : "",
		       tiers & MS_TIER_ENTERPRISE ? "enterprise " : "", tiers ? "" : "none");
	return buf;
}

static char *date(char *buf, size_t size, int64_t at)
{
	if (at == 0)
		(void)snprintf(buf, size, "-");
	else
		ms_time_format_date(buf, size, at);
	return buf;
}

/* "new since 2026-09-20", "gone since …, returns as active" */
static char *status_text(char *buf, size_t size, const struct ms_model *m)
{
	char at[24];
	const char *status = ms_status_name((enum ms_status)m->status);

	if (ms_model_is_missing(m))
		(void)snprintf(buf, size, "%s, gone since %s, returns as %s", status,
			       date(at, sizeof(at), m->missing_since),
			       ms_status_name((enum ms_status)m->restore_status));
	else
		(void)snprintf(buf, size, "%s since %s", status,
			       date(at, sizeof(at), m->changed_at ? m->changed_at : m->added_at));
	return buf;
}

/* --- below the table ----------------------------------------------------------------------------
 */

static void add_brief_price(const struct ms_ui *ui, const struct ms_model *m, struct ms_page *out)
{
	bool is_odd = ms_model_is_paid_in_free_tier(m, m->tiers);
	const struct ms_json *prices = ms_json_get(ms_detail_json(ui), "prices");
	char in[24], outp[24];
	struct ms_text line;

	ms_text_init(&line, 0);
	ms_text_addf(&line, "price  in %s  out %s $/M tok%s",
		     ms_price_format(in, sizeof(in), m->prices[MS_PRICE_PROMPT], MS_PRICE_PROMPT,
				     10),
		     ms_price_format(outp, sizeof(outp), m->prices[MS_PRICE_COMPLETION],
				     MS_PRICE_COMPLETION, 10),
		     is_odd ? "   ! paid, in free tier" : "");
	ms_price_trend_brief(prices, ui->now, ui->glyphs, &line);
	if (m->changed_by)
		ms_text_addf(&line, "   decided by %.60s", m->changed_by);
	ms_page_add(out, is_odd ? MS_STYLE_WARNING : MS_STYLE_NORMAL, ms_text_str(&line));
	ms_text_clear(&line);
}

void ms_detail_brief(const struct ms_ui *ui, const struct ms_model *m, int width,
		     struct ms_page *out)
{
	char ctx[24], max[24], name[200], tiers[80], status[120], changes[400];
	bool is_narrow = width < BRIEF_WIDTH;

	ms_page_addf(out, MS_STYLE_NORMAL, "name   %s ctx %s  max out %s",
		     padded(name, sizeof(name), or_dash(m->name),
			    is_narrow ? (size_t)(width - BRIEF_WIDTH + NAME_WIDTH) : NAME_WIDTH),
		     grouped(ctx, sizeof(ctx), m->context_length, "?"),
		     grouped(max, sizeof(max), m->max_completion_tokens, "?"));
	ms_page_addf(out, MS_STYLE_NORMAL,
		     is_narrow ? "tiers  %s  status %s" : "tiers  %s   status %s",
		     is_narrow ? tier_list(tiers, sizeof(tiers), m->tiers)
			       : tiers_text(tiers, sizeof(tiers), m->tiers),
		     status_text(status, sizeof(status), m));
	add_brief_price(ui, m, out);
	ms_page_addf(out, MS_STYLE_NORMAL, "audit  %s",
		     ms_detail_last_changes(ui, changes, sizeof(changes)));
}

/* --- full or on the right ------------------------------------------------------------------------
 */

static void add_field(struct ms_page *out, int width, const char *label, const char *value)
{
	char indent[LABEL_WIDTH + 2];

	if (!value || !*value)
		return;
	(void)snprintf(indent, sizeof(indent), "%-*s ", LABEL_WIDTH, label);
	ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, indent, value);
}

static void add_date(struct ms_page *out, int width, const char *label, int64_t at)
{
	char text[24];

	if (at)
		add_field(out, width, label, ms_time_format(text, sizeof(text), at));
}

/* Prices under conditions, one a line. */
static void add_overrides(const struct ms_model *m, int width, struct ms_page *out)
{
	struct ms_error err;
	struct ms_json *list = NULL;
	struct ms_text line;

	if (m->overrides)
		list = ms_json_parse(m->overrides, strlen(m->overrides), &err);
	ms_text_init(&line, 0);
	for (const struct ms_json *o = ms_json_first(list); o; o = ms_json_next(o)) {
		ms_text_reset(&line);
		ms_override_describe(&line, o);
		ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "  ", ms_text_str(&line));
	}
	ms_text_clear(&line);
	ms_json_free(list);
}

static void add_prices(const struct ms_model *m, int width, struct ms_page *out)
{
	ms_page_add(out, MS_STYLE_HEADING, "Prices (USD)");
	for (int i = 0; i < MS_PRICE_COUNT; i++) {
		enum ms_price_kind kind = (enum ms_price_kind)i;
		char text[40];

		if (ms_price_state(m->prices[i]) == MS_PRICE_UNKNOWN && i > MS_PRICE_COMPLETION)
			continue;
		ms_page_addf(out, MS_STYLE_NORMAL, "%-18s %10s %s", ms_price_key(kind),
			     ms_price_format(text, sizeof(text), m->prices[i], kind, 10),
			     ms_price_is_per_token(kind) ? "/M tokens" : "each");
	}
	if (m->extra_pricing)
		ms_page_addf(out, MS_STYLE_NORMAL, "further  %s", m->extra_pricing);
	add_overrides(m, width, out);
	ms_page_add(out, MS_STYLE_NORMAL, "");
}

static void add_warnings(const struct ms_ui *ui, const struct ms_model *m, int width,
			 struct ms_page *out)
{
	if (ms_model_is_paid_in_free_tier(m, m->tiers))
		ms_page_add(out, MS_STYLE_WARNING, "! a paid model in the free tier");
	if (m->attention && *m->attention)
		ms_page_add_wrapped(out, MS_STYLE_WARNING, width, "! ", m->attention);
	if (m->expires_at && m->expires_at < ui->now)
		ms_page_add(out, MS_STYLE_WARNING, "! expired");
}

static void add_staged(const struct ms_ui *ui, const struct ms_model *m, int width,
		       struct ms_page *out)
{
	uint32_t at = (uint32_t)(m - ui->catalog->models);
	const struct ms_staged *e = ms_stage_at(&ui->stage, at);
	struct ms_edit effect;
	char text[400];

	if (!e || !ms_stage_effect(e, m, &effect))
		return;
	ms_edit_describe(text, sizeof(text), &effect, m);
	ms_page_add_wrapped(out, MS_STYLE_PENDING, width, "staged     ", text);
	if (ms_staged_is_in_conflict(e, m))
		ms_page_add_wrapped(out, MS_STYLE_WARNING, width, "conflict   ",
				    e->note ? e->note
					    : "changed since it was staged: edit it again to base "
					      "the edit on what is there now");
}

static void add_decision(const struct ms_model *m, int width, struct ms_page *out)
{
	char text[160];

	add_field(out, width, "status", status_text(text, sizeof(text), m));
	add_field(out, width, "tiers", tiers_text(text, sizeof(text), m->tiers));
	if (m->daily_limit >= 0 || m->monthly_limit >= 0) {
		char daily[24], monthly[24];

		(void)snprintf(text, sizeof(text), "daily %s, monthly %s",
			       grouped(daily, sizeof(daily), m->daily_limit,
				       m->daily_limit ? "none" : "0"),
			       grouped(monthly, sizeof(monthly), m->monthly_limit,
				       m->monthly_limit ? "none" : "0"));
		add_field(out, width, "limits", text);
	}
	add_field(out, width, "decided by", m->changed_by);
}

/* The heading shows the id too, but not always all of it. */
static void add_id(const struct ms_ui *ui, const struct ms_model *m, int width, struct ms_page *out)
{
	int room = ui->panes[MS_SCREEN_MODELS].is_full ? width - FULL_HINT : width;

	if ((int)ms_utf8_columns(m->id) > room)
		add_field(out, width, "id", m->id);
}

static void add_facts(const struct ms_model *m, int width, struct ms_page *out)
{
	char text[24];

	add_field(out, width, "name", m->name);
	add_field(out, width, "provider", m->provider);
	add_field(out, width, "alias of", m->alias_target);
	add_field(out, width, "modality", m->modality);
	add_field(out, width, "context", grouped(text, sizeof(text), m->context_length, "unknown"));
	add_field(out, width, "max out",
		  grouped(text, sizeof(text), m->max_completion_tokens, "unknown"));
	add_field(out, width, "tokenizer", m->tokenizer);
	add_field(out, width, "instruct", m->instruct_type);
	add_field(out, width, "params", m->supported_parameters);
	add_field(out, width, "voices", m->supported_voices);
	add_field(out, width, "limits", m->request_limits);
	add_field(out, width, "cutoff", m->knowledge_cutoff);
	add_field(out, width, "hf", m->hugging_face_id);
	add_field(out, width, "moderated", m->is_moderated ? "yes" : "");
	add_date(out, width, "added", m->added_at);
	add_date(out, width, "updated", m->updated_at);
	add_date(out, width, "created", m->created);
	add_date(out, width, "expires", m->expires_at);
}

void ms_detail_long(const struct ms_ui *ui, const struct ms_model *m, int width,
		    struct ms_page *out)
{
	const struct ms_json *json = ms_detail_json(ui);
	const char *description = ms_json_text(ms_json_get(json, "description"));

	add_warnings(ui, m, width, out);
	add_staged(ui, m, width, out);
	add_decision(m, width, out);
	ms_page_add(out, MS_STYLE_NORMAL, "");
	add_id(ui, m, width, out);
	add_facts(m, width, out);
	ms_page_add(out, MS_STYLE_NORMAL, "");
	add_prices(m, width, out);
	ms_price_trend_lines(ms_json_get(json, "prices"), ui->now, ui->glyphs, width, out);
	if (*description) {
		ms_page_add(out, MS_STYLE_HEADING, "Description");
		ms_page_add_wrapped(out, MS_STYLE_NORMAL, width, "", description);
		ms_page_add(out, MS_STYLE_NORMAL, "");
	}
}
