/* SPDX-License-Identifier: MIT */
/* Edits of models. The database checks and applies them; here they are told in the API's words. */
#include <string.h>

#include "admin.h"
#include "catalogue.h"
#include "handlers.h"
#include "http.h"
#include "modelsync/memory.h"
#include "param.h"
#include "patch.h"

static int64_t count_of(const struct ms_json *reply, const char *name)
{
	return ms_json_int(ms_json_get(reply, name), 0);
}

static bool is_result(const struct ms_json *row, const char *name)
{
	return strcmp(ms_json_text(ms_json_get(row, "result")), name) == 0;
}

/* {model_id, result, version, current?} with success, and where it is false, error. */
static struct ms_json *result_json(const struct ms_json *row)
{
	struct ms_json *o = ms_json_copy(row);
	bool is_unknown = is_result(row, "unknown"), is_conflict = is_result(row, "conflict");

	ms_json_add_bool(o, "success", !is_unknown && !is_conflict);
	if (is_unknown)
		ms_json_add_string(o, "error", "no model has this id");
	if (is_conflict)
		ms_json_add_string(
			o, "error",
			"it has changed since that version; current says what it is now");
	return o;
}

/* What the console asks about before it writes, a program is told. */
static struct ms_json *warnings_json(const struct ms_json *paid)
{
	struct ms_json *list = ms_json_new_array(), *o = ms_json_new_object();

	ms_json_add_string(o, "code", "PAID_FREE");
	ms_json_add_string(o, "message", "paid models that became free-tier");
	ms_json_add(o, "models", ms_json_copy(paid));
	ms_json_add(list, NULL, o);
	return list;
}

static int status_of(const struct ms_json *reply, bool is_one)
{
	int64_t good = count_of(reply, "applied") + count_of(reply, "unchanged");
	int64_t conflicts = count_of(reply, "conflicts"), unknown = count_of(reply, "unknown");

	if (!conflicts && !unknown)
		return 200;
	if (good)
		return 207;
	if (conflicts)
		return 409;
	return is_one ? 404 : 400;
}

static void answer_results(struct http_call *call, const struct ms_json *reply, bool is_one)
{
	const struct ms_json *rows = ms_json_get(reply, "results");
	const struct ms_json *paid = ms_json_get(reply, "paid_free");
	struct ms_json *o, *results = ms_json_new_array();
	int status = status_of(reply, is_one);

	for (const struct ms_json *row = ms_json_first(rows); row; row = ms_json_next(row))
		ms_json_add(results, NULL, result_json(row));
	if (status < 300)
		o = ms_json_new_object();
	else
		o = http_error_json(call, status, NULL,
				    status == 409 ? "somebody else changed it meanwhile"
						  : "no model has this id",
				    NULL);
	ms_json_add_bool(o, "success", status == 200);
	ms_json_add(o, "changeset", ms_json_copy(ms_json_get(reply, "changeset")));
	ms_json_add(o, "results", results);
	if (ms_json_count(paid))
		ms_json_add(o, "warnings", warnings_json(paid));
	http_answer_json(call, status, o);
}

/* "updates[3].colour: is not a field that can be edited", and how many more there are */
static void refuse(struct http_call *call, const struct ms_json *problems)
{
	const struct ms_json *first = ms_json_first(problems), *index = ms_json_get(first, "index");
	const char *path = ms_json_text(ms_json_get(first, "path"));
	struct ms_text message;

	ms_text_init(&message, 0);
	if (!ms_json_is_null(index))
		ms_text_addf(&message, "updates[%lld]%s", (long long)ms_json_int(index, 0),
			     *path ? "." : " ");
	ms_text_addf(&message, "%s%s%s", path, *path ? ": " : "",
		     ms_json_text(ms_json_get(first, "message")));
	if (ms_json_count(problems) > 1)
		ms_text_addf(&message, "; details has %zu more", ms_json_count(problems) - 1);
	http_answer_error(call, 400, NULL, ms_text_str(&message), ms_json_copy(problems));
	ms_text_clear(&message);
}

static void refuse_paid_free(struct http_call *call, const struct ms_json *reply)
{
	struct ms_json *details = ms_json_new_object();

	ms_json_add(details, "models", ms_json_copy(ms_json_get(reply, "models")));
	http_answer_error(call, 409, "PAID_FREE", ms_json_text(ms_json_get(reply, "message")),
			  details);
}

/* The database counts edits; of one there is nothing to count. */
static struct ms_json *without_index(const struct ms_json *problems)
{
	struct ms_json *list = ms_json_new_array();

	for (const struct ms_json *p = ms_json_first(problems); p; p = ms_json_next(p))
		ms_json_add(list, NULL,
			    problem_json(ms_json_text(ms_json_get(p, "path")),
					 ms_json_text(ms_json_get(p, "message"))));
	return list;
}

static void refuse_given(struct http_call *call, const struct ms_json *reply, bool is_one)
{
	const struct ms_json *errors = ms_json_get(reply, "errors");
	struct ms_json *problems = is_one ? without_index(errors) : ms_json_copy(errors);

	refuse(call, problems);
	ms_json_free(problems);
}

static void write_patch(struct http_call *call, const struct patch *p, bool is_one)
{
	struct ms_json *reply;
	struct ms_error err;

	if (!ms_models_edit_given(call->db, p->edits, p->allow_paid_free, p->reason, &reply,
				  &err)) {
		http_answer_failure(call, &err);
		return;
	}
	if (ms_json_bool(ms_json_get(reply, "ok"))) {
		catalogue_forget(call->http->catalogue); /* before the database says so */
		answer_results(call, reply, is_one);
	} else if (ms_json_get(reply, "errors")) {
		refuse_given(call, reply, is_one);
	} else {
		refuse_paid_free(call, reply);
	}
	ms_json_free(reply);
}

void admin_models_patch_one(struct http_call *call)
{
	struct ms_json *problems;
	struct patch p;

	if (!patch_read_one(call->json, call->param[0], &p, &problems)) {
		refuse(call, problems);
		ms_json_free(problems);
		return;
	}
	write_patch(call, &p, true);
	patch_clear(&p);
}

void admin_models_patch_many(struct http_call *call)
{
	struct ms_json *problems;
	struct patch p;

	if (!patch_read_many(call->json, &p, &problems)) {
		refuse(call, problems);
		ms_json_free(problems);
		return;
	}
	write_patch(call, &p, false);
	patch_clear(&p);
}
