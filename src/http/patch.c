/* SPDX-License-Identifier: MIT */
#include "patch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "modelsync/memory.h"

#define MAX_PROBLEMS 100
#define MAX_MEMBERS  32 /* of an object; there are not so many names */
#define NO_FIELD     "is not a field that can be edited"

struct reader {
	struct patch *out;
	struct ms_json *problems;
};

/* index: the place in the list, from 0; -1 = none. */
static void complain(struct reader *r, int64_t index, const char *path, const char *message)
{
	struct ms_json *problem;

	if (ms_json_count(r->problems) == MAX_PROBLEMS)
		return;
	problem = ms_json_new_object();
	if (index >= 0)
		ms_json_add_int(problem, "index", index);
	ms_json_add_string(problem, "path", path);
	ms_json_add_string(problem, "message", message);
	ms_json_add(r->problems, NULL, problem);
}

static bool is_truth_value(const struct ms_json *v)
{
	return !ms_json_is_object(v) && !ms_json_is_array(v) && !ms_json_is_string(v) &&
	       !ms_json_is_number(v) && !ms_json_is_null(v);
}

/* JSON can write numbers that nothing here can hold; they would be handed on as null, "no limit".
 */
static bool is_endless(const struct ms_json *v)
{
	return ms_json_is_number(v) && !isfinite(ms_json_number(v, 0));
}

/* Of two members with one name it would be anybody's guess which counts. */
static bool is_repeated(const struct ms_json *object, const struct ms_json *member)
{
	return ms_json_get(object, ms_json_name(member)) != member;
}

static bool is_object(struct reader *r, const struct ms_json *v, int64_t index)
{
	if (ms_json_is_object(v) && ms_json_count(v) <= MAX_MEMBERS)
		return true;
	complain(r, index, "",
		 ms_json_is_object(v) ? "has too many members" : "expected an object");
	return false;
}

/* Whether the member is about the request as a whole. */
static bool read_common(struct reader *r, const struct ms_json *member)
{
	const char *name = ms_json_name(member);

	if (strcmp(name, "reason") == 0) {
		r->out->reason = ms_strdup(ms_json_string(member));
		if (!r->out->reason && !ms_json_is_null(member))
			complain(r, -1, name, "is no text");
		return true;
	}
	if (strcmp(name, "allow_paid_free") != 0)
		return false;
	r->out->allow_paid_free = ms_json_bool(member);
	if (!is_truth_value(member))
		complain(r, -1, name, "is neither true nor false");
	return true;
}

/* A copy without what is not for the database, which checks the rest. */
static struct ms_json *read_edit(struct reader *r, const struct ms_json *object, int64_t index)
{
	struct ms_json *edit = ms_json_new_object();

	if (!is_object(r, object, index))
		return edit;
	for (const struct ms_json *m = ms_json_first(object); m; m = ms_json_next(m)) {
		const char *name = ms_json_name(m);

		if (is_repeated(object, m))
			complain(r, index, name, "is there twice");
		else if (is_endless(m))
			complain(r, index, name, "is a number that is too large");
		else if (index < 0 && read_common(r, m))
			continue;
		else if (strcmp(name, "rule") == 0 || (index < 0 && strcmp(name, "model_id") == 0))
			complain(r, index, name, NO_FIELD);
		else
			ms_json_add(edit, name, ms_json_copy(m));
	}
	return edit;
}

static void begin(struct reader *r, struct patch *out)
{
	*out = (struct patch){.edits = ms_json_new_array(), .allow_paid_free = true};
	*r = (struct reader){.out = out, .problems = ms_json_new_array()};
}

static bool finish(struct reader *r, struct ms_json **problems)
{
	if (!ms_json_first(r->problems)) {
		ms_json_free(r->problems);
		return true;
	}
	patch_clear(r->out);
	*problems = r->problems;
	return false;
}

bool patch_read_one(const struct ms_json *body, const char *model_id, struct patch *out,
		    struct ms_json **problems)
{
	struct ms_json *edit;
	struct reader r;

	begin(&r, out);
	edit = read_edit(&r, body, -1);
	if (!ms_json_first(r.problems) &&
	    ms_json_count(edit) == (ms_json_get(edit, "version") ? 1 : 0))
		complain(&r, -1, "",
			 "there is nothing to change: name status, is_free, is_pro, "
			 "is_enterprise, daily_limit or monthly_limit");
	ms_json_add_string(edit, "model_id", model_id);
	ms_json_add(out->edits, NULL, edit);
	return finish(&r, problems);
}

static void read_updates(struct reader *r, const struct ms_json *updates)
{
	size_t count = ms_json_count(updates);
	int64_t index = 0;
	char message[80];

	if (!ms_json_is_array(updates) || !count || count > PATCH_MAX_MODELS) {
		snprintf(message, sizeof(message), "expected a list of 1 to %d edits",
			 PATCH_MAX_MODELS);
		complain(r, -1, "updates", message);
		return;
	}
	for (const struct ms_json *u = ms_json_first(updates); u; u = ms_json_next(u), index++)
		ms_json_add(r->out->edits, NULL, read_edit(r, u, index));
}

bool patch_read_many(const struct ms_json *body, struct patch *out, struct ms_json **problems)
{
	struct reader r;

	begin(&r, out);
	if (!is_object(&r, body, -1))
		return finish(&r, problems);
	for (const struct ms_json *m = ms_json_first(body); m; m = ms_json_next(m)) {
		const char *name = ms_json_name(m);

		if (is_repeated(body, m))
			complain(&r, -1, name, "is there twice");
		else if (strcmp(name, "updates") != 0 && !read_common(&r, m))
			complain(&r, -1, name,
				 "is not known here: use updates, reason and allow_paid_free");
	}
	read_updates(&r, ms_json_get(body, "updates"));
	return finish(&r, problems);
}

void patch_clear(struct patch *p)
{
	ms_json_free(p->edits);
	ms_free(p->reason);
	*p = (struct patch){0};
}
