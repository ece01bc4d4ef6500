/* SPDX-License-Identifier: MIT */
#include "modelsync/run.h"

#include <inttypes.h>
#include <string.h>

#include "modelsync/json.h"
#include "modelsync/memory.h"
#include "modelsync/text.h"
#include "run_rules.h"

static const char *const phase_names[] = {
	[MS_PHASE_CLAIM] = "claim", [MS_PHASE_FETCH] = "fetch", [MS_PHASE_VALIDATE] = "validate",
	[MS_PHASE_APPLY] = "apply", [MS_PHASE_DONE] = "done",
};

static const char *const state_names[] = {
	[MS_RUN_RUNNING] = "running", [MS_RUN_COMPLETED] = "completed", [MS_RUN_HELD] = "held",
	[MS_RUN_FAILED] = "failed",   [MS_RUN_PREVIEW] = "preview",
};
#define STATE_COUNT (sizeof(state_names) / sizeof(state_names[0]))

const char *ms_run_phase_name(enum ms_run_phase phase)
{
	return phase_names[phase];
}

const char *ms_run_state_name(enum ms_run_state state)
{
	return state_names[state];
}

static void free_lines(char **lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ms_free(lines[i]);
	ms_free(lines);
}

void ms_run_report_free(struct ms_run_report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->change_count; i++) {
		ms_free(r->changes[i].model_id);
		ms_free(r->changes[i].kind);
		ms_free(r->changes[i].summary);
	}
	ms_run_rules_free(r->rules);
	ms_free(r->changes);
	free_lines(r->findings, r->finding_count);
	free_lines(r->guard, r->guard_count);
	free_lines(r->drift, r->drift_count);
	free_lines(r->alerts, r->alert_count);
	free_lines(r->flapping, r->flapping_count);
	ms_free(r->message);
	ms_free(r->quality);
	ms_free(r->json);
	ms_free(r);
}

static bool parse_state(struct ms_run_report *r, const struct ms_json *v, struct ms_error *err)
{
	const char *name = ms_json_text(ms_json_get(v, "state"));

	for (size_t i = 0; i < STATE_COUNT; i++)
		if (strcmp(name, state_names[i]) == 0) {
			r->state = (enum ms_run_state)i;
			return true;
		}
	return ms_fail(err, MS_ERR_INTERNAL,
		       "the report of the run has the unknown state \"%.40s\"", name);
}

static void parse_counts(struct ms_run_counts *c, const struct ms_json *v)
{
	const struct {
		const char *name;
		int64_t *value;
	} counts[] = {
		{"total", &c->total},
		{"valid", &c->valid},
		{"invalid", &c->invalid},
		{"duplicates", &c->duplicates},
		{"added", &c->added},
		{"updated", &c->updated},
		{"unchanged", &c->unchanged},
		{"missing", &c->missing},
		{"marked_inactive", &c->marked_inactive},
		{"returned", &c->returned},
		{"documents", &c->documents},
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		*counts[i].value = ms_json_int(ms_json_get(v, counts[i].name), 0);
}

static void parse_timing(struct ms_run_timing *t, const struct ms_json *v)
{
	const struct {
		const char *name;
		double *value;
	} times[] = {
		{"fetch", &t->fetch}, {"validate", &t->validate}, {"compare", &t->compare},
		{"apply", &t->apply}, {"record", &t->record},	  {"database", &t->database},
		{"total", &t->total},
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		*times[i].value = ms_json_number(ms_json_get(v, times[i].name), 0.0);
}

/* "vendor/x: pricing.prompt: …"; parts that are missing are left out. */
static char *join_parts(const struct ms_json *v, const char *const *names)
{
	struct ms_text t;

	ms_text_init(&t, 0);
	for (; *names; names++) {
		const char *part = ms_json_text(ms_json_get(v, *names));

		if (*part)
			ms_text_addf(&t, "%s%s", t.len ? ": " : "", part);
	}
	return ms_text_take(&t);
}

static char **parse_lines(const struct ms_json *list, const char *const *names, size_t *count)
{
	size_t n = ms_json_is_array(list) ? ms_json_count(list) : 0;
	char **lines = n ? ms_alloc_array(n, sizeof(char *)) : NULL;
	const struct ms_json *v = n ? ms_json_first(list) : NULL;

	for (*count = 0; v && *count < n; v = ms_json_next(v))
		lines[(*count)++] = join_parts(v, names);
	return lines;
}

/* A model without an id is named by its place in the answer. */
static void name_by_index(char **line, const struct ms_json *finding)
{
	int64_t index = ms_json_int(ms_json_get(finding, "index"), -1);
	char *named;

	if (*ms_json_text(ms_json_get(finding, "model_id")) || index < 0)
		return;
	named = ms_format("model %lld: %s", (long long)index, *line);
	ms_free(*line);
	*line = named;
}

static void parse_findings(struct ms_run_report *r, const struct ms_json *v)
{
	static const char *const parts[] = {"model_id", "path", "message", NULL};
	const struct ms_json *list = ms_json_get(v, "findings");
	const struct ms_json *finding = ms_json_first(list);

	r->findings = parse_lines(list, parts, &r->finding_count);
	for (size_t i = 0; i < r->finding_count; i++, finding = ms_json_next(finding))
		name_by_index(&r->findings[i], finding);
	r->findings_total =
		(size_t)ms_json_int(ms_json_get(v, "findings_total"), (int64_t)r->finding_count);
}

/* Strings as they are, nothing for null, other values as JSON. */
static void add_value(struct ms_text *t, const struct ms_json *v)
{
	char *printed;

	if (ms_json_is_null(v)) {
		ms_text_add(t, "none");
	} else if (ms_json_is_string(v)) {
		ms_text_add(t, ms_json_text(v));
	} else {
		printed = ms_json_print(v);
		ms_text_add(t, printed);
		ms_free(printed);
	}
}

#define VALUE_MAX 60 /* bytes of a value worth showing in one line */

static void add_change(struct ms_text *t, const struct ms_json *field)
{
	const struct ms_json *old = ms_json_get(field, "old"), *new = ms_json_get(field, "new");
	const char *name = ms_json_text(ms_json_get(field, "field"));
	struct ms_text values;

	ms_text_init(&values, 0);
	add_value(&values, old);
	ms_text_add(&values, ">");
	add_value(&values, new);
	if (t->len)
		ms_text_add(t, ", ");
	ms_text_add(t, name);
	if (values.len <= 2 * VALUE_MAX)
		ms_text_addf(t, " %s", ms_text_str(&values));
	ms_text_clear(&values);
}

static void parse_change(struct ms_run_change *change, const struct ms_json *v)
{
	struct ms_text summary;
	const struct ms_json *field = ms_json_first(ms_json_get(v, "fields"));

	ms_text_init(&summary, 0);
	change->model_id = ms_strdup(ms_json_text(ms_json_get(v, "model_id")));
	change->kind = ms_strdup(ms_json_text(ms_json_get(v, "kind")));
	if (strcmp(change->kind, "changed") != 0 && strcmp(change->kind, "returned") != 0)
		field = NULL;
	for (; field; field = ms_json_next(field))
		add_change(&summary, field);
	change->summary = ms_text_take(&summary);
}

static void parse_changes(struct ms_run_report *r, const struct ms_json *v)
{
	const struct ms_json *list = ms_json_get(v, "changes");
	size_t n = ms_json_is_array(list) ? ms_json_count(list) : 0;
	const struct ms_json *change = n ? ms_json_first(list) : NULL;

	r->changes = n ? ms_alloc_array(n, sizeof(*r->changes)) : NULL;
	for (; change && r->change_count < n; change = ms_json_next(change))
		parse_change(&r->changes[r->change_count++], change);
	r->changes_total =
		(size_t)ms_json_int(ms_json_get(v, "changes_total"), (int64_t)r->change_count);
}

char *ms_run_quality_text(const struct ms_json *counts)
{
	struct ms_text t;

	if (!ms_json_is_object(counts))
		return NULL;
	ms_text_init(&t, 0);
	for (const struct ms_json *n = ms_json_first(counts); n; n = ms_json_next(n))
		if (ms_json_int(n, 0))
			ms_text_addf(&t, "%s%s %" PRId64, t.len ? ", " : "", ms_json_name(n),
				     ms_json_int(n, 0));
	if (t.len == 0)
		ms_text_add(&t, "no finding");
	return ms_text_take(&t);
}

static void parse_body(struct ms_run_report *r, const struct ms_json *v)
{
	static const char *const guard_parts[] = {"rule", "message", NULL};
	static const char *const model_parts[] = {"model_id", "message", NULL};
	static const char *const message_part[] = {"message", NULL};
	const char *category = ms_json_string(ms_json_get(v, "category"));

	r->run = ms_json_int(ms_json_get(v, "run"), 0);
	r->hold = ms_json_int(ms_json_get(v, "hold"), 0);
	r->changeset = ms_json_int(ms_json_get(v, "changeset"), 0);
	r->bytes = ms_json_int(ms_json_get(v, "bytes"), 0);
	r->is_not_modified = ms_json_bool(ms_json_get(v, "not_modified"));
	r->category = category ? ms_category_from_name(category) : MS_OK;
	r->message = ms_strdup(ms_json_string(ms_json_get(v, "message")));
	parse_counts(&r->counts, ms_json_get(v, "counts"));
	parse_timing(&r->timing, ms_json_get(v, "timing_ms"));
	parse_findings(r, v);
	r->guard = parse_lines(ms_json_get(v, "guard"), guard_parts, &r->guard_count);
	r->drift = parse_lines(ms_json_get(v, "drift"), message_part, &r->drift_count);
	r->alerts = parse_lines(ms_json_get(v, "alerts"), model_parts, &r->alert_count);
	r->flapping = parse_lines(ms_json_get(v, "flapping"), model_parts, &r->flapping_count);
	parse_changes(r, v);
	r->quality = ms_run_quality_text(ms_json_get(v, "quality"));
	r->rule_pending = (size_t)ms_json_int(ms_json_get(v, "rule_pending"), 0);
	r->rules = ms_run_rules_parse(ms_json_get(v, "rules"));
}

/* {"ok":false,"code":…,"message":…}: the engine did not do it. */
static bool refused(const struct ms_json *v, struct ms_error *err)
{
	const char *code = ms_json_text(ms_json_get(v, "code"));
	const char *message = ms_json_text(ms_json_get(v, "message"));
	bool conflict = strcmp(code, "lost") == 0 || strcmp(code, "not_open") == 0;

	if (!*message && strcmp(code, "lost") == 0)
		message = "another sync took over while this one was away";
	else if (!*message)
		message = *code ? code : "the database gave no reason";
	return ms_fail(err, conflict ? MS_ERR_CONFLICT : MS_ERR_DATABASE, "%s", message);
}

struct ms_run_report *ms_run_report_parse(const char *json, struct ms_error *err)
{
	struct ms_json *v = ms_json_parse(json, strlen(json), err);
	struct ms_run_report *r;
	bool ok;

	if (!v) {
		ms_error_prefix(err, "the report of the run cannot be read");
		return NULL;
	}
	r = ms_alloc(sizeof(*r));
	ok = ms_json_bool(ms_json_get(v, "ok")) ? parse_state(r, v, err) : refused(v, err);
	if (ok) {
		parse_body(r, v);
		r->json = ms_strdup(json);
	}
	ms_json_free(v);
	if (ok)
		return r;
	ms_run_report_free(r);
	return NULL;
}

void ms_run_report_set_rules(struct ms_run_report *r, struct ms_json *rules)
{
	struct ms_error err;
	struct ms_json *v = ms_json_parse(r->json, strlen(r->json), &err);
	char *text = ms_json_print(rules);
	struct ms_json *readable = ms_json_parse(text, strlen(text), &err);

	ms_run_rules_free(r->rules);
	r->rules = ms_run_rules_parse(readable);
	ms_json_add(v, "rules", rules);
	ms_free(r->json);
	r->json = ms_json_print(v);
	ms_json_free(readable);
	ms_json_free(v);
	ms_free(text);
}
