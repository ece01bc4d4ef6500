/* SPDX-License-Identifier: MIT */
/* openapi.json: the routes of route.def with what api.def knows about them, so that it cannot
 * differ. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "handlers.h"
#include "http.h"
#include "modelsync/memory.h"

struct row {
	enum { ROW_OTHER, ROW_PARAM, ROW_BODY, ROW_ANSWER, ROW_SCHEMA, ROW_MEMBER } kind;
	enum http_route_id route;
	int status;
	const char *name, *type, *help;
};

static const struct row rows[] = {
/* clang-format off */
#define API_PARAM(route, name, type, help)    {ROW_PARAM, HTTP_ROUTE_##route, 0, name, type, help},
#define API_BODY(route, type)                 {ROW_BODY, HTTP_ROUTE_##route, 0, NULL, type, NULL},
#define API_ANSWER(route, status, type, help) {ROW_ANSWER, HTTP_ROUTE_##route, status, NULL, type, help},
#define API_SCHEMA(name, help)                {ROW_SCHEMA, HTTP_ROUTE_COUNT, 0, name, NULL, help},
#define API_MEMBER(name, type, help)          {ROW_MEMBER, HTTP_ROUTE_COUNT, 0, name, type, help},
#include "api.def"
	{ROW_OTHER, HTTP_ROUTE_COUNT, 0, NULL, NULL, NULL},
	/* clang-format on */
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]) - 1)

static struct ms_json *with_text(const char *name, const char *text)
{
	struct ms_json *o = ms_json_new_object();

	ms_json_add_string(o, name, text);
	return o;
}

static void add_help(struct ms_json *o, const char *help)
{
	if (help && *help)
		ms_json_add_string(o, "description", help);
}

/* --- types ---------------------------------------------------------------------------------- */

static struct ms_json *enum_json(const char *words)
{
	struct ms_json *o = with_text("type", "string"), *list = ms_json_new_array();

	while (*words) {
		size_t len = strcspn(words, "|");
		char *word = ms_strndup(words, len);

		ms_json_add_string(list, NULL, word);
		ms_free(word);
		words += len + (words[len] == '|');
	}
	ms_json_add(o, "enum", list);
	return o;
}

static struct ms_json *named_json(const char *type)
{
	static const char *const simple[][2] = {
		{"text", "string"},	{"integer", "integer"}, {"number", "number"},
		{"boolean", "boolean"}, {"object", "object"},	{"time", "string"},
	};
	struct ms_json *o;
	char *path;

	for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++)
		if (strcmp(type, simple[i][0]) == 0) {
			o = with_text("type", simple[i][1]);
			if (strcmp(type, "time") == 0)
				ms_json_add_string(o, "format", "date-time");
			return o;
		}
	if (strcmp(type, "any") == 0)
		return ms_json_new_object();
	if (!isupper((unsigned char)*type))
		return enum_json(type);
	path = ms_format("#/components/schemas/%s", type);
	o = with_text("$ref", path);
	ms_free(path);
	return o;
}

static struct ms_json *either(struct ms_json *one, struct ms_json *other)
{
	struct ms_json *o = ms_json_new_object(), *list = ms_json_new_array();

	ms_json_add(list, NULL, one);
	ms_json_add(list, NULL, other);
	ms_json_add(o, "anyOf", list);
	return o;
}

/* text[0 … len) as api.def writes types. */
static struct ms_json *type_json(const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	struct ms_json *o;
	char *name;

	if (slash)
		return either(type_json(text, (size_t)(slash - text)),
			      type_json(slash + 1, len - (size_t)(slash + 1 - text)));
	if (text[len - 1] == '?')
		return either(type_json(text, len - 1), with_text("type", "null"));
	if (*text == '[' || *text == '{') {
		o = with_text("type", *text == '[' ? "array" : "object");
		ms_json_add(o, *text == '[' ? "items" : "additionalProperties",
			    type_json(text + 1, len - 2));
		return o;
	}
	name = ms_strndup(text, len);
	o = named_json(name);
	ms_free(name);
	return o;
}

static struct ms_json *described_type(const char *type, const char *help)
{
	struct ms_json *o = type_json(type, strlen(type));

	add_help(o, help);
	return o;
}

/* Members follow their schema. Returns the row behind the last one. */
static size_t add_schema(struct ms_json *schemas, size_t at)
{
	struct ms_json *o = with_text("type", "object"), *properties = ms_json_new_object(),
		       *required = ms_json_new_array();
	const struct row *schema = &rows[at];

	add_help(o, schema->help);
	for (at++; rows[at].kind == ROW_MEMBER; at++) {
		bool may_miss = *rows[at].type == '-';

		ms_json_add(properties, rows[at].name,
			    described_type(rows[at].type + may_miss, rows[at].help));
		if (!may_miss)
			ms_json_add_string(required, NULL, rows[at].name);
	}
	ms_json_add(o, "properties", properties);
	ms_json_add(o, "required", required);
	ms_json_add(schemas, schema->name, o);
	return at;
}

static struct ms_json *schemas_json(void)
{
	struct ms_json *schemas = ms_json_new_object();
	size_t at = 0;

	while (at < ROW_COUNT)
		if (rows[at].kind == ROW_SCHEMA)
			at = add_schema(schemas, at);
		else
			at++;
	return schemas;
}

/* --- routes --------------------------------------------------------------------------------- */

/* "/a/{id+}" is what the document writes "/a/{id}". */
static char *plain_path(const char *path)
{
	char *plain = ms_strdup(path), *plus = strstr(plain, "+}");

	if (plus)
		memmove(plus, plus + 1, strlen(plus));
	return plain;
}

static struct ms_json *param_json(const char *name, const char *in, const char *type,
				  const char *help)
{
	struct ms_json *o = with_text("name", name);

	ms_json_add_string(o, "in", in);
	ms_json_add_bool(o, "required", strcmp(in, "path") == 0);
	add_help(o, help);
	ms_json_add(o, "schema", type_json(type, strlen(type)));
	return o;
}

static struct ms_json *params_json(enum http_route_id id)
{
	struct ms_json *list = ms_json_new_array();
	char *path = plain_path(http_route(id)->path), *at = path;

	while ((at = strchr(at, '{')) != NULL) {
		char *end = strchr(++at, '}');

		*end = '\0';
		ms_json_add(list, NULL, param_json(at, "path", "text", NULL));
		at = end + 1;
	}
	ms_free(path);
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].kind == ROW_PARAM && rows[i].route == id)
			ms_json_add(list, NULL,
				    param_json(rows[i].name, "query", rows[i].type, rows[i].help));
	return list;
}

static struct ms_json *content_json(const char *type)
{
	struct ms_json *o = ms_json_new_object(), *json = ms_json_new_object();

	ms_json_add(json, "schema", type_json(type, strlen(type)));
	ms_json_add(o, "application/json", json);
	return o;
}

static struct ms_json *answer_json(const char *help, const char *type)
{
	struct ms_json *o = with_text("description", help);

	if (type)
		ms_json_add(o, "content", content_json(type));
	return o;
}

static struct ms_json *answers_json(enum http_route_id id)
{
	struct ms_json *o = ms_json_new_object();
	char status[12];

	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (rows[i].kind != ROW_ANSWER || rows[i].route != id)
			continue;
		snprintf(status, sizeof(status), "%d", rows[i].status);
		ms_json_add(o, status, answer_json(rows[i].help, rows[i].type));
	}
	ms_json_add(o, "default", answer_json("what goes wrong", "Error"));
	return o;
}

static void add_body(struct ms_json *to, enum http_route_id id)
{
	struct ms_json *o;

	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].kind == ROW_BODY && rows[i].route == id) {
			o = ms_json_new_object();
			ms_json_add_bool(o, "required", http_route(id)->body == HTTP_NEEDS_BODY);
			ms_json_add(o, "content", content_json(rows[i].type));
			ms_json_add(to, "requestBody", o);
		}
}

static void add_security(struct ms_json *to, enum http_access access)
{
	struct ms_json *list = ms_json_new_array(), *needs = ms_json_new_object();

	if (access == HTTP_CALLER)
		ms_json_add(list, NULL, ms_json_new_object()); /* or without */
	ms_json_add(needs, access == HTTP_CRON ? "secret" : "token", ms_json_new_array());
	ms_json_add(list, NULL, needs);
	ms_json_add(to, "security", list);
}

static struct ms_json *operation_json(enum http_route_id id)
{
	const struct http_route *r = http_route(id);
	struct ms_json *o = with_text("operationId", r->name);

	ms_json_add_string(o, "summary", r->summary);
	ms_json_add(o, "parameters", params_json(id));
	add_body(o, id);
	ms_json_add(o, "responses", answers_json(id));
	if (r->access != HTTP_OPEN)
		add_security(o, r->access);
	return o;
}

/* Has all routes of the first one's path; returns NULL when an earlier route had it, too. */
static struct ms_json *path_json(enum http_route_id first)
{
	struct ms_json *o;

	for (int i = 0; i < (int)first; i++)
		if (strcmp(http_route((enum http_route_id)i)->path, http_route(first)->path) == 0)
			return NULL;
	o = ms_json_new_object();
	for (int i = (int)first; i < HTTP_ROUTE_COUNT; i++) {
		const struct http_route *r = http_route((enum http_route_id)i);
		char method[8];
		size_t n = 0;

		if (strcmp(r->path, http_route(first)->path) != 0)
			continue;
		for (const char *s = http_method_name(r->method); *s; s++)
			method[n++] = (char)tolower((unsigned char)*s);
		method[n] = '\0';
		ms_json_add(o, method, operation_json((enum http_route_id)i));
	}
	return o;
}

static struct ms_json *paths_json(void)
{
	struct ms_json *paths = ms_json_new_object();

	for (int i = 0; i < HTTP_ROUTE_COUNT; i++) {
		struct ms_json *path = path_json((enum http_route_id)i);
		char *name = plain_path(http_route((enum http_route_id)i)->path);

		if (path)
			ms_json_add(paths, name, path);
		ms_free(name);
	}
	return paths;
}

/* --- the document --------------------------------------------------------------------------- */

static struct ms_json *bearer_json(const char *help, const char *format)
{
	struct ms_json *o = with_text("type", "http");

	ms_json_add_string(o, "scheme", "bearer");
	if (format)
		ms_json_add_string(o, "bearerFormat", format);
	add_help(o, help);
	return o;
}

static struct ms_json *components_json(void)
{
	struct ms_json *o = ms_json_new_object(), *schemes = ms_json_new_object();

	ms_json_add(schemes, "token", bearer_json("of a user, whose profile decides", "JWT"));
	ms_json_add(schemes, "secret", bearer_json("http.cron_secret", NULL));
	ms_json_add(o, "securitySchemes", schemes);
	ms_json_add(o, "schemas", schemas_json());
	return o;
}

void openapi_show(struct http_call *call)
{
	struct ms_json *o = with_text("openapi", "3.1.0"),
		       *info = with_text("title", "modelsync-tui");

	ms_json_add_string(info, "version", call->http->version);
	ms_json_add(o, "info", info);
	ms_json_add(o, "paths", paths_json());
	ms_json_add(o, "components", components_json());
	http_answer_json(call, 200, o);
}
